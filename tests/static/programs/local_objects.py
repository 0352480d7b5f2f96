"""Objects out of lists, iterators and calls have axes of their own, for as long as a variable holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float


@dataclass
class Fold:
    x: Float[np.ndarray, "n p"]
    y: Float[np.ndarray, "n"]
    z: Float[np.ndarray, "m"]


@dataclass
class Layer:
    w: Float[np.ndarray, "i o"]

    def __call__(self, x: Float[np.ndarray, "b i"]) -> Float[np.ndarray, "b o"]:
        return x @ self.w


def make() -> Fold:
    raise NotImplementedError


def of_a_loop(folds: list[Fold]) -> None:
    for f in folds:
        f.x.T @ f.y
        f.x.T @ f.z  # E: {f.n} and {f.m} [tensor-shape]
    for i, f in enumerate(folds):
        f.y + f.z  # E: add: shapes broadcast when [tensor-shape]


def of_an_item(folds: list[Fold], flag: bool) -> None:
    first, last = folds[0], folds[-1]
    first.x.T @ first.z  # E: {first.n} and {first.m} [tensor-shape]
    first.x.T @ last.z  # E: The shape is lost [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]


def of_a_call(flag: bool) -> None:
    f = make()
    x = f.x
    x.T @ f.z  # E: {f.n} and {f.m} [tensor-shape]
    if flag:
        f = make()
    f.x.T @ f.z  # E: {f.n} and {f.m} [tensor-shape]
    f = make()
    reveal_type(x)  # R: ndarray[Float, Any, Any]
    x @ f.x  # E: The shape is lost [tensor-shape-lost]


def chained(layers: list[Layer], x: Float[np.ndarray, "b i"]) -> None:
    for layer in layers:
        x = x @ layer.w  # E: The shape is lost [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]
    reveal_type(x)  # R: ndarray[Float, b, i] | ndarray[Float, b, Any]


def product(layers: list[Layer]) -> None:
    found = None
    for layer in layers:
        found = layer.w if found is None else found @ layer.w  # E: The shape is lost [tensor-shape-lost]
    reveal_type(found)  # R: None | ndarray[Float, Any, Any]


def kept_in_a_list(layers: list[Layer]) -> None:
    kept = []
    for layer in layers:
        kept.append(layer.w)
        kept[0] @ layer.w  # E: The shape is lost [tensor-shape-lost]
    for left, right in zip(kept, kept[1:]):
        left @ right  # E: The shape is lost [tensor-shape-lost]


def kept_in_a_dict(layers: list[Layer]) -> None:
    kept = {}
    for i, layer in enumerate(layers):
        kept[i] = layer.w
        kept[0] @ layer.w  # E: The shape is lost [tensor-shape-lost]
    kept[0] @ kept[1]  # E: The shape is lost [tensor-shape-lost]


def the_largest(layers: list[Layer]) -> None:
    largest = layers[0].w
    for layer in layers:
        if layer.w.sum() > largest.sum():
            largest = layer.w
    largest @ layer.w  # E: The shape is lost [tensor-shape-lost]


def of_a_queue(layers: list[Layer]) -> None:
    while layers:
        layer = layers.pop()
        layer.w @ layer.w  # E: {layer.o} and {layer.i} [tensor-shape]
        if len(layers) == 3:
            kept, weights = layer, layer.w
        layer.w @ kept.w  # E: The shape is lost [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]
        layer.w @ weights  # E: The shape is lost [tensor-shape-lost]


class Keeper:
    def run(self, layers: list[Layer]) -> None:
        self.kept = []
        for layer in layers:
            self.last = layer.w
            self.kept.append(layer.w)
            self.last @ self.kept[0]  # E: The shape is lost [tensor-shape-lost]

    def read(self) -> Any:
        return self.last @ self.last  # E: The shape is lost [tensor-shape-lost]

"""Objects of other sizes: mypy takes them for one type in branches, loops, containers, and where a field changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


@dataclass
class Layer:
    w: Float[np.ndarray, "i o"]
    b: Float[np.ndarray, "o"]

    def __iter__(self) -> Iterator[Float[np.ndarray, "o"]]:
        return iter(self.w)

    def __abs__(self) -> Float[np.ndarray, "i"]:
        return self.w.sum(axis=1)


class Block(tl.Module):
    w: Float[Tensor, "i o"]


class Pair(NamedTuple):
    w: Float[np.ndarray, "i o"]
    b: Float[np.ndarray, "o"]


def in_branches(x: Float[np.ndarray, "n m"], y: Float[np.ndarray, "m"], flag: bool, z: Float[Tensor, "n m"]) -> None:
    layer = Layer(x, y)
    if flag:
        layer = Layer(x[:1], y)  # E: objects of Layer of other sizes are not told apart from here on [tensor-shape-lost]
        reveal_type(layer.w)  # R: ndarray[Float, 1, m]
    reveal_type(layer.w)  # R: ndarray[Float, {layer.i}, {layer.o}]
    layer = Layer(x, y)
    reveal_type(layer.w)  # R: ndarray[Float, n, m]
    block = Block(z)
    if flag:
        block = Block(z * 2)
    reveal_type(block.w)  # R: Tensor[Float, n, m]
    if flag:
        one = Block(z)
    else:
        one = Block(z.mT)
    reveal_type(one.w)  # R: Tensor[Float, {one.i}, {one.o}]
    try:
        block = Block(z.mT)  # E: objects of Block of other sizes are not told apart from here on [tensor-shape-lost]
    except ValueError:
        pass
    reveal_type(block.w)  # R: Tensor[Float, {block.i}, {block.o}]


def in_loops(x: Float[np.ndarray, "n m"], y: Float[np.ndarray, "m"], steps: int) -> None:
    layer, still = Layer(x, y), Layer(x, y)
    for _ in range(steps):
        reveal_type(layer.w)  # R: ndarray[Float, n, m] | ndarray[Float, {layer.i}, {layer.o}]
        layer = Layer(np.concatenate([layer.w, layer.w]), layer.b)  # E: objects of Layer of other sizes are not told apart from here on [tensor-shape-lost]  # E: assumes {layer.o} >= 1 [tensor-shape-assumed]  # E: assumes 2*{layer.i} >= 1 [tensor-shape-assumed]
        still = Layer(still.w * 2, still.b)
    reveal_type(layer.w)  # R: ndarray[Float, {layer.i}, {layer.o}]
    reveal_type(still.w)  # R: ndarray[Float, n, m]
    for each in (Layer(x, y), Layer(x.T, x[:, 0])):  # E: objects of Layer of other sizes are not told apart from here on [tensor-shape-lost]
        reveal_type(each.w)  # R: ndarray[Float, {each.i}, {each.o}]


def in_containers(x: Float[np.ndarray, "n m"], y: Float[np.ndarray, "m"], other: Layer) -> None:
    layers = [Layer(x, y)]
    layers.append(Layer(x, y))
    reveal_type(layers[0].w)  # R: ndarray[Float, n, m]
    layers.append(other)  # E: objects of Layer of other sizes are not told apart from here on [tensor-shape-lost]
    reveal_type(layers[0].w)  # R: ndarray[Float, Any, Any]


def of_fields(x: Float[np.ndarray, "n m"], y: Float[np.ndarray, "m"], flag: bool, layer: Layer) -> None:
    made = Layer(x, y)
    made.w = x * 2
    reveal_type(made.w)  # R: ndarray[Float, n, m]
    if flag:
        made.w = x[:1]  # E: w gets another shape than the sizes of its object say [tensor-shape-lost]
    reveal_type(made.w)  # R: ndarray[Float, {made.i}, {made.o}]
    layer.w = x  # E: m and {layer.o} are not compared [tensor-shape-lost]


def of_pairs(x: Float[np.ndarray, "n m"], y: Float[np.ndarray, "m"]) -> None:
    reveal_type(Pair(x, y)._replace(w=x[:, :1].T @ x).w)  # R: ndarray[Float, 1, m]


def by_its_methods(x: Float[np.ndarray, "n m"], y: Float[np.ndarray, "m"]) -> Float[np.ndarray, "m"]:
    layer = Layer(x, y)
    reveal_type(abs(layer))  # R: ndarray[Float, Any]
    for row in layer:
        reveal_type(row)  # R: ndarray[Float, m]
    return list(layer)[0]  # E: ? of the result is not compared with m [tensor-shape-lost]


def seen_by_a_function(x: Float[np.ndarray, "n m"], y: Float[np.ndarray, "m"]) -> None:
    layer = Layer(x, y)
    read = lambda: layer.w
    layer = Layer(x.T, x[:, 0])  # E: a function finds another value in layer from here on [tensor-shape-lost]
    read()

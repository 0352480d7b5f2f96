"""Two axes of one object are held against each other, by calls as by operations; axes of two objects are not."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float


@dataclass
class Fold:
    x: Float[np.ndarray, "n p"]
    y: Float[np.ndarray, "n"]
    z: Float[np.ndarray, "m"]


class Split(NamedTuple):
    x: Float[np.ndarray, "n p"]
    z: Float[np.ndarray, "m"]


def ridge(x: Float[np.ndarray, "n p"], y: Float[np.ndarray, "n"]) -> Float[np.ndarray, "p"]:
    return x.T @ y


def alike(x: Float[np.ndarray, "*b n"], y: Float[np.ndarray, "*b"]) -> Float[np.ndarray, "*b"]:
    return y


def of_one(f: Fold, s: Split) -> None:
    f.x.T @ f.z  # E: {f.n} and {f.m} [tensor-shape]
    ridge(f.x, f.z)  # E: ridge: axis 0 (n) of argument 2 (y) must be {f.n}; got {f.m}; where n={f.n} from argument 1 (x) [tensor-shape]  # E: >= 1 [tensor-shape-assumed]
    reveal_type(ridge(f.x, f.y))  # E: >= 1 [tensor-shape-assumed]  # R: ndarray[Float, {f.p}]
    ridge(s.x, s.z)  # E: ridge: axis 0 (n) of argument 2 (y) must be {s.n}; got {s.m} [tensor-shape]  # E: >= 1 [tensor-shape-assumed]
    alike(f.x, f.z)  # E: alike: the axes *b are [{f.n}] from argument 1 (x); got [{f.m}] in argument 2 (y) [tensor-shape]  # E: >= 1 [tensor-shape-assumed]
    alike(f.x, f.y)  # E: >= 1 [tensor-shape-assumed]
    Fold(f.x, f.z, f.z)  # E: Fold: axis 0 (n) of argument 2 (y) must be {f.n}; got {f.m} [tensor-shape]  # E: >= 1 [tensor-shape-assumed]
    dataclasses.replace(f, y=f.z)  # E: replace: axis 0 (n) of argument 2 (y) must be {f.n}; got {f.m} [tensor-shape]
    dataclasses.replace(f, z=f.y)


def of_two(f: Fold, g: Fold, y: Float[np.ndarray, "n"]) -> None:
    ridge(f.x, g.y)  # E: The shape is lost: ridge: {g.n} of argument 2 (y) is not compared with {f.n} [tensor-shape-lost]  # E: >= 1 [tensor-shape-assumed]
    ridge(f.x, y)  # E: The shape is lost: ridge: n of argument 2 (y) is not compared with {f.n} [tensor-shape-lost]  # E: >= 1 [tensor-shape-assumed]
    dataclasses.replace(f, y=g.y)


@dataclass
class Layer:
    w: Float[np.ndarray, "i o"]

    def __call__(self, x: Float[np.ndarray, "b i"]) -> Float[np.ndarray, "b o"]:
        return x @ self.w


def twice(layer: Layer, x: Float[np.ndarray, "b i"]) -> None:
    """What an object asks for is the caller's affair: a layer may have as many outputs as inputs."""
    layer(layer(x))  # E: The shape is lost [tensor-shape-lost]  # E: The shape is lost [tensor-shape-lost]


@dataclass
class Cache:
    keys: Float[np.ndarray, "b past d"]


def extended(cache: Cache, key: Float[np.ndarray, "b 1 d"]) -> Float[np.ndarray, "b 1 d"]:
    keys = np.concatenate([cache.keys, key], axis=1)  # E: The shape is lost: this cannot be decided [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]
    reveal_type(keys)  # R: ndarray[Float, b, {cache.past}+1, d]
    return keys  # E: The shape is lost: {cache.past}+1 and 1 are not compared [tensor-shape-lost]

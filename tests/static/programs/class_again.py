"""Fields that a subclass declares again, runs of axes, and fields that get values from outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


class Runs:
    w: Float[np.ndarray, "*s o"]

    def __init__(self, w: Float[np.ndarray, "*s o"]) -> None:
        self.w = w

    def f(self, x: Float[np.ndarray, "*s o"]) -> Float[np.ndarray, "*s o"]:
        return x + self.w


runs = Runs(np.zeros((2, 3, 4)))
reveal_type(runs.w)  # R: ndarray[Float, 2, 3, 4]
reveal_type(runs.f(np.zeros((2, 3, 4))))  # R: ndarray[Float, 2, 3, 4]
runs.f(np.zeros((2, 4)))  # E: f: the axes *s are [2, 3] from the object; got [2] in argument 1 (x); where o=4 from the object [tensor-shape]


@dataclass
class Base:
    w: Float[np.ndarray, "n m"]

    def g(self) -> Float[np.ndarray, "n m"]:
        return self.w


@dataclass
class Again(Base):
    w: Float[np.ndarray, "p q"]

    def h(self) -> Float[np.ndarray, "p q"]:
        return self.g() + self.w

    def wrong(self) -> Float[np.ndarray, "p q"]:
        return self.g() + self.w.T  # E: add: shapes broadcast when their axes, from the last, are equal or 1; got [n, m] and [m, n]; wanted n and m equal, or one of them 1 [tensor-shape]


reveal_type(Again(np.zeros((3, 4))).h())  # R: ndarray[Float, 3, 4]


@dataclass
class Stats:
    mean: Float[np.ndarray, "d"]


@dataclass
class Pairs:
    x: Float[np.ndarray, "n d"]
    y: Float[np.ndarray, "n"]


stats = Stats(np.zeros(3))
stats.mean = np.zeros(4)
stats.mean = np.zeros((4, 4))  # E: Incompatible types in assignment (expression has type "ndarray[Float64, 4, 4]", variable has type "ndarray[Float, Any]") [tensor-shape]
pairs = Pairs(np.zeros((5, 2)), np.zeros(5))
pairs.x = np.zeros((5, 3))
pairs.x = np.zeros((6, 2))  # E: Incompatible types in assignment (expression has type "ndarray[Float64, 6, 2]", variable has type "ndarray[Float, 5, Any]") [tensor-shape]

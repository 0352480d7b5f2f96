"""Type variables and unions of annotations."""

from typing import TypeVar

import numpy as np
from jaxtyping import Float, Int

import tl_dsl as tl
from tl_dsl import Tensor

T = TypeVar("T", bound=Float[Tensor, "n"])
A = TypeVar("A", Float[Tensor, "n"], Float[np.ndarray, "n"])
X = TypeVar("X", bound=Tensor)
S = TypeVar("S")
Pair = tuple[Float[Tensor, "n"], S]
Vector = Float[Tensor, "n"] | Float[Tensor, "n m"]


def bounded(x: T, y: T, z: Float[Tensor, "n"]) -> T:
    reveal_type(tl.add(x, z))  # R: Tensor[Float, n]
    return x


reveal_type(bounded(tl.zeros(3), tl.zeros(3), tl.zeros(3)))  # R: Tensor[Float64, 3]
bounded(tl.zeros(3), tl.zeros(3), tl.zeros(4))  # E: bounded: axis 0 (n) of argument 3 (z) must be 3; got 4; where n=3 from argument 1 (x) [tensor-shape]
bounded(tl.zeros((3, 1)), tl.zeros(3), tl.zeros(3))  # E: bounded: argument 1 (x) has 2 axes, and 1 is needed; got [3, 1]; wanted [n] [tensor-shape]


def constrained(x: A, y: A) -> A:
    return x


constrained(tl.zeros(3), tl.zeros(3))
constrained(np.zeros(3), np.zeros(3))


def of_class(x: Float[X, "n"], y: Float[X, "n"]) -> Float[X, "n"]:
    reveal_type(x)  # R: Tensor[Float, n]
    return x


reveal_type(of_class(tl.zeros(3), tl.zeros(3)))  # R: Tensor[Float, 3]
of_class(tl.zeros(3), tl.zeros(4))  # E: of_class: axis 0 (n) of argument 2 (y) must be 3; got 4 [tensor-shape]


def generic_alias(x: Pair[int], y: Pair[Float[Tensor, "m n"]]) -> Float[Tensor, "m"]:
    reveal_type(x)  # R: tuple[Tensor[Float, n], int]
    return y[1] @ x[0]


def generic(x: Pair[S], y: S, z: Float[Tensor, "n"]) -> S:
    return y


reveal_type(generic((tl.zeros(3), 1), 2, tl.zeros(3)))  # R: int
generic((tl.zeros(3), 1), 2, tl.zeros(4))  # E: axis 0 (n) of argument 3 (z) must be 3; got 4 [tensor-shape]


def union(x: Vector, y: Float[Tensor, "n"] | None = None) -> None: ...
def mixed(x: Float[Tensor, "3"] | Int[Tensor, "4"] | float) -> None: ...


union(tl.zeros(3), tl.zeros(3))
union(tl.zeros((3, 4)), tl.zeros(3))
union(tl.zeros((3, 4)), tl.zeros(4))  # E: union: axis 0 (n) of argument 2 (y) must be 3; got 4 [tensor-shape]
union(tl.zeros((3, 4, 5)))  # E: union: argument 1 (x) fits no member of Tensor[Float, n] | Tensor[Float, n, m]; got Tensor[Float64, 3, 4, 5] [tensor-shape]
mixed(tl.zeros(3))
mixed(tl.zeros(4))  # E: mixed: argument 1 (x) fits no member of Tensor[Float, 3] | Tensor[Int, 4]; got Tensor[Float64, 4] [tensor-shape]

"""Methods that are called without their object in sight: through the class, a variable, a function that takes them."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from jaxtyping import Float

T = TypeVar("T")


@dataclass
class Dense:
    w: Float[np.ndarray, "i o"]

    def __call__(self, x: Float[np.ndarray, "k i"]) -> Float[np.ndarray, "k o"]:
        return x @ self.w

    def loss(self, x: Float[np.ndarray, "i"]) -> float:
        return float((x @ self.w).sum())

    def first(self, f: Callable[[Float[np.ndarray, "i"]], Float[np.ndarray, "o"]]) -> Float[np.ndarray, "o"]:
        f(self.w[0])  # E: f: axis 0 (i) of argument 1 must be i; got o [tensor-shape]
        return f(self.w[:, 0])


def applied(
    f: Callable[[Float[np.ndarray, "p q"]], Float[np.ndarray, "p r"]], x: Float[np.ndarray, "p q"]
) -> Float[np.ndarray, "p r"]:
    return f(x)


def generic(f: Callable[[T], T], x: T) -> T:
    return f(x)


def through_the_class(d: Dense, e: Dense) -> None:
    reveal_type(Dense.__call__(d, d.w.T))  # R: ndarray[Float, {d.o}, {d.o}]  # E: assumes { [tensor-shape-assumed]
    Dense.__call__(d, e.w.T)  # E: {e.i} of argument 2 (x) is not compared with {d.i} [tensor-shape-lost]  # E: assumes { [tensor-shape-assumed]


def in_a_variable(d: Dense) -> None:
    f = d.__call__
    f(d.w.T)  # E: {d.i} of argument 1 (x) is not compared with ? [tensor-shape-lost]  # E: assumes { [tensor-shape-assumed]
    [d.__call__][0](d.w.T)  # E: {d.i} of argument 1 (x) is not compared with ? [tensor-shape-lost]  # E: assumes { [tensor-shape-assumed]


def given(d: Dense) -> None:
    reveal_type(applied(d.__call__, d.w.T))  # R: ndarray[Float, {d.o}, {d.o}]  # E: assumes { [tensor-shape-assumed]
    reveal_type(applied(d, d.w.T))  # R: ndarray[Float, {d.o}, {d.o}]  # E: assumes { [tensor-shape-assumed]
    applied(d, d.w)  # E: {d.o} of the parameter of argument 1 (f) is not compared with {d.i} [tensor-shape-lost]  # E: assumes { [tensor-shape-assumed]
    reveal_type(functools.partial(d.__call__)(d.w.T))  # R: ndarray[Float, {d.o}, {d.o}]  # E: assumes { [tensor-shape-assumed]
    generic(d.__call__, d.w.T)  # E: of which object a method is, is not known to the function [tensor-shape-lost]
    map(d.__call__, [d.w.T])  # E: of which object a method is, is not known to the function [tensor-shape-lost]


def declared(d: Dense) -> None:
    f: Callable[[Float[np.ndarray, "p q"]], Float[np.ndarray, "p r"]] = d.__call__  # E: of which object a method is [tensor-shape-lost]
    print(f)


def keys(d: Dense, xs: list[Float[np.ndarray, "a"]]) -> None:
    max(xs, key=d.loss)  # E: of which object a method is, is not known to the function [tensor-shape-lost]
    sorted(xs, key=np.size)


def of_numpy(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "n"]:
    np.ndarray.__add__(x, x.T)  # E: add: shapes broadcast when [tensor-shape]
    reveal_type(np.ndarray.transpose(x))  # R: ndarray[Float, m, n]
    return np.ndarray.sum(x, axis=1)

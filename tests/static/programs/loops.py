"""Loops that give a variable another shape each time: one fault is reported once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from tl_dsl import Tensor


def refused(x: Float[np.ndarray, "n d"], w: Float[np.ndarray, "d k"], steps: int) -> Float[np.ndarray, "n d"]:
    for _ in range(steps):
        x = x @ w  # E: got [n, k] @ [d, k]: k and d; wanted equal sizes [tensor-shape]
    return x


def grown(x: Float[np.ndarray, "n d"], w: Float[np.ndarray, "d d"], steps: int) -> Float[np.ndarray, "n d"]:
    for _ in range(steps):
        x = np.concatenate([x, x @ w])  # E: The shape is lost [tensor-shape-lost]
    return x  # E: Incompatible return value type [tensor-shape]


def turned(x: Float[np.ndarray, "n d"], steps: int) -> Float[np.ndarray, "n d"]:
    while steps:
        x = x.T
        steps -= 1
    return x  # E: Incompatible return value type (got "ndarray[Float, n, d] | ndarray[Float, d, n]", expected "ndarray[Float, n, d]") [tensor-shape]


def step(h: Float[np.ndarray, "n h"], c: Float[np.ndarray, "n h"], x: Float[np.ndarray, "n i"]) -> Float[np.ndarray, "n h"]:
    return h + c + x.sum(axis=1)[:, None]


def run(xs: Float[np.ndarray, "t n i"], c: Float[np.ndarray, "n h"]) -> Float[np.ndarray, "n h"]:
    h = np.zeros((xs.shape[0], c.shape[1]))
    for x in xs:
        h = step(h, c, x)  # E: step: axis 0 (n) of argument 2 (c) must be t; got n; where n=t from argument 1 (h) [tensor-shape]
    return h


def chosen(x: Float[np.ndarray, "n d"], flag: bool) -> Float[np.ndarray, "n d"]:
    for _ in range(2):
        x = x + 1.0
    y = x.T if flag else x
    return y  # E: Incompatible return value type [tensor-shape]


def squared(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n n"]:
    return x[:, None] * x


def told_once(x: Float[np.ndarray, "n"], steps: int) -> None:
    for _ in range(steps):
        y = squared(x)  # E: squared: argument 1 (x) has 2 axes, and 1 is needed; got [n, n]; wanted [n] [tensor-shape]
        x = x - y


def longer_each_time(x: Float[np.ndarray, "n"], y: Float[Tensor, "n d"], h: Float[np.ndarray, "d d"]) -> Float[np.ndarray, "n+7"]:
    z = x
    for _ in range(7):
        z = np.append(z, 1.0)  # E: The shape is lost: z changes with each round of the loop [tensor-shape-lost]
        h = h @ h
        last = z + z
    reveal_type(z)  # R: ndarray[Float, ...]
    reveal_type(h)  # R: ndarray[Float, d, d]
    while len(y) > 2:
        y = y[1:]  # E: The shape is lost: y changes with each round of the loop [tensor-shape-lost]  # E: assumes [tensor-shape-assumed]
    reveal_type(y)  # R: Tensor[Float, ...]
    return z


def one_after_the_other(a: Float[np.ndarray, "n"], x: Float[np.ndarray, "n"], steps: int) -> Float[np.ndarray, "n"]:
    b = c = d = e = x
    for _ in range(steps):
        a = b
        b = c  # E: The shape is lost: b changes with each round of the loop [tensor-shape-lost]
        c = d  # E: The shape is lost: c changes with each round of the loop [tensor-shape-lost]
        d = e
        e = x[:, None]
    return a


def counted(x: Float[np.ndarray, "n"], steps: int) -> Float[np.ndarray, "n"]:
    size = len(x)
    shape: tuple[int, ...] = x.shape
    for _ in range(steps):
        size = size + 1  # E: The shape is lost: size changes with each round of the loop [tensor-shape-lost]
        for _ in range(3):
            x = x[:, None]  # E: The shape is lost: x changes with each round of the loop [tensor-shape-lost]
    return np.zeros(size)  # E: nothing is known of axis 0 of [?] [tensor-shape-lost]


def one_more_each_round(x: Float[np.ndarray, "n d"], steps: int) -> Float[np.ndarray, "n+{steps} d"]:
    for _ in range(steps):
        x = np.concatenate([x, x[:1]])  # E: nothing is known of axis 0 [tensor-shape-lost]
    return x


def one_more_of_one(steps: int) -> Float[np.ndarray, "1 {steps}+1"]:
    x = np.zeros((1, 1))
    for _ in range(steps):
        x = np.concatenate([x, x[:, :1]], axis=1)  # E: nothing is known of axis 1 [tensor-shape-lost]
    return x


def another_axis(x: Float[np.ndarray, "n d"], steps: int) -> Float[np.ndarray, "n+{steps} n"]:
    for _ in range(steps):
        x = np.concatenate([x, x[:1]])  # E: nothing is known of axis 0 [tensor-shape-lost]
    return x  # E: Incompatible return value type [tensor-shape]


def joined_with_unknown(x: Float[np.ndarray, "t k"], n: int, f: Callable[[np.ndarray], np.ndarray]) -> Float[np.ndarray, "t+{n} k"]:
    out = x
    for _ in range(n):
        out = np.concatenate([out, f(out)])  # E: need not have equal numbers of axes [tensor-shape-lost]
    return out


def joined_in_no_round(x: Float[np.ndarray, "t k"], n: int, f: Callable[[np.ndarray], np.ndarray]) -> Float[np.ndarray, "t+1 k"]:
    out = x
    for _ in range(n):
        out = np.concatenate([out, f(out)])  # E: need not have equal numbers of axes [tensor-shape-lost]
    return out  # E: got "ndarray[Float, t, k] | ndarray", expected "ndarray[Float, t+1, k]") [tensor-shape]


def joined_of_others(x: Float[np.ndarray, "t k"], n: int, f: Callable[[np.ndarray], np.ndarray]) -> Float[np.ndarray, "t+{n} t"]:
    out = x
    for _ in range(n):
        out = np.concatenate([out, f(out)])  # E: need not have equal numbers of axes [tensor-shape-lost]
    return out  # E: got "ndarray[Float, t, k] | ndarray", expected "ndarray[Float, t+{n}, t]") [tensor-shape]

"""Loops that give a variable another shape each time: one fault is reported once."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float


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

"""`functools.partial`: what is left of a function keeps the axes, with what was given for some of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from functools import partial

import numpy as np
from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def huber(delta: float, pred: Float[np.ndarray, "n"], y: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    return np.where(np.abs(pred - y) < delta, pred, y)


def grown(x: Float[Tensor, "n"], k: int = 2) -> Float[Tensor, "n+1 {k}"]:
    return tl.zeros((x.shape[0] + 1, k))


def by_position(x: Float[np.ndarray, "n p"], w: Float[np.ndarray, "p"], y: Float[np.ndarray, "n"]) -> None:
    loss = functools.partial(huber, 1.0)
    reveal_type(loss(x @ w, y))  # R: ndarray[Float, n]
    loss(w, y)  # E: huber: axis 0 (n) of argument 2 (y) must be p; got n [tensor-shape]
    reveal_type(loss(w, w))  # R: ndarray[Float, p]
    rest = partial(loss, w)
    rest(y)  # E: must be p; got n [tensor-shape]
    reveal_type(rest(w))  # R: ndarray[Float, p]
    functools.partial(huber, 1.0, x)  # E: huber: argument 2 (pred) has 2 axes, and 1 is needed [tensor-shape]


def by_name(w: Float[np.ndarray, "p"], y: Float[np.ndarray, "n"]) -> None:
    loss = partial(huber, y=y)
    loss(1.0, w)  # E: of argument 2 (pred) must be n; got p [tensor-shape]
    reveal_type(loss(delta=1.0, pred=y))  # R: ndarray[Float, n]
    partial(huber, pred=w, y=y)  # E: of argument 3 (y) must be p; got n [tensor-shape]
    pair = (1.0, w)
    reveal_type(partial(huber, *pair)(w))  # R: ndarray[Float, p]


def sizes(y: Float[Tensor, "m"]) -> None:
    reveal_type(partial(grown, y)())  # R: Tensor[Float, m+1, 2]
    reveal_type(partial(grown, y)(3))  # R: Tensor[Float, m+1, 3]
    reveal_type(partial(grown, y, 5)())  # R: Tensor[Float, m+1, 5]
    reveal_type(partial(grown, k=4)(y))  # R: Tensor[Float, m+1, 4]
    reveal_type(partial(grown, k=4)(y, k=6))  # R: Tensor[Float, ...]


def energy(w: Float[Tensor, "d"], x: Float[Tensor, "n d"]) -> Float[Tensor, ""]:
    return tl.sum((x @ w) ** 2)


def derived(x: Float[Tensor, "n d"], w: Float[Tensor, "d"]) -> None:
    slope = tl.grad(partial(energy, x=x))
    reveal_type(slope(w))  # R: Tensor[Float, d]
    slope(x[:, 0])  # E: must be d; got n [tensor-shape]
    stored: Callable[[Float[Tensor, "d"]], Float[Tensor, ""]] = partial(energy, x=x)
    reveal_type(stored(w))  # R: Tensor[Float, ()]

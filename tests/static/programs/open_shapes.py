"""Conditions on arrays whose shape is open: their types are narrowed where the conditions hold."""

from typing import Union

import numpy as np
from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def whole(x: Float[Tensor, "..."], y: Float[Tensor, "n"]) -> Float[Tensor, "n 3"]:
    n = len(y)
    assert x.shape == (3, n)
    reveal_type(x)  # R: Tensor[Float, 3, n]
    return x.mT


def wrong_whole(x: Float[Tensor, "..."], y: Float[Tensor, "n"]) -> Float[Tensor, "n 3"]:
    assert x.shape == (3, len(y))
    return x  # E: Incompatible return value type [tensor-shape]


def rank(x: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    if x.ndim == 2:
        reveal_type(x)  # R: Tensor[Float, {x.shape[0]}, {x.shape[1]}]
        return x.mT
    elif x.ndim == 3:
        reveal_type(x)  # R: Tensor[Float, {x.shape[0]}, {x.shape[1]}, {x.shape[2]}]
    else:
        reveal_type(x)  # R: Tensor[Float, ...]
    reveal_type(x)  # R: Tensor[Float, ...]
    return x


def rank_after(x: Float[Tensor, "..."], y: Float[Tensor, "n"]) -> Float[Tensor, "n 3"]:
    if x.ndim != 2 or x.shape[1] != 3 or x.shape[0] != len(y):
        raise ValueError("wants n rows of 3")
    reveal_type(x)  # R: Tensor[Float, n, 3]
    return x


def one_axis(x: Float[Tensor, "_ _"], y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    assert x.shape[-1] == len(y) and len(x) == 4
    reveal_type(x)  # R: Tensor[Float, 4, n]
    return x @ y  # E: Incompatible return value type [tensor-shape]


def number_of_axes(x: Float[Tensor, "*b n"]) -> Float[Tensor, "*b n"]:
    if x.ndim == 1:
        reveal_type(x)  # R: Tensor[Float, n]
        return x
    if x.ndim == 3:
        reveal_type(x)  # R: Tensor[Float, b[0], b[1], n]
        return x
    return x


def wrong_number_of_axes(x: Float[Tensor, "*b n"], y: Float[Tensor, "*b n"]) -> Float[Tensor, "*b"]:
    if len(x.shape) == 2:
        x + y
        x.mT + y  # E: shapes broadcast when their axes [tensor-shape]
        return tl.sum(x, axis=1)
    return x  # E: Incompatible return value type [tensor-shape]


def batch(x: Float[Tensor, "*b n"], y: Float[Tensor, "*c n"]) -> Float[Tensor, "*b n"]:
    assert x.shape == (2, 3)
    assert y.shape == x.shape
    return x + y


def known(x: Float[Tensor, "*b n"]) -> Float[Tensor, "*b n"]:
    assert x.shape == (2, 3)
    reveal_type(x)  # R: Tensor[Float, 2, n]
    return x


def leaks(x: Float[Tensor, "..."], y: Float[Tensor, "3"]) -> Float[Tensor, "3"]:
    if x.ndim == 1:
        x = tl.zeros((2, 2))
    reveal_type(x)  # R: Tensor[Float64, 2, 2] | Tensor[Float, ...]
    assert y.shape == x.shape
    return y


def rebound(x: Float[Tensor, "..."], y: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    assert x.ndim == 2
    x = y
    reveal_type(x)  # R: Tensor[Float, ...]
    return x


def in_a_loop(x: Float[Tensor, "..."], y: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    for _ in range(3):
        reveal_type(x)  # R: Tensor[Float, ...] | Tensor[Float, 3]
        if x.shape == (3,):
            reveal_type(x)  # R: Tensor[Float, 3]
            continue
        x = y
    return x


def closure(x: Float[Tensor, "..."]) -> None:
    assert x.ndim == 1

    def inner() -> None:
        reveal_type(x)  # R: Tensor[Float, {x.shape[0]}]

    inner()


def rebound_later(x: Float[Tensor, "..."], y: Float[Tensor, "..."]) -> None:
    assert x.ndim == 1

    def inner() -> None:
        reveal_type(x)  # R: Tensor[Float, ...]

    x = y
    inner()


def union(x: Union[Float[Tensor, "n"], Float[Tensor, "n m"]]) -> Float[Tensor, "n"]:
    if x.ndim == 1:
        reveal_type(x)  # R: Tensor[Float, n]
        return x
    reveal_type(x)  # R: Tensor[Float, n, m]
    return tl.sum(x, axis=1)


def wrong_union(x: Float[Tensor, "n"] | Float[Tensor, "n m"]) -> Float[Tensor, "n"]:
    if x.ndim == 2:
        return x  # E: Incompatible return value type [tensor-shape]
    return x


def optional(x: Float[Tensor, "..."] | None, y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    if x is not None and x.shape == y.shape:
        reveal_type(x)  # R: Tensor[Float, n]
        return x
    return y


def arrays(x: Float[np.ndarray, "..."], y: Float[np.ndarray, "n"], z: Float[np.ndarray, "m"]) -> Float[np.ndarray, "n"]:
    assert x.shape == (3, len(y))
    reveal_type(x)  # R: ndarray[Float, 3, n]
    if x.shape[1] != len(z):
        raise ValueError
    return z


def bare(x: Tensor, y: np.ndarray) -> None:
    assert x.shape == (3, 4) and y.shape == (4, 5)
    reveal_type(x)  # R: Tensor[Any, 3, 4]
    reveal_type(y)  # R: ndarray[Any, 4, 5]
    y @ y  # E: matmul contracts [tensor-shape]


class Holder(tl.Module):
    w: Float[Tensor, "..."]

    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        assert self.w.shape == (len(x), len(x))
        reveal_type(self.w)  # R: Tensor[Float, n, n]
        return self.w @ x

"""Overloads that take the same arrays, and are told apart by a literal, a number, or what is not given."""

from __future__ import annotations

from typing import Literal, overload

import numpy as np
from jaxtyping import Bool, Float


@overload
def pool(x: Float[np.ndarray, "n d"], how: Literal["mean"] = ...) -> Float[np.ndarray, "d"]: ...
@overload
def pool(x: Float[np.ndarray, "n d"], how: Literal["none"]) -> Float[np.ndarray, "n d"]: ...
@overload
def pool(x: Float[np.ndarray, "n d"], how: int) -> Float[np.ndarray, "n"]: ...
def pool(x: Float[np.ndarray, "n d"], how: str | int = "mean") -> Float[np.ndarray, "..."]:
    return x.mean(axis=0) if how == "mean" else x


@overload
def total(x: Float[np.ndarray, "n d"], keep: Literal[True]) -> Float[np.ndarray, "n 1"]: ...
@overload
def total(x: Float[np.ndarray, "n d"], keep: Literal[False] = ...) -> Float[np.ndarray, "n"]: ...
def total(x: Float[np.ndarray, "n d"], keep: bool = False) -> Float[np.ndarray, "..."]:
    return x.sum(axis=1, keepdims=True) if keep else x.sum(axis=1)


def use(x: Float[np.ndarray, "n d"], how: Literal["mean", "none"]) -> Float[np.ndarray, "n"]:
    reveal_type(pool(x, "mean"))  # R: ndarray[Float, d]
    reveal_type(pool(x))  # R: ndarray[Float, d]
    reveal_type(pool(x, how="none"))  # R: ndarray[Float, n, d]
    reveal_type(pool(x, 3))  # R: ndarray[Float, n]
    reveal_type(pool(x, how))  # R: ndarray[Float, d] | ndarray[Float, n, d]
    reveal_type(total(x))  # R: ndarray[Float, n]
    reveal_type(total(x, keep=True))  # R: ndarray[Float, n, 1]
    pool(x, "mean") @ pool(x, "none")  # E: got [d] @ [n, d]: d and n; wanted equal sizes [tensor-shape]
    return pool(x, "none") @ pool(x, "mean")


@overload
def distance(x: Float[np.ndarray, "d"], centre: Float[np.ndarray, "d"]) -> float: ...
@overload
def distance(x: Float[np.ndarray, "n d"], centre: Float[np.ndarray, "d"]) -> Float[np.ndarray, "n"]: ...
def distance(x: Float[np.ndarray, "*n d"], centre: Float[np.ndarray, "d"]) -> float | Float[np.ndarray, "*n"]:
    return np.sqrt(((x - centre) ** 2).sum(axis=-1))


def far(x: Float[np.ndarray, "n d"], centre: Float[np.ndarray, "d"]) -> Bool[np.ndarray, "n"]:
    return distance(x.T, centre) > 1.0  # E: distance: argument 1 (x) has 2 axes, and 1 is needed [tensor-shape]

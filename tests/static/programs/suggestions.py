"""One thing to try, where it is clear what gives a value its shape."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

import tl_dsl as tl
from tl_dsl import Tensor


def loss(w: Float[Tensor, "p"], x: Float[Tensor, "n p"]) -> Float[Tensor, ""]:
    return tl.mean(x @ w)


def calls(w: Float[Tensor, "p"], x: Float[Tensor, "p n"], y: Float[Tensor, "n k"]) -> None:
    loss(w, x)  # E: loss: axis 1 (p) of argument 2 (x) must be p; got n; where p is from argument 1 (w); try: transpose it: .mT [tensor-shape]
    loss(w, y)  # E: got k; where p is from argument 1 (w) [tensor-shape]
    tl.vmap(lambda row: loss(w, row))(tl.ones((2, 3, 4)))  # E: loss: axis 1 (p) of argument 2 (x) must be p; got 4; where p is from argument 1 (w) [tensor-shape]
    tl.vmap(loss)(tl.ones((5, 3)), tl.ones((6, 2, 3)))  # E: vmap: axis 0 (batch) of argument 2 (x) must be 5; got 6 [tensor-shape]


def operations(a: Float[np.ndarray, "n n"], b: Float[np.ndarray, "m n"], x: Float[np.ndarray, "n m k"], s: Float[np.ndarray, "n"]) -> None:
    np.linalg.solve(a, b)  # E: try: transpose the right side: .mT [tensor-shape]
    x * s  # E: wanted k and n equal, or one of them 1; try: [..., None, None] on the right operand [tensor-shape]
    x - x.sum(axis=2)  # E: wanted m and n equal, or one of them 1; try: keepdims=True, or [..., None] on the right operand [tensor-shape]


def last(x: Float[np.ndarray, "n 1"]) -> Float[np.ndarray, "n"]:
    return x  # E: expected "ndarray[Float, n]"); try: drop the last axis: [..., 0] [tensor-shape]


def first(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "1 n"]:
    return x  # E: expected "ndarray[Float, 1, n]"); try: add the first axis: [None] [tensor-shape]


def turned(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "m n"]:
    return x  # E: expected "ndarray[Float, m, n]"); try: transpose it: .mT [tensor-shape]


def numbers(x: Int[Tensor, "n"]) -> Float[Tensor, ""]:
    return x.sum()  # E: Incompatible return value type (got "Tensor[Int, ()]", expected "Tensor[Float, ()]") [tensor-dtype]

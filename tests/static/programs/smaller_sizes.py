"""The smaller of two sizes: diagonals of rectangles, decompositions, `min`."""

import numpy as np
from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def diagonals(x: Float[np.ndarray, "n m"], t: Float[Tensor, "n m"], v: Float[np.ndarray, "m"]) -> None:
    reveal_type(np.diag(x))  # R: ndarray[Float, min(m,n)]
    reveal_type(np.diagonal(x, offset=1))  # R: ndarray[Float, min(m-1,n)]
    reveal_type(tl.diagonal(t, offset=-2))  # R: Tensor[Float, min(n-2,m)]  # E: diagonal: assumes min(n-2,m) >= 0 [tensor-shape-assumed]
    reveal_type(np.diag(x) + np.diag(x.T))  # R: ndarray[Float, min(m,n)]
    np.diag(x) + v  # E: add: shapes broadcast when their axes, from the last, are equal or 1 [tensor-shape]


def decompositions(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "n m"]:
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    q, r = np.linalg.qr(x)
    reveal_type(q @ r)  # R: ndarray[Float, n, m]
    np.diag(s) @ x  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one [tensor-shape]
    return u @ np.diag(s) @ vt


def first_ones(a: Float[np.ndarray, "n"], b: Float[np.ndarray, "m"]) -> Float[np.ndarray, "min(n,m)"]:
    k = min(len(a), len(b))
    reveal_type(a[:k])  # R: ndarray[Float, min(m,n)]
    return a[:k] + b[:k]


def written(a: Float[np.ndarray, "n"], b: Float[np.ndarray, "min(n,3)"]) -> Float[np.ndarray, "n"]:
    return b  # E: Incompatible return value type (got "ndarray[Float, min(n,3)]", expected "ndarray[Float, n]") [tensor-shape]


def called(x: Float[np.ndarray, "k k"], y: Float[np.ndarray, "k d"]) -> Float[np.ndarray, "k"]:
    reveal_type(first_ones(x[0], y[0]))  # R: ndarray[Float, min(d,k)]
    return first_ones(x[0], y[:, 0])


def known_by_a_bound(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "n"]:
    before = np.diag(x)
    assert x.shape[0] <= x.shape[1]
    return np.diag(x) + before


def known_to_be_equal(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "n"]:
    before = np.diag(x)
    if len(x) != x.shape[1]:
        raise ValueError
    return before


def known_by_what_is_assumed(t: Float[Tensor, "n n"]) -> Float[Tensor, "2"]:
    rows = t[:3]  # E: getitem: assumes 3 <= n [tensor-shape-assumed]
    return tl.diagonal(rows[:, 1:3])


def of_values(k: int, x: Float[np.ndarray, "{k} 1"], y: Float[np.ndarray, "{k} {k}+1"]) -> None:
    np.diag(x)  # E: nothing is known of axis 0 of [?] [tensor-shape-lost]
    reveal_type(np.diag(y))  # R: ndarray[Float, {k}]  # E: diag: assumes {k} >= 0 [tensor-shape-assumed]

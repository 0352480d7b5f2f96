"""Operands that are one of several arrays."""

import numpy as np
from jaxtyping import Float, Float64

import tl_dsl as tl
from tl_dsl import Tensor


def on_the_right(x: Float[np.ndarray, "n 1"], u: Float[np.ndarray, "n 1"] | Float[np.ndarray, "2 1"]) -> None:
    reveal_type(0.5 * u)  # R: ndarray[Float, n, 1] | ndarray[Float, 2, 1]
    reveal_type(x.T + u.T)  # E: add: shapes broadcast when their axes, from the last, are equal or 1 [tensor-shape]  # R: ndarray
    x @ u  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one [tensor-shape]
    x.T @ u  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one [tensor-shape]
    reveal_type(x.sum() * u)  # R: ndarray[Float64, n, 1] | ndarray[Float64, 2, 1]


def attributes(u: Float[np.ndarray, "n m"] | Float64[np.ndarray, "n m"]) -> Float[np.ndarray, "n m"]:
    reveal_type(u.T)  # R: ndarray[Float, m, n] | ndarray[Float64, m, n]
    reveal_type(u.shape[0])  # R: SymInt[n]
    return u.T  # E: Incompatible return value type (got "ndarray[Float, m, n] | ndarray[Float64, m, n]", expected "ndarray[Float, n, m]") [tensor-shape]


def tensors(x: Float[Tensor, "n 1"], u: Float[Tensor, "n 1"] | Float[Tensor, "2 1"]) -> None:
    reveal_type(0.5 * u)  # R: Tensor[Float, n, 1] | Tensor[Float, 2, 1]
    reveal_type(u - x[:1])  # R: Tensor[Float, n, 1] | Tensor[Float, 2, 1]
    x.mT @ u  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one [tensor-shape]


def twice_the_same(
    u: Float[np.ndarray, "n"] | Float[np.ndarray, "m n"],
    v: Float[np.ndarray, "n"] | Float[np.ndarray, "m 1 m"],
    w: Float[Tensor, "n"] | Float[Tensor, "m 1 m"],
) -> None:
    reveal_type(v + v)  # R: ndarray[Float, n] | ndarray[Float, m, 1, m]
    reveal_type(v > v)  # R: ndarray[Bool, n] | ndarray[Bool, m, 1, m]
    reveal_type(w * w)  # R: Tensor[Float, n] | Tensor[Float, m, 1, m]
    reveal_type(w < w)  # R: Tensor[Bool, n] | Tensor[Bool, m, 1, m]
    u + v  # E: add: shapes broadcast when their axes, from the last, are equal or 1 [tensor-shape]  # E: add: shapes broadcast when their axes, from the last, are equal or 1 [tensor-shape]


def in_a_loop(a: Float[np.ndarray, "2"]) -> Float[np.ndarray, "4"]:
    t = a
    for _ in range(3):
        t = np.zeros(len(t))
    return np.hstack([a, t])


def reversed_runs(b: Float[np.ndarray, "*b m n"]) -> Float[np.ndarray, "n m *b"]:
    b.shape[4]  # E: The shape is lost: an index among the sizes of any number of axes [tensor-shape-lost]
    reveal_type(b.shape[:3])  # R: Any  # E: The shape is lost: a slice of the sizes of any number of axes [tensor-shape-lost]
    return b.T  # E: Incompatible return value type [tensor-shape]


def checked_size(c: Float[np.ndarray, "d"] | Float[np.ndarray, "d d"], n: int) -> Float[np.ndarray, "{n} {n}"]:
    if c.shape[0] != n:
        raise ValueError
    if c.ndim == 1:
        return np.diag(c)
    return c


def asserted_size(c: Float[np.ndarray, "d"] | Float[np.ndarray, "d d"], n: int) -> Float[np.ndarray, "{n} {n}"]:
    assert len(c) == n
    if c.ndim == 1:
        return np.diag(c)
    return c


def either_size(c: Float[np.ndarray, "d"] | Float[np.ndarray, "d d"], n: int) -> Float[np.ndarray, "{n} 2"]:
    assert c.shape[0] >= 2 and c.shape[0] == n
    if c.ndim == 2:
        return c  # E: Incompatible return value type (got "ndarray[Float, d, d]", expected "ndarray[Float, {n}, 2]") [tensor-shape]
    raise ValueError


def with_itself(u: Float[np.ndarray, "n n"] | Float[np.ndarray, "d n"], k: Float[np.ndarray, "3 n"]) -> None:
    reveal_type(u @ u.T)  # R: ndarray[Float, n, n] | ndarray[Float, n, d] | ndarray[Float, d, n] | ndarray[Float, d, d]
    reveal_type(u.T @ u)  # R: ndarray[Float, n, n]  # E: The shape is lost: matmul: some alternatives do not fit, and whether they meet is not known [tensor-shape-lost]
    reveal_type(np.matmul(u.T, u))  # R: ndarray[Float, n, n]  # E: The shape is lost: matmul: some alternatives do not fit, and whether they meet is not known [tensor-shape-lost]
    u.T @ (k if k.sum() > 1 else k[:2])  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one [tensor-shape]
    v = u.T
    reveal_type(u + 2 * u)  # R: ndarray[Float, n, n] | ndarray[Float, d, n]  # E: The shape is lost: add: some alternatives do not fit, and whether they meet is not known [tensor-shape-lost]
    reveal_type(v @ u)  # R: ndarray[Float, n, n]  # E: The shape is lost: matmul: some alternatives do not fit, and whether they meet is not known [tensor-shape-lost]


def tensor_with_itself(u: Float[Tensor, "n n"] | Float[Tensor, "d n"], k: Float[Tensor, "3 n"], flag: bool) -> None:
    reveal_type(u.T @ u)  # R: Tensor[Float, n, n]  # E: The shape is lost: matmul: some alternatives do not fit, and whether they meet is not known [tensor-shape-lost]
    reveal_type(tl.matmul(u.T, u))  # R: Tensor[Float, n, n]  # E: The shape is lost: matmul: some alternatives do not fit, and whether they meet is not known [tensor-shape-lost]
    t = k if flag else u
    u.T @ t  # E: The shape is lost: matmul: some alternatives do not fit, and whether they meet is not known [tensor-shape-lost]
    t.T @ u  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one [tensor-shape]  # E: The shape is lost: matmul: some alternatives do not fit, and whether they meet is not known [tensor-shape-lost]


def chosen(x: Float[Tensor, "n k"] | Float[Tensor, "n m"], y: Float[Tensor, "k"] | Float[Tensor, "m"]) -> None:
    x @ y  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one [tensor-shape]
    z = y
    z = z + 1
    x @ z  # E: The shape is lost: matmul: some alternatives do not fit, and whether they meet is not known [tensor-shape-lost]


Rows = Float[np.ndarray, "1 n"] | Float[np.ndarray, "2 n"] | Float[np.ndarray, "3 n"] | Float[np.ndarray, "4 n"]
Columns = Float[np.ndarray, "n 1"] | Float[np.ndarray, "n 2"] | Float[np.ndarray, "n 3"] | Float[np.ndarray, "n 4"]


def many(a: Rows | Float[np.ndarray, "5 n"], b: Columns) -> None:
    np.matmul(a, b)  # E: The shape is lost: the arguments have too many alternatives [tensor-shape-lost]


def of_each_member(c: Float[np.ndarray, "d"] | Float[np.ndarray, "e d"], n: int) -> Float[np.ndarray, "{n} {n}"]:
    if c.shape[0] != n:
        raise ValueError
    if c.ndim == 1:
        return np.diag(c)
    reveal_type(c)  # R: ndarray[Float, {n}, d]
    if n > 1:
        return c.T @ c  # E: got "ndarray[Float, d, d]", expected "ndarray[Float, {n}, {n}]" [tensor-shape]
    return c @ c.T


def array_or_scalar(x: Float[np.ndarray, "n n"], s: np.float64, flag: bool) -> Float[np.ndarray, "n n 3"]:
    u = x if flag else s
    reveal_type(u.shape)  # R: tuple[SymInt[n], SymInt[n]] | tuple[()]
    reveal_type(u.size)  # R: SymInt[n**2] | Literal[1]
    return np.ones((*u.shape, 3))  # E: the shape is not known before the program runs [tensor-shape-lost]


def square(a: Float[Tensor, "m k"]) -> Float[Tensor, "m k"]:
    return a


def into_a_call(x: Float[Tensor, "k k"], y: Float[Tensor, "k m"], flag: bool) -> None:
    t = x if flag else y
    reveal_type(square(t))  # R: Tensor[Float, k, Any]  # E: square: k of the result is one of several sizes [tensor-shape-lost]

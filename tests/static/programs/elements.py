"""Element types that jaxtyping's names leave open, and arrays of which only the sizes are known."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Complex, Float, Int, Num, Real, Shaped, UInt


def abstract(
    x: Real[np.ndarray, "n"],
    i: Int[np.ndarray, "n"],
    u: UInt[np.ndarray, "n"],
    z: Num[np.ndarray, "n"],
    f: Float[np.ndarray, "n"],
    c: Complex[np.ndarray, "n"],
) -> Float[np.ndarray, "n"]:
    reveal_type(x / x)  # R: ndarray[Float, n]
    reveal_type(x * i)  # R: ndarray[Real, n]
    reveal_type(i + u)  # R: ndarray[Real, n]
    reveal_type(x * 1.0)  # R: ndarray[Float, n]
    reveal_type(x + f)  # R: ndarray[Float, n]
    reveal_type(z / 2)  # R: ndarray[Inexact, n]
    reveal_type(z * c)  # R: ndarray[Complex, n]
    reveal_type(np.abs(z))  # R: ndarray[Real, n]
    reveal_type(np.sqrt(x))  # R: ndarray[Float, n]
    return x  # E: Incompatible return value type (got "ndarray[Real, n]", expected "ndarray[Float, n]") [tensor-dtype]


def of_any(x: Float[np.ndarray, "n d"], s: Shaped[np.ndarray, "d d"], a: np.ndarray) -> Float[np.ndarray, "n d"]:
    d = x.shape[1]
    assert a.shape == (d, d)
    reveal_type(x @ a)  # R: ndarray[Any, n, d]
    reveal_type(s @ x.T)  # R: ndarray[Any, d, n]
    reveal_type(np.linalg.solve(a, x.T))  # R: ndarray[Any, d, n]
    np.linalg.cholesky(a) @ x  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [d, d] @ [n, d]: d and n; wanted equal sizes; try: transpose the right operand: .mT [tensor-shape]
    return x @ s


def parts(x: Float[np.ndarray, "n d"], r: int) -> tuple[Float[np.ndarray, "n {r}"], Float[np.ndarray, "{r} d"]]:
    u, _, vt = np.linalg.svd(x, full_matrices=False)
    assert 0 <= r <= x.shape[1]
    return u[:, :r], vt[:, :r]  # E: assumes {r} >= 0 [tensor-shape-assumed]  # E: assumes {r} <= min(d,n) [tensor-shape-assumed]  # E: Incompatible return value type (got "tuple[ndarray[Float, n, {r}], ndarray[Float, min(d,n), {r}]]" [tensor-shape]


def named(x: Float[np.ndarray, "n"], i: Int[np.ndarray, "m"]) -> None:
    reveal_type(x.astype(int))  # R: ndarray[Int64, n]
    reveal_type(np.zeros((2, 3), dtype=int))  # R: ndarray[Int64, 2, 3]
    reveal_type(np.asarray(x, dtype=float))  # R: ndarray[Float64, n]
    reveal_type(np.ones(4, dtype=complex))  # R: ndarray[Complex128, 4]
    reveal_type(x.astype("float32"))  # R: ndarray[Float32, n]
    reveal_type(np.zeros(3, "uint8"))  # R: ndarray[UInt8, 3]
    reveal_type(x[np.floor(i / 2).astype(int)])  # R: ndarray[Float, m]


def of_integer_sums(i: Int[np.ndarray, "n"]) -> Float[np.ndarray, "n+1"]:
    np.concatenate([i, i.sum() / 2])  # E: concatenate: concat joins arrays with equal numbers of axes; got [n] and [] [tensor-shape]
    return np.concatenate([[0.0], i / i.dot(i)])  # E: The shape is lost: an argument is not known before the program runs [tensor-shape-lost]


def of_powers(c: Bool[np.ndarray, "n d"], x: Float[np.ndarray, "n d"], i: Int[np.ndarray, "n d"]) -> None:
    reveal_type(c**x)  # R: ndarray[Float, n, d]
    reveal_type(c**c)  # R: ndarray[Int8, n, d]
    reveal_type(c**2)  # R: ndarray[Int, n, d]
    reveal_type(c**0.5)  # R: ndarray[Float64, n, d]
    for _ in range(3):
        x = (x > 0.5) ** x
    reveal_type(x)  # R: ndarray[Float, n, d]


def of_two_types(x: Float[np.ndarray, "n d"], flag: bool) -> None:
    y = (x > 0.5).astype(np.float64) if flag else np.square(x)
    reveal_type(np.stack([y, y, y > 0.5], axis=-1))  # R: ndarray[Float, n, d, 3]


def of_whole_numbers(x: Float[np.ndarray, "n m"], k: Int[np.ndarray, "n m"], c: Float[np.ndarray, ""]) -> None:
    (c != 0.5)[2:5]  # E: got 1 index for [], a result without axes [tensor-index]
    first = (x != x)[0, 0]
    first[2:5]  # E: got 1 index for [], a result without axes [tensor-index]
    first[None]  # E: The shape is lost: an index makes an array of a scalar that is Any to mypy [tensor-shape-lost]
    first[-1, 2]  # E: got 2 indices for [], a result without axes [tensor-index]
    k[0, 0] @ x  # E: a scalar has no axis to contract; use *; got [] on the left of @ [tensor-shape]
    for i in range(3):
        count = k[i, i]
        count @ x  # E: got [] on the left of @ [tensor-shape]


def of_variables_that_change(x: Float[np.ndarray, "n m"], k: Int[np.ndarray, "n m"], flag: bool) -> None:
    x[0, 0]
    x = k[0, 0]
    y = k[0, 0]
    if flag:
        y = k[0]
    y[0]


def of_products(x: Float[np.ndarray, "n m"], k: Int[np.ndarray, "n m"]) -> Float[np.ndarray, "n"]:
    y: Float[np.ndarray, "n"] = k[0, 0] * x  # E: The shape is lost: the left operand is a scalar that is Any to mypy [tensor-shape-lost]
    if len(x) > 3:
        return k[0, 0] * x  # E: The shape is lost: the left operand is a scalar that is Any to mypy [tensor-shape-lost]
    z = k[0, 0] * x  # E: The shape is lost: the left operand is a scalar that is Any to mypy [tensor-shape-lost]
    return z  # E: Any is not compared with ndarray[Float, n] [tensor-shape-lost]


def methods_of_scalars(x: Float[np.ndarray, "n"], k: Int[np.ndarray, "n m"], c: Float[np.ndarray, ""]) -> None:
    reveal_type(x[0].reshape(1, -1))  # R: ndarray[Float64, 1, 1]
    reveal_type(x[0].ravel())  # R: ndarray[Float64, 1]
    reveal_type(x.sum().repeat(3))  # R: ndarray[Float64, 3]
    c.sum(axis=0).reshape(k.shape)  # E: reshape keeps the number of elements; got [] to [n, m] [tensor-shape]
    k[0, 0].item()
    k[0, 0].reshape(3)  # E: The shape is lost: reshape of a scalar that is Any to mypy [tensor-shape-lost]


def scalars_beside_arrays(p: Float[np.ndarray, ""], m: Bool[np.ndarray, "n 1"]) -> Bool[np.ndarray, "n 1"]:
    reveal_type(np.copy((p > 0.5) ^ m))  # R: ndarray[Bool, n, 1]
    reveal_type(np.zeros_like((p > 0.5) & m))  # R: ndarray[Bool, n, 1]
    return np.logical_not((p > 0.5) | m)


def truth_values(m: Bool[np.ndarray, "n"], x: Float[np.ndarray, "n"]) -> None:
    m - m  # E: sub: numpy has no differences and no signs of truth values [tensor-dtype]
    np.sign(m)  # E: sign: numpy has no differences and no signs of truth values [tensor-dtype]
    np.subtract(m, m)  # E: subtract: numpy has no differences and no signs of truth values [tensor-dtype]
    reveal_type(m - x)  # R: ndarray[Float, n]
    reveal_type(1 - m)  # R: ndarray[Int64, n]


def compared_scalars(c: Float[np.ndarray, ""], x: Float[np.ndarray, "n"]) -> None:
    (c == c) <= x  # E: The shape is lost: the left operand is a scalar that is Any to mypy [tensor-shape-lost]

"""What is written into an array in place: one error for what does not fit, and nothing more is held against the array."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int


def chain(x: Float[np.ndarray, "d"], steps: int) -> Float[np.ndarray, "{steps} d"]:
    rows = np.empty((x.shape[0], steps))
    for i in range(steps):
        rows[i] = x  # E: setitem: shapes broadcast when [tensor-shape]
    return rows


def gram(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n n"]:
    n, d = x.shape
    out = np.zeros((n, d))
    out += x @ x.T  # E: iadd: shapes broadcast when [tensor-shape]
    return out


def in_a_branch(x: Float[np.ndarray, "n d"], first: bool) -> Float[np.ndarray, "n"]:
    out = np.zeros(x.shape[1])
    if first:
        out[:] = x[:, 0]  # E: setitem: shapes broadcast when [tensor-shape]
    return out


def again(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    y[:] = x[0]  # E: setitem: shapes broadcast when [tensor-shape]
    y = x.sum(axis=0)
    return y  # E: Incompatible return value type [tensor-shape]


def fits(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n"]:
    out = np.zeros(x.shape[1])
    out[0] = 1.0
    out -= x[0]
    return out  # E: Incompatible return value type [tensor-shape]


def into(x: Float[np.ndarray, "m"], y: Float[np.ndarray, "n m"], k: Int[np.ndarray, "m"]) -> Float[np.ndarray, "m"]:
    reveal_type(np.multiply(x, x, out=y))  # R: ndarray[Float, n, m]
    np.multiply(x, y, out=x)  # E: multiply: broadcasting only adds axes; got [n, m] to [m] [tensor-shape]
    np.exp(y.T, y)  # E: exp: shapes broadcast when [tensor-shape]
    np.matmul(y, x, out=np.empty(len(y)))
    np.concatenate([y, y], out=y)  # E: concatenate: shapes broadcast when [tensor-shape]
    y.sum(axis=0, keepdims=True, out=y)  # E: sum: out has the shape of the result; got [n, m]; wanted [1, m] [tensor-shape]
    x.sum(axis=0, out=x)  # E: sum: out has the shape of the result; got [m]; wanted [] [tensor-shape]
    np.sum(y, axis=0, out=np.zeros(len(y)))  # E: sum: shapes broadcast when [tensor-shape]
    np.add(k, k, out=x)
    return np.sum(y, axis=0, out=x)

"""What is written into an array in place: one error for what does not fit, and nothing more is held against the array."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float


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

"""Variables that get a number, or a tuple of numbers, once and for all."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

ROWS = 8
HALF = ROWS // 2
WIDTHS = (16, 32)
first, second = WIDTHS
count = 0


def of_file() -> None:
    reveal_type(np.ones((ROWS, HALF, first, WIDTHS[1])))  # R: ndarray[Float64, 8, 4, 16, 32]
    reveal_type(np.ones((count, 3)))  # E: The shape is lost [tensor-shape-lost]  # R: ndarray[Float64, Any, 3]


def counted() -> None:
    global count
    count += 1


def local(flag: bool, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n 4"]:
    shape = (10, 20)
    a, b = shape
    n = 3
    if flag:
        n = 4
    mixed = (x.shape[0], 5)
    reveal_type(np.ones(shape))  # R: ndarray[Float64, 10, 20]
    reveal_type(np.ones((b, 2 * a)))  # R: ndarray[Float64, 20, 20]
    reveal_type(np.ones((n, shape[0])))  # E: The shape is lost [tensor-shape-lost]  # R: ndarray[Float64, Any, 10]
    reveal_type(np.ones(mixed))  # R: ndarray[Float64, n, 5]

    def inner() -> None:
        np.ones((a, b)) @ np.ones(shape)  # E: got [10, 20] @ [10, 20]: 20 and 10; wanted equal sizes [tensor-shape]

    return np.ones(mixed)  # E: Incompatible return value type (got "ndarray[Float64, n, 5]", expected "ndarray[Float, n, 4]") [tensor-shape]


def grown(k: int = 2) -> None:
    k = 3
    m = 1
    while m < 9:
        m *= 2
    reveal_type(np.ones((k, m)))  # E: The shape is lost [tensor-shape-lost]  # R: ndarray[Float64, Any, Any]


def planted(x: Float[np.ndarray, "n 6"]) -> Float[np.ndarray, "n 3"]:
    hidden = 4
    w1, w2 = np.ones((6, hidden)), np.ones((hidden + 1, 3))
    return x @ w1 @ w2  # E: got [n, 4] @ [5, 3]: 4 and 5; wanted equal sizes [tensor-shape]

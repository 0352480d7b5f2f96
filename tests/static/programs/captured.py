"""Variables that change under the functions that read them, or inside a comprehension."""

import numpy as np
from jaxtyping import Float


def read_later(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "n m"]:
    y = x

    def read() -> Float[np.ndarray, "n m"]:
        return y

    f = lambda: y  # noqa: E731
    y = x * 2.0
    y = x.T  # E: a function finds another value in y from here on [tensor-shape-lost]
    read()
    return f()


def read_at_last(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "m n"]:
    y = x
    y = x.T
    return (lambda: y)()


def assigned_inside(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "n m"]:
    y, n, count = x, len(x), 0

    def turn() -> None:
        nonlocal y, n, count
        count += 1
        n += 1  # E: a function finds another value in n from here on [tensor-shape-lost]
        y = y + 1.0
        y = y.T  # E: a function finds another value in y from here on [tensor-shape-lost]

    turn()
    return y


def in_a_comprehension(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "n"]:
    y = x[:, 0]
    if any((y := row).sum() > 3.0 for row in x):  # E: a comprehension assigns to y [tensor-shape-lost]
        reveal_type(y)  # R: Any
    return y


def size_in_a_comprehension(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "n"]:
    k = len(x)
    [(k := j) for j in range(3)]  # E: a comprehension assigns to k [tensor-shape-lost]
    return np.zeros(k)

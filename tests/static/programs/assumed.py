"""What an operation relies on holds once the program has come past it, and nowhere else."""

from __future__ import annotations

import numpy as np
from jaxtyping import Complex, Float


def fft(x: Complex[np.ndarray, "n"]) -> Complex[np.ndarray, "n"]:
    n = x.shape[0]
    if n == 1:
        return x
    even, odd = fft(x[::2]), fft(x[1::2])  # E: assumes ((n+1)//2) >= 1 [tensor-shape-assumed]  # E: assumes (n//2) >= 1 [tensor-shape-assumed]
    twiddle = np.exp(-2j * np.pi * np.arange(n // 2) / n)
    return np.concatenate([even + twiddle * odd, even - twiddle * odd])  # E: assumes 2 divides n [tensor-shape-assumed]


def cut(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
    first, second = np.split(x, 2)  # E: assumes 2 divides n [tensor-shape-assumed]
    return np.concatenate([second, first])


def without(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    return np.concatenate([x[: len(x) // 2], x[: len(x) // 2]])  # E: got "ndarray[Float, 2*(n//2)]", expected "ndarray[Float, n]" [tensor-shape]


def before(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    y: Float[np.ndarray, "n"] = np.tile(x[: len(x) // 2], 2)  # E: has type "ndarray[Float, 2*(n//2)]" [tensor-shape]
    return y + np.tile(x[::2] + x[1::2], 2)  # E: assumes 2 divides n [tensor-shape-assumed]


def in_a_branch(x: Float[np.ndarray, "n"], flag: bool) -> Float[np.ndarray, "n"]:
    if flag:
        y = x[::2] + x[1::2]  # E: assumes 2 divides n [tensor-shape-assumed]
        return np.concatenate([y, y])
    return np.tile(x[: len(x) // 2], 2)  # E: got "ndarray[Float, 2*(n//2)]", expected "ndarray[Float, n]" [tensor-shape]


def after_a_branch(x: Float[np.ndarray, "n"], flag: bool) -> Float[np.ndarray, "n"]:
    if flag:
        x[::2] + x[1::2]  # E: assumes 2 divides n [tensor-shape-assumed]
    return np.tile(x[: len(x) // 2], 2)  # E: got "ndarray[Float, 2*(n//2)]", expected "ndarray[Float, n]" [tensor-shape]


def of_two(x: Float[np.ndarray, "n"], flag: bool) -> Float[np.ndarray, "n"]:
    return np.tile(x[::2] + x[1::2], 2) if flag else np.tile(x[: len(x) // 2], 2)  # E: got "ndarray[Float, 2*(n//2)]", expected "ndarray[Float, n]" [tensor-shape]  # E: assumes 2 divides n [tensor-shape-assumed]


def of_some(x: Float[np.ndarray, "n"], flag: bool, k: int) -> Float[np.ndarray, "n"]:
    flag and x[::2] + x[1::2]  # E: assumes 2 divides n [tensor-shape-assumed]
    [x[::2] - x[1::2] for _ in range(k)]  # E: assumes 2 divides n [tensor-shape-assumed]
    lambda: x[::2] * x[1::2]  # E: assumes 2 divides n [tensor-shape-assumed]
    for _ in range(k):
        x[::2] / x[1::2]  # E: assumes 2 divides n [tensor-shape-assumed]
    return np.tile(x[: len(x) // 2], 2)  # E: got "ndarray[Float, 2*(n//2)]", expected "ndarray[Float, n]" [tensor-shape]

"""Element types that a program asks for, of other arrays or by name, and numbers that have to fit in."""

from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

import tl_dsl as tl
from tl_dsl import Tensor

Single = np.dtype[np.float32]


def of_others(x: Float[Tensor, "n"], k: Int[Tensor, "n"], name: str, single: Single) -> Float[Tensor, "2"]:
    reveal_type(tl.zeros(2, dtype=k.dtype))  # R: Tensor[Int, 2]
    reveal_type(tl.astype(x, k.dtype))  # R: Tensor[Int, n]
    reveal_type(tl.zeros(2, dtype=name))  # R: Tensor[Any, 2]
    reveal_type(tl.zeros(2, dtype=single))  # R: Tensor[Float32, 2]
    if len(x) > 2:
        return tl.zeros(2, dtype=k.dtype)  # E: got "Tensor[Int, 2]", expected "Tensor[Float, 2]" [tensor-dtype]
    return tl.zeros(2, dtype=x.dtype)


def of_arrays(x: Float[np.ndarray, "n"], k: Int[np.ndarray, "n"], kind: type[np.float32]) -> Float[np.ndarray, "2"]:
    reveal_type(np.zeros(2, dtype=k.dtype))  # R: ndarray[Int, 2]
    reveal_type(x.astype(k.dtype))  # R: ndarray[Int, n]
    reveal_type(np.zeros(2, dtype=kind))  # R: ndarray[Float32, 2]
    if len(x) > 2:
        return np.zeros(2, dtype=k.dtype)  # E: got "ndarray[Int, 2]", expected "ndarray[Float, 2]" [tensor-dtype]
    return np.zeros(2, dtype=x.dtype)


def numbers(k: Int[Tensor, "n"], b: Bool[Tensor, "n"], x: Float[Tensor, "n"], any_value: Any, number: float) -> None:
    tl.full_like(k, 0.5)  # E: full_like: element types of different kinds are not promoted; got Int and a Python float [tensor-dtype]
    tl.full_like(k, number)  # E: full_like: element types of different kinds are not promoted [tensor-dtype]
    tl.full_like(k, True)  # E: full_like: element types of different kinds are not promoted [tensor-dtype]
    reveal_type(tl.full_like(k, any_value))  # R: Tensor[Int, n]
    tl.full_like(b, 1)  # E: full_like: element types of different kinds are not promoted; got Bool and a Python int [tensor-dtype]
    tl.full_like(x > 0, 0.5)  # E: full_like: element types of different kinds are not promoted; got Bool and a Python float [tensor-dtype]
    reveal_type(tl.full_like(b, True))  # R: Tensor[Bool, n]
    reveal_type(tl.ones_like(b))  # R: Tensor[Bool, n]
    reveal_type(tl.full_like(x, 1))  # R: Tensor[Float, n]
    tl.full(2, 0.5, dtype=tl.int64)  # E: full: element types of different kinds are not promoted [tensor-dtype]
    reveal_type(tl.full(2, any_value))  # R: Tensor[Any, 2]
    reveal_type(tl.full(2, any_value, dtype=bool))  # R: Tensor[Bool, 2]
    reveal_type(tl.full(2, 1, dtype=x.dtype))  # R: Tensor[Float, 2]
    tl.pad(k, 1, constant_values=0.5)  # E: pad: element types of different kinds are not promoted [tensor-dtype]
    reveal_type(tl.pad(k, 1))  # R: Tensor[Int, n+2]
    reveal_type(tl.pad(b, 1))  # R: Tensor[Bool, n+2]
    reveal_type(tl.pad(x, 1, constant_values=2))  # R: Tensor[Float, n+2]
    reveal_type(tl.pad(x, 1, constant_values=any_value))  # R: Tensor[Float, n+2]

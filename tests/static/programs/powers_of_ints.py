"""An int to the power of an int, for mypy Any: beside arrays of floating numbers, and in divisions, as good as a float."""

import numpy as np
import tl_dsl as tl
from jaxtyping import Float, Int
from tl_dsl import Tensor


def at_once(w: Float[np.ndarray, "n"], i: Int[np.ndarray, "n"], bits: int) -> Int[np.ndarray, "n"]:
    reveal_type(w / (2**bits - 1))  # R: ndarray[Float, n]
    reveal_type(2**-bits * w)  # R: ndarray[Float, n]
    reveal_type(i / 2**bits)  # R: ndarray[Float64, n]
    reveal_type(2**bits)  # R: Any
    w * 2**bits + np.zeros(3)  # E: add: shapes broadcast when their axes, from the last, are equal or 1; got [n] and [3]; wanted n and 3 equal, or one of them 1  [tensor-shape]
    return w / 2**bits  # E: Incompatible return value type (got "ndarray[Float, n]", expected "ndarray[Int, n]")  [tensor-dtype]


def of_tensors(t: Float[Tensor, "n"], bits: int) -> Float[Tensor, "n 2"]:
    return tl.exp(t / (2**bits - 1))  # E: Incompatible return value type (got "Tensor[Float, n]", expected "Tensor[Float, n, 2]")  [tensor-shape]


def kept(w: Float[np.ndarray, "o i"], bits: int) -> tuple[Int[np.ndarray, "o i"], Float[np.ndarray, "o"]]:
    top = 2 ** (bits - 1) - 1
    scale = np.abs(w).max(axis=1) / top
    return np.round(w / scale[:, None]), scale  # E: Incompatible return value type (got "tuple[ndarray[Float, o, i], ndarray[Float, o]]", expected "tuple[ndarray[Int, o, i], ndarray[Float, o]]")  [tensor-dtype]


def open_to_all(w: Float[np.ndarray, "n"], bits: int) -> None:
    count = 2**bits
    [0] * count
    reveal_type(count)  # R: Any
    changed = 2**bits
    changed = 0.5
    reveal_type(w[0] * changed)  # R: numpy.float64
    sizes = [2**bits]
    sizes.append(0.5)
    for _ in range(2**bits - 1):
        pass

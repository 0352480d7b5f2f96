"""Ranges: how many numbers there are, as far as start, stop and step are known."""

import numpy as np
from jaxtyping import Float

import tl_dsl as tl


def by_steps(x: Float[np.ndarray, "n d"], dim: int, k: int) -> None:
    reveal_type(np.arange(0, x.shape[0], 2))  # R: ndarray[Int64, ((n+1)//2)]
    reveal_type(np.arange(x.shape[0] - 1, -1, -1))  # R: ndarray[Int64, n]
    reveal_type(tl.arange(x.shape[0], 0, -2))  # R: Tensor[Int64, ((n+1)//2)]
    reveal_type(np.arange(0, dim, 2))  # R: ndarray[Int64, (({dim}+1)//2)]
    reveal_type(np.arange(k, k + 10, 3))  # R: ndarray[Int64, 4]
    reveal_type(np.arange(0, x.size, x.shape[1]))  # R: ndarray[Int64, n]
    reveal_type(np.arange(0, 5, k))  # R: ndarray[Int64, Any]  # E: nothing is known of axis 0 of [?] [tensor-shape-lost]


def by_floats(t: float) -> None:
    reveal_type(np.arange(0.0, 1.0, 0.25))  # R: ndarray[Float64, 4]
    reveal_type(np.arange(t))  # R: ndarray[Float64, Any]  # E: nothing is known of axis 0 of [?] [tensor-shape-lost]
    reveal_type(tl.arange(-t, 5))  # R: Tensor[Float64, Any]  # E: nothing is known of axis 0 of [?] [tensor-shape-lost]
    reveal_type(np.arange(0.5))  # R: ndarray[Float64, 1]
    reveal_type(np.arange(t))  # R: ndarray[Float64, Any]  # E: nothing is known of axis 0 of [?] [tensor-shape-lost]


def frequencies(dim: int, x: Float[np.ndarray, "t"]) -> Float[np.ndarray, "t {dim}//2"]:
    assert dim % 2 == 0 and dim > 0
    return x[:, None] / 10000 ** (np.arange(0, dim, 2) / dim)

"""Tensors and numpy's arrays in one place."""

import numpy as np
from jaxtyping import Float, Int

import tl_dsl as tl
from tl_dsl import Tensor


def given_to_numpy(x: Float[Tensor, "n d"], y: Float[np.ndarray, "n d"]) -> None:
    np.exp(x)  # E: numpy functions do not take Tensors, since they would drop the derivative; got numpy.exp; wanted tl.exp; try: tl.exp [tensor-numpy]
    np.arctan2(x, y)  # E: try: tl.tensor(array) on the numpy array [tensor-numpy]
    np.concatenate([x, x])  # E: got numpy.concatenate; wanted tl.concat; try: tl.concat [tensor-numpy]
    np.linalg.norm(x)  # E: try: tl.linalg.norm [tensor-numpy]
    np.percentile(x, 5)  # E: try: t.numpy() where no derivative is needed [tensor-numpy]
    np.stack((y, x))  # E: try: tl.tensor(array) on the numpy array [tensor-numpy]


def operators(x: Float[Tensor, "n d"], y: Float[np.ndarray, "n k"]) -> Float[Tensor, "n d"]:
    y @ x  # E: got an operator between an ndarray and a Tensor [tensor-numpy]
    x < y  # E: got an operator between an ndarray and a Tensor [tensor-numpy]
    y == x  # E: got an operator between an ndarray and a Tensor [tensor-numpy]
    return x + y  # E: got an operator between an ndarray and a Tensor [tensor-numpy]


def converted(x: Float[Tensor, "n d"], y: Float[np.ndarray, "n d"], s: np.float64) -> None:
    reveal_type(np.asarray(x) + y)  # R: ndarray[Float, n, d]
    reveal_type(np.array([x, x]))  # R: ndarray[Float, 2, n, d]
    reveal_type(np.shape(x))  # R: tuple[SymInt[n], SymInt[d]]
    reveal_type(tl.tensor(y) + x)  # R: Tensor[Float, n, d]
    reveal_type(np.zeros(x.shape) + y)  # R: ndarray[Float64, n, d]
    np.multiply(s, x)
    s * x


def values(x: Float[Tensor, "n d"], y: Float[np.ndarray, "n d"], i: Int[np.ndarray, "k"], z: Float[np.ndarray, "n"] | float) -> None:
    reveal_type(tl.tensor(i))  # R: Tensor[Int, k]
    reveal_type(tl.tensor([[1, 2, 3], [4, 5, 6]]))  # R: Tensor[Int64, 2, 3]
    reveal_type(tl.tensor(y, dtype="float32"))  # R: Tensor[Float32, n, d]
    reveal_type(tl.tensor(z))  # R: Tensor[Float, n] | Tensor[Float64, ()]
    reveal_type(x.numpy())  # R: ndarray[Float, n, d]
    tl.tensor([1.0, 2.0]) + tl.tensor([1.0, 2.0, 3.0])  # E: add: shapes broadcast when their axes, from the last, are equal or 1; got [2] and [3] [tensor-shape]
    x.numpy() @ y  # E: matmul contracts [tensor-shape]

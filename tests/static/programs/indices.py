"""What indexes a Tensor: one index array beside its ints. numpy takes more of them, anywhere."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from tl_dsl import Tensor


def of_tensors(x: Float[Tensor, "n m k"], i: Int[Tensor, "d"], j: Int[Tensor, ""], r: Int[Tensor, "*b"]) -> None:
    reveal_type(x[i, :, None])  # R: Tensor[Float, d, m, 1, k]
    reveal_type(x[:, 0, i])  # R: Tensor[Float, n, d]
    reveal_type(x[..., i, 0])  # R: Tensor[Float, n, d]
    reveal_type(x[j, :, i])  # R: Tensor[Float, d, m]
    reveal_type(x[r, 0, 0])  # R: Tensor[Float, *b]
    x[i, i]  # E: an index holds one integer tensor, with no int apart from it; got 2 tensors in 2 parts [tensor-index]
    x[0, :, i]  # E: an index holds one integer tensor, with no int apart from it; got 1 tensor in 3 parts [tensor-index]
    x[0, ..., i]  # E: an index holds one integer tensor, with no int apart from it [tensor-index]
    x[0, None, i]  # E: an index holds one integer tensor, with no int apart from it [tensor-index]
    x[[0, 1]]  # E: an index array is a Tensor; got list; try: x[tl.tensor(indices)] [tensor-index]
    x[:, [0, 1]]  # E: an index array is a Tensor; got list [tensor-index]


def of_both(x: Float[Tensor, "n m"], y: Float[np.ndarray, "n m k"], i: Int[np.ndarray, "d"]) -> None:
    x[i]  # E: an index array is a Tensor; got ndarray [tensor-index]
    x[0] = 0.0  # E: Unsupported target for indexed assignment [index]
    reveal_type(y[i, :, i])  # R: ndarray[Float, d, m]
    reveal_type(y[0, ..., i])  # R: ndarray[Float, d, m]
    reveal_type(y[[0, 1], i[:, None]])  # R: ndarray[Float, d, 2, k]

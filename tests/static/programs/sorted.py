"""Orders, running sums, products, and numbers in equal steps."""

from jaxtyping import Float, Int

import tl_dsl as tl
from tl_dsl import Tensor


def rows(x: Float[Tensor, "*b n m"], i: Int[Tensor, "*b n k"], y: Float[Tensor, "n m"], size: int, axis: int) -> None:
    reveal_type(tl.sort(x, axis=axis))  # R: Tensor[Float, *b, n, m]  # E: sort: assumes [*b, n, m] has the axis that is named [tensor-shape-assumed]
    reveal_type(tl.argsort(y, descending=True))  # R: Tensor[Int64, n, m]
    reveal_type(tl.take_along_axis(x, i))  # R: Tensor[Float, *b, n, k]
    reveal_type(tl.cumsum(y))  # R: Tensor[Float, m*n]
    reveal_type(tl.cumsum(x, axis=-1))  # R: Tensor[Float, *b, n, m]
    reveal_type(tl.prod(x, axis=-1))  # R: Tensor[Float, *b, n]
    reveal_type(tl.std(y, axis=0, keepdims=True))  # R: Tensor[Float, 1, m]
    reveal_type(tl.argmin(y, axis=0))  # R: Tensor[Int64, m]
    reveal_type(tl.linspace(0, 1, size))  # R: Tensor[Float64, {size}]
    reveal_type(tl.linspace(0, 1, y.shape[0] + 1, dtype=tl.float32))  # R: Tensor[Float32, n+1]
    tl.sort(y, axis=2)  # E: sort: the axis must be one of the 2 axes of [n, m]; got axis 2 [tensor-shape]
    tl.take_along_axis(y, i, axis=1)  # E: got [n, m] and [b[0], n, k]; where *b has one axis [tensor-shape]
    tl.take_along_axis(y, y, axis=1)  # E: indices are integers [tensor-dtype]
    tl.linspace(0, 1, -3)  # E: linspace: sizes are not negative; got -3 [tensor-shape]

"""Places where a shape is lost; reported because these programs are checked with strict_shapes."""

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def unknown_axis(x: Float[Tensor, "n m"], k: int) -> None:
    y = x.sum(axis=k)  # E: The shape is lost: the axis is not known before the program runs [tensor-shape-lost]
    reveal_type(y)  # R: Tensor
    y + tl.zeros(7)
    again: Float[Tensor, "m"] = y
    reveal_type(again)  # R: Tensor[Float, m]


def unknown_rank(x: Float[Tensor, "*b n"]) -> None:
    x.sum(axis=0)  # E: The shape is lost: axis 0 lies among the axes *b of [*b, n] [tensor-shape-lost]
    x.reshape(-1, 3)  # E: reshape: assumes 3 divides the number of elements of [*b, n] [tensor-shape-assumed]  # E: The shape is lost: nothing is known of axis 0 of [?, 3] [tensor-shape-lost]


def runs(x: Float[Tensor, "*b"], y: Float[Tensor, "1"]) -> None:
    reveal_type(x + y)  # E: The shape is lost: [*b] and [1] broadcast to a shape without a name [tensor-shape-lost]  # R: Tensor


def size_unknown(x: Float[Tensor, "n m"], k: int) -> None:
    reveal_type(x[:k])  # E: assumes {k} >= 0 [tensor-shape-assumed]  # E: assumes {k} <= n [tensor-shape-assumed]  # R: Tensor[Float, {k}, m]
    reveal_type(x[k:, 0])  # E: assumes {k} >= 0 [tensor-shape-assumed]  # R: Tensor[Float, n-{k}]


def more_than_there_is(count: int, w: Float[Tensor, "{count} d"], u: Float[Tensor, "{count}*d 1"]) -> None:
    reveal_type(w[: len(u)])  # E: assumes d*{count} >= 0 [tensor-shape-assumed]  # E: assumes {count} <= d*{count} [tensor-shape-assumed]  # R: Tensor[Float, {count}, d]
    reveal_type(w[: 2 * count])  # E: assumes 2*{count} >= 0 [tensor-shape-assumed]  # E: assumes {count} <= 2*{count} [tensor-shape-assumed]  # R: Tensor[Float, {count}, d]


def sizes_of_open_axes(x: Float[Tensor, "#m k"]) -> None:
    y = x.T
    x.reshape(x.shape[0], y.shape[1])  # E: this cannot be decided: reshape: [m, k] to [?, ?]: k*m elements and ? [tensor-shape-lost]

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def split_heads(x: Float[Tensor, "b t d"], heads: int) -> Float[Tensor, "b {heads} t d//{heads}"]:
    b, t, d = x.shape
    assert d % heads == 0
    y = x.reshape((b, t, heads, d // heads))
    return tl.permute_dims(y, (0, 2, 1, 3))


def _run() -> None:
    split_heads(tl.ones((2, 3, 8)), 2)

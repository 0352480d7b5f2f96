from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def dot(x: Float[Tensor, "d"], y: Float[Tensor, "d"]) -> Float[Tensor, ""]:
    return tl.sum(x * y)


def rows(x: Float[Tensor, "n d"], y: Float[Tensor, "n d"]) -> Float[Tensor, "n"]:
    return tl.vmap(dot)(x, y)


def _run() -> None:
    rows(tl.ones((3, 4)), tl.ones((3, 4)))

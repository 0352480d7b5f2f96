from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def gram(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "d d"]:
    assert x.shape[0] == y.shape[0]
    return x.T @ y


def _run() -> None:
    gram(tl.ones((5, 4)), tl.ones((5, 4)))

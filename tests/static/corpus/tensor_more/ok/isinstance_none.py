from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def attend(q: Float[Tensor, "t d"], k: Float[Tensor, "s d"], mask: Float[Tensor, "t s"] | None) -> Float[Tensor, "t s"]:
    scores = q @ k.T
    return scores if mask is None else scores + mask


def _run() -> None:
    attend(tl.ones((2, 3)), tl.ones((4, 3)), tl.ones((2, 4)))

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def both(pair: tuple[Float[Tensor, "n d"], Float[Tensor, "n d"]]) -> Float[Tensor, "n d"]:
    a, b = pair
    return a + b


def _run() -> None:
    both((tl.ones((2, 3)), tl.ones((2, 3))))

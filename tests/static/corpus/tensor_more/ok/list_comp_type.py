from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def project(xs: list[Float[Tensor, "n d"]], w: Float[Tensor, "d k"]) -> list[Float[Tensor, "n k"]]:
    return [x @ w for x in xs]


def _run() -> None:
    project([tl.ones((2, 3))], tl.ones((3, 4)))

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def norms(xs: list[Float[Tensor, "n d"]]) -> list[Float[Tensor, "n"]]:
    def norm(x: Float[Tensor, "n d"]) -> Float[Tensor, "n"]:
        return tl.sqrt(tl.sum(x * x, axis=1))

    return list(map(norm, xs))


def _run() -> None:
    norms([tl.ones((3, 4))])

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def energy(x: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.sum(x * x)


def descend(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    g = tl.hessian(energy)(x)
    return x - 0.1 * g  # expect: error


def _run() -> None:
    descend(tl.ones(3))

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


class Base:
    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.scale: Float[Tensor, "{dim}"] = tl.ones(dim)


class Norm(Base):
    def __call__(self, x: Float[Tensor, "*b {self.dim}"]) -> Float[Tensor, "*b {self.dim}"]:
        return x * self.scale


def _run() -> None:
    Norm(3)(tl.ones((2, 3)))

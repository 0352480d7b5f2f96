from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


class Layer:
    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        return x


class Norm(Layer):
    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "d n"]:  # expect: error
        return (x / tl.sum(x)).T


def _run() -> None:
    Norm().forward(tl.ones((3, 4)))

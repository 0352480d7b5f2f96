from typing import Protocol, runtime_checkable

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


@runtime_checkable
class Kernel(Protocol):
    def __call__(self, x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]: ...


def linear_kernel(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
    return x @ y.T


def predict(
    kernel: Kernel, xs: Float[Tensor, "n d"], x: Float[Tensor, "m d"], alpha: Float[Tensor, "n"]
) -> Float[Tensor, "m"]:
    return kernel(xs, x) @ alpha  # expect: error


def _run() -> None:
    predict(linear_kernel, tl.ones((5, 4)), tl.ones((3, 4)), tl.ones(5))

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def linear(
    x: Float[Tensor, "n i"], w: Float[Tensor, "i o"], b: Float[Tensor, "o"] | None = None
) -> Float[Tensor, "n o"]:
    y = x @ w
    if b is not None:
        y = y + b
    return y


def _run() -> None:
    linear(tl.ones((2, 3)), tl.ones((3, 4)), tl.ones(4))

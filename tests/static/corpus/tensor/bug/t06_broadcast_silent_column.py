from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def residual(y: Float[Tensor, "n"], pred: Float[Tensor, "n 1"]) -> Float[Tensor, "n"]:
    return y - pred  # expect: error


def _run() -> None:
    residual(tl.ones(5), tl.ones((5, 1)))

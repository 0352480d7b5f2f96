from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def linear(x: Float[Tensor, "*b i"], w: Float[Tensor, "i o"]) -> Float[Tensor, "*b o"]:
    return x @ w


def _run() -> None:
    linear(tl.ones((2, 3, 4)), tl.ones((4, 5)))

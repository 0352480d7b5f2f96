from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def diff(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    return x[1:] - x[:-1]  # expect: error


def _run() -> None:
    diff(tl.ones(5))

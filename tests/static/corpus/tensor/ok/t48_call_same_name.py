from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def dot(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> float:
    return float(x @ y)


def _run() -> None:
    dot(tl.ones(3), tl.ones(3))

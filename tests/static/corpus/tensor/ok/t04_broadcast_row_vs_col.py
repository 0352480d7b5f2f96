from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def scale_rows(x: Float[Tensor, "n m"], s: Float[Tensor, "n"]) -> Float[Tensor, "n m"]:
    return x * s[:, None]


def _run() -> None:
    scale_rows(tl.ones((3, 4)), tl.ones(3))

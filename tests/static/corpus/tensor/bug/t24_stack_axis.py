from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def pair(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, "n 2"]:
    return tl.stack([x, y], axis=0)  # expect: error


def _run() -> None:
    pair(tl.ones(3), tl.ones(3))

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def pad(x: Float[Tensor, "n"]) -> Float[Tensor, "n+1"]:
    return tl.concat([tl.zeros(1), x, tl.zeros(1)])  # expect: error


def _run() -> None:
    pad(tl.ones(3))

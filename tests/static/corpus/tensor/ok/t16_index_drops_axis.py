from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def last(x: Float[Tensor, "b t d"]) -> Float[Tensor, "b d"]:
    return x[:, -1]


def _run() -> None:
    last(tl.ones((2, 3, 4)))

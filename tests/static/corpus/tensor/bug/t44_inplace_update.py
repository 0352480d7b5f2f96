from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def update(w: Float[Tensor, "i o"], g: Float[Tensor, "o i"]) -> Float[Tensor, "i o"]:
    w -= 0.1 * g  # expect: error
    return w


def _run() -> None:
    update(tl.ones((3, 4)), tl.ones((4, 3)))

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def rotate(p: Float[Tensor, "n 3"], r: Float[Tensor, "3 3"]) -> Float[Tensor, "n 3"]:
    return p @ r


def caller(p: Float[Tensor, "n 3"]) -> Float[Tensor, "n 3"]:
    return rotate(p, tl.eye(3))


def _run() -> None:
    caller(tl.ones((5, 3)))

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def f(a: Float[Tensor, "n m"], b: Float[Tensor, "k m"]) -> Float[Tensor, "n k"]:
    return a @ b  # expect: error


def _run() -> None:
    f(tl.ones((3, 4)), tl.ones((5, 4)))

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def f(a: Float[Tensor, "i j"], b: Float[Tensor, "j k"]) -> Float[Tensor, "i k"]:
    return tl.einsum("ij,jk->ki", a, b)  # expect: error


def _run() -> None:
    f(tl.ones((2, 3)), tl.ones((3, 4)))

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def f(a: Float[Tensor, "n d"], b: Float[Tensor, "m d"]) -> Float[Tensor, "n d"]:
    return tl.concat([a, b], axis=0)  # expect: error


def _run() -> None:
    f(tl.ones((3, 4)), tl.ones((5, 4)))

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def power(x: Float[Tensor, "n d"], w: Float[Tensor, "d d"], k: int) -> Float[Tensor, "n d"]:
    for _ in range(k):
        x = tl.concat([x, x @ w])
    return x  # expect: error


def _run() -> None:
    power(tl.ones((3, 4)), tl.ones((4, 4)), 2)

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def make(n: int, m: int) -> Float[Tensor, "{n} {m}"]:
    return tl.zeros((n, m))


def _run() -> None:
    make(3, 4)

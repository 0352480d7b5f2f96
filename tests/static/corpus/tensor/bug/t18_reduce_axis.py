from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def pool(x: Float[Tensor, "b t d"]) -> Float[Tensor, "b d"]:
    return x.mean(axis=2)  # expect: error


def _run() -> None:
    pool(tl.ones((2, 3, 4)))

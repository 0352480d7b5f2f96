from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def f(x: Float[Tensor, "n 12"]) -> Float[Tensor, "n 3 5"]:
    return x.reshape(x.shape[0], 3, 5)  # expect: error


def _run() -> None:
    f(tl.ones((2, 12)))

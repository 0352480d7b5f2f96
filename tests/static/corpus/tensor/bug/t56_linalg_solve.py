from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def ols(x: Float[Tensor, "n p"], y: Float[Tensor, "n 1"]) -> Float[Tensor, "p 1"]:
    return tl.linalg.solve(x.T @ x, y)  # expect: error


def _run() -> None:
    ols(tl.ones((5, 3)), tl.ones((5, 1)))

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

class Linear:
    def __init__(self, din: int, dout: int) -> None:
        self.din = din
        self.dout = dout
        self.w: Float[Tensor, "{din} {dout}"] = tl.zeros((din, dout))

    def __call__(self, x: Float[Tensor, "b {self.din}"]) -> Float[Tensor, "b {self.dout}"]:
        return x @ self.w


def _run() -> None:
    Linear(3, 4)(tl.ones((2, 3)))

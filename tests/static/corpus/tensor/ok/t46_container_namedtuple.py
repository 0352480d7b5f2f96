from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

class Params(NamedTuple):
    w: Float[Tensor, "5 7"]
    b: Float[Tensor, "7"]


def f(p: Params, x: Float[Tensor, "n 5"]) -> Float[Tensor, "n 7"]:
    return x @ p.w + p.b


def _run() -> None:
    f(Params(tl.ones((5, 7)), tl.ones(7)), tl.ones((2, 5)))

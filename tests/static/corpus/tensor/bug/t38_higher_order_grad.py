from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def grad(f: Callable[[Float[Tensor, "*s"]], float], x: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
    f(x)
    return tl.zeros_like(x)


def loss(w: Float[Tensor, "3 4"]) -> float:
    return float((w * w).sum())


def step(w: Float[Tensor, "3 4"]) -> Float[Tensor, "3 4"]:
    g = grad(loss, w)
    return w - 0.1 * g.T  # expect: error


def _run() -> None:
    step(tl.ones((3, 4)))

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def f(
    a: Float[Tensor, "n m"], b: Float[Tensor, "m k"], c: Float[Tensor, "k p"]
) -> Float[Tensor, "n p"]:
    ab = a @ b
    return c.T @ ab.T  # expect: error


def _run() -> None:
    f(tl.ones((2, 3)), tl.ones((3, 4)), tl.ones((4, 5)))

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def attend(
    q: Float[Tensor, "h t k"], k: Float[Tensor, "h s k"], v: Float[Tensor, "h s k"]
) -> Float[Tensor, "h t k"]:
    a = q @ k.permute_dims((0, 2, 1))
    return a @ v


def _run() -> None:
    attend(tl.ones((2, 3, 5)), tl.ones((2, 4, 5)), tl.ones((2, 4, 5)))

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def f(x: Float[Tensor, "b h w c"]) -> Float[Tensor, "b c h w"]:
    return tl.permute_dims(x, (0, 3, 1, 2))


def _run() -> None:
    f(tl.ones((2, 3, 4, 5)))

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def head(x: Float[Tensor, "n d"], w: Float[Tensor, "d k"], train: bool) -> Float[Tensor, "n k"]:
    y = x @ w
    if train:
        y = y - y.mean(axis=1)[:, None]
    return y


def _run() -> None:
    head(tl.ones((3, 4)), tl.ones((4, 5)), False)

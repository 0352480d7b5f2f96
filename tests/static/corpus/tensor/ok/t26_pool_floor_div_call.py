from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def pool2(x: Float[Tensor, "c h w"]) -> Float[Tensor, "c h//2 w//2"]:
    c, h, w = x.shape
    return x[:, : h // 2 * 2, : w // 2 * 2].reshape(c, h // 2, 2, w // 2, 2).max(axis=(2, 4))


def use(x: Float[Tensor, "6 25 25"]) -> Float[Tensor, "6 12 12"]:
    return pool2(x)


def _run() -> None:
    use(tl.ones((6, 25, 25)))

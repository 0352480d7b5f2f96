from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import tl_dsl as tl
from jaxtyping import Float, Int, Shaped
from tl_dsl import Tensor

def compose(
    f: Callable[[Float[Tensor, "b i"]], Float[Tensor, "b h"]],
    g: Callable[[Float[Tensor, "b h"]], Float[Tensor, "b o"]],
    x: Float[Tensor, "b i"],
) -> Float[Tensor, "b o"]:
    return g(f(x))


def enc(x: Float[Tensor, "b 8"]) -> Float[Tensor, "b 16"]:
    return x @ tl.ones((8, 16))


def dec(x: Float[Tensor, "b 32"]) -> Float[Tensor, "b 2"]:
    return x @ tl.ones((32, 2))


def _run() -> None:
    compose(enc, dec, tl.ones((3, 8)))  # expect: error

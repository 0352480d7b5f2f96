"""An annotation over many lines is wrong at the line of its string, a call at the line of its argument."""

from __future__ import annotations

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def over_many_lines(
    x: tuple[Float[Tensor, "n"],
        Float[Tensor, "n+1"]],
    y: Float[Tensor,
             "n, m"],  # E: axes are separated by spaces, not commas ("n, m", column 1) [tensor-annotation]
) -> Float[
    Tensor,
    "2*k",  # E: nothing before it binds "k", and an expression never does ("2*k", column 1) [tensor-annotation]
]:
    return tl.zeros(3)


def product(x: Float[Tensor, "n m"], y: Float[Tensor, "m k"]) -> Float[Tensor, "n k"]:
    return x @ y


product(
    tl.zeros((2, 3)),
    y=tl.zeros((4, 5)),  # E: product: axis 0 (m) of argument 2 (y) must be 3; got 4; where m=3 from argument 1 (x) [tensor-shape]
)
product(tl.zeros((2, 3)), tl.zeros((  # E: product: axis 0 (m) of argument 2 (y) must be 3; got 4 [tensor-shape]
    4, 5)))

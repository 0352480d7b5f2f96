"""An annotation over many lines is wrong at the line of its string."""

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

"""Constants that another program imports."""

from typing import Final

import tl_dsl as tl

HIDDEN: Final = 64
OUTER = 7
SHAPE: Final = (3, 4)


class Config:
    WIDTH: Final = 32
    DEPTH: Final = HIDDEN * 2


reveal_type(tl.zeros(SHAPE))  # R: Tensor[Float64, 3, 4]


EXPLICIT: Final[int] = 8


class Sizes:
    HEADS: Final[int] = 4


reveal_type(tl.zeros((EXPLICIT // 2, Sizes.HEADS)))  # R: Tensor[Float64, 4, 4]

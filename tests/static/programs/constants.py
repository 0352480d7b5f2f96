"""Constants that another program imports."""

from typing import Final

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor

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


def local(x: Float[Tensor, "b 12"], several: bool) -> Float[Tensor, "b 3 4"]:
    height, width = 3, 4
    depth = 5
    level = -1
    if several:
        depth = 6
    reveal_type(tl.zeros((height, width * 2)))  # R: Tensor[Float64, 3, 8]
    reveal_type(tl.zeros((depth,)))  # E: The shape is lost: nothing is known of axis 0 of [?] [tensor-shape-lost]  # R: Tensor[Float64, Any]
    reveal_type(x.sum(axis=level))  # R: Tensor[Float, b]

    def inner(width: int) -> Float[Tensor, "3"]:
        reveal_type(tl.zeros((height, width)))  # R: Tensor[Float64, 3, {width}]
        return tl.zeros((height,))

    return tl.vmap(lambda row: row.reshape(height, width))(x)


def counted() -> None:
    steps = 0
    for steps in range(3):
        pass
    later = 1
    later += 1
    tl.zeros((steps, 2))  # E: The shape is lost: nothing is known of axis 0 of [?, 2] [tensor-shape-lost]
    tl.zeros((later, 2))  # E: The shape is lost: nothing is known of axis 0 of [?, 2] [tensor-shape-lost]


def changed_inside() -> None:
    size = 3

    def change() -> None:
        nonlocal size
        size = 4

    change()
    tl.zeros((size,))  # E: The shape is lost: nothing is known of axis 0 of [?] [tensor-shape-lost]


def nothing_times(x: Float[Tensor, "n"]) -> Float[Tensor, "0"]:
    none = x[:0]
    return tl.zeros((len(none) * 6,))


def of_parameters(x: Float[Tensor, "n"], count: int, k: int, changed: int) -> Float[Tensor, "{count} 2"]:
    rows, columns = count, k
    more = rows + columns
    shape = (rows, more)
    changed += 1
    other = changed
    reveal_type(tl.zeros(shape))  # R: Tensor[Float64, {count}, {count}+{k}]
    reveal_type(tl.zeros((shape[1], 2 * rows)))  # R: Tensor[Float64, {count}+{k}, 2*{count}]
    tl.zeros(other)  # E: The shape is lost: the sizes are not known here [tensor-shape-lost]
    reveal_type(tl.zeros(rows // 2))  # R: Tensor[Float64, (({count})//2)]
    for _ in range(3):
        same = count
        tl.zeros((same, 3)) + tl.zeros((count + 1, 3))  # E: add: shapes broadcast when their axes, from the last, are equal or 1 [tensor-shape]
    return tl.zeros((rows, 2))


class Kept:
    def __init__(self, width: int) -> None:
        self.width = width

    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n {self.width}"]:
        width = self.width
        return x[:, None] * tl.ones(width)

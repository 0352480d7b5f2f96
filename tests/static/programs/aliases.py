"""Aliases: their axes belong to the function that uses them, as at run time."""

from typing import Annotated, Optional, TypeAlias, cast

import numpy as np
from jaxtyping import Float, Float32, Int, Num, Shaped

import tl_dsl as tl
from tl_dsl import Tensor

Image = Float[Tensor, "c h w"]
Batch = Float[Image, "b"]
Pair = tuple[Image, Float[Tensor, "c"]]
MaybeImage: TypeAlias = Image | None
Quoted: TypeAlias = "Float[Tensor, 'c h']"
Longer = Float[Tensor, "n+1"]
Either = Float[Tensor | np.ndarray, "n"]
Doubles = Float[np.typing.NDArray[np.float64], "n m"]


def mixed(x: Image, y: Float[Tensor, "c"]) -> Float[Tensor, "c h"]:
    reveal_type(x)  # R: Tensor[Float, c, h, w]
    return tl.sum(x, axis=-2)  # E: Incompatible return value type (got "Tensor[Float, c, w]", expected "Tensor[Float, c, h]") [tensor-shape]


reveal_type(mixed(tl.zeros((1, 2, 3)), tl.zeros(1)))  # R: Tensor[Float, 1, 2]
mixed(tl.zeros((1, 2, 3)), tl.zeros(2))  # E: mixed: axis 0 (c) of argument 2 (y) must be 1; got 2; where c=1 from argument 1 (x) [tensor-shape]


def all_of_them(x: Batch, p: Pair, q: Quoted, m: MaybeImage = None) -> None:
    reveal_type(x)  # R: Tensor[Float, b, c, h, w]
    reveal_type(p)  # R: tuple[Tensor[Float, c, h, w], Tensor[Float, c]]
    reveal_type(q)  # R: Tensor[Float, c, h]
    reveal_type(m)  # R: Tensor[Float, c, h, w] | None


def only_aliases(x: Image) -> Image:
    return x.mT  # E: Incompatible return value type (got "Tensor[Float, c, w, h]", expected "Tensor[Float, c, h, w]") [tensor-shape]


reveal_type(only_aliases(tl.zeros((1, 2, 3))))  # R: Tensor[Float, 1, 2, 3]


def too_early(x: Float[Tensor, "c+1"], y: Image) -> None: ...  # E: nothing before it binds "c", and an expression never does ("c+1", column 1) [tensor-annotation]
def never(x: Longer) -> None: ...  # E: nothing before it binds "n", and an expression never does (in "Longer") [tensor-annotation]
def in_time(y: Float[Tensor, "n"], x: Longer) -> None:
    reveal_type(x)  # R: Tensor[Float, n+1]


def nested(x: Shaped[Float[Tensor, "h w"], "b"], y: Float32[Num[np.ndarray, "n"], "m"]) -> None:
    reveal_type(x)  # R: Tensor[Float, b, h, w]
    reveal_type(y)  # R: ndarray[Float32, m, n]


Dots = Float[Tensor, "..."]


def nested_dots(x: Float[Dots, "b"], y: Dots, z: Float[Dots, ""], w: Float[Tensor, "b ... c"]) -> None:
    reveal_type(x)  # R: Tensor[Float, b, ...]
    reveal_type(y)  # R: Tensor[Float, ...]
    reveal_type(z)  # R: Tensor[Float, ...]
    reveal_type(w)  # R: Tensor[Float, b, ..., c]


def nothing_in_common(x: Int[Float[Tensor, "h w"], "b"]) -> None: ...  # E: Int extends an annotation of other element types, Float ("b") [tensor-annotation]
def two_runs(x: Float[Float[Tensor, "*h w"], "*b"]) -> None: ...  # E: only one axis may be variadic (`*name` or `...`), here or in what it extends ("*b") [tensor-annotation]


def members(
    x: Float[Tensor | np.ndarray, "n"],
    y: Float[Optional[Tensor], "n"],
    z: Annotated[Float[Tensor, "n"], "meta"],
    w: Float[np.ndarray | float, "..."],
) -> None:
    reveal_type(x)  # R: Tensor[Float, n] | ndarray[Float, n]
    reveal_type(y)  # R: Tensor[Float, n] | None
    reveal_type(z)  # R: Tensor[Float, n]
    reveal_type(w)  # R: ndarray[Float, ...] | float


def of_numpy(x: Either, n: Doubles, m: Float[np.typing.NDArray[np.float32], "n m"]) -> None:
    reveal_type(x)  # R: Tensor[Float, n] | ndarray[Float, n]
    reveal_type(n)  # R: ndarray[Float64, n, m]
    reveal_type(m)  # R: ndarray[Float32, n, m]
    reveal_type(cast(Float[Tensor, "n 7"], x))  # R: Tensor[Float, n, 7]


class Rows:
    Row = Float[Tensor, "r"]

    def method(self, x: Row) -> Row:
        reveal_type(x)  # R: Tensor[Float, r]
        return x


def inside(x: Float[Tensor, "n"]) -> None:
    Local = Float[Tensor, "n 2"]
    y: Local = tl.zeros((3, 2))  # E: Incompatible types in assignment (expression has type "Tensor[Float64, 3, 2]", variable has type "Tensor[Float, n, 2]") [tensor-shape]

    def deeper(z: Local) -> None:
        reveal_type(z)  # R: Tensor[Float, n@deeper, 2]

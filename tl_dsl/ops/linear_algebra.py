"""Products and transposes of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_dsl.errors import DTypeError, LostShape, ShapeError
from tl_dsl.op import bind, op
from tl_dsl.ops.manipulation import PERMUTE_DIMS
from tl_dsl.ops.operands import (
    as_tensor,
    broadcast,
    number_promote_rule,
    promoted,
    reshaped,
    same_rule,
    sizes,
)
from tl_dsl.primitive import Primitive, primitive
from tl_dsl.shapes import Shape, Star, broadcast_shapes, matmul_shape, permute_shape, show_shape
from tl_dsl.tensor import Tensor

__all__ = ["matmul", "matrix_transpose", "transpose"]


def _matmul_kernel(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.asarray(np.matmul(x, y))


def _product_shape(x: tuple[int, ...], y: tuple[int, ...]) -> tuple[int, ...]:
    if x[:-2] != y[:-2]:
        raise AssertionError(f"operands of the primitive matmul have batch axes {x[:-2]} and {y[:-2]}")
    return sizes(matmul_shape(x, y))


@op(shape=matmul_shape, dtype=number_promote_rule)
def matmul(x1: Tensor, x2: Tensor, /) -> Tensor:
    """``"*b n k", "*b k m" -> "*b n m"``: the product of matrices, batch axes broadcast; vectors lose the axis added.

    Errors: ShapeError when the contracted axes differ or an operand has no axes; DTypeError for booleans.

    >>> import tl_dsl as tl
    >>> tl.matmul(tl.tensor([[1.0, 2.0]]), tl.tensor([3.0, 4.0]))
    Tensor[float64, 1]([11.])
    """
    x, y = promoted(x1, x2)
    if x.dtype == bool:
        raise DTypeError("matmul multiplies numbers", got="bool", wanted="Int or Float")
    result = sizes(matmul_shape(x.shape, y.shape))
    rows = x if x.ndim > 1 else reshaped(x, (1, *x.shape))
    columns = y if y.ndim > 1 else reshaped(y, (*y.shape, 1))
    if rows.ndim > 2 or columns.ndim > 2:
        batch = sizes(broadcast_shapes(rows.shape[:-2], columns.shape[:-2]))
        rows = broadcast(rows, (*batch, *rows.shape[-2:]))
        columns = broadcast(columns, (*batch, *columns.shape[-2:]))
    return reshaped(bind(MATMUL, rows, columns), result)


MATMUL: Primitive = primitive(
    "matmul",
    shape=_product_shape,
    kernel=_matmul_kernel,
    linear="each",
    transpose=(lambda g, x, y: matmul(g, swapped(y)), lambda g, x, y: matmul(swapped(x), g)),
)


def swapped(x: Tensor) -> Tensor:
    """The last two axes swapped."""
    axes = tuple(range(-x.ndim, -2))
    return bind(PERMUTE_DIMS, x, axes=(*axes, -1, -2))


def _swapped_shape(x: Shape) -> Shape:
    if any(isinstance(axis, Star) for axis in x[-2:]):
        return permute_shape(x, (-1, -2))  # lost, or too few axes
    if len(x) < 2:
        raise ShapeError("mT swaps the last two axes", got=show_shape(x), wanted="at least two axes")
    return (*x[:-2], x[-1], x[-2])


@op(shape=_swapped_shape, dtype=same_rule)
def matrix_transpose(x: Tensor, /) -> Tensor:
    """``"*b n m" -> "*b m n"``: the last two axes swapped. Errors: ShapeError below two axes.

    >>> import tl_dsl as tl
    >>> tl.matrix_transpose(tl.zeros((2, 3, 4))).shape
    (2, 4, 3)
    """
    value = as_tensor(x)
    _swapped_shape(value.shape)
    return swapped(value)


def _transposed_shape(x: Shape) -> Shape:
    stars = [axis for axis in x if isinstance(axis, Star)]
    if stars and stars[0] == Star(None) and len(x) <= 3:
        raise LostShape("the number of axes is not known here")
    if stars or len(x) != 2:
        raise ShapeError(
            "T transposes a matrix", got=show_shape(x), wanted="two axes", suggestion=".mT or permute_dims"
        )
    return (x[1], x[0])


@op(shape=_transposed_shape, dtype=same_rule)
def transpose(x: Tensor, /) -> Tensor:
    """``"n m" -> "m n"``: the transpose of a matrix. Errors: ShapeError unless there are two axes.

    >>> import tl_dsl as tl
    >>> tl.zeros((2, 3)).T.shape
    (3, 2)
    """
    value = as_tensor(x)
    _transposed_shape(value.shape)
    return swapped(value)

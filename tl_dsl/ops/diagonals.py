"""Diagonals and triangles of matrices."""

from __future__ import annotations

from typing import Any

from tl_dsl.op import bind, op
from tl_dsl.ops import arguments
from tl_dsl.ops.compare import less_equal, where
from tl_dsl.ops.creation import arange
from tl_dsl.ops.manipulation import SLICE, permute_dims
from tl_dsl.ops.operands import as_tensor, broadcast, number, number_rule, reshaped, same_rule, sizes, zeros_of
from tl_dsl.ops.reduction import sum as sum_of
from tl_dsl.shapes import Shape, diagonal_shape, matrix_axes, triangle_shape
from tl_dsl.tensor import Tensor

__all__ = ["diagonal", "trace", "tril", "triu"]


def _diagonal_rule(x: Shape, /, *, offset: Any = 0, axis1: Any = -2, axis2: Any = -1) -> Shape:
    return diagonal_shape(x, offset, axis1, axis2)


@op(shape=_diagonal_rule, dtype=same_rule)
def diagonal(x: Tensor, /, *, offset: int = 0, axis1: int = -2, axis2: int = -1) -> Tensor:
    """``"*b n n" -> "*b n"``: the diagonal of matrices, or one above (offset > 0) or below it. Errors: ShapeError.

    >>> import tl_dsl as tl
    >>> tl.diagonal(tl.tensor([[1, 2], [3, 4]])), tl.diagonal(tl.tensor([[1, 2], [3, 4]]), offset=1)
    (Tensor[int64, 2]([1, 4]), Tensor[int64, 1]([2]))
    """
    value, above = as_tensor(x), arguments.integer(offset, "the offset")
    first, second = (arguments.integer(axis, "an axis") for axis in (axis1, axis2))
    rows, columns = matrix_axes(value.shape, first, second)
    length = sizes(diagonal_shape(value.shape, above, first, second))[-1]
    rest = [k for k in range(value.ndim) if k not in (rows, columns)]
    if (*rest, rows, columns) != tuple(range(value.ndim)):
        value = permute_dims(value, (*rest, rows, columns))
    *batch, n, m = value.shape
    flat = reshaped(value, (*batch, n * m))  # the diagonal's elements stand m + 1 apart
    start = (above if above >= 0 else -above * m) if length else 0
    zeros, ones = (0,) * len(batch), (1,) * len(batch)
    return bind(SLICE, flat, start=(*zeros, start), size=(*batch, length), step=(*ones, m + 1))


def _trace_rule(x: Shape, /, *, offset: Any = 0, axis1: Any = -2, axis2: Any = -1) -> Shape:
    return diagonal_shape(x, offset, axis1, axis2)[:-1]


@op(shape=_trace_rule, dtype=number_rule)
def trace(x: Tensor, /, *, offset: int = 0, axis1: int = -2, axis2: int = -1) -> Tensor:
    """``"*b n n" -> "*b"``: the sum of a diagonal. Errors: ShapeError; DTypeError for booleans.

    >>> import tl_dsl as tl
    >>> tl.trace(tl.tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor[float64](5.)
    """
    return sum_of(diagonal(number(x, "trace"), offset=offset, axis1=axis1, axis2=axis2), axis=-1)


@op(shape=lambda x, /, *, k=0: triangle_shape(x, k), dtype=same_rule)
def tril(x: Tensor, /, *, k: int = 0) -> Tensor:
    """``"*b n m" -> "*b n m"``: the lower triangle of matrices, up to the k-th diagonal; 0 above. Errors: ShapeError.

    >>> import tl_dsl as tl
    >>> tl.tril(tl.ones((2, 3)), k=1)
    Tensor[float64, 2 3]([[1., 1., 0.],
                        [1., 1., 1.]])
    """
    value = as_tensor(x)
    return where(broadcast(_below(value, arguments.integer(k, "a diagonal")), value.shape), value, zeros_of(value))


@op(shape=lambda x, /, *, k=0: triangle_shape(x, k), dtype=same_rule)
def triu(x: Tensor, /, *, k: int = 0) -> Tensor:
    """``"*b n m" -> "*b n m"``: the upper triangle of matrices, from the k-th diagonal; 0 below. Errors: ShapeError.

    >>> import tl_dsl as tl
    >>> tl.triu(tl.ones((2, 3)))
    Tensor[float64, 2 3]([[1., 1., 1.],
                        [0., 1., 1.]])
    """
    value = as_tensor(x)
    return where(broadcast(_below(value, arguments.integer(k, "a diagonal") - 1), value.shape), zeros_of(value), value)


def _below(x: Tensor, k: int) -> Tensor:
    """Where an element lies on the k-th diagonal of its matrix or below: its column is at most its row plus k."""
    triangle_shape(x.shape)
    n, m = x.shape[-2:]
    return less_equal(reshaped(arange(m), (1, m)), reshaped(arange(k, n + k), (n, 1)))

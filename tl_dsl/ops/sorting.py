"""Sorting along an axis, and picking elements row by row."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tl_dsl import dtypes, scalars
from tl_dsl.dtypes import DType
from tl_dsl.op import bind, op
from tl_dsl.ops import arguments
from tl_dsl.ops.creation import arange
from tl_dsl.ops.indexing import TAKE, positions, require_integer
from tl_dsl.ops.manipulation import permute_dims
from tl_dsl.ops.operands import as_tensor, broadcast, index_rule, reshaped, same_rule, sizes
from tl_dsl.primitive import Primitive, primitive
from tl_dsl.shapes import Shape, along_shape, moved_shape, normalize_axis
from tl_dsl.tensor import Tensor, TensorLike

__all__ = ["argsort", "sort", "take_along_axis"]

Array = np.ndarray[Any, Any]


def _order(row: list[Any], descending: bool) -> list[int]:
    """The positions of exact scalars in order; equal ones stay as they stand."""

    def compare(i: int, j: int) -> int:
        return -1 if scalars.less_element(row[i], row[j]) else int(scalars.less_element(row[j], row[i]))

    return sorted(range(len(row)), key=functools.cmp_to_key(compare), reverse=descending)


def _by_rows(x: Array, axis: int, order: Callable[[list[Any]], list[int]]) -> Array:
    """The orders of all rows along an axis."""
    rows = np.moveaxis(x, axis, -1)
    found = np.empty(rows.shape, np.int64)
    for index in np.ndindex(rows.shape[:-1]):
        found[index] = order(list(rows[index]))
    return np.moveaxis(found, -1, axis)


def _argsort_kernel(x: Array, *, axis: int, descending: bool) -> Array:
    if x.dtype == object:
        return _by_rows(x, axis, lambda row: _order(row, descending))
    if not descending:
        return np.argsort(x, axis=axis, kind="stable")
    behind = np.flip(np.argsort(np.flip(x, axis), axis=axis, kind="stable"), axis)
    return np.asarray(x.shape[axis] - 1 - behind)


def _sort_kernel(x: Array, *, axis: int, descending: bool) -> Array:
    if x.dtype == object:
        return np.take_along_axis(x, _argsort_kernel(x, axis=axis, descending=descending), axis)
    result = np.sort(x, axis=axis)
    return np.flip(result, axis) if descending else result


def _sort_tangent(y: Tensor, x: Tensor, dx: Tensor, *, axis: int, descending: bool) -> Tensor:
    return _along(dx, bind(ARGSORT, x, axis=axis, descending=descending), axis + x.ndim)


@op(shape=lambda x, /, *, axis=-1, descending=False: moved_shape(x, axis), dtype=same_rule)
def sort(x: Tensor, /, *, axis: int = -1, descending: bool = False) -> Tensor:
    """``"*s" -> "*s"``: the elements along an axis in ascending order, nan last; or all of that reversed.

    Derivative: the elements' own, moved as they are; equal ones keep their order. Errors: ShapeError.

    >>> import tl_dsl as tl
    >>> tl.sort(tl.tensor([3.0, 1.0, 2.0])), tl.sort(tl.tensor([3.0, 1.0, 2.0]), descending=True)
    (Tensor[float64, 3]([1., 2., 3.]), Tensor[float64, 3]([3., 2., 1.]))
    """
    value = as_tensor(x)
    place = normalize_axis(arguments.integer(axis, "an axis"), value.shape)
    return bind(SORT, value, axis=place, descending=bool(descending))


SORT: Primitive = primitive(
    "sort", shape=lambda x, *, axis, descending: x, kernel=_sort_kernel, jvp=_sort_tangent
)  # fmt: skip


@op(shape=lambda x, /, *, axis=-1, descending=False: moved_shape(x, axis), dtype=index_rule)
def argsort(x: Tensor, /, *, axis: int = -1, descending: bool = False) -> Tensor:
    """``"*s" -> "*s"``: the positions along an axis at which the sorted elements stand; equal ones keep their order.

    Constant for derivatives. Errors: ShapeError.

    >>> import tl_dsl as tl
    >>> tl.argsort(tl.tensor([3.0, 1.0, 2.0, 1.0]))
    Tensor[int64, 4]([1, 3, 2, 0])
    """
    value = as_tensor(x)
    place = normalize_axis(arguments.integer(axis, "an axis"), value.shape)
    return bind(ARGSORT, value, axis=place, descending=bool(descending))


ARGSORT: Primitive = primitive(
    "argsort",
    shape=lambda x, *, axis, descending: x,
    dtype=lambda x, *, axis, descending: dtypes.int64,
    kernel=_argsort_kernel,
    constant=True,
)


def _along_dtype(x: type[DType], indices: type[DType], /, **params: Any) -> type[DType]:
    require_integer(indices)
    return same_rule(x)


def _along_rule(x: Shape, indices: Shape, /, *, axis: Any = -1) -> Shape:
    return along_shape(x, indices, axis)


@op(shape=_along_rule, dtype=_along_dtype)
def take_along_axis(x: TensorLike, indices: TensorLike, /, *, axis: int = -1) -> Tensor:
    """The elements at integer positions along an axis, in each row its own; negative ones count from the end.

    Errors: ShapeError unless the other axes broadcast; IndexingError outside the axis; DTypeError unless integers.

    >>> import tl_dsl as tl
    >>> x = tl.tensor([[3.0, 1.0], [2.0, 4.0]])
    >>> tl.take_along_axis(x, tl.argsort(x, axis=1), axis=1)
    Tensor[float64, 2 2]([[1., 3.],
                        [2., 4.]])
    """
    value, at = as_tensor(x), positions(indices)
    shape = sizes(along_shape(value.shape, at.shape, arguments.integer(axis, "an axis")))
    place = normalize_axis(axis, value.shape) + value.ndim
    n = value.shape[place]
    wrapped = bind(TAKE, arange(n), at, axis=-1)  # refuses what lies outside, and counts from the front
    full = (*shape[:place], n, *shape[place + 1 :])
    return _along(broadcast(value, full), broadcast(wrapped, shape), place)


def _along(x: Tensor, indices: Tensor, axis: int) -> Tensor:
    """The elements of each row at its own positions, all in range: one take of the rows laid end to end."""
    last = (*[k for k in range(x.ndim) if k != axis], axis)
    back = tuple([last.index(k) for k in range(x.ndim)])
    rows, at = permute_dims(x, last), permute_dims(indices, last)
    *batch, n = rows.shape
    count = math.prod(batch)
    flat = reshaped(at, (count, at.shape[-1])) + reshaped(arange(count) * n, (count, 1))
    found = reshaped(bind(TAKE, reshaped(rows, (rows.size,)), flat, axis=-1), at.shape)
    return permute_dims(found, back)

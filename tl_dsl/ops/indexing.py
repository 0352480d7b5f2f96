"""Picking elements by position: indexing and slicing, take by integer arrays and its transpose, one-hot vectors."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tl_dsl import dtypes
from tl_dsl.dtypes import DType
from tl_dsl.errors import ArgumentError, DTypeError, IndexingError, ShapeError
from tl_dsl.op import bind, op
from tl_dsl.ops import arguments
from tl_dsl.ops.compare import EQUAL
from tl_dsl.ops.creation import arange
from tl_dsl.ops.manipulation import SLICE, permute_dims
from tl_dsl.ops.operands import (
    as_tensor,
    broadcast,
    converted,
    promote_rule,
    promoted,
    reshaped,
    same_rule,
    zeros_of,
)
from tl_dsl.primitive import Primitive, primitive
from tl_dsl.shapes import (
    IndexArray,
    Shape,
    Span,
    Star,
    equal_shape,
    index_shape,
    new_shape,
    normalize_axis,
    show_shape,
    take_shape,
)
from tl_dsl.tensor import Tensor, TensorLike

__all__ = ["getitem", "one_hot", "scatter_add", "take"]

Array = np.ndarray[Any, Any]


def _checked(indices: Array, size: int) -> Array:
    outside = (indices < -size) | (indices >= size)
    if outside.any():
        raise IndexingError(
            f"an index of an axis of size {size} lies in [-{size}, {size})", got=str(indices[outside].flat[0])
        )
    return np.where(indices < 0, indices + size, indices)


def _scatter_kernel(x: Array, indices: Array, updates: Array, *, axis: int) -> Array:
    out = np.array(x)
    place: Any = (slice(None),) * (x.ndim + axis) + (_checked(indices, x.shape[axis]),)
    np.add.at(out, place, updates)
    return out


def _scatter_shape(x: Any, indices: Any, updates: Any, *, axis: int) -> Any:
    wanted = take_shape(x, indices, axis)
    rule = "scatter_add takes updates of the shape of take(x, indices)"
    try:
        equal_shape(updates, wanted, rule)
    except ShapeError as error:
        raise ShapeError(rule, got=show_shape(updates), wanted=show_shape(wanted)) from error
    return x


def _lifted(size: int, x: Tensor, batched: bool) -> Tensor:
    return x if batched else broadcast(x, (size, *x.shape))


def _rows(size: int, x: Tensor, axis: int, indices: Tensor) -> tuple[Tensor, Tensor, int]:
    """Batched x with its axis put behind the batch and both merged into one, and indices into that axis."""
    place = x.ndim + axis
    order = (0, place, *[k for k in range(1, x.ndim) if k != place])
    merged = permute_dims(x, order)
    rows = x.shape[place]
    flat = reshaped(merged, (size * rows, *merged.shape[2:]))
    # Each example's own rows: outside of them lie another's, so the indices are checked before the offset.
    wrapped = bind(TAKE, arange(rows), indices, axis=-1)
    offset = reshaped(arange(size) * rows, (size,) + (1,) * (indices.ndim - 1))
    return flat, wrapped + offset, rows


def _take_batch(size: int, operands: Any, batched: Any, *, axis: int) -> Tensor:
    x, indices = operands
    if not batched[1]:
        return bind(TAKE, x, indices, axis=axis)
    if not batched[0]:
        found = bind(TAKE, x, indices, axis=axis)  # the batch is the first axis of the indices
        place = x.ndim + axis
        return permute_dims(found, (place, *[k for k in range(found.ndim) if k != place]))
    flat, at, _ = _rows(size, x, axis, indices)
    found = bind(TAKE, flat, at, axis=-flat.ndim)
    place = x.ndim - 1 + axis  # where the axis was before the batch came, and where the indices' axes belong
    return _put_indices_at(found, at.ndim - 1, place)


def _put_indices_at(found: Tensor, count: int, place: int) -> Tensor:
    """(batch, *indices, *others) -> (batch, *others[:place], *indices, *others[place:])."""
    rest = list(range(1 + count, found.ndim))
    return permute_dims(found, (0, *rest[:place], *range(1, 1 + count), *rest[place:]))


def _scatter_batch(size: int, operands: Any, batched: Any, *, axis: int) -> Tensor:
    x, indices, updates = operands
    x, updates = _lifted(size, x, batched[0]), _lifted(size, updates, batched[2])
    if not batched[1]:
        return bind(SCATTER_ADD, x, indices, updates, axis=axis)
    flat, at, rows = _rows(size, x, axis, indices)
    count, place = indices.ndim - 1, x.ndim - 1 + axis
    order = (0, *range(1 + place, 1 + place + count), *range(1, 1 + place), *range(1 + place + count, updates.ndim))
    total = bind(SCATTER_ADD, flat, at, permute_dims(updates, order), axis=-flat.ndim)
    split = reshaped(total, (size, rows, *flat.shape[1:]))
    others = list(range(2, split.ndim))
    return permute_dims(split, (0, *others[:place], 1, *others[place:]))


def _scatter_tangents(y: Tensor, x: Tensor, i: Tensor, u: Tensor, dx: Any, di: None, du: Any, *, axis: int) -> Any:
    base, added = zeros_of(x) if dx is None else dx, zeros_of(u) if du is None else du
    return bind(SCATTER_ADD, base, i, added, axis=axis)


def _take_dtype(x: type[DType], indices: type[DType], /, **params: Any) -> type[DType]:
    require_integer(indices)
    return same_rule(x)


def require_integer(indices: type[DType]) -> None:
    """Errors: DTypeError unless the class is one of integers."""
    if issubclass(indices, (dtypes.Float, dtypes.Bool, dtypes.WeakFloat, dtypes.WeakBool)):
        raise DTypeError(
            "indices are integers", got=indices.__name__, wanted="Int", suggestion="tl.astype(i, tl.int64)"
        )


@op(shape=lambda x, indices, /, *, axis: take_shape(x, _index_shape(indices), axis), dtype=_take_dtype)
def take(x: TensorLike, indices: TensorLike, /, *, axis: int) -> Tensor:
    """The elements at integer positions along an axis; negative ones count from the end.

    The indices' axes stand where the axis was. Errors: IndexingError outside the axis; DTypeError unless integers.

    >>> import tl_dsl as tl
    >>> tl.take(tl.tensor([1.0, 2.0, 3.0]), tl.tensor([2, 0, -1]), axis=0)
    Tensor[float64, 3]([3., 1., 3.])
    """
    value, at = as_tensor(x), positions(indices)
    return bind(TAKE, value, at, axis=normalize_axis(arguments.integer(axis, "an axis"), value.shape))


def positions(indices: TensorLike) -> Tensor:
    """Integer positions, wide enough for every axis. Errors: DTypeError."""
    at = as_tensor(indices)
    require_integer(dtypes.of(at.dtype))
    return converted(at, dtypes.int64)


TAKE: Primitive = primitive(
    "take",
    shape=lambda x, indices, *, axis: take_shape(x, indices, axis),
    kernel=lambda x, indices, *, axis: np.take(x, _checked(indices, x.shape[axis]), axis=axis),
    jvp=lambda y, x, indices, dx, di, *, axis: bind(TAKE, dx, indices, axis=axis),
    transpose=(lambda g, x, indices, *, axis: bind(SCATTER_ADD, zeros_of(x), indices, g, axis=axis),),
    batch=_take_batch,
)


def _index_shape(indices: Any) -> Shape:
    return indices if isinstance(indices, tuple) else ()


def _scatter_dtype(x: type[DType], indices: type[DType], updates: type[DType], /, **params: Any) -> type[DType]:
    require_integer(indices)
    return promote_rule(x, updates)


@op(
    shape=lambda x, indices, updates, /, *, axis=0: _scatter_shape(x, indices, updates, axis=axis), dtype=_scatter_dtype
)
def scatter_add(x: TensorLike, indices: TensorLike, updates: TensorLike, /, *, axis: int = 0) -> Tensor:
    """x with updates added at integer positions along an axis; repeated positions add up. The transpose of take.

    Errors: ShapeError unless the updates have the shape of ``take(x, indices)``; IndexingError; DTypeError.

    >>> import tl_dsl as tl
    >>> tl.scatter_add(tl.zeros(3), tl.tensor([0, 2, 0]), tl.tensor([1.0, 2.0, 3.0]))
    Tensor[float64, 3]([4., 0., 2.])
    """
    value, added = promoted(x, updates)
    place = normalize_axis(arguments.integer(axis, "an axis"), value.shape)
    return bind(SCATTER_ADD, value, positions(indices), added, axis=place)


SCATTER_ADD: Primitive = primitive(
    "scatter_add",
    shape=_scatter_shape,
    kernel=_scatter_kernel,
    jvp=_scatter_tangents,
    transpose=(
        lambda g, x, indices, updates, *, axis: g,
        None,
        lambda g, x, indices, updates, *, axis: bind(TAKE, g, indices, axis=axis),
    ),
    batch=_scatter_batch,
)


def _key_parts(key: Any) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)


def _getitem_shape(x: Shape, key: Any, /) -> Shape:
    parts = _key_parts(key)
    # An array without axes may be an int, as may one of any number of axes.
    arrays = [k for k, part in enumerate(parts) if isinstance(part, IndexArray) and len(part.shape) > len(_runs(part))]
    _refuse_apart(parts, arrays)
    return index_shape(x, parts)


def _runs(part: IndexArray) -> list[Star]:
    return [axis for axis in part.shape if isinstance(axis, Star)]


def _refuse_apart(parts: Sequence[Any], arrays: list[int]) -> None:
    """Errors: IndexingError for more than one index array, and for one whose axes would not stay in place."""
    if len(arrays) > 1 or (arrays and not _together(parts, arrays[0])):
        raise IndexingError(
            "an index holds one integer tensor, with no int apart from it",
            got=f"{len(arrays)} tensor{'s' * (len(arrays) > 1)} in {len(parts)} parts",
            suggestion="tl.take along one axis after the other",
        )


@op(shape=_getitem_shape, dtype=lambda x, key, /: same_rule(x))
def getitem(x: Tensor, key: Any, /) -> Tensor:
    """``x[key]``: ints, slices, None, ``...`` and one integer tensor, as in numpy. Errors: IndexingError.

    >>> import tl_dsl as tl
    >>> tl.arange(6).reshape(2, 3)[:, -1]
    Tensor[int64, 2]([2, 5])
    """
    value = as_tensor(x)
    parts = [_part(part) for part in _key_parts(key)]
    index_shape(value.shape, tuple([IndexArray(p.shape) if isinstance(p, Tensor) else p for p in parts]))
    arrays = [k for k, part in enumerate(parts) if isinstance(part, Tensor)]
    if not arrays:
        return _basic(value, parts)
    _refuse_apart(parts, arrays)
    (at,) = arrays
    indices = parts[at]
    kept = _basic(value, [slice(None) if k == at else part for k, part in enumerate(parts)])
    axis = sum(part is None or isinstance(part, slice) for part in parts[:at])
    if ... in parts[:at]:
        axis = kept.ndim - 1 - sum(part is None or isinstance(part, slice) for part in parts[at + 1 :])
    return take(kept, indices, axis=axis)


def _part(part: Any) -> Any:
    """One part of an index in a plain form. Errors: IndexingError for what is not supported."""
    if part is None or part is ...:
        return part
    if isinstance(part, slice):
        bounds = [None if bound is None else _position(bound) for bound in (part.start, part.stop, part.step)]
        if bounds[2] == 0:
            raise IndexingError("the step of a slice is not 0", got=str(part))
        return slice(*bounds)
    if isinstance(part, Tensor):
        if part.dtype.kind in "iu":
            return part if part.ndim or type(part._value) is not np.ndarray else int(part)
        raise IndexingError("indices are integers", got=str(part.dtype), suggestion="tl.where(mask, x, other)")
    if isinstance(part, (np.ndarray, list)):
        raise IndexingError("an index array is a Tensor", got=type(part).__name__, suggestion="x[tl.tensor(indices)]")
    return _position(part)


def _position(value: Any) -> int:
    try:
        if not isinstance(value, (bool, np.bool_)):
            return operator.index(value)
    except TypeError:
        pass
    raise IndexingError("an index is an int, a slice of ints, None, ... or a Tensor", got=repr(value))


def _together(parts: Sequence[Any], at: int) -> bool:
    """Whether ints stand directly beside the index tensor, so that its axes stay in place."""
    others = (slice, Span, IndexArray, Tensor)
    ints = [k for k, part in enumerate(parts) if part is not None and part is not ... and not isinstance(part, others)]
    ints.append(at)
    return len(ints) == 1 or max(ints) - min(ints) == len(ints) - 1


def _basic(x: Tensor, parts: list[Any]) -> Tensor:
    """Indexing by ints, slices, None and ``...``: one slice instruction and one reshape."""
    used = sum(part is not None and part is not ... for part in parts)
    if ... not in parts:
        parts = [*parts, ...]
    at = parts.index(...)
    full = [*parts[:at], *[slice(None)] * (x.ndim - used), *parts[at + 1 :]]
    start, size, step, shape = [], [], [], []
    sizes = iter(x.shape)
    for part in full:
        if part is None:
            shape.append(1)
            continue
        axis = next(sizes)
        if isinstance(part, int):
            first, count, stride = part % axis, 1, 1
        else:
            first, stop, stride = part.indices(axis)
            count = len(range(first, stop, stride))
            first = first if count else 0
            shape.append(count)
        start.append(first)
        size.append(count)
        step.append(stride)
    if tuple(size) != x.shape or any(stride != 1 for stride in step):
        x = bind(SLICE, x, start=tuple(start), size=tuple(size), step=tuple(step))
    return reshaped(x, tuple(shape))


def _one_hot_shape(x: Any, num_classes: Any, /, *, dtype: Any = None) -> Shape:
    return (*_index_shape(x), *new_shape((num_classes,)))


def _one_hot_dtype(x: type[DType], num_classes: Any, /, *, dtype: Any = None) -> type[DType]:
    require_integer(x)
    return dtypes.Float64 if dtype is None else dtypes.of(dtype)


@op(shape=_one_hot_shape, dtype=_one_hot_dtype)
def one_hot(x: TensorLike, num_classes: int, /, *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """``"*s" -> "*s num_classes"``: 1 at position x of the new axis, 0 elsewhere, all 0 for x outside.

    Errors: DTypeError unless x is integer.

    >>> import tl_dsl as tl
    >>> tl.one_hot(tl.tensor([0, 2]), 3)
    Tensor[float64, 2 3]([[1., 0., 0.],
                        [0., 0., 1.]])
    """
    value, count = positions(x), arguments.integer(num_classes, "a number of classes")
    if count < 0:
        raise ArgumentError("one_hot takes a number of classes", got=str(count))
    shape = (*value.shape, count)
    classes = broadcast(arange(count), shape)
    hits = bind(EQUAL, broadcast(reshaped(value, (*value.shape, 1)), shape), classes)
    return converted(hits, arguments.dtype(dtype, dtypes.float64))

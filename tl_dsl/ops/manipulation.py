"""Operations that move elements and change none."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from tl_dsl import dtypes, scalars
from tl_dsl.dtypes import DType
from tl_dsl.errors import ArgumentError, ShapeError
from tl_dsl.op import bind, constant, op
from tl_dsl.ops import arguments
from tl_dsl.ops.compare import where
from tl_dsl.ops.operands import as_tensor, broadcast, promote_rule, promoted, reshaped, same_rule, sizes, zeros_of
from tl_dsl.primitive import Primitive, primitive
from tl_dsl.shapes import (
    broadcast_to_shape,
    concat_shape,
    expand_dims_shape,
    normalize_axis,
    pad_pairs,
    pad_shape,
    permute_shape,
    repeat_shape,
    reshape_shape,
    show_shape,
    squeeze_shape,
    stack_shape,
)
from tl_dsl.tensor import Tensor, TensorLike

__all__ = ["broadcast_to", "concat", "expand_dims", "pad", "permute_dims", "repeat", "reshape", "squeeze", "stack"]


@op(shape=lambda x, /, shape: reshape_shape(x, _as_tuple(shape)), dtype=same_rule)
def reshape(x: TensorLike, /, shape: int | tuple[int, ...]) -> Tensor:
    """``"*s" -> shape``: the same elements in row-major order; one size may be -1. Errors: ShapeError.

    >>> import tl_dsl as tl
    >>> tl.reshape(tl.arange(6), (2, -1))
    Tensor[int64, 2 3]([[0, 1, 2],
                      [3, 4, 5]])
    """
    value = as_tensor(x)
    return reshaped(value, sizes(reshape_shape(value.shape, arguments.sizes(shape))))


def _transposed_axes(axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(range(-len(axes), 0), key=axes.__getitem__))


@op(shape=lambda x, /, axes: permute_shape(x, axes), dtype=same_rule)
def permute_dims(x: TensorLike, /, axes: tuple[int, ...]) -> Tensor:
    """The axes in another order: axis k of the result is axis ``axes[k]`` of x. Errors: ShapeError.

    >>> import tl_dsl as tl
    >>> tl.permute_dims(tl.zeros((2, 3, 4)), (2, 0, 1)).shape
    (4, 2, 3)
    """
    value = as_tensor(x)
    order = tuple([arguments.integer(axis, "an axis") for axis in _several(axes, "permute_dims", "axes")])
    permute_shape(value.shape, order)
    places = [axis - value.ndim if axis >= 0 else axis for axis in order]
    return value if places == sorted(places) else bind(PERMUTE_DIMS, value, axes=tuple(places))


PERMUTE_DIMS: Primitive = primitive(
    "permute_dims",
    shape=lambda x, *, axes: tuple([x[a] for a in axes]),
    kernel=lambda x, *, axes: x.transpose(axes),
    view=True,
    linear="jointly",
    transpose=(lambda g, x, *, axes: bind(PERMUTE_DIMS, g, axes=_transposed_axes(axes)),),
    batch=lambda size, operands, batched, *, axes: bind(PERMUTE_DIMS, *operands, axes=(-1 - len(axes), *axes)),
)


@op(shape=lambda x, /, *, axis: expand_dims_shape(x, axis), dtype=same_rule)
def expand_dims(x: TensorLike, /, *, axis: int) -> Tensor:
    """A new axis of size 1 at position ``axis`` of the result. Errors: ShapeError.

    >>> import tl_dsl as tl
    >>> tl.expand_dims(tl.zeros(3), axis=-1).shape
    (3, 1)
    """
    value = as_tensor(x)
    return reshaped(value, sizes(expand_dims_shape(value.shape, arguments.integer(axis, "an axis"))))


@op(shape=lambda x, /, axis: squeeze_shape(x, axis), dtype=same_rule)
def squeeze(x: TensorLike, /, axis: int | tuple[int, ...]) -> Tensor:
    """Axes of size 1 removed. Errors: ShapeError when one is not of size 1.

    >>> import tl_dsl as tl
    >>> tl.squeeze(tl.zeros((3, 1)), -1).shape
    (3,)
    """
    value = as_tensor(x)
    chosen = arguments.axes(axis)
    if chosen is None:
        raise ArgumentError("squeeze names the axes that it removes", got="None")
    return reshaped(value, sizes(squeeze_shape(value.shape, chosen)))


@op(shape=lambda x, /, shape: broadcast_to_shape(x, _as_tuple(shape)), dtype=same_rule)
def broadcast_to(x: TensorLike, /, shape: int | tuple[int, ...]) -> Tensor:
    """The elements repeated along new axes and along axes of size 1. Errors: ShapeError.

    >>> import tl_dsl as tl
    >>> tl.broadcast_to(tl.tensor([1.0, 2.0]), (2, 2))
    Tensor[float64, 2 2]([[1., 2.],
                        [1., 2.]])
    """
    value = as_tensor(x)
    wanted = arguments.sizes(shape)
    if min(wanted, default=0) < 0:
        raise ShapeError("sizes are not negative", got=show_shape(wanted))
    return broadcast(value, sizes(broadcast_to_shape(value.shape, wanted)))


def _joined_rule(arrays: Sequence[type[DType]], /, **params: Any) -> type[DType]:
    return promote_rule(*arrays)


def _joined_tangents(y: Tensor, *operands: Any, axis: int) -> Tensor:
    primals, tangents = operands[: len(operands) // 2], operands[len(operands) // 2 :]
    filled = [zeros_of(x) if d is None else d for x, d in zip(primals, tangents, strict=True)]
    return bind(CONCAT, *filled, axis=axis)


def _part(g: Tensor, operands: tuple[Tensor, ...], which: int, axis: int) -> Tensor:
    start = builtins.sum(x.shape[axis] for x in operands[:which])
    place = [0] * g.ndim
    place[axis] = start
    return bind(SLICE, g, start=tuple(place), size=operands[which].shape, step=(1,) * g.ndim)


def _concat_transpose(which: int) -> Callable[..., Tensor]:
    return lambda g, *operands, axis: _part(g, operands, which, axis)


@op(shape=lambda arrays, /, *, axis=0: concat_shape(arrays, axis), dtype=_joined_rule)
def concat(arrays: Sequence[TensorLike], /, *, axis: int = 0) -> Tensor:
    """The arrays one after the other along an axis; the other axes agree. Errors: ShapeError, DTypeError.

    >>> import tl_dsl as tl
    >>> tl.concat([tl.zeros(1), tl.ones(2)])
    Tensor[float64, 3]([0., 1., 1.])
    """
    values = promoted(*_several(arrays, "concat", "tensors"))
    axis = arguments.integer(axis, "an axis")
    concat_shape([x.shape for x in values], axis)
    if len(values) == 1:
        return values[0]
    return bind(CONCAT, *values, axis=normalize_axis(axis, values[0].shape))


CONCAT: Primitive = primitive(
    "concat",
    shape=lambda *shapes, axis: concat_shape(shapes, axis),
    kernel=lambda *arrays, axis: np.concatenate(arrays, axis=axis),
    jvp=_joined_tangents,
    transpose=_concat_transpose,
)


@op(shape=lambda arrays, /, *, axis=0: stack_shape(arrays, axis), dtype=_joined_rule)
def stack(arrays: Sequence[TensorLike], /, *, axis: int = 0) -> Tensor:
    """Arrays of equal shapes along a new axis of the result. Errors: ShapeError, DTypeError.

    >>> import tl_dsl as tl
    >>> tl.stack([tl.zeros(2), tl.ones(2)], axis=1)
    Tensor[float64, 2 2]([[0., 1.],
                        [0., 1.]])
    """
    values = promoted(*_several(arrays, "stack", "tensors"))
    axis = arguments.integer(axis, "an axis")
    stack_shape([x.shape for x in values], axis)
    place = axis if axis >= 0 else axis + values[0].ndim + 1
    return concat([expand_dims(x, axis=place) for x in values], axis=place)


def _slice_shape(x: tuple[int, ...], *, start: Any, size: tuple[int, ...], step: Any) -> tuple[int, ...]:
    for axis, first, count, stride in zip(x, start, size, step, strict=True):
        if count and not (0 <= first < axis and 0 <= first + (count - 1) * stride < axis):
            raise ShapeError("a slice lies within its axis", got=f"{count} elements from {first} by {stride} of {axis}")
    return size


def _range(first: int, count: int, stride: int) -> slice:
    stop = first + count * stride
    return slice(first, None if stop < 0 else stop, stride) if count else slice(0, 0)


def places(start: tuple[int, ...], size: tuple[int, ...], step: tuple[int, ...]) -> tuple[slice, ...]:
    """The Python slices that the parameters of ``slice`` and ``embed`` stand for."""
    return tuple([_range(*one) for one in zip(start, size, step, strict=True)])


def _embed_kernel(
    x: np.ndarray[Any, Any], *, start: tuple[int, ...], step: tuple[int, ...], shape: tuple[int, ...]
) -> np.ndarray[Any, Any]:
    out = np.zeros(shape, x.dtype)
    if x.dtype == object:
        out[...] = scalars.exact(0, scalars.element_like((x,)))
    inside: Any = (..., *places(start, x.shape, step))  # the dots let arrays without axes in
    out[inside] = x
    return out


SLICE: Primitive = primitive(
    "slice",
    shape=_slice_shape,
    kernel=lambda x, *, start, size, step: x[(..., *places(start, size, step))],
    view=True,
    linear="jointly",
    transpose=(lambda g, x, *, start, size, step: bind(EMBED, g, start=start, step=step, shape=x.shape),),
    batch=lambda size_, operands, batched, *, start, size, step: bind(
        SLICE, *operands, start=(0, *start), size=(size_, *size), step=(1, *step)
    ),
)


EMBED: Primitive = primitive(
    "embed",
    shape=lambda x, *, start, step, shape: shape,
    kernel=_embed_kernel,
    linear="jointly",
    transpose=(lambda g, x, *, start, step, shape: bind(SLICE, g, start=start, size=x.shape, step=step),),
    batch=lambda size, operands, batched, *, start, step, shape: bind(
        EMBED, *operands, start=(0, *start), step=(1, *step), shape=(size, *shape)
    ),
)


def _pad_dtype(x: type[DType], /, pad_width: Any, *, constant_values: Any = dtypes.WeakInt) -> type[DType]:
    # 0 is the padding of booleans too, and a rule sees no values
    own = same_rule(x)
    if not issubclass(own, dtypes.Bool):
        dtypes.promote(own, constant_values)
    return own


@op(shape=lambda x, /, pad_width, *, constant_values=0: pad_shape(x, pad_width), dtype=_pad_dtype)
def pad(
    x: TensorLike,
    /,
    pad_width: int | tuple[int, int] | tuple[tuple[int, int], ...],
    *,
    constant_values: bool | int | float | Fraction = 0,
) -> Tensor:
    """A constant before and after each axis; widths as in numpy.pad (one for all, one pair for all, a pair an axis).

    Errors: ShapeError for negative widths or another number of pairs than axes; DTypeError for a float among integers.

    >>> import tl_dsl as tl
    >>> tl.pad(tl.tensor([1.0, 2.0]), (1, 2))
    Tensor[float64, 5]([0., 1., 2., 0., 0.])
    """
    value = as_tensor(x)
    if value.dtype.kind != "b":
        dtypes.promote(dtypes.of(value.dtype), dtypes.weak_class(constant_values))
    pairs = pad_pairs(pad_width, value.ndim)
    shape = sizes(pad_shape(value.shape, pad_width))
    start = tuple([before for before, _ in pairs])
    steps = (1,) * value.ndim
    padded = bind(EMBED, value, start=start, step=steps, shape=shape)
    if isinstance(constant_values, (int, float)) and constant_values == 0:
        return padded
    inside = bind(EMBED, constant(True, value.shape, dtypes.bool, value), start=start, step=steps, shape=shape)
    return where(inside, padded, constant_values)


@op(shape=lambda x, repeats, /, *, axis: repeat_shape(x, repeats, axis), dtype=same_rule)
def repeat(x: TensorLike, repeats: int | tuple[int, ...], /, *, axis: int) -> Tensor:
    """Each element ``repeats`` times in a row along an axis, or each its own number of times. Errors: ShapeError.

    >>> import tl_dsl as tl
    >>> tl.repeat(tl.tensor([1.0, 2.0]), 2, axis=0)
    Tensor[float64, 4]([1., 1., 2., 2.])
    >>> tl.repeat(tl.tensor([1.0, 2.0]), (1, 2), axis=0)
    Tensor[float64, 3]([1., 2., 2.])
    """
    value, axis = as_tensor(x), arguments.integer(axis, "an axis")
    shape = sizes(repeat_shape(value.shape, repeats, axis))
    place = normalize_axis(axis, value.shape) + value.ndim
    if not isinstance(repeats, int):
        times = repeats if len(repeats) != 1 else repeats * value.shape[place]
        parts = [repeat(_element(value, k, place), n, axis=place) for k, n in enumerate(times) if n]
        return (
            concat(parts, axis=place)
            if parts
            else bind(SLICE, value, start=(0,) * value.ndim, size=shape, step=(1,) * value.ndim)
        )
    split = (*value.shape[: place + 1], 1, *value.shape[place + 1 :])
    spread = (*value.shape[: place + 1], repeats, *value.shape[place + 1 :])
    return reshaped(broadcast(reshaped(value, split), spread), shape)


def _as_tuple(shape: Any) -> Any:
    if isinstance(shape, list):
        return tuple(shape)
    return shape if isinstance(shape, tuple) else (shape,)


def _several(values: Any, name: str, what: str) -> list[Any]:
    if not isinstance(values, (list, tuple)) or (what == "tensors" and not values):
        raise ArgumentError(f"{name} takes a list or tuple of {what}", got=type(values).__name__)
    return list(values)


def _element(x: Tensor, k: int, place: int) -> Tensor:
    """Element k of an axis, which stays with size 1."""
    start, size = [0] * x.ndim, list(x.shape)
    start[place], size[place] = k, 1
    return bind(SLICE, x, start=tuple(start), size=tuple(size), step=(1,) * x.ndim)

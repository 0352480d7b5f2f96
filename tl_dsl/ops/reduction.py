"""Operations that bring elements together along axes."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from tl_dsl import dtypes, scalars
from tl_dsl.errors import ArgumentError, ShapeError
from tl_dsl.op import bind, op
from tl_dsl.ops import arguments
from tl_dsl.ops.compare import EQUAL, equal, where
from tl_dsl.ops.elementwise import sqrt
from tl_dsl.ops.operands import (
    as_tensor,
    broadcast,
    converted,
    floating,
    floating_rule,
    index_rule,
    number,
    number_rule,
    reshaped,
    sizes,
    sum_axes,
)
from tl_dsl.primitive import Primitive, primitive
from tl_dsl.shapes import Shape, extreme_shape, normalize_axes, normalize_axis, reduce_shape, show_shape
from tl_dsl.tensor import Tensor, TensorLike

__all__ = ["argmax", "argmin", "max", "mean", "min", "std", "sum", "var"]

Axes = int | tuple[int, ...] | None


def _reduction_rule(x: Shape, /, *, axis: Any = None, keepdims: Any = False, correction: Any = 0.0) -> Shape:
    return reduce_shape(x, axis, keepdims)


def _extreme_rule(x: Shape, /, *, axis: Any = None, keepdims: Any = False, correction: Any = 0.0) -> Shape:
    return extreme_shape(x, axis, keepdims)


def _kept(x: tuple[int, ...], *, axis: tuple[int, ...]) -> tuple[int, ...]:
    return tuple([1 if k - len(x) in axis else n for k, n in enumerate(x)])


def _finish(kept: Tensor, x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
    """The result of a primitive that keeps its axes, in the shape that was asked for."""
    return kept if keepdims else reshaped(kept, sizes(reduce_shape(x.shape, axis, False)))


@op(shape=_reduction_rule, dtype=number_rule)
def sum(x: TensorLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The sum along axes, all of them by default; 0 where there is nothing. Errors: ShapeError, DTypeError.

    >>> import tl_dsl as tl
    >>> tl.sum(tl.tensor([[1.0, 2.0], [3.0, 4.0]]), axis=0)
    Tensor[float64, 2]([4., 6.])
    """
    value, axis = number(x, "sum"), arguments.axes(axis)
    return _finish(sum_axes(value, normalize_axes(axis, value.shape)), value, axis, keepdims)


def count(shape: tuple[int, ...], axes: tuple[int, ...]) -> int:
    """How many elements lie along the axes."""
    return math.prod(shape[a] for a in axes)


@op(shape=_extreme_rule, dtype=floating_rule)
def mean(x: TensorLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The mean along axes, all of them by default. Errors: ShapeError, also where there is nothing; DTypeError.

    >>> import tl_dsl as tl
    >>> tl.mean(tl.tensor([[1.0, 2.0], [3.0, 4.0]]), axis=1)
    Tensor[float64, 2]([1.5, 3.5])
    """
    value, axis = floating(x, "mean"), arguments.axes(axis)
    number = count(value.shape, normalize_axes(axis, value.shape))
    _nonempty(number, value, "mean")
    return sum(value, axis=axis, keepdims=keepdims) * Fraction(1, number)


@op(shape=_extreme_rule, dtype=floating_rule)
def var(x: TensorLike, /, *, axis: Axes = None, correction: float = 0.0, keepdims: bool = False) -> Tensor:
    """The variance Σ(x - mean)²/(N - correction) along axes. Errors: ShapeError unless N > correction; DTypeError.

    >>> import tl_dsl as tl
    >>> tl.var(tl.tensor([1.0, 2.0, 3.0]), correction=1)
    Tensor[float64](1.)
    """
    return _variance("var", x, axis, correction, keepdims)


def _variance(name: str, x: TensorLike, axis: Axes, correction: float, keepdims: bool) -> Tensor:
    value, axis = floating(x, name), arguments.axes(axis)
    if not isinstance(correction, (int, float)):
        raise ArgumentError(f"the correction of {name} is a number", got=repr(correction))
    number = count(value.shape, normalize_axes(axis, value.shape))
    _nonempty(number - correction, value, name)
    centred = value - mean(value, axis=axis, keepdims=True)
    return sum(centred * centred, axis=axis, keepdims=keepdims) * (1 / (Fraction(number) - Fraction(correction)))


@op(shape=_extreme_rule, dtype=floating_rule)
def std(x: TensorLike, /, *, axis: Axes = None, correction: float = 0.0, keepdims: bool = False) -> Tensor:
    """The standard deviation along axes, the root of the variance. Where that is 0, so is the derivative.

    Errors: ShapeError unless N > correction; DTypeError.

    >>> import tl_dsl as tl
    >>> tl.std(tl.tensor([1.0, 5.0]))
    Tensor[float64](2.)
    """
    return root(_variance("std", x, axis, correction, keepdims))


def root(x: Tensor) -> Tensor:
    """The square root of numbers that are not negative, whose derivatives at 0 are taken as 0."""
    nothing = equal(x, 0)
    return where(nothing, 0, sqrt(where(nothing, 1, x)))


def _nonempty(number: float, x: Tensor, name: str) -> None:
    if number <= 0:
        raise ShapeError(f"{name} needs elements to work on", got=show_shape(x.shape))


def _share_ties(y: Tensor, x: Tensor, dx: Tensor, *, axis: tuple[int, ...]) -> Tensor:
    """The mean of the tangents of all elements that reach the extreme."""
    winners = converted(bind(EQUAL, x, broadcast(y, x.shape)), x.dtype)
    return sum_axes(dx * winners, axis) / sum_axes(winners, axis)


def _extreme(name: str, reduce: Callable[..., Any], better: Callable[[Any, Any], bool]) -> Any:
    def kernel(x: np.ndarray[Any, Any], *, axis: tuple[int, ...]) -> np.ndarray[Any, Any]:
        if x.dtype == object:
            return scalars.fold(x, axis, better)
        return np.asarray(reduce(x, axis=axis, keepdims=True))

    return primitive(name, shape=_kept, kernel=kernel, jvp=_share_ties)


def _reduce_extreme(primitive_: Any, x: TensorLike, axis: Axes, keepdims: bool) -> Tensor:
    value, axis = number(x, primitive_.name), arguments.axes(axis)
    axes = normalize_axes(axis, value.shape)
    _nonempty(count(value.shape, axes) or (value.size == 0 and not axes), value, primitive_.name)
    return _finish(bind(primitive_, value, axis=axes) if axes else value, value, axis, keepdims)


@op(shape=_extreme_rule, dtype=number_rule)
def max(x: TensorLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The largest element along axes; nan wins. Derivative: the winner's, shared equally between ties.

    Errors: ShapeError, also where there is nothing; DTypeError for booleans.

    >>> import tl_dsl as tl
    >>> tl.max(tl.tensor([[1.0, 2.0], [4.0, 3.0]]), axis=1)
    Tensor[float64, 2]([2., 4.])
    """
    return _reduce_extreme(MAX, x, axis, keepdims)


MAX: Primitive = _extreme("max", np.maximum.reduce, lambda item, best: scalars.less_element(best, item))


@op(shape=_extreme_rule, dtype=number_rule)
def min(x: TensorLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The smallest element along axes; nan wins. Derivative: the winner's, shared equally between ties.

    Errors: ShapeError, also where there is nothing; DTypeError for booleans.

    >>> import tl_dsl as tl
    >>> tl.min(tl.tensor([[1.0, 2.0], [4.0, 3.0]]), axis=1)
    Tensor[float64, 2]([1., 3.])
    """
    return _reduce_extreme(MIN, x, axis, keepdims)


MIN: Primitive = _extreme("min", np.minimum.reduce, scalars.less_element)


def _index_of(name: str, find: Callable[..., Any], better: Callable[[Any, Any], bool]) -> Primitive:
    def kernel(x: np.ndarray[Any, Any], *, axis: int) -> np.ndarray[Any, Any]:
        if x.dtype != object:
            return np.asarray(find(x, axis=axis))
        best = scalars.fold(x, (axis,), better)
        return np.asarray(np.argmax(scalars.equal(x, np.broadcast_to(best, x.shape)), axis=axis))

    return primitive(
        name,
        shape=lambda x, *, axis: (*x[: len(x) + axis], *x[len(x) + axis + 1 :]),
        dtype=lambda x, *, axis: dtypes.int64,
        kernel=kernel,
        constant=True,
    )


def _reduce_index(primitive_: Primitive, x: TensorLike, axis: int | None, keepdims: bool) -> Tensor:
    value, name = as_tensor(x), primitive_.name
    if axis is None:
        _nonempty(value.size, value, name)
        whole = _reduce_index(primitive_, reshaped(value, (value.size,)), 0, False)
        return reshaped(whole, (1,) * value.ndim) if keepdims else whole
    place = normalize_axis(arguments.integer(axis, f"the axis of {name}"), value.shape)
    _nonempty(value.shape[place], value, name)
    found = bind(primitive_, value, axis=place)
    return reshaped(found, _kept(value.shape, axis=(place,))) if keepdims else found


@op(shape=_extreme_rule, dtype=index_rule)
def argmax(x: TensorLike, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The index of the first largest element along an axis, or in row-major order without one.

    Constant for derivatives.

    Errors: ShapeError, also where there is nothing.

    >>> import tl_dsl as tl
    >>> tl.argmax(tl.tensor([[1.0, 2.0], [4.0, 3.0]]), axis=1)
    Tensor[int64, 2]([1, 0])
    """
    return _reduce_index(ARGMAX, x, axis, keepdims)


ARGMAX: Primitive = _index_of("argmax", np.argmax, lambda item, best: scalars.less_element(best, item))


@op(shape=_extreme_rule, dtype=index_rule)
def argmin(x: TensorLike, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The index of the first smallest element along an axis, or in row-major order without one.

    Constant for derivatives.

    Errors: ShapeError, also where there is nothing.

    >>> import tl_dsl as tl
    >>> tl.argmin(tl.tensor([[1.0, 2.0], [4.0, 3.0]]), axis=1)
    Tensor[int64, 2]([0, 1])
    """
    return _reduce_index(ARGMIN, x, axis, keepdims)


ARGMIN: Primitive = _index_of("argmin", np.argmin, scalars.less_element)


def pivot(x: Tensor, axis: tuple[int, ...]) -> Tensor:
    """A number near the largest along negative axes (kept as size 1), constant for derivatives, as a shift."""
    return bind(PIVOT, x, axis=axis) if axis else x * 0


PIVOT: Primitive = primitive(
    "pivot",
    shape=_kept,
    kernel=lambda x, *, axis: scalars.pivot(x, axis),
    constant=True,
)

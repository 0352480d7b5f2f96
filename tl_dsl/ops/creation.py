"""Tensors from sizes and constants. They belong to the innermost trace, where there is one."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from tl_dsl import dtypes
from tl_dsl.dims import UNKNOWN, UNKNOWN_FLOAT, Axis, Dim, as_size, assume, at_least, exact_div
from tl_dsl.dtypes import DType
from tl_dsl.errors import ArgumentError, LostShape
from tl_dsl.op import Trace, caller, constant, innermost, op
from tl_dsl.ops import arguments
from tl_dsl.ops.compare import equal, where
from tl_dsl.ops.operands import as_tensor, converted, floating_rule, same_rule, same_shape_rule, sizes
from tl_dsl.primitive import Primitive, primitive
from tl_dsl.scalars import Constant, Root
from tl_dsl.shapes import Shape, new_shape
from tl_dsl.tensor import Tensor, TensorLike

__all__ = ["arange", "eye", "full", "full_like", "linspace", "ones", "ones_like", "zeros", "zeros_like"]


def _full_kernel(*, fill_value: Constant, shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    value = fill_value if isinstance(fill_value, (bool, int, float)) else float(fill_value)
    return np.broadcast_to(np.asarray(value, dtype=dtype), shape)


def _made(of: Primitive, **params: Any) -> Tensor:
    trace: Trace | None = innermost()
    if trace is None:
        return Tensor(of.kernel(**params))
    return Tensor(trace.builder.emit(of, (), params, trace.source or caller()))


def _shape_rule(shape: Any, *rest: Any, **params: Any) -> Shape:
    if shape is UNKNOWN:
        raise LostShape("the sizes are not known here")
    return new_shape(tuple(shape) if isinstance(shape, (tuple, list)) else (shape,))


def _dtype_rule(*sizes: Any, dtype: Any = None) -> type[DType]:
    if dtype is None:
        return dtypes.Float64
    return arguments.dtype_class(dtype)


def _sizes(shape: Any) -> tuple[int, ...]:
    """Checked sizes. Errors: ArgumentError, ShapeError."""
    return sizes(_shape_rule(arguments.sizes(shape)))


@op(shape=_shape_rule, dtype=_dtype_rule)
def zeros(shape: int | tuple[int, ...], *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """Zeros; float64 by default. Errors: ShapeError for negative sizes.

    >>> import tl_dsl as tl
    >>> tl.zeros(2)
    Tensor[float64, 2]([0., 0.])
    """
    return constant(0, _sizes(shape), arguments.dtype(dtype, dtypes.float64), None)


@op(shape=_shape_rule, dtype=_dtype_rule)
def ones(shape: int | tuple[int, ...], *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """Ones; float64 by default. Errors: ShapeError for negative sizes.

    >>> import tl_dsl as tl
    >>> tl.ones((1, 2))
    Tensor[float64, 1 2]([[1., 1.]])
    """
    return constant(1, _sizes(shape), arguments.dtype(dtype, dtypes.float64), None)


def _holding(chosen: type[DType], number: type[DType]) -> type[DType]:
    """Elements of a type that is asked for, which have to hold a number. Errors: DTypeError."""
    dtypes.promote(chosen, number)
    return chosen


def _full_dtype(shape: Any, fill_value: Any, *, dtype: Any = None) -> type[DType]:
    if dtype is not None:
        return _holding(arguments.dtype_class(dtype), fill_value)
    weak = {dtypes.WeakBool: dtypes.Bool, dtypes.WeakInt: dtypes.Int64, dtypes.WeakFloat: dtypes.Float64}
    return weak.get(fill_value, dtypes.Shaped)


@op(shape=_shape_rule, dtype=_full_dtype)
def full(shape: int | tuple[int, ...], fill_value: Constant, *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """One number repeated; of the number's own type by default. Errors: ShapeError; ArgumentError unless a number.

    >>> import tl_dsl as tl
    >>> tl.full((2,), 7)
    Tensor[int64, 2]([7, 7])
    """
    value = _number(fill_value, "full")
    kind = {dtypes.WeakBool: dtypes.bool, dtypes.WeakInt: dtypes.int64}
    chosen = arguments.dtype(dtype, kind.get(dtypes.weak_class(value), dtypes.float64))
    dtypes.promote(dtypes.of(chosen), dtypes.weak_class(value))
    return constant(value, _sizes(shape), chosen, None)


FULL: Primitive = primitive(
    "full",
    shape=lambda *, fill_value, shape, dtype: shape,
    dtype=lambda *, fill_value, shape, dtype: dtype,
    kernel=_full_kernel,
)


def _number(value: Any, name: str) -> Constant:
    plain = value.item() if isinstance(value, np.generic) else value
    if not isinstance(plain, (bool, int, float, Fraction)):
        raise ArgumentError(f"{name} takes a Python number", got=type(value).__name__)
    return plain


def _like_dtype(x: type[DType], *rest: Any, dtype: Any = None) -> type[DType]:
    return same_rule(x) if dtype is None else arguments.dtype_class(dtype)


@op(shape=same_shape_rule, dtype=_like_dtype)
def zeros_like(x: TensorLike, /, *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """``"*s" -> "*s"``: zeros of the shape and type of x.

    >>> import tl_dsl as tl
    >>> tl.zeros_like(tl.tensor([1.0, 2.0]))
    Tensor[float64, 2]([0., 0.])
    """
    return _filled_like(x, 0, dtype)


@op(shape=same_shape_rule, dtype=_like_dtype)
def ones_like(x: TensorLike, /, *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """``"*s" -> "*s"``: ones of the shape and type of x.

    >>> import tl_dsl as tl
    >>> tl.ones_like(tl.tensor([1.0, 2.0]))
    Tensor[float64, 2]([1., 1.])
    """
    return _filled_like(x, 1, dtype)


def _full_like_dtype(x: type[DType], fill_value: Any, *, dtype: Any = None) -> type[DType]:
    return _holding(_like_dtype(x, dtype=dtype), fill_value)


@op(shape=same_shape_rule, dtype=_full_like_dtype)
def full_like(x: TensorLike, /, fill_value: Constant, *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """``"*s" -> "*s"``: one number repeated in the shape and type of x.

    >>> import tl_dsl as tl
    >>> tl.full_like(tl.tensor([1.0, 2.0]), 0.5)
    Tensor[float64, 2]([0.5, 0.5])
    """
    number = _number(fill_value, "full_like")
    dtypes.promote(dtypes.of(arguments.dtype(dtype, as_tensor(x).dtype)), dtypes.weak_class(number))
    return _filled_like(x, number, dtype)


def _filled_like(x: TensorLike, number: Constant, dtype: npt.DTypeLike | None) -> Tensor:
    """One number in the shape and type of x; of booleans, 0 and 1 are False and True."""
    value = as_tensor(x)
    return constant(number, value.shape, arguments.dtype(dtype, value.dtype), value)


def _eye_shape(n_rows: Any, n_cols: Any = None, /, *, dtype: Any = None) -> Shape:
    return _shape_rule((n_rows, n_rows if n_cols is None else n_cols))


@op(shape=_eye_shape, dtype=_dtype_rule)
def eye(n_rows: int, n_cols: int | None = None, /, *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """``-> "n_rows n_cols"``: ones on the diagonal, zeros elsewhere; float64 and square by default.

    >>> import tl_dsl as tl
    >>> tl.eye(2)
    Tensor[float64, 2 2]([[1., 0.],
                        [0., 1.]])
    """
    rows, columns = _sizes((n_rows, n_rows if n_cols is None else n_cols))
    return _made(EYE, n_rows=rows, n_cols=columns, dtype=arguments.dtype(dtype, dtypes.float64))


EYE: Primitive = primitive(
    "eye",
    shape=lambda *, n_rows, n_cols, dtype: (n_rows, n_cols),
    dtype=lambda *, n_rows, n_cols, dtype: dtype,
    kernel=lambda *, n_rows, n_cols, dtype: np.eye(n_rows, n_cols, dtype=dtype),
)


def _arange_shape(start: Any, /, stop: Any = None, step: Any = 1, *, dtype: Any = None) -> Shape:
    if stop is None:
        start, stop = 0, start
    if UNKNOWN_FLOAT in (start, stop, step):
        return (UNKNOWN,)
    known = (int, float)
    if isinstance(start, known) and isinstance(stop, known) and isinstance(step, known):
        return (_length(start, stop, step),)
    if not all(isinstance(value, (int, Dim)) for value in (start, stop, step)):
        return (UNKNOWN,)
    if at_least(step, 1):
        return (_from_to(stop - start, step),)
    return (_from_to(start - stop, -step),) if at_least(-step, 1) else (UNKNOWN,)


def _from_to(distance: int | Dim, step: int | Dim) -> Axis:
    """How many numbers there are; none where the last is before the first, which is assumed only of a size."""
    if at_least(-distance, 0):
        return 0
    if not at_least(as_size(distance), 0):
        assume(f"{distance} >= 0")
    exact = exact_div(distance, step)
    return (distance + step - 1) // step if exact is None else exact


def _bound(value: Any) -> int | float:
    number = _number(value, "arange")
    return number if isinstance(number, int) else float(number)


def _length(start: float, stop: float, step: float) -> int:
    if step == 0 or not all(map(math.isfinite, (start, stop, step))):
        raise ArgumentError("arange counts from start to stop by a step that is not 0", got=f"{start}, {stop}, {step}")
    return max(0, math.ceil((stop - start) / step))


def _arange_dtype(start: Any, /, stop: Any = None, step: Any = dtypes.WeakInt, *, dtype: Any = None) -> type[DType]:
    if dtype is not None:
        return arguments.dtype_class(dtype)
    return dtypes.Float64 if dtypes.WeakFloat in (start, stop, step) else dtypes.Int64


@op(shape=_arange_shape, dtype=_arange_dtype)
def arange(
    start: int | float, /, stop: int | float | None = None, step: int | float = 1, *, dtype: npt.DTypeLike | None = None
) -> Tensor:
    """``-> "n"``: numbers from start (0 with one argument) to before stop; integers unless one is a float.

    Errors: ArgumentError when the step is 0.

    >>> import tl_dsl as tl
    >>> tl.arange(3)
    Tensor[int64, 3]([0, 1, 2])
    """
    if stop is None:
        start, stop = 0, start
    first, last, stride = (_bound(x) for x in (start, stop, step))
    floats = any(isinstance(x, float) for x in (first, last, stride))
    chosen = arguments.dtype(dtype, dtypes.float64 if floats else dtypes.int64)
    return _made(ARANGE, start=first, step=stride, size=_length(first, last, stride), dtype=chosen)


ARANGE: Primitive = primitive(
    "arange",
    shape=lambda *, start, step, size, dtype: (size,),
    dtype=lambda *, start, step, size, dtype: dtype,
    kernel=lambda *, start, step, size, dtype: (start + step * np.arange(size)).astype(dtype),
)


def _linspace_shape(start: Any, stop: Any, /, num: Any, *, dtype: Any = None, endpoint: Any = True) -> Shape:
    return _shape_rule(num if isinstance(num, tuple) else (num,))


def _linspace_dtype(start: Any, stop: Any, /, num: Any, *, dtype: Any = None, endpoint: Any = True) -> type[DType]:
    return floating_rule(_dtype_rule(dtype=dtype))


@op(shape=_linspace_shape, dtype=_linspace_dtype)
def linspace(
    start: int | float, stop: int | float, /, num: int, *, dtype: npt.DTypeLike | None = None, endpoint: bool = True
) -> Tensor:
    """``-> "num"``: so many numbers in equal steps from start to stop, which is left out without ``endpoint``.

    Errors: ShapeError for a negative number; ArgumentError unless start and stop are numbers; DTypeError.

    >>> import tl_dsl as tl
    >>> tl.linspace(0, 1, 5)
    Tensor[float64, 5]([0.  , 0.25, 0.5 , 0.75, 1.  ])
    """
    first, last = (_exact(x) for x in (start, stop))
    (count,), chosen = _sizes(arguments.integer(num, "a size")), arguments.dtype(dtype, dtypes.float64)
    floating_rule(dtypes.of(chosen))
    at = arange(count)
    steps = converted(at, chosen) * ((last - first) / max(count - 1 if endpoint else count, 1)) + first
    return where(equal(at, count - 1), last, steps) if endpoint and count > 1 else steps


def _exact(bound: Any) -> Fraction:
    number = _number(bound, "linspace")
    if isinstance(number, Root) or (isinstance(number, float) and not math.isfinite(number)):
        raise ArgumentError("linspace goes from one number to another", got=str(number))
    return Fraction(number)

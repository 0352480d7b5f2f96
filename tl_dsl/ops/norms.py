"""Norms of vectors and matrices, in ``tl.linalg``."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from tl_dsl.errors import ArgumentError
from tl_dsl.op import op
from tl_dsl.ops import arguments
from tl_dsl.ops.arithmetic import pow, square
from tl_dsl.ops.compare import equal, not_equal, where
from tl_dsl.ops.elementwise import abs as size_of
from tl_dsl.ops.operands import converted, floating, floating_rule, reshaped
from tl_dsl.ops.reduction import Axes, max, min, root, sum
from tl_dsl.shapes import Shape, normalize_axes, reduce_shape
from tl_dsl.tensor import Tensor

Order = int | float | str | None


def _norm_dtype(x: Any, *rest: Any, **params: Any) -> Any:
    return floating_rule(x)


def _vector_norm_rule(x: Shape, /, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Shape:
    return reduce_shape(x, axis, keepdims)


@op(name="linalg.vector_norm", shape=_vector_norm_rule, dtype=_norm_dtype)
def vector_norm(x: Tensor, /, *, axis: Axes = None, keepdims: bool = False, ord: int | float = 2) -> Tensor:
    """(Σ |x|^ord)^(1/ord) along axes, all of them by default; infinity is the largest, 0 counts what is not 0.

    Where a norm is 0, so is its derivative. Errors: ShapeError; DTypeError unless floating; ArgumentError.

    >>> import tl_dsl as tl
    >>> tl.linalg.vector_norm(tl.tensor([[3.0, 4.0], [0.0, 1.0]]), axis=1)
    Tensor[float64, 2]([5., 1.])
    """
    value, axes = floating(x, "vector_norm"), arguments.axes(axis)
    if isinstance(ord, bool) or not isinstance(ord, (int, float)) or ord != ord:
        raise ArgumentError("the order of a norm is a number", got=repr(ord))
    if ord == 2:
        return root(sum(square(value), axis=axes, keepdims=keepdims))
    sizes = size_of(value)
    if ord == 1:
        return sum(sizes, axis=axes, keepdims=keepdims)
    if math.isinf(ord):
        return (max if ord > 0 else min)(sizes, axis=axes, keepdims=keepdims)
    if ord == 0:
        return sum(converted(not_equal(value, 0), value.dtype), axis=axes, keepdims=keepdims)
    return _power_root(sum(pow(sizes, ord), axis=axes, keepdims=keepdims), ord)


def _power_root(total: Tensor, order: int | float) -> Tensor:
    """total^(1/order), with derivatives that are 0 at 0."""
    nothing = equal(total, 0)
    exponent = 1 / Fraction(order)
    return where(nothing, 0, pow(where(nothing, 1, total), exponent)) if order > 0 else pow(total, exponent)


def _norm_rule(x: Shape, /, ord: Any = None, *, axis: Any = None, keepdims: Any = False) -> Shape:
    return reduce_shape(x, axis, keepdims)


@op(name="linalg.norm", shape=_norm_rule, dtype=_norm_dtype)
def norm(x: Tensor, /, ord: Order = None, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The norm of vectors along one axis, or of matrices along two; the root of the sum of squares by default.

    Vectors have every order that is a number, matrices 'fro', 1, -1, inf and -inf (largest and smallest sums of
    columns and rows). Where a norm is 0, so is its derivative.
    Errors: ShapeError; DTypeError unless floating; ArgumentError for other orders.

    >>> import tl_dsl as tl
    >>> tl.linalg.norm(tl.tensor([3.0, 4.0])), tl.linalg.norm(tl.tensor([[1.0, 2.0], [3.0, 4.0]]), 1)
    (Tensor[float64](5.), Tensor[float64](6.))
    """
    value, chosen = floating(x, "norm"), arguments.axes(axis)
    axes = normalize_axes(chosen, value.shape)
    if ord is None:
        return vector_norm(value, axis=chosen, keepdims=keepdims)
    if len(axes) == 1 and not isinstance(ord, str):
        return vector_norm(value, axis=axes, keepdims=keepdims, ord=ord)
    if len(axes) != 2:
        raise ArgumentError("an order is one of norms along one axis or two", got=f"{ord!r} along {len(axes)} axes")
    if ord == "fro":
        return vector_norm(value, axis=axes, keepdims=keepdims)
    if ord in (1, -1, math.inf, -math.inf):
        return _of_matrices(value, float(ord), chosen if isinstance(chosen, tuple) else (-2, -1), keepdims)
    raise ArgumentError("the order of a norm of matrices", got=repr(ord), wanted="'fro', 1, -1, inf or -inf")


def _of_matrices(x: Tensor, order: float, axes: tuple[int, ...], keepdims: bool) -> Tensor:
    """The largest (smallest, below 0) sum of sizes along columns (1) or rows (inf)."""
    rows, columns = (axis % x.ndim for axis in axes)
    inner, outer = (rows, columns) if math.isfinite(order) else (columns, rows)
    sums = sum(size_of(x), axis=inner, keepdims=True)
    found = (max if order > 0 else min)(sums, axis=outer, keepdims=True)
    kept = [n for k, n in enumerate(found.shape) if k not in (rows, columns)]
    return found if keepdims else reshaped(found, tuple(kept))

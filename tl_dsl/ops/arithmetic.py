"""Arithmetic of two tensors, with broadcasting and promotion; negation, powers, maximum, minimum and clip."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from tl_dsl import dtypes, scalars
from tl_dsl.errors import DomainError, DTypeError
from tl_dsl.op import bind, constant, op
from tl_dsl.ops.compare import equal, greater, less, where
from tl_dsl.ops.elementwise import log, sqrt
from tl_dsl.ops.operands import (
    ADD,
    broadcast_rule,
    elementwise,
    equal_shapes,
    floating,
    floating_promote_rule,
    number,
    number_promote_rule,
    number_rule,
    plus,
    promote_rule,
    promoted,
    same_shape_rule,
    zeros_of,
)
from tl_dsl.primitive import Primitive, primitive
from tl_dsl.tensor import Tensor, TensorLike

__all__ = ["add", "clip", "div", "maximum", "minimum", "mul", "neg", "pow", "square", "sub"]


@op(shape=broadcast_rule, dtype=promote_rule)
def add(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """``x1 + x2``, broadcast. Errors: ShapeError, DTypeError.

    >>> import tl_dsl as tl
    >>> tl.add(tl.tensor([1.0, 2.0]), 1)
    Tensor[float64, 2]([2., 3.])
    """
    return elementwise(ADD, x1, x2)


def _sub_tangents(z: Tensor, x: Tensor, y: Tensor, dx: Tensor | None, dy: Tensor | None) -> Tensor:
    if dy is None:
        assert dx is not None
        return dx
    return neg(dy) if dx is None else sub(dx, dy)


@op(shape=broadcast_rule, dtype=number_promote_rule)
def sub(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """``x1 - x2``, broadcast. Errors: ShapeError, DTypeError.

    >>> import tl_dsl as tl
    >>> tl.sub(tl.tensor([1.0, 2.0]), 1)
    Tensor[float64, 2]([0., 1.])
    """
    left, right = promoted(x1, x2)
    if left.dtype == bool:
        raise DTypeError("this operation takes numbers", got="bool", wanted="Int or Float", suggestion="a ^ b")
    return elementwise(SUB, left, right)


SUB: Primitive = primitive(
    "sub",
    shape=equal_shapes,
    kernel=np.subtract,
    ufunc=np.subtract,
    jvp=_sub_tangents,
    transpose=(lambda g, x, y: g, lambda g, x, y: -g),
)


@op(shape=broadcast_rule, dtype=promote_rule)
def mul(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """``x1 · x2`` element by element, broadcast. Errors: ShapeError, DTypeError.

    >>> import tl_dsl as tl
    >>> tl.mul(tl.tensor([1.0, 2.0]), tl.tensor([3.0, 4.0]))
    Tensor[float64, 2]([3., 8.])
    """
    return elementwise(MUL, x1, x2)


MUL: Primitive = primitive(
    "mul",
    shape=equal_shapes,
    kernel=np.multiply,
    ufunc=np.multiply,
    linear="each",
    transpose=(lambda g, x, y: mul(g, y), lambda g, x, y: mul(g, x)),
)


def _div_tangents(z: Tensor, x: Tensor, y: Tensor, dx: Tensor | None, dy: Tensor | None) -> Tensor:
    top = plus(dx, None if dy is None else neg(mul(dy, z)))
    assert top is not None
    return div(top, y)


@op(shape=broadcast_rule, dtype=floating_promote_rule)
def div(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """``x1 / x2``, broadcast, of floating tensors. Errors: ShapeError; DTypeError for integers.

    >>> import tl_dsl as tl
    >>> tl.div(tl.tensor([1.0, 2.0]), 4)
    Tensor[float64, 2]([0.25, 0.5 ])
    """
    left, right = promoted(x1, x2)
    return elementwise(DIV, floating(left, "div"), right)


DIV: Primitive = primitive(
    "div",
    shape=equal_shapes,
    kernel=np.true_divide,
    ufunc=np.true_divide,
    jvp=_div_tangents,
    transpose=(lambda g, x, y: div(g, y),),
)


@op(shape=same_shape_rule, dtype=number_rule)
def neg(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: ``-x``. Errors: DTypeError for booleans.

    >>> import tl_dsl as tl
    >>> tl.neg(tl.tensor([1.0, -2.0]))
    Tensor[float64, 2]([-1.,  2.])
    """
    return bind(NEG, number(x, "neg"))


NEG: Primitive = primitive(
    "neg",
    shape=lambda x: x,
    kernel=np.negative,
    ufunc=np.negative,
    linear="jointly",
    transpose=(lambda g, x: neg(g),),
)


@op(shape=same_shape_rule, dtype=number_rule)
def square(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: ``x·x``. Errors: DTypeError for booleans.

    >>> import tl_dsl as tl
    >>> tl.square(tl.tensor([1.0, -3.0]))
    Tensor[float64, 2]([1., 9.])
    """
    value = number(x, "square")
    return mul(value, value)


def _pow_tangents(z: Tensor, x: Tensor, y: Tensor, dx: Tensor | None, dy: Tensor | None) -> Tensor | None:
    """x^y: y·x^(y-1)·dx + log(x)·x^y·dy, where 0·0^(-1) = 0 and log(0)·0^y = 0.

    Only a base of 0 is guarded: elsewhere the exponent must stay visible to further derivatives. At 0^1 the slope
    along the exponent is written as x, whose slope 1 along the base is what the other order gives.
    """
    at_zero = equal(x, 0)
    by_base = None
    if dx is not None:
        nothing = equal(where(at_zero, y, 1), 0)  # balls around other exponents are not compared
        by_base = mul(dx, where(nothing, 0, mul(y, pow(where(nothing, 1, x), sub(y, 1)))))
    by_exponent = None
    if dy is not None:
        corner = equal(where(at_zero, y, 0), 1)
        by_exponent = mul(dy, where(corner, x, mul(z, log(where(at_zero, 1, x)))))
    return plus(by_base, by_exponent)


def _power(base: Any, exponent: Any) -> Any:
    """A power of exact scalars. Errors: TypeError where it is no fraction."""
    whole = not scalars.is_ball(exponent) and exponent == int(exponent)
    if not whole and not scalars.is_ball(base):
        raise TypeError(f"{base} to the power {exponent} is no fraction")
    return base ** (int(exponent) if whole else exponent)


_power_objects = np.frompyfunc(_power, 2, 1)


def _pow_kernel(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if x.dtype == object:
        return np.asarray(_power_objects(x, y), dtype=object)
    if y.dtype.kind == "i" and (y < 0).any():
        raise DomainError(
            "an integer has no negative power that is an integer",
            got=f"an exponent of {y.min()}",
            suggestion="tl.astype(x, tl.float64)",
        )
    return np.asarray(np.power(x, y))


def _pow_scalar_kernel(x: np.ndarray[Any, Any], *, exponent: int | float | Fraction) -> np.ndarray[Any, Any]:
    if x.dtype != object:
        return np.asarray(np.power(x, x.dtype.type(exponent)))
    whole = exponent == int(exponent)
    power = int(exponent) if whole else scalars.exact(exponent, scalars.element_like((x,)))
    return np.asarray(_power_objects(x, power), dtype=object)


POW_SCALAR: Primitive = primitive(
    "pow_scalar",
    shape=lambda x, *, exponent: x,
    kernel=_pow_scalar_kernel,
    jvp=lambda z, x, dx, *, exponent: mul(dx, mul(x ** (Fraction(exponent) - 1), exponent)) if exponent else None,
)


@op(shape=broadcast_rule, dtype=number_promote_rule)
def pow(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """``x1`` to the power ``x2``, broadcast; ``0**0`` is 1. A Python number as exponent is a constant of the program.

    Derivatives: with respect to the base, 0 where the exponent is 0; with respect to the exponent, 0 where the base
    is 0. Errors: ShapeError, DTypeError (a floating exponent of an integer tensor).

    >>> import tl_dsl as tl
    >>> tl.tensor([1.0, 4.0]) ** 0.5
    Tensor[float64, 2]([1., 2.])
    """
    if isinstance(x1, Tensor) and isinstance(x2, (int, float, Fraction)) and not isinstance(x2, bool):
        dtypes.promote(dtypes.of(x1.dtype), dtypes.weak_class(x2))
        return _constant_power(x1, x2)
    base, exponents = promoted(x1, x2)
    if base.dtype == bool:
        raise DTypeError("pow takes numbers", got="bool", wanted="Int or Float")
    return elementwise(POW, base, exponents)


POW: Primitive = primitive("pow", shape=equal_shapes, kernel=_pow_kernel, ufunc=np.power, jvp=_pow_tangents)


def _constant_power(x: Tensor, exponent: int | float | Fraction) -> Tensor:
    if exponent != exponent or exponent in (math.inf, -math.inf) or (x.dtype.kind in "iu" and exponent < 0):
        return elementwise(POW, floating(x, "a power with this exponent"), exponent)
    if exponent == 0:
        return constant(1, x.shape, x.dtype, x)
    if exponent == 1:
        return x
    if exponent in (2, 3, 4):
        squared = mul(x, x)
        return squared if exponent == 2 else mul(squared, x if exponent == 3 else squared)
    if exponent == 0.5:
        return sqrt(x)
    if exponent == -1:
        return div(1, x)
    return bind(POW_SCALAR, x, exponent=int(exponent) if exponent == int(exponent) else exponent)


def _larger_tangents(z: Tensor, x: Tensor, y: Tensor, dx: Tensor | None, dy: Tensor | None) -> Tensor:
    return _winner(greater(x, y), equal(x, y), dx, dy, like=z)


def _smaller_tangents(z: Tensor, x: Tensor, y: Tensor, dx: Tensor | None, dy: Tensor | None) -> Tensor:
    return _winner(less(x, y), equal(x, y), dx, dy, like=z)


def _winner(first: Tensor, tie: Tensor, dx: Tensor | None, dy: Tensor | None, *, like: Tensor) -> Tensor:
    """The tangent of the operand that wins; ties take the mean of both."""
    zero = zeros_of(like)
    both = plus(dx, dy)
    assert both is not None
    return where(first, zero if dx is None else dx, where(tie, mul(both, Fraction(1, 2)), zero if dy is None else dy))


@op(shape=broadcast_rule, dtype=promote_rule)
def maximum(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """The larger of two elements, broadcast; nan wins. Derivative: the winner's, ½ each at ties.

    >>> import tl_dsl as tl
    >>> tl.maximum(tl.tensor([1.0, -2.0]), 0)
    Tensor[float64, 2]([1., 0.])
    """
    return elementwise(MAXIMUM, x1, x2)


MAXIMUM: Primitive = primitive("maximum", shape=equal_shapes, kernel=scalars.larger, jvp=_larger_tangents)


@op(shape=broadcast_rule, dtype=promote_rule)
def minimum(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """The smaller of two elements, broadcast; nan wins. Derivative: the winner's, ½ each at ties.

    >>> import tl_dsl as tl
    >>> tl.minimum(tl.tensor([1.0, -2.0]), 0)
    Tensor[float64, 2]([ 0., -2.])
    """
    return elementwise(MINIMUM, x1, x2)


MINIMUM: Primitive = primitive("minimum", shape=equal_shapes, kernel=scalars.smaller, jvp=_smaller_tangents)


def _clip_shape(x: Any, /, min: Any = None, max: Any = None) -> Any:
    return broadcast_rule(*[part for part in (x, min, max) if part is not None])


def _clip_dtype(x: Any, /, min: Any = None, max: Any = None) -> Any:
    return promote_rule(*[part for part in (x, min, max) if part is not None])


@op(shape=_clip_shape, dtype=_clip_dtype)
def clip(x: TensorLike, /, min: TensorLike | None = None, max: TensorLike | None = None) -> Tensor:
    """``minimum(maximum(x, min), max)``; a bound that is None does nothing. Derivative: ½ at a bound, as composed.

    >>> import tl_dsl as tl
    >>> tl.clip(tl.tensor([-2.0, 0.5, 2.0]), -1, 1)
    Tensor[float64, 3]([-1. ,  0.5,  1. ])
    """
    result = promoted(x)[0]
    if min is not None:
        result = maximum(result, min)
    return result if max is None else minimum(result, max)

"""Activations and normalised exponentials."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from tl_dsl import scalars
from tl_dsl.errors import ArgumentError
from tl_dsl.op import bind, op
from tl_dsl.ops import arguments
from tl_dsl.ops.compare import greater, where
from tl_dsl.ops.elementwise import erf, exp, log, tanh, unary
from tl_dsl.ops.operands import as_tensor, broadcast, floating, floating_rule, same_rule, same_shape_rule, sum_axes
from tl_dsl.ops.reduction import Axes, pivot, sum
from tl_dsl.primitive import Primitive
from tl_dsl.shapes import Shape, normalize_axes, normalize_axis, reduce_shape
from tl_dsl.tensor import Tensor, TensorLike

__all__ = ["gelu", "log_softmax", "logsumexp", "relu", "sigmoid", "softmax", "softplus"]


def _sigmoid_kernel(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.asarray(1 / (1 + np.exp(-x)))  # also where exp overflows; tanh would lose the digits of the left tail


@op(shape=same_shape_rule, dtype=floating_rule)
def sigmoid(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: 1/(1 + e⁻ˣ). d: y(1 - y).

    >>> import tl_dsl as tl
    >>> tl.sigmoid(tl.tensor([0.0, 2.0]))
    Tensor[float64, 2]([0.5       , 0.88079708])
    """
    return bind(SIGMOID, floating(x, "sigmoid"))


SIGMOID: Primitive = unary("sigmoid", _sigmoid_kernel, lambda y, x, dx: dx * (y * (1 - y)))


def _softplus_kernel(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if x.dtype == object:
        return np.asarray(np.log(1 + np.exp(x)))
    return np.asarray(np.logaddexp(x, x.dtype.type(0)))


@op(shape=same_shape_rule, dtype=floating_rule)
def softplus(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: log(1 + eˣ), without overflow. d: sigmoid x.

    >>> import tl_dsl as tl
    >>> tl.softplus(tl.tensor([0.0, 1000.0]))
    Tensor[float64, 2]([6.93147181e-01, 1.00000000e+03])
    """
    return bind(SOFTPLUS, floating(x, "softplus"))


SOFTPLUS: Primitive = unary("softplus", _softplus_kernel, lambda y, x, dx: dx * sigmoid(x))


def _relu_kernel(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return scalars.larger(x, scalars.zeros_like(x) if x.dtype == object else x.dtype.type(0))


@op(shape=same_shape_rule, dtype=same_rule)
def relu(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: x where it is positive, else 0. d: 1 where x > 0, else 0; 0 at 0.

    >>> import tl_dsl as tl
    >>> tl.relu(tl.tensor([-1.0, 2.0]))
    Tensor[float64, 2]([0., 2.])
    """
    return bind(RELU, as_tensor(x))


RELU: Primitive = unary("relu", _relu_kernel, lambda y, x, dx: where(greater(x, 0), dx, 0))


ROOT_HALF = scalars.Root(Fraction(1, 2))
ROOT_TWO_OVER_PI = scalars.Root(Fraction(2), -1)


@op(shape=lambda x, /, *, approximate="none": x, dtype=floating_rule)
def gelu(x: TensorLike, /, *, approximate: str = "none") -> Tensor:
    """``"*s" -> "*s"``: x·Φ(x) with Φ the normal distribution, or its tanh approximation (Hendrycks and Gimpel, 2016).

    Errors: ArgumentError for another word than "none" and "tanh".

    >>> import tl_dsl as tl
    >>> tl.gelu(tl.tensor([-1.0, 2.0]))
    Tensor[float64, 2]([-0.15865525,  1.95449974])
    """
    value = floating(x, "gelu")
    if approximate == "none":
        inner = erf(value * as_tensor(ROOT_HALF, like=value))
    elif approximate == "tanh":
        cubic = value + Fraction(44715, 1_000_000) * (value * value * value)
        inner = tanh(cubic * as_tensor(ROOT_TWO_OVER_PI, like=value))
    else:
        raise ArgumentError("gelu is exact or approximated", got=repr(approximate), wanted='"none" or "tanh"')
    return Fraction(1, 2) * value * (1 + inner)


def _shifted(x: Tensor, axes: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """x minus a constant near its largest element along the axes, and that constant (kept as size 1)."""
    shift = pivot(x, axes)
    return x - broadcast(shift, x.shape), shift


def _axis_rule(x: Shape, /, *, axis: Any = -1) -> Shape:
    normalize_axis(axis, x)
    return x


@op(shape=_axis_rule, dtype=floating_rule)
def softmax(x: TensorLike, /, *, axis: int = -1) -> Tensor:
    """``"*s" -> "*s"``: eˣ / Σ eˣ along an axis; shifted, so that it does not overflow. Errors: ShapeError, DTypeError.

    >>> import tl_dsl as tl
    >>> tl.softmax(tl.tensor([0.0, 0.0]))
    Tensor[float64, 2]([0.5, 0.5])
    """
    value = floating(x, "softmax")
    axes = (normalize_axis(arguments.integer(axis, "the axis"), value.shape),)
    if not value.size:
        return value
    powers = exp(_shifted(value, axes)[0])
    return powers / sum_axes(powers, axes)


@op(shape=_axis_rule, dtype=floating_rule)
def log_softmax(x: TensorLike, /, *, axis: int = -1) -> Tensor:
    """``"*s" -> "*s"``: x - log Σ eˣ along an axis; shifted, so that it does not overflow.

    Errors: ShapeError, DTypeError.

    >>> import tl_dsl as tl
    >>> tl.log_softmax(tl.tensor([0.0, 0.0]))
    Tensor[float64, 2]([-0.69314718, -0.69314718])
    """
    value = floating(x, "log_softmax")
    axes = (normalize_axis(arguments.integer(axis, "the axis"), value.shape),)
    if not value.size:
        return value
    shifted = _shifted(value, axes)[0]
    return shifted - log(sum_axes(exp(shifted), axes))


def _reduction_rule(x: Shape, /, *, axis: Any = None, keepdims: Any = False) -> Shape:
    return reduce_shape(x, axis, keepdims)


@op(shape=_reduction_rule, dtype=floating_rule)
def logsumexp(x: TensorLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """log Σ eˣ along axes, all of them by default; shifted, so that it does not overflow. -inf where all are -inf.

    Errors: ShapeError, DTypeError.

    >>> import tl_dsl as tl
    >>> tl.logsumexp(tl.tensor([1000.0, 1000.0]))
    Tensor[float64](1000.69314718)
    """
    value, axis = floating(x, "logsumexp"), arguments.axes(axis)
    axes = normalize_axes(axis, value.shape)
    if not value.size:
        return log(sum(exp(value), axis=axis, keepdims=keepdims))
    shifted, shift = _shifted(value, axes)
    total = log(sum_axes(exp(shifted), axes)) + shift
    return total if keepdims else sum(total, axis=axis)

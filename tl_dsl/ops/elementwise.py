"""Functions of one variable, element by element. d denotes the derivative."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from tl_dsl import scalars
from tl_dsl.op import bind, op
from tl_dsl.ops.operands import as_tensor, floating, floating_rule, number, number_rule, same_shape_rule
from tl_dsl.primitive import Primitive, primitive
from tl_dsl.tensor import Tensor, TensorLike

__all__ = ["abs", "cos", "erf", "exp", "log", "sign", "sin", "sqrt", "tanh"]

Kernel = Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]


def unary(name: str, kernel: Kernel | np.ufunc, jvp: Callable[..., Any] | None = None, **rules: Any) -> Primitive:
    """A primitive on each element; a ufunc calls the method of its name on the elements of object arrays."""
    ufunc = kernel if isinstance(kernel, np.ufunc) else None
    return primitive(name, shape=lambda x: x, kernel=kernel, ufunc=ufunc, jvp=jvp, **rules)


@op(shape=same_shape_rule, dtype=floating_rule)
def exp(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: eˣ. d: eˣ.

    >>> import tl_dsl as tl
    >>> tl.exp(tl.tensor([0.0, 1.0]))
    Tensor[float64, 2]([1.        , 2.71828183])
    """
    return bind(EXP, floating(x, "exp"))


EXP: Primitive = unary("exp", np.exp, lambda y, x, dx: dx * y)


@op(shape=same_shape_rule, dtype=floating_rule)
def log(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: the natural logarithm, for x > 0. d: 1/x. Errors: DomainError when a result is read.

    >>> import tl_dsl as tl
    >>> tl.log(tl.tensor([1.0, 2.0]))
    Tensor[float64, 2]([0.        , 0.69314718])
    """
    return bind(LOG, floating(x, "log"))


LOG: Primitive = unary("log", np.log, lambda y, x, dx: dx / x)


@op(shape=same_shape_rule, dtype=floating_rule)
def sqrt(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: √x, for x ≥ 0. d: 1/(2√x), infinite at 0. Errors: DomainError when a result is read.

    >>> import tl_dsl as tl
    >>> tl.sqrt(tl.tensor([4.0, 9.0]))
    Tensor[float64, 2]([2., 3.])
    """
    return bind(SQRT, floating(x, "sqrt"))


SQRT: Primitive = unary("sqrt", np.sqrt, lambda y, x, dx: dx * Fraction(1, 2) / y)


@op(shape=same_shape_rule, dtype=floating_rule)
def sin(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: the sine of x in radians. d: cos x.

    >>> import tl_dsl as tl
    >>> tl.sin(tl.tensor(0.5))
    Tensor[float64](0.47942554)
    """
    return bind(SIN, floating(x, "sin"))


SIN: Primitive = unary("sin", np.sin, lambda y, x, dx: dx * bind(COS, x))


@op(shape=same_shape_rule, dtype=floating_rule)
def cos(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: the cosine of x in radians. d: -sin x.

    >>> import tl_dsl as tl
    >>> tl.cos(tl.tensor(0.5))
    Tensor[float64](0.87758256)
    """
    return bind(COS, floating(x, "cos"))


COS: Primitive = unary("cos", np.cos, lambda y, x, dx: -(dx * bind(SIN, x)))


@op(shape=same_shape_rule, dtype=floating_rule)
def tanh(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: the hyperbolic tangent. d: 1 - tanh² x.

    >>> import tl_dsl as tl
    >>> tl.tanh(tl.tensor(0.5))
    Tensor[float64](0.46211716)
    """
    return bind(TANH, floating(x, "tanh"))


TANH: Primitive = unary("tanh", np.tanh, lambda y, x, dx: dx * (1 - y * y))


_erf_object = np.frompyfunc(lambda item: item.erf(), 1, 1)


@functools.cache
def _erf_float() -> np.ufunc:
    """scipy's error function, imported when it is first used: it would double the time that importing tl_dsl takes."""
    ufunc: np.ufunc = importlib.import_module("scipy.special").erf
    return ufunc


def _erf_kernel(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.asarray(_erf_object(x), dtype=object) if x.dtype == object else np.asarray(_erf_float()(x))


TWO_OVER_ROOT_PI = scalars.Root(Fraction(4), -1)


@op(shape=same_shape_rule, dtype=floating_rule)
def erf(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: the error function 2/√π ∫₀ˣ e^(-t²) dt. d: 2/√π e^(-x²).

    >>> import tl_dsl as tl
    >>> tl.erf(tl.tensor(0.5))
    Tensor[float64](0.52049988)
    """
    return bind(ERF, floating(x, "erf"))


ERF: Primitive = unary(
    "erf", _erf_kernel, lambda y, x, dx: dx * (bind(EXP, -(x * x)) * as_tensor(TWO_OVER_ROOT_PI, like=x))
)


def _abs_kernel(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if x.dtype != object:
        return np.asarray(np.abs(x))
    zero = scalars.zeros_like(x)
    return scalars.choose(scalars.less(x, zero), -x, x)


@op(shape=same_shape_rule, dtype=number_rule)
def abs(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: the absolute value. d: sign x, which is 0 at 0.

    >>> import tl_dsl as tl
    >>> tl.abs(tl.tensor([-1.5, 2.0]))
    Tensor[float64, 2]([1.5, 2. ])
    """
    return bind(ABS, number(x, "abs"))


ABS: Primitive = unary("abs", _abs_kernel, lambda y, x, dx: dx * bind(SIGN, x))


def _sign_kernel(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if x.dtype != object:
        return np.asarray(np.sign(x))
    zero = scalars.zeros_like(x)
    nonzero = scalars.choose(scalars.less(x, zero), zero - 1, zero + 1)
    return scalars.choose(scalars.equal(x, zero), zero, nonzero)


@op(shape=same_shape_rule, dtype=number_rule)
def sign(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: -1, 0 or 1. Constant for derivatives, also at the jump.

    >>> import tl_dsl as tl
    >>> tl.sign(tl.tensor([-1.5, 0.0, 2.0]))
    Tensor[float64, 3]([-1.,  0.,  1.])
    """
    return bind(SIGN, number(x, "sign"))


SIGN: Primitive = unary("sign", _sign_kernel, constant=True)

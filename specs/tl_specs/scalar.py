"""What a specification may ask of a scalar: float, Fraction, ball (flint.arb), Series, and plain ints and bools.

Sums, differences and products are Python's operators; the rest is here. Floats follow IEEE (log 0 is -inf), fractions
know exact functions only, and balls compare only where they do not overlap.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

from flint import arb, ctx

from tl_specs.errors import Ambiguous, Undefined
from tl_specs.series import Series, ball

Scalar = Any


@dataclass(frozen=True)
class Named:
    """A real constant by its name, evaluated in whatever scalar it meets, at that scalar's precision."""

    name: str


NAMED: dict[str, Callable[[], arb]] = {
    "pi": arb.pi,
    "e": arb.const_e,
    "log2": arb.const_log2,
    "sqrt2": lambda: arb(2).sqrt(),
    "sqrt_half": lambda: (arb(1) / 2).sqrt(),
    "sqrt_pi": arb.const_sqrt_pi,
    "sqrt_2_over_pi": lambda: (2 / arb.pi()).sqrt(),
    "2_over_sqrt_pi": lambda: 2 / arb.const_sqrt_pi(),
    "inf": lambda: arb("inf"),
}


def embed(value: Any, like: Scalar) -> Scalar:
    """A constant in the scalar type of `like`: ints, fractions, floats (their exact binary value) and `Named`.

    The constants of series are balls.

    >>> embed(0.5, Fraction(1)), embed(Named("pi"), 1.0), embed(True, 0)
    (Fraction(1, 2), 3.141592653589793, 1)
    """
    name = getattr(value, "name", None)
    if name is not None:
        if name not in NAMED:
            raise Undefined(f"no constant is called {name!r}; known: {', '.join(NAMED)}")
        with ctx.workprec(max(ctx.prec, 106 if isinstance(like, float) else 0)):  # so that the float is the nearest
            value = cast(Any, NAMED[name]())
    if isinstance(like, arb | Series):
        return ball(value)
    if isinstance(like, bool | int) and value != type(like)(value):
        raise Undefined(f"{value} is no {type(like).__name__}")
    if isinstance(like, Fraction) and isinstance(value, arb):
        raise Undefined(f"{name} is no fraction")
    return type(like)(value)


def _function(name: str, on_float: Callable[[float], float], formula: str) -> Callable[[Scalar], Scalar]:
    def apply(z: Scalar) -> Scalar:
        if isinstance(z, arb | Series):
            return getattr(z, name)()
        if not isinstance(z, float):
            raise Undefined(f"{name} of a {type(z).__name__} is no {type(z).__name__}")
        try:
            return on_float(z)
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    apply.__name__ = apply.__qualname__ = name
    apply.__doc__ = formula
    return apply


exp = _function("exp", math.exp, "e^x.")
log = _function("log", lambda z: math.log(z) if z else -math.inf, "The natural logarithm.")
log1p = _function("log1p", lambda z: math.log1p(z) if z != -1 else -math.inf, "log(1 + x).")
sqrt = _function("sqrt", math.sqrt, "The square root.")
sin = _function("sin", math.sin, "The sine.")
cos = _function("cos", math.cos, "The cosine.")
tanh = _function("tanh", math.tanh, "The hyperbolic tangent.")
erf = _function("erf", math.erf, "The error function 2/√π ∫₀ˣ exp(-u²) du.")


def divide(a: Scalar, b: Scalar) -> Scalar:
    """a / b; a float divided by zero is IEEE's, a ball divided by a ball around zero is nan.

    >>> divide(1.0, 0.0), divide(Fraction(1), 2)
    (inf, Fraction(1, 2))
    """
    if isinstance(a, bool | int) and isinstance(b, bool | int):
        raise Undefined("the quotient of two ints is no int")
    if isinstance(b, float) and b == 0 and isinstance(a, float | int):
        return math.nan if a == 0 or a != a else math.copysign(math.inf, a) * math.copysign(1.0, b)
    return a / b


def less(a: Scalar, b: Scalar) -> bool:
    """Whether a < b. Raises Ambiguous where that cannot be known.

    >>> less(arb(1), arb(1)), less(1.0, 2.0)
    (False, True)
    >>> less(arb(0, 1), arb(0.5))
    Traceback (most recent call last):
    tl_specs.errors.Ambiguous: [+/- 1.01] and 0.50000 overlap
    """
    if isinstance(a, arb | Series) or isinstance(b, arb | Series):
        p, q = _point(a), _point(b)
        if p < q:
            return True
        if p > q or (p == q and _tie(a, b)):
            return False
        raise Ambiguous(f"{p.str(5)} and {q.str(5)} overlap")
    return bool(a < b)


def equal(a: Scalar, b: Scalar) -> bool:
    """Whether a = b. Raises Ambiguous where that cannot be known.

    >>> equal(arb(1), arb(1)), equal(2, 3)
    (True, False)
    """
    if isinstance(a, arb | Series) or isinstance(b, arb | Series):
        p, q = _point(a), _point(b)
        if p == q and _tie(a, b):
            return True
        if p != q:
            return False
        raise Ambiguous(f"{p.str(5)} and {q.str(5)} overlap")
    return bool(a == b)


def _point(value: Scalar) -> arb:
    return value.coefficient(0) if isinstance(value, Series) else ball(value)


def _tie(a: Scalar, b: Scalar) -> bool:
    """Whether two values that start at the same point never part; raises Ambiguous if they do."""
    gap = a - b
    if isinstance(gap, Series) and not all(gap.coefficient(k).is_zero() for k in range(1, gap.order + 1)):
        raise Ambiguous(f"the arguments are equal at {_point(a).str(5)} and part there: a kink or a jump")
    return True


def midpoint(z: Scalar) -> Scalar:
    """The middle of a ball, as a point; a series loses all but the middle of its value. Other scalars are points.

    >>> midpoint(arb(1, 0.25)) == 1
    True
    """
    return _point(z).mid() if isinstance(z, arb | Series) else z


def frozen(z: Scalar) -> Scalar:
    """The value without its derivatives."""
    return z.coefficient(0) if isinstance(z, Series) else z


def power(x: Scalar, y: Scalar) -> Scalar:
    """x^y: a product for whole y (so x^0 = 1, 0^0 too), products of √x for half a whole, else exp(y log x).

    >>> power(Fraction(2), 3), power(0.0, 0.0), power(4.0, -0.5)
    (Fraction(8, 1), 1.0, 0.5)
    """
    if isinstance(x, float) and isinstance(y, float | int | Fraction):
        return _float_power(x, float(y))
    whole = _whole(y)
    if whole is not None:
        return x**whole if whole >= 0 else divide(embed(1, x), x**-whole)
    if isinstance(x, bool | int | Fraction):
        raise Undefined(f"{x} to the power {y} is no fraction")
    twice = _whole(2 * y)
    if twice is not None:
        return power(sqrt(x), twice)
    return exp((y if isinstance(y, arb | Series) else ball(y)) * log(x))


def _whole(y: Scalar) -> int | None:
    """The int that a constant is, if it is one."""
    if isinstance(y, Series):
        constant = all(y.coefficient(k).is_zero() for k in range(1, y.order + 1))
        return _whole(y.coefficient(0)) if constant else None
    if isinstance(y, arb):
        whole = y.unique_fmpz() if y.is_exact() and y.is_integer() else None
        return None if whole is None else int(whole)
    return int(y) if y == int(y) else None


def _float_power(x: float, y: float) -> float:
    if x == 0 and y < 0:
        return math.inf
    try:
        return math.pow(x, y)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan

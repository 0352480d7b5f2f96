"""Exact arithmetic on the constants of a graph: a folded constant is rounded once, by the element type it lands in."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from tl_dsl.scalars import Constant, Root

Rational = int | Fraction

_SAFE = {np.dtype("float32"): 1e30, np.dtype("float64"): 1e200}
_MODERATE = 1e6
_BITS = 256  # else a chain of factors becomes one fraction of thousands of digits


def rational(value: Constant | None) -> Rational | None:
    """The exact value of a constant that is a number; None for roots, nan, infinities and negative zero."""
    if value is None or isinstance(value, Root):
        return None
    if isinstance(value, float):
        return Fraction(value) if math.isfinite(value) and repr(value) != "-0.0" else None
    return value


def tidy(value: Constant) -> Constant:
    """The same number as an int or a float where one holds it exactly.

    >>> tidy(Fraction(4, 2)), tidy(Fraction(1, 2)), tidy(Fraction(1, 3))
    (2, 0.5, Fraction(1, 3))
    >>> large = Fraction(10**400 + 1, 2)
    >>> tidy(large) is large
    True
    """
    if not isinstance(value, Fraction):
        return value
    if value.denominator == 1:
        return int(value)
    number = _size(value)
    return number if number == value else value


def product(a: Constant, b: Constant) -> Constant | None:
    """``a·b``, None when it has no exact form of a moderate length.

    >>> product(0.5, Fraction(2, 3)), product(Root(Fraction(2)), Root(Fraction(8)))
    (Fraction(1, 3), 4)
    """
    if a == 1 or b == 1:
        return b if a == 1 else a
    x, y = rational(a), rational(b)
    if x is not None and y is not None:
        return _short(x * y)
    if isinstance(a, Root) and isinstance(b, Root):
        return _root(a.radicand * b.radicand, a.pi_power + b.pi_power)
    root, factor = (a, y) if isinstance(a, Root) else (b, x)
    if isinstance(root, Root) and factor is not None and factor > 0:
        return _root(root.radicand * factor * factor, root.pi_power)
    return None


def total(a: Constant, b: Constant) -> Constant | None:
    """``a + b``, None when it has no exact form of a moderate length."""
    x, y = rational(a), rational(b)
    return None if x is None or y is None else _short(x + y)


def reciprocal(a: Constant) -> Constant | None:
    """``1/a``, None when it has no exact form or does not exist."""
    if isinstance(a, Root):
        return _root(1 / a.radicand, -a.pi_power) if a.radicand else None
    x = rational(a)
    return None if not x else tidy(1 / Fraction(x))


def _short(value: Rational) -> Constant | None:
    bits = value.numerator.bit_length() + value.denominator.bit_length()
    return tidy(value) if bits <= _BITS else None


def _root(radicand: Fraction, pi_power: int) -> Constant:
    if pi_power == 0:
        top, bottom = math.isqrt(radicand.numerator), math.isqrt(radicand.denominator)
        if top * top == radicand.numerator and bottom * bottom == radicand.denominator:
            return tidy(Fraction(top, bottom))
    return Root(radicand, pi_power)


def safe(value: Constant, dtype: np.dtype[Any]) -> bool:
    """Whether an element type holds a folded constant without overflow, underflow or truncation."""
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return isinstance(value, int) and info.min <= value <= info.max
    limit = _SAFE.get(dtype)
    return dtype.kind == "O" or (limit is not None and (value == 0 or 1 / limit <= abs(_size(value)) <= limit))


def fitted(value: Constant | None, dtype: np.dtype[Any]) -> Constant | None:
    """A folded constant as an element type holds it, None where it cannot: integers wrap around, as all their sums do.

    >>> fitted(300, np.dtype("uint8")), fitted(-3, np.dtype("uint8")), fitted(200, np.dtype("int8"))
    (44, 253, -56)
    """
    if dtype.kind in "iu" and isinstance(value, int):
        low = int(np.iinfo(dtype).min)
        return (value - low) % (1 << 8 * dtype.itemsize) + low
    return value if value is not None and safe(value, dtype) else None


def moderate(value: Constant, dtype: np.dtype[Any]) -> bool:
    """Whether moving a factor past products and sums leaves intermediate values near where they were."""
    return not narrow(dtype) and 1 / _MODERATE <= abs(_size(value)) <= _MODERATE


def narrow(dtype: np.dtype[Any]) -> bool:
    """Whether a floating type overflows so early (float16 at 65504) that a factor must stay where it was written."""
    return dtype == np.float16


def _size(value: Constant) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf

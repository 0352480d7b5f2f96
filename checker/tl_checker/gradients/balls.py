"""Arrays of real balls: numpy object arrays for the engine, `tl_specs.Array` for the reference, both of flint's `arb`.

A ball is a midpoint and a radius that the true value provably lies within.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, ctx
from tl_specs import Array

Objects = np.ndarray[Any, np.dtype[np.object_]]


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """So many binary digits in ball arithmetic, for the time of the block."""
    before, ctx.prec = ctx.prec, bits
    try:
        yield
    finally:
        ctx.prec = before


def ball(value: Any) -> arb:
    """A number as a ball: exact for ints and floats.

    >>> ball(0.5) == 0.5, ball(Fraction(1, 3)).is_exact()
    (True, False)
    """
    if type(value) is arb:
        return value
    if type(value) in (float, int):
        return arb(value)
    if isinstance(value, Fraction):
        return arb(value.numerator) / value.denominator
    return arb(value if isinstance(value, float) else int(value))


def items_of(array: Any) -> list[arb]:
    """The numbers of an array as balls, in row-major order."""
    items = np.reshape(array, -1).tolist()
    return items if set(map(type, items)) == {arb} else [ball(item) for item in items]


def objects(shape: Sequence[int], items: Sequence[Any]) -> Objects:
    """An object array of these items, in row-major order; numpy takes nothing apart.

    >>> objects((2,), [arb(1), arb(2)]).shape
    (2,)
    """
    return np.fromiter(items, object, len(items)).reshape(tuple(shape))


def to_numpy(array: Array) -> Objects:
    """The reference's array as an object array of balls."""
    return objects(array.shape, [ball(item) for item in array.items])


def to_spec(array: np.ndarray[Any, Any]) -> Array:
    """A numpy array as the reference's; numpy's floats, ints and bools become Python's."""
    return Array(array.shape, array.reshape(-1).tolist())


def exactly(array: np.ndarray[Any, Any]) -> Objects:
    """Numbers as balls of radius zero."""
    return objects(array.shape, [ball(item) for item in array.reshape(-1).tolist()])


def numbers(array: Objects, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """The midpoints of balls as floats."""
    return np.asarray([float(item) for item in array.reshape(-1).tolist()], dtype).reshape(array.shape)


def widened(array: Objects, by: Objects | arb) -> Objects:
    """Each ball x as the ball that holds x ± its radius."""
    radii = by.reshape(-1).tolist() if isinstance(by, np.ndarray) else [by] * array.size
    items = zip(array.reshape(-1).tolist(), radii, strict=True)
    return objects(array.shape, [x + arb(0, abs(r)) for x, r in items])


def shifted(array: Objects, by: Sequence[Any] | Objects, step: arb) -> Objects:
    """x + step · v, item by item."""
    items = zip(array.reshape(-1).tolist(), np.reshape(np.asarray(by, object), -1).tolist(), strict=True)
    return objects(array.shape, [x + step * v for x, v in items])


def combined(function: Callable[..., Any], *arrays: Objects) -> Objects:
    """The function of the items, one by one, of arrays of one shape; numpy would take an array without axes apart."""
    flat = [x.reshape(-1).tolist() for x in arrays]
    return objects(arrays[0].shape, list(map(function, *flat)))


def dot(xs: Any, ys: Any) -> arb:
    """Σ x y over two arrays of equal size."""
    total = arb(0)
    for x, y in zip(items_of(xs), items_of(ys), strict=True):
        total += x * y
    return total


def log2(value: arb) -> float:
    """The logarithm to base 2 of the magnitude of a ball, from above; -inf for zero, also far below the smallest float.

    >>> log2(arb(2) ** -5000)
    -5000.0
    """
    upper = value.abs_upper()
    if upper.is_zero():
        return -math.inf
    if not upper.is_finite():
        return math.inf
    mantissa, exponent = upper.mid().man_exp()
    size = int(mantissa)
    extra = max(0, size.bit_length() - 60)
    return math.log2(size >> extra) + extra + int(exponent)

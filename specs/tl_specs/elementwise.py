"""Operations on each element alone: arithmetic, powers and the elementary functions.

`PRIMITIVES` holds the forms that stand in graphs, whose operands have equal shapes; `PUBLIC` those that people call,
which broadcast and take plain numbers too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

from tl_specs import scalar as sc
from tl_specs.array import Array, broadcast, common_shape
from tl_specs.draw import Draw, around, binary, broadcasting, nonzeros, positives, reals, spread, unary, wide
from tl_specs.spec import (
    Domain,
    KinkPoint,
    Kinks,
    Primal,
    Sample,
    Spec,
    ValuePoint,
    diagonal,
    diagonal_curvature,
    vector,
)

Scalar = Any
HALF = Fraction(1, 2)


def strictly(function: Callable[..., Scalar]) -> Primal:
    """The function on each element of operands of equal shape.

    >>> strictly(add)(vector(1, 2), vector(3, 4)).items
    [4, 6]
    """

    def primal(*operands: Array) -> Array:
        shape = operands[0].shape
        if any(x.shape != shape for x in operands):
            raise ValueError(f"a graph's elementwise operands have equal shapes, not {[x.shape for x in operands]}")
        return Array(shape, list(map(function, *(x.items for x in operands))))

    return described(primal, function)


def broadcast_over(function: Callable[..., Scalar]) -> Primal:
    """The function on each element of operands that broadcast; plain numbers join in the others' scalar.

    >>> broadcast_over(mul)(vector(1.0, 2.0), 3).items
    [3.0, 6.0]
    """

    def primal(*operands: Any) -> Array:
        arrays = as_arrays(operands)
        shape = common_shape(*(x.shape for x in arrays))
        return Array(shape, list(map(function, *(broadcast(x, shape).items for x in arrays))))

    return described(primal, function)


def as_arrays(operands: tuple[Any, ...]) -> list[Array]:
    """The operands with plain numbers embedded in the scalar of the Arrays: real before int before bool."""
    found = [x.items[0] for x in operands if isinstance(x, Array) and x.items]
    like = min(found, key=lambda z: 2 if isinstance(z, bool) else isinstance(z, int), default=0.0)
    return [x if isinstance(x, Array) else Array((), [sc.embed(x, like)]) for x in operands]


def described(primal: Primal, function: Callable[..., Scalar]) -> Primal:
    """The primal under the name and the meaning of its scalar function."""
    primal.__name__ = primal.__qualname__ = function.__name__
    primal.__doc__ = function.__doc__
    return primal


def add(x: Scalar, y: Scalar) -> Scalar:
    """x + y."""
    return x + y


def sub(x: Scalar, y: Scalar) -> Scalar:
    """x - y."""
    return x - y


def mul(x: Scalar, y: Scalar) -> Scalar:
    """x y."""
    return x * y


def div(x: Scalar, y: Scalar) -> Scalar:
    """x / y."""
    return sc.divide(x, y)


def neg(x: Scalar) -> Scalar:
    """-x."""
    return -x


def square(x: Scalar) -> Scalar:
    """x²."""
    return x * x


def absolute(x: Scalar) -> Scalar:
    """|x|."""
    return -x if sc.less(x, 0) else x


def sign(x: Scalar) -> Scalar:
    """1 where x > 0, -1 where x < 0, 0 at 0."""
    return sc.embed(int(sc.less(0, x)) - int(sc.less(x, 0)), x)


def maximum(x: Scalar, y: Scalar) -> Scalar:
    """The larger of x and y."""
    return y if sc.less(x, y) else x


def minimum(x: Scalar, y: Scalar) -> Scalar:
    """The smaller of x and y."""
    return y if sc.less(y, x) else x


def pow_scalar(x: Array, *, exponent: Any) -> Array:
    """x^exponent for a constant exponent.

    >>> pow_scalar(vector(4.0, 9.0), exponent=-0.5).items
    [0.5, 0.3333333333333333]
    """
    return x.map(lambda z: sc.power(z, exponent))


def clip(x: Array, min: Any = None, max: Any = None) -> Array:
    """minimum(maximum(x, min), max); a bound that is None is none.

    >>> clip(vector(-2.0, 0.5, 7.0), 0, 1).items
    [0.0, 0.5, 1.0]
    """
    lifted = x if min is None else broadcast_over(maximum)(x, min)
    return lifted if max is None else broadcast_over(minimum)(lifted, max)


KINK_AT_0 = Kinks("x = 0", "derivative 0", (KinkPoint((vector(-1.0, 0.0, 2.0),), {0: diagonal(-1, 0, 1)}),))


def _half_each(larger: bool) -> Kinks:
    x, y = vector(1.0, 2.0, 3.0), vector(1.0, 5.0, -1.0)
    wins = (HALF, 0, 1) if larger else (HALF, 1, 0)
    point = KinkPoint((x, y), {0: diagonal(*wins), 1: diagonal(*(1 - slope for slope in wins))})
    return Kinks("x = y", "derivative 1/2 for each", (point,))


def _half_at_number(larger: bool) -> Kinks:
    slopes = (0, HALF, 1) if larger else (1, HALF, 0)
    return Kinks("x = a number", "derivative 1/2", (KinkPoint((vector(-1.0, 0.5, 2.0), 0.5), {0: diagonal(*slopes)}),))


SQRT_AT_0 = Kinks("x = 0", "derivative inf", (KinkPoint((vector(0.0, 4.0),), {0: diagonal(math.inf, Fraction(1, 4))}),))
ZERO_TO_0 = Kinks(
    "0^0",
    "value 1, derivatives 0",
    (
        KinkPoint(
            (vector(0.0, 1.0), vector(0.0, 0.0)),
            {0: diagonal(0, 0), 1: diagonal(0, 0)},
            curvature={(0, 1): diagonal_curvature(0, 1), (1, 0): diagonal_curvature(0, 1)},
        ),
        KinkPoint(
            (vector(0.0, 1.0), vector(3.0, 3.0)),
            {0: diagonal(0, 3), 1: diagonal(0, 0)},
            curvature={
                (0, 0): diagonal_curvature(0, 6),
                (0, 1): diagonal_curvature(0, 1),
                (1, 0): diagonal_curvature(0, 1),
            },
        ),
        KinkPoint(
            (vector(0.0, 0.0), vector(2.0, 3.0)),
            {0: diagonal(0, 0), 1: diagonal(0, 0)},
            curvature={(0, 0): diagonal_curvature(2, 0)},
        ),
    ),
    (ValuePoint((vector(0.0, 2.0), vector(0.0, 0.0)), vector(1, 1)),),
)
ZERO_TO_1 = Kinks(
    "0^1",
    "mixed second derivative 1, since log(0)·0^y counts as 0",
    (
        KinkPoint(
            (vector(0.0, 1.0), vector(1.0, 1.0)),
            {0: diagonal(1, 1), 1: diagonal(0, 0)},
            curvature={(0, 1): diagonal_curvature(1, 1), (1, 0): diagonal_curvature(1, 1)},
        ),
    ),
)
ZERO_TO_3_HALVES = Kinks(
    "0^(3/2)",
    "second derivative inf along the base, mixed second derivatives 0",
    (
        KinkPoint(
            (vector(0.0), vector(1.5)),
            {0: diagonal(0), 1: diagonal(0)},
            curvature={(0, 0): diagonal_curvature(math.inf)},
        ),
    ),
)
ZERO_TO_0_SCALAR = Kinks("0^0", "value 1", (), (ValuePoint((vector(0.0, 2.0),), vector(1, 1), {"exponent": 0}),))
SIGN_AT_0 = Kinks("x = 0", "a jump, with value 0", (), (ValuePoint((vector(-2.0, 0.0, 3.0),), vector(-1, 0, 1)),))


def _power_samples(rng: Random) -> list[Sample]:
    found = []
    for exponent in (2, 3, 1, 0, -1, -2, 0.5, 1.5, -0.5, Fraction(1, 3), 0.3):
        draw = reals if _is_natural(exponent) else nonzeros if exponent == int(exponent) else positives
        operands = [draw(rng, (2, 3)), draw(rng, ()), wide(draw, rng, (4,))]
        found += [Sample(f"{x.shape} to the {exponent}", (x,), {"exponent": exponent}) for x in operands]
    zero = Array((2,), [0.0, 1.0])
    return found + [Sample(f"0 to the {n}", (zero,), {"exponent": n}) for n in (0, 1, 2, 3)]


def _is_natural(exponent: Any) -> bool:
    return bool(exponent >= 0 and exponent == int(exponent))


def _power_domain(x: Any, sample: Sample) -> bool:
    exponent = sample.params["exponent"] if "exponent" in sample.params else sample.operands[1]
    if isinstance(exponent, Array) or exponent != int(exponent):
        return bool(x > 0)
    return bool(exponent >= 0 or x != 0)


def _public_pow_samples(rng: Random) -> list[Sample]:
    numbers = [s for s in _power_samples(rng) if not isinstance(s.params["exponent"], Fraction)]
    with_numbers = [Sample(s.label, (*s.operands, s.params["exponent"])) for s in numbers]
    return broadcasting(binary(positives, reals, steep=True), positives, reals)(rng) + with_numbers


def _clip_samples(rng: Random) -> list[Sample]:
    bounds = ((-0.5, 0.75), (None, 0.25), (0.0, None), (None, None), (0, 1), (0.75, -0.5))
    found = [Sample(f"between {lo} and {hi}", (reals(rng, (2, 3)), lo, hi)) for lo, hi in bounds]
    found += [Sample(f"shape {s}", (reals(rng, s), -0.5, 0.5)) for s in ((), (1,), (3, 1), (2, 2))]
    wide_ones = [
        Sample("wide", (wide(reals, rng, (2, 3)), -2.0, 3.0)),
        Sample("spread", (spread(reals, rng), -5.0, 9.0)),
    ]
    return [*found, *wide_ones, Sample("beside the bounds", (around(-0.5, 0.75), -0.5, 0.75))]


CLIP_AT_BOUND = Kinks(
    "x at a bound",
    "derivative 1/2, as minimum(maximum(x, min), max) gives",
    (KinkPoint((vector(-1.0, 0.0, 0.5, 1.0, 3.0), 0.0, 1.0), {0: diagonal(0, HALF, 1, HALF, 0)}),),
)

_UNARY: dict[str, tuple[Callable[[Scalar], Scalar], Draw, tuple[Domain, ...], tuple[Kinks, ...]]] = {
    "neg": (neg, reals, (), ()),
    "abs": (absolute, reals, (), (KINK_AT_0,)),
    "sign": (sign, reals, (), (SIGN_AT_0,)),
    "sqrt": (sc.sqrt, positives, (Domain(0, "√x is differentiable for x > 0", lambda x, _: x > 0),), (SQRT_AT_0,)),
    "exp": (sc.exp, reals, (), ()),
    "log": (sc.log, positives, (Domain(0, "log x needs x > 0", lambda x, _: x > 0),), ()),
    "sin": (sc.sin, reals, (), ()),
    "cos": (sc.cos, reals, (), ()),
    "tanh": (sc.tanh, reals, (), ()),
    "erf": (sc.erf, reals, (), ()),
}
NONZERO = Domain(1, "x / y needs y != 0", lambda y, _: y != 0)
BASE = Domain(
    0, "x^y needs x > 0, unless y is a constant whole number (then x != 0 where it is negative)", _power_domain
)
_BINARY: dict[str, tuple[Callable[..., Scalar], Draw, Draw, tuple[Domain, ...], tuple[Kinks, ...]]] = {
    "add": (add, reals, reals, (), ()),
    "sub": (sub, reals, reals, (), ()),
    "mul": (mul, reals, reals, (), ()),
    "div": (div, reals, nonzeros, (NONZERO,), ()),
    "maximum": (maximum, reals, reals, (), (_half_each(True),)),
    "minimum": (minimum, reals, reals, (), (_half_each(False),)),
    "pow": (sc.power, positives, reals, (BASE,), (ZERO_TO_0, ZERO_TO_1, ZERO_TO_3_HALVES)),
}


_AT_NUMBER = {"maximum": (_half_at_number(True),), "minimum": (_half_at_number(False),)}


def _points(name: str, left: Draw, right: Draw) -> Callable[[Random], list[Sample]]:
    return binary(left, right, ties=name in ("maximum", "minimum"), steep=name == "pow")


_ONE = {
    name: Spec(strictly(f), (0,), unary(draw, (0.0,) if name in ("abs", "sign") else ()), domain, kinks)
    for name, (f, draw, domain, kinks) in _UNARY.items()
}
PRIMITIVES: dict[str, Spec] = {
    **_ONE,
    **{
        name: Spec(strictly(f), (0, 1), _points(name, left, right), domain, kinks)
        for name, (f, left, right, domain, kinks) in _BINARY.items()
    },
    "pow_scalar": Spec(pow_scalar, (0,), _power_samples, (BASE,), (ZERO_TO_0_SCALAR,)),
}
PUBLIC: dict[str, Spec] = {
    **_ONE,
    **{
        name: Spec(
            broadcast_over(f),
            (0, 1),
            broadcasting(_points(name, left, right), left, right),
            domain,
            kinks + _AT_NUMBER.get(name, ()),
        )
        for name, (f, left, right, domain, kinks) in _BINARY.items()
    },
    "pow": Spec(
        broadcast_over(sc.power), (0, 1), _public_pow_samples, (BASE,), (ZERO_TO_0, ZERO_TO_1, ZERO_TO_3_HALVES)
    ),
    "square": Spec(strictly(square), (0,), unary(reals)),
    "clip": Spec(clip, (0,), _clip_samples, (), (CLIP_AT_BOUND,)),
}

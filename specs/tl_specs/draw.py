"""Points to try operations at: where wrong derivative rules were found to hide.

Sizes are small, so that whole Jacobians are cheap; every float is a short binary fraction, exact in single precision,
save those that stand 2^-27 beside a kink.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from random import Random

from tl_specs.array import Array, Shape
from tl_specs.spec import Params, Sample

Draw = Callable[[Random, Shape], Array]
BESIDE = 2.0**-27
BESIDE_IN_SINGLE = 2.0**-16


def short(z: float) -> float:
    """The nearest number of 16 binary digits; never zero."""
    mantissa, exponent = math.frexp(z if z else 1.0)
    return math.ldexp(round(mantissa * 2**16), exponent - 16)


def reals(rng: Random, shape: Shape) -> Array:
    """Normal numbers, none of them zero."""
    return Array(shape, [short(rng.gauss(0, 1)) for _ in range(math.prod(shape))])


def positives(rng: Random, shape: Shape) -> Array:
    """Numbers between 1/8 and 3."""
    return Array(shape, [short(rng.uniform(0.125, 3)) for _ in range(math.prod(shape))])


def nonzeros(rng: Random, shape: Shape) -> Array:
    """Numbers of either sign with a magnitude between 1/8 and 3."""
    return positives(rng, shape).map(lambda z: z * rng.choice((-1, 1)))


def booleans(rng: Random, shape: Shape) -> Array:
    """Truth values, both of them where there is room."""
    items = [bool(k % 2) for k in range(math.prod(shape))]
    rng.shuffle(items)
    return Array(shape, items)


def small_ints(rng: Random, shape: Shape) -> Array:
    """Floats that are whole numbers from -1 to 1, so that ties abound."""
    return Array(shape, [float(rng.randint(-1, 1)) for _ in range(math.prod(shape))])


def wide(draw: Draw, rng: Random, shape: Shape) -> Array:
    """Magnitudes from e^-8 to e^4, with the signs of the draw."""
    return draw(rng, shape).map(lambda z: math.copysign(short(math.exp(rng.uniform(-8, 4))), z))


def spread(draw: Draw, rng: Random, n: int = 8) -> Array:
    """Magnitudes from 2 to 28 in equal steps, with the signs of the draw."""
    signs = draw(rng, (n,)).items
    return Array((n,), [math.copysign(short(2 + 26 * k / (n - 1)), z) for k, z in enumerate(signs)])


def around(*points: float) -> Array:
    """A vector of numbers just beside these on both sides."""
    return _beside(points, BESIDE)


def around_in_single(*points: float) -> Array:
    """The same, further off, so that the numbers are exact in single precision."""
    return _beside(points, BESIDE_IN_SINGLE)


def _beside(points: Sequence[float], gap: float) -> Array:
    return Array((2 * len(points),), [p + side * gap for p in points for side in (-1, 1)])


SHAPES: tuple[Shape, ...] = ((2, 3), (2, 2), (), (1,), (1, 3), (3, 1), (1, 1), (1, 2, 3))

EMPTY: Shape = (0, 3)

# Every rank against every rank, and a size of 1 on each axis of each side.
PAIRS: tuple[tuple[Shape, Shape], ...] = (
    *(((2, 3), other) for other in [(2, 3), (3,), (1, 3), (2, 1), (1, 1), (1,), ()]),
    *((other, (2, 3)) for other in [(3,), (1, 3), (2, 1), (1, 1), (1,), ()]),
    *(((2, 2), (2, 2)), ((2, 2), (2,)), ((2,), (2, 2)), ((3,), (3,)), ((), ()), ((1,), ()), ((), (3,)), ((3,), (1,))),
    *(((2, 1), (1, 3)), ((1, 3), (2, 1)), ((3, 1), (2,)), ((1,), (3, 1)), ((1, 1), (1,))),
    *(((2, 1, 2), (3, 1)), ((3, 1), (2, 1, 2)), ((2, 1, 2), (1, 3, 2)), ((2, 2, 2), (2, 1, 1))),
)


_ENDS: dict[Draw, tuple[float, ...]] = {
    reals: (0.0, 2.0**-20, -(2.0**-20), 40.0, -40.0),
    nonzeros: (2.0**-20, -(2.0**-20), 1.0, 40.0, -40.0),
    positives: (2.0**-20, 2.0**-10, 1.0, 40.0, 100.0),
}
"""Where a rule that is right in the middle may be wrong."""


def unary(draw: Draw, kinks: Sequence[float] = ()) -> Callable[[Random], list[Sample]]:
    """Points for an elementwise operation of one operand.

    >>> [sample.label for sample in unary(reals)(Random(0))][:3]
    ['shape (2, 3)', 'shape (2, 2)', 'shape ()']
    """

    def samples(rng: Random) -> list[Sample]:
        found = [Sample(f"shape {shape}", (draw(rng, shape),)) for shape in SHAPES]
        found += [Sample("wide", (wide(draw, rng, (2, 3)),)), Sample("spread", (spread(draw, rng),))]
        found.append(Sample("no items", (draw(rng, EMPTY),)))
        if not kinks:
            found.append(Sample("near zero and far out", (Array((5,), list(_ENDS.get(draw, _ENDS[positives]))),)))
        if kinks:
            found.append(Sample("beside the kinks", (around(*kinks),)))
            found.append(Sample("beside the kinks, in single precision", (around_in_single(*kinks),)))
        return found

    return samples


def binary(left: Draw, right: Draw, *, ties: bool = False, steep: bool = False) -> Callable[[Random], list[Sample]]:
    """Points for an elementwise operation of two operands of equal shape; `steep` ones get a tame second operand."""

    def samples(rng: Random) -> list[Sample]:
        found = [Sample(f"shape {shape}", (left(rng, shape), right(rng, shape))) for shape in SHAPES]
        second = right(rng, (2, 3)) if steep else wide(right, rng, (2, 3))
        found.append(Sample("wide", (wide(left, rng, (2, 3)), second)))
        found.append(Sample("no items", (left(rng, EMPTY), right(rng, EMPTY))))
        found.append(Sample("spread", (spread(left, rng), right(rng, (8,)))))
        if ties:
            point = left(rng, (1,)).items[0]
            found.append(Sample("beside a tie", (around(point), Array((2,), [point, point]))))
        return found

    return samples


def broadcasting(points: Callable[[Random], list[Sample]], left: Draw, right: Draw) -> Callable[[Random], list[Sample]]:
    """Those points, every broadcast of two operands, and a plain number on either side."""

    def samples(rng: Random) -> list[Sample]:
        found = [Sample(f"{a} with {b}", (left(rng, a), right(rng, b))) for a, b in PAIRS]
        number = left(rng, ()).items[0], right(rng, ()).items[0]
        found.append(Sample("with a number", (left(rng, (3,)), number[1])))
        found.append(Sample("a number with", (number[0], right(rng, (3,)))))
        return points(rng)[len(SHAPES) :] + found

    return samples


AXES: tuple[tuple[Shape, int | Shape | None], ...] = (
    *(((2, 3), axis) for axis in (None, 0, 1, -1, -2, (0, 1), (-1, 0))),
    *(((2, 2), 0), ((2, 2), -1), ((4,), None), ((4,), 0), ((1, 3), 0), ((1, 3), 1), ((3, 1), 0), ((3, 1), -1)),
    *(((2, 3, 2), 1), ((2, 3, 2), (0, 2)), ((2, 3, 2), (-1, 1)), ((1,), -1), ((1, 1), None), ((), None)),
)


def reductions(draw: Draw = reals, beside: bool = False, of_nothing: bool = False) -> Callable[[Random], list[Sample]]:
    """Points for a public reduction: every way to name axes, kept and dropped; along an axis of size 0, too."""

    def samples(rng: Random) -> list[Sample]:
        empty = (((2, 0), -1), ((0, 3), (0, 1))) if of_nothing else (((0, 3), 1),)
        cases = itertools.product((*AXES, *empty), (False, True))
        found = [
            Sample(f"{shape} over {axis}{', kept' * keep}", (draw(rng, shape),), _axis_params(axis, keep))
            for (shape, axis), keep in cases
        ]
        found += [Sample(name, (x,), {"axis": -1}) for name, x in _row_points(draw, rng, beside)]
        return found

    return samples


def kept_reductions(
    draw: Draw = reals, beside: bool = False, of_nothing: bool = False
) -> Callable[[Random], list[Sample]]:
    """Points for a reduction of the graph: a tuple of negative axes, kept with size 1; of size 0, too."""

    def samples(rng: Random) -> list[Sample]:
        cases: list[tuple[Shape, Shape]] = [
            *(((2, 3), (-1,)), ((2, 3), (-2,)), ((2, 3), (-2, -1)), ((2, 2), (-1,)), ((2, 2), (-2,)), ((4,), (-1,))),
            *(((1, 3), (-2,)), ((3, 1), (-1,)), ((2, 3, 2), (-2,)), ((2, 3, 2), (-3, -1)), ((1,), (-1,)), ((), ())),
            *((((2, 0), (-1,)), ((0, 3), (-2, -1))) if of_nothing else (((0, 3), (-1,)),)),
        ]
        found = [Sample(f"{shape} over {axes}", (draw(rng, shape),), {"axis": axes}) for shape, axes in cases]
        return found + [Sample(name, (x,), {"axis": (-1,)}) for name, x in _row_points(draw, rng, beside)]

    return samples


def _axis_params(axis: int | Shape | None, keep: bool) -> Params:
    params: Params = {} if axis is None else {"axis": axis}
    return params | ({"keepdims": True} if keep else {})


def _row_points(draw: Draw, rng: Random, beside: bool) -> list[tuple[str, Array]]:
    found = [("wide", wide(draw, rng, (2, 3))), ("spread", spread(draw, rng, 6))]
    return found + ([("beside a tie", Array((3,), [0.5, 0.5 + BESIDE, 0.25]))] if beside else [])


def one_axis(draw: Draw = reals) -> Callable[[Random], list[Sample]]:
    """Points for an operation along one axis that keeps the shape (softmax)."""

    def samples(rng: Random) -> list[Sample]:
        cases: list[tuple[Shape, int | None]] = [
            *(((2, 3), None), ((2, 3), -1), ((2, 3), 0), ((2, 3), -2), ((2, 2), 0), ((2, 2), -1), ((4,), None)),
            *(((1, 3), -1), ((1, 3), 0), ((3, 1), -1), ((2, 3, 2), 1), ((1,), 0)),
        ]
        found = [Sample(f"{s} over {a}", (draw(rng, s),), {} if a is None else {"axis": a}) for s, a in cases]
        found += [Sample("wide", (wide(draw, rng, (2, 3)),)), Sample("spread", (spread(draw, rng, 6),))]
        return [*found, Sample("all equal", (Array((2, 3), [0.0] * 6),))]

    return samples

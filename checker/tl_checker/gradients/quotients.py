"""Derivatives of the reference from its values alone: difference quotients in ball arithmetic.

By the mean value theorem the central quotient (f(x + hv) - f(x - hv)) / 2h is the derivative of f along v at some point
between; likewise the mixed quotient of second order. A derivative rule evaluated on balls around x that hold all those
points encloses that number, so that a quotient outside of its result proves the rule wrong. No tolerance is involved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from flint import arb, ctx
from tl_specs import Array

from tl_checker.gradients.balls import Objects, objects, shifted, to_numpy, to_spec

Primal = Callable[..., Array]
Direction = Sequence[Objects | None]


class Reference(Protocol):
    """Where derivatives of a primal come from. A direction is None for the arguments that are held.

    ``radius(longest)`` says how far around x the rule must be evaluated, for directions that long in each coordinate.
    """

    def radius(self, longest: int) -> arb: ...

    def along(self, primal: Primal, points: Sequence[Objects], v: Direction) -> Objects:
        """The derivative along v of every item of the result."""
        ...

    def second(self, primal: Primal, points: Sequence[Objects], v: Direction, w: Direction) -> Objects:
        """The second derivative along v and w of every item of the result."""
        ...

    def mixed(self, primal: Primal, points: Sequence[Objects], v: Direction, w: Direction) -> arb:
        """The second derivative along v and w of a primal with a single item."""
        ...


class Quotients:
    """Difference quotients with step 2^-(digits/share): second differences lose twice that many digits."""

    def __init__(self, share: int = 5) -> None:
        self.h = arb(2) ** -(ctx.prec // share)

    def radius(self, longest: int) -> arb:
        return longest * self.h

    def along(self, primal: Primal, points: Sequence[Objects], v: Direction) -> Objects:
        ahead, behind = (value(primal, _moved(points, v, step)) for step in (self.h, -self.h))
        return objects(ahead.shape, [(a - b) / (2 * self.h) for a, b in _pairs(ahead, behind)])

    def second(self, primal: Primal, points: Sequence[Objects], v: Direction, w: Direction) -> Objects:
        sides = [_moved(points, v, step) for step in (self.h, -self.h)]
        corners = [value(primal, _moved(side, w, step)) for side in sides for step in (self.h, -self.h)]
        scale = 1 / (4 * self.h * self.h)  # a power of two: exact
        flat = zip(*[corner.reshape(-1).tolist() for corner in corners], strict=True)
        return objects(corners[0].shape, [(a - b - c + d) * scale for a, b, c, d in flat])

    def mixed(self, primal: Primal, points: Sequence[Objects], v: Direction, w: Direction) -> arb:
        found: arb = self.second(primal, points, v, w).item()
        return found


def value(primal: Primal, points: Sequence[Objects]) -> Objects:
    """The primal's value in balls."""
    return to_numpy(primal(*map(to_spec, points), like=arb(0)))


def unit(points: Sequence[Objects], argument: int, position: int) -> list[Objects | None]:
    """The direction of one coordinate of one argument."""
    items: list[Any] = [arb(0)] * points[argument].size
    items[position] = arb(1)
    return [objects(x.shape, items) if k == argument else None for k, x in enumerate(points)]


def _moved(points: Sequence[Objects], v: Direction, step: arb) -> list[Objects]:
    return [x if d is None else shifted(x, d, step) for x, d in zip(points, v, strict=True)]


def _pairs(a: Objects, b: Objects) -> list[tuple[arb, arb]]:
    return list(zip(a.reshape(-1).tolist(), b.reshape(-1).tolist(), strict=True))

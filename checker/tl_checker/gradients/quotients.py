"""Derivatives of the reference from its values alone: difference quotients in ball arithmetic.

By the mean value theorem the central quotient (f(x + hv) - f(x - hv)) / 2h is the derivative of f along v at some point
between; likewise the mixed quotient of second order. A derivative rule evaluated on balls around x that hold all those
points encloses that number, so that a quotient outside of its result proves the rule wrong. No tolerance is involved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import arb, ctx
from tl_specs import Array

from tl_checker.gradients.balls import Objects, objects, shifted, to_numpy, to_spec

Primal = Callable[..., Array]
Direction = Sequence[Objects | None]


def step() -> arb:
    """The step h at the present precision: a fifth of the digits, so that second differences keep most of theirs."""
    return arb(2) ** -(ctx.prec // 5)


def value(primal: Primal, points: Sequence[Objects]) -> Objects:
    """The primal's value in balls."""
    return to_numpy(primal(*map(to_spec, points), like=arb(0)))


def along(primal: Primal, points: Sequence[Objects], v: Direction, h: arb) -> Objects:
    """The quotient of first order along v, for every item of the result; arguments with direction None are held."""
    ahead, behind = value(primal, _moved(points, v, h)), value(primal, _moved(points, v, -h))
    return objects(ahead.shape, [(a - b) / (2 * h) for a, b in _items(ahead, behind)])


def mixed(functional: Callable[[Sequence[Objects]], arb], points: Sequence[Objects], v: Direction, w: Direction, h: arb
          ) -> arb:  # fmt: skip
    """The quotient of second order of a functional, along v and w."""
    ahead, behind = _moved(points, v, h), _moved(points, v, -h)
    corners = [functional(_moved(side, w, sign * h)) for side in (ahead, behind) for sign in (1, -1)]
    return (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * h * h)


def unit(points: Sequence[Objects], argument: int, position: int) -> list[Objects | None]:
    """The direction of one coordinate of one argument."""
    items: list[Any] = [arb(0)] * points[argument].size
    items[position] = arb(1)
    return [objects(x.shape, items) if k == argument else None for k, x in enumerate(points)]


def _moved(points: Sequence[Objects], v: Direction, h: arb) -> list[Objects]:
    return [x if d is None else shifted(x, d, h) for x, d in zip(points, v, strict=True)]


def _items(a: Objects, b: Objects) -> list[tuple[arb, arb]]:
    return list(zip(a.reshape(-1).tolist(), b.reshape(-1).tolist(), strict=True))

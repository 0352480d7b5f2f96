"""Derivatives of the reference at the point itself, by power series: for rules that cannot run on balls around it."""

from __future__ import annotations

from collections.abc import Sequence

import tl_specs
from flint import arb
from tl_specs import Array

from tl_checker.gradients.balls import Objects, to_numpy, to_spec
from tl_checker.gradients.quotients import Direction, Primal


class Taylor:
    """Coefficients of t -> f(x + t v). A rule that asks for equality (max) needs x without a radius."""

    def radius(self, longest: int) -> arb:
        return arb(0)

    def along(self, primal: Primal, points: Sequence[Objects], v: Direction) -> Objects:
        return to_numpy(tl_specs.directional(primal, *_prepared(points, v), 1, like=arb(0))[1])

    def second(self, primal: Primal, points: Sequence[Objects], v: Direction, w: Direction) -> Objects:
        args, first = _prepared(points, v)
        return to_numpy(tl_specs.mixed(primal, args, first, _prepared(points, w)[1], like=arb(0)))

    def mixed(self, primal: Primal, points: Sequence[Objects], v: Direction, w: Direction) -> arb:
        found: arb = self.second(primal, points, v, w).item()
        return found


def _prepared(points: Sequence[Objects], v: Direction) -> tuple[list[Array], list[Array | None]]:
    return [to_spec(x) for x in points], [None if d is None else to_spec(d) for d in v]

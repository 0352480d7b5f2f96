"""The ball checks of one subject: first order in both modes, and second order through all four nestings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from flint import arb
from tl_specs import Array

from tl_checker.gradients.balls import Objects, dot, exactly, objects, widened
from tl_checker.gradients.compare import Tally, compare
from tl_checker.gradients.derived import NESTINGS, Derived
from tl_checker.gradients.quotients import Direction, Primal, Reference, unit
from tl_checker.gradients.subject import Subject
from tl_dsl import Tensor

LONGEST = 2
"""No direction is longer than this in any coordinate."""

NOTHING = Tally()


@dataclass(frozen=True)
class Result:
    """The tally of one argument in one mode, or what shape or type was wrong."""

    argument: int
    mode: str
    tally: Tally = NOTHING
    wrong: str = ""

    def decided(self, bound: float) -> bool:
        """Whether more precision would change nothing: it is wrong, or sharp."""
        return bool(self.wrong) or self.tally.disagreement is not None or self.tally.sharp(bound)


@dataclass(frozen=True)
class Around:
    """A subject at its point: where it is differentiated, along what, and by which reference.

    ``u`` is a cotangent, ``v`` and ``w`` are tangents for each operand; all are dense. ``boxes`` holds every point that
    a quotient of the reference visits.
    """

    subject: Subject
    derived: Derived
    points: list[Objects]
    boxes: list[Objects]
    u: Objects
    v: list[Objects]
    w: list[Objects]

    @classmethod
    def of(cls, subject: Subject, derived: Derived, rng: Random, reference: Reference, longest: int) -> Around:
        """With directions from the generator, and boxes for directions so long in each coordinate."""
        points = [exactly(x) for x in subject.primals]
        boxes = [widened(x, reference.radius(longest)) for x in points]
        u = dense(rng, derived.result)
        v, w = [dense(rng, x.shape) for x in points], [dense(rng, x.shape) for x in points]
        return cls(subject, derived, points, boxes, u, v, w)

    def only(self, directions: list[Objects], argument: int) -> list[Objects]:
        """These directions in one operand, zero in the others."""
        return [d if k == argument else zeros(d.shape) for k, d in enumerate(directions)]


def dense(rng: Random, shape: Sequence[int]) -> Objects:
    """A direction without zeros, of short binary fractions between -2 and 2, hardly two of which are equal.

    Where two cancel, so may what is wrong along them.
    """
    drawn = np.frombuffer(rng.randbytes(2 * int(np.prod(shape, dtype=int))), "<u2") % len(_FRACTIONS)
    return objects(shape, [_FRACTIONS[k] for k in drawn.tolist()])


_FRACTIONS = [arb(sign * k) / 1024 for sign in (-1, 1) for k in range(1, 2048, 2)]


def zeros(shape: Sequence[int]) -> Objects:
    """Balls that are zero."""
    return objects(shape, [arb(0)] * int(np.prod(shape, dtype=int)))


def ones(shape: Sequence[int]) -> Objects:
    """Balls that are one."""
    return objects(shape, [arb(1)] * int(np.prod(shape, dtype=int)))


def first_order(subject: Subject, derived: Derived, rng: Random, reference: Reference) -> list[Result]:
    """The whole Jacobian by jacrev and jacfwd, and a vjp and a jvp along dense directions."""
    at = Around.of(subject, derived, rng, reference, LONGEST)
    wanted = jacobian(subject.primal, at.points, at.u.shape, reference)
    found = []
    for name, mode in (("jacrev", "reverse"), ("jacfwd", "forward")):
        for k, (block, right) in enumerate(zip(derived[name].exact(at.boxes), wanted, strict=True)):
            found.append(judged(k, mode, block, right, at.u.size))
    for k, g in enumerate(derived["pullback"].exact([*at.boxes, at.u])):
        # the quotient of ⟨u, f⟩ along a coordinate is the sum of those of f: one functional, one direction
        rows = wanted[k].reshape(at.u.size, at.points[k].size)
        expected = [dot(at.u, rows[:, j]) for j in range(rows.shape[1])]
        found.append(judged(k, "reverse", g, objects(at.points[k].shape, expected)))
    for k in range(len(at.points)):
        (dy,) = derived["pushforward"].exact([*at.boxes, *at.only(at.v, k)])
        found.append(judged(k, "forward", dy, reference.along(subject.primal, at.points, _alone(at.v, k))))
    return found


def jacobian(primal: Primal, points: Sequence[Objects], shape: tuple[int, ...], reference: Reference) -> list[Objects]:
    """The Jacobian in each operand, output axes first, column by column."""
    found = []
    for k, x in enumerate(points):
        columns = [reference.along(primal, points, unit(points, k, j)).reshape(-1).tolist() for j in range(x.size)]
        rows = int(np.prod(shape, dtype=int))
        found.append(objects((*shape, *x.shape), [column[i] for i in range(rows) for column in columns]))
    return found


def second_order(subject: Subject, derived: Derived, rng: Random, reference: Reference) -> list[Result]:
    """The second derivative of ⟨u, f⟩ along v and each coordinate, and that of f along v and w.

    For an operand in which f is linear that is zero; where it is, that of f² is taken, too.
    """
    at = Around.of(subject, derived, rng, reference, 2 * LONGEST)
    found = _curvature(at, reference, squared=False)
    flat = any(result.tally.nonzero == 0 for result in found) and not any(result.wrong for result in found)
    return found + _curvature(at, reference, squared=True) if flat else found


def _curvature(at: Around, reference: Reference, *, squared: bool) -> list[Result]:
    functional = weighted(at.subject.primal, at.u, squared)
    wanted = [
        objects(x.shape, [reference.mixed(functional, at.points, at.v, unit(at.points, k, j)) for j in range(x.size)])
        for k, x in enumerate(at.points)
    ]
    found = []
    for mode in NESTINGS[:3]:
        products = at.derived[mode, squared].exact([*at.boxes, at.u, *at.v])
        found += [judged(k, mode, g, right) for k, (g, right) in enumerate(zip(products, wanted, strict=True))]
    primal = squares(at.subject.primal) if squared else at.subject.primal
    for k in range(len(at.points)):
        (ddy,) = at.derived[NESTINGS[3], squared].exact([*at.boxes, *at.v, *at.only(at.w, k)])
        found.append(judged(k, NESTINGS[3], ddy, reference.second(primal, at.points, at.v, _alone(at.w, k))))
    return found


def _alone(directions: list[Objects], argument: int) -> Direction:
    return [d if k == argument else None for k, d in enumerate(directions)]


def weighted(primal: Primal, u: Objects, squared: bool = False) -> Primal:
    """The primal's result as one item, ⟨u, f⟩ or ⟨u, f²⟩, on any scalar."""
    weights = u.reshape(-1).tolist()

    def functional(*args: Any, **told: Any) -> Array:
        items = primal(*args, **told).items
        total = arb(0)
        for weight, y in zip(weights, items, strict=True):
            total = total + (y * y if squared else y) * weight
        return Array((), [total])

    return functional


def squares(primal: Primal) -> Primal:
    """f² on any scalar."""
    return lambda *args, **told: primal(*args, **told).map(lambda y: y * y)


def judged(argument: int, mode: str, got: Tensor | np.ndarray[Any, Any], wanted: Objects, rows: int = 1) -> Result:
    """The comparison of a derivative. Shapes are held equal first: in a comparison nothing broadcasts."""
    if got.shape != wanted.shape:
        return Result(argument, mode, wrong=f"the derivative has shape {list(got.shape)}, not {list(wanted.shape)}")
    return Result(argument, mode, compare(np.asarray(got), wanted, rows))

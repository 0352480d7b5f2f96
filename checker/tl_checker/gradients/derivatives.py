"""The ball checks of one subject: first order in both modes, and second order forward over reverse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from flint import arb
from tl_specs import Array

import tl_dsl as tl
from tl_checker.gradients.balls import Objects, dot, exactly, objects, widened
from tl_checker.gradients.compare import Tally, compare
from tl_checker.gradients.quotients import Primal, Reference, unit, value
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

    @property
    def decided(self) -> bool:
        """Whether more precision would change nothing."""
        return bool(self.wrong) or self.tally.disagreement is not None or self.tally.sharp


def dense(rng: Random, shape: Sequence[int]) -> Objects:
    """A direction without zeros, of short binary fractions between -2 and 2."""
    size = int(np.prod(shape, dtype=int))
    return objects(shape, [arb(rng.choice((-1, 1)) * rng.randrange(1, 32, 2)) / 16 for _ in range(size)])


def first_order(subject: Subject, rng: Random, reference: Reference) -> list[Result]:
    """The whole Jacobian by jacrev and jacfwd, and a vjp and a jvp along dense directions."""
    points = [exactly(x) for x in subject.primals]
    boxes = [tl.tensor(widened(x, reference.radius(LONGEST))) for x in points]
    shape = value(subject.primal, points).shape
    wanted = []
    for k, x in enumerate(points):
        columns = [reference.along(subject.primal, points, unit(points, k, j)) for j in range(x.size)]
        wanted.append(joined(shape, x.shape, columns))
    u, v = dense(rng, shape), [dense(rng, x.shape) for x in points]
    found = _jacobians(subject, boxes, wanted)
    found += _pulled(subject, boxes, u, wanted)
    return found + _pushed(subject, boxes, points, v, reference)


def joined(out: tuple[int, ...], shape: tuple[int, ...], columns: list[Objects]) -> Objects:
    """The Jacobian with these columns: output axes, then input axes."""
    rows = int(np.prod(out, dtype=int))
    flat = [column.reshape(-1).tolist() for column in columns]
    return objects((*out, *shape), [column[i] for i in range(rows) for column in flat])


def _jacobians(subject: Subject, boxes: list[Tensor], wanted: list[Objects]) -> list[Result]:
    found = []
    everything = tuple(range(len(boxes)))
    for transform, mode in ((tl.jacrev, "reverse"), (tl.jacfwd, "forward")):
        blocks = transform(subject.engine, everything)(*boxes)
        for k, (block, right) in enumerate(zip(blocks, wanted, strict=True)):
            rows = int(np.prod(right.shape[: right.ndim - boxes[k].ndim], dtype=int))
            found.append(judged(k, mode, block, right, rows))
    return found


def _pulled(subject: Subject, boxes: list[Tensor], u: Objects, wanted: list[Objects]) -> list[Result]:
    _, pullback = tl.vjp(subject.engine, *boxes)
    found = []
    for k, (g, jacobian) in enumerate(zip(pullback(tl.tensor(u)), wanted, strict=True)):
        rows = jacobian.reshape(u.size, boxes[k].size)
        expected = objects(boxes[k].shape, [dot(u, rows[:, j]) for j in range(rows.shape[1])])
        found.append(judged(k, "reverse", g, expected))
    return found


def _pushed(
    subject: Subject, boxes: list[Tensor], points: list[Objects], v: list[Objects], reference: Reference
) -> list[Result]:
    found = []
    for k in range(len(points)):
        still = [objects(z.shape, [arb(0)] * z.size) for z in points]
        tangents = [*still[:k], v[k], *still[k + 1 :]]
        _, dy = tl.jvp(subject.engine, tuple(boxes), tuple(map(tl.tensor, tangents)))
        direction = [v[k] if j == k else None for j in range(len(points))]
        found.append(judged(k, "forward", dy, reference.along(subject.primal, points, direction)))
    return found


def second_order(subject: Subject, rng: Random, reference: Reference, *, squared: bool = False) -> list[Result]:
    """H v, forward over reverse, of the functional ⟨u, f⟩, coordinate by coordinate.

    For operations that are linear somewhere that is zero; ``squared`` takes ⟨u, f²⟩, which is not.
    """
    points = [exactly(x) for x in subject.primals]
    boxes = tuple([tl.tensor(widened(x, reference.radius(LONGEST + 1))) for x in points])
    u = dense(rng, value(subject.primal, points).shape)
    v = [dense(rng, x.shape) for x in points]

    def gradient(*xs: Tensor) -> Any:
        y, pullback = tl.vjp(subject.engine, *xs)
        seed = tl.tensor(u)
        return pullback(seed * y * 2 if squared else seed)

    _, products = tl.jvp(gradient, boxes, tuple(map(tl.tensor, v)))
    functional = weighted(subject.primal, u, squared)
    found = []
    for k, product in enumerate(products):
        wanted = [reference.mixed(functional, points, v, unit(points, k, j)) for j in range(points[k].size)]
        found.append(judged(k, "forward over reverse", product, objects(points[k].shape, wanted)))
    return found


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


def judged(argument: int, mode: str, got: Tensor, wanted: Objects, rows: int = 1) -> Result:
    """The comparison of a derivative. Shapes are held equal first: in a comparison nothing broadcasts."""
    if got.shape != wanted.shape:
        return Result(argument, mode, wrong=f"the derivative has shape {list(got.shape)}, not {list(wanted.shape)}")
    return Result(argument, mode, compare(np.asarray(got), wanted, rows))

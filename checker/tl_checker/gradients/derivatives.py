"""The ball checks of one subject: first order in both modes, and second order forward over reverse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from flint import arb

import tl_dsl as tl
from tl_checker.gradients.balls import Objects, dot, exactly, objects, precision, widened
from tl_checker.gradients.compare import Tally, compare
from tl_checker.gradients.quotients import along, mixed, step, unit, value
from tl_checker.gradients.subject import Subject
from tl_dsl import Tensor

WIDEST = 2
"""No direction is longer than this in any coordinate, so that x ± 2h holds every point between."""


@dataclass(frozen=True)
class Result:
    """The tally of one argument in one mode, or what shape or type was wrong."""

    argument: int
    mode: str
    tally: Tally = Tally()
    wrong: str = ""


def dense(rng: Random, shape: Sequence[int]) -> Objects:
    """A direction without zeros, of short binary fractions between -2 and 2."""
    size = int(np.prod(shape, dtype=int))
    return objects(shape, [arb(rng.choice((-1, 1)) * rng.randrange(1, 32, 2)) / 16 for _ in range(size)])


def first_order(subject: Subject, bits: int, rng: Random) -> list[Result]:
    """The whole Jacobian by jacrev and jacfwd, a vjp and a jvp along dense directions, against difference quotients."""
    with precision(bits):
        h = step()
        points = [exactly(x) for x in subject.primals]
        boxes = [tl.tensor(widened(x, WIDEST * h)) for x in points]
        shape = value(subject.primal, points).shape
        columns = [
            [along(subject.primal, points, unit(points, k, j), h) for j in range(x.size)] for k, x in enumerate(points)
        ]
        wanted = [_matrix(shape, x.shape, found) for x, found in zip(points, columns, strict=True)]
        found = _jacobians(subject, boxes, wanted)
        u, v = dense(rng, shape), [dense(rng, x.shape) for x in points]
        found += _pulled(subject, boxes, u, wanted)
        return found + _pushed(subject, boxes, points, v, h)


def _matrix(out: tuple[int, ...], shape: tuple[int, ...], columns: list[Objects]) -> Objects:
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
            found.append(_judged(k, mode, block, right, rows))
    return found


def _pulled(subject: Subject, boxes: list[Tensor], u: Objects, wanted: list[Objects]) -> list[Result]:
    _, pullback = tl.vjp(subject.engine, *boxes)
    found = []
    for k, (g, jacobian) in enumerate(zip(pullback(tl.tensor(u)), wanted, strict=True)):
        rows = jacobian.reshape(u.size, -1) if u.size else jacobian.reshape(0, boxes[k].size)
        expected = objects(boxes[k].shape, [dot(u, rows[:, j]) for j in range(rows.shape[1])])
        found.append(_judged(k, "reverse", g, expected))
    return found


def _pushed(subject: Subject, boxes: list[Tensor], points: list[Objects], v: list[Objects], h: arb) -> list[Result]:
    found = []
    for k in range(len(points)):
        held = [objects(z.shape, [arb(0)] * z.size) for z in points]
        tangents = [*held[:k], v[k], *held[k + 1 :]]
        _, dy = tl.jvp(subject.engine, tuple(boxes), tuple(map(tl.tensor, tangents)))
        direction = [v[k] if j == k else None for j in range(len(points))]
        expected = along(subject.primal, points, direction, h)
        found.append(_judged(k, "forward", dy, expected))
    return found


def second_order(subject: Subject, bits: int, rng: Random, *, squared: bool = False) -> list[Result]:
    """H v, forward over reverse, of the functional ⟨u, f⟩: coordinate by coordinate against its mixed quotients.

    For operations that are linear somewhere that is zero; ``squared`` takes ⟨u, f²⟩, which is not.
    """
    with precision(bits):
        h = step()
        points = [exactly(x) for x in subject.primals]
        boxes = tuple([tl.tensor(widened(x, (WIDEST + 1) * h)) for x in points])
        u = dense(rng, value(subject.primal, points).shape)
        v = [dense(rng, x.shape) for x in points]

        def gradient(*xs: Tensor) -> Any:
            y, pullback = tl.vjp(subject.engine, *xs)
            seed = tl.tensor(u)
            return pullback(seed * y + y * seed if squared else seed)

        def functional(xs: Sequence[Objects]) -> arb:
            y = value(subject.primal, xs)
            return dot(u, y * y if squared else y)

        _, products = tl.jvp(gradient, boxes, tuple(map(tl.tensor, v)))
        return [_second(k, product, functional, points, v, h) for k, product in enumerate(products)]


def _second(
    k: int,
    product: Tensor,
    functional: Callable[[Sequence[Objects]], arb],
    points: list[Objects],
    v: list[Objects],
    h: arb,
) -> Result:
    wanted = [mixed(functional, points, v, unit(points, k, j), h) for j in range(points[k].size)]
    return _judged(k, "forward over reverse", product, objects(points[k].shape, wanted))


def _judged(argument: int, mode: str, got: Tensor, wanted: Objects, rows: int = 1) -> Result:
    """Shapes are held equal first: in a comparison nothing broadcasts."""
    if got.shape != wanted.shape:
        return Result(argument, mode, wrong=f"the derivative has shape {list(got.shape)}, not {list(wanted.shape)}")
    return Result(argument, mode, compare(np.asarray(got), wanted, rows))

"""What every mode must answer at a kink, exactly, and what operations without derivatives answer anywhere."""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
from flint import arb
from tl_specs import Array, KinkPoint, ValuePoint

import tl_dsl as tl
from tl_checker.gradients.balls import Objects, ball, exactly, log2
from tl_checker.gradients.compare import NARROW
from tl_checker.gradients.derivatives import dense
from tl_checker.gradients.derived import HESSIANS, NESTINGS, Arrays, Derived, Known
from tl_checker.gradients.subject import Operation, Subject, subject_at
from tl_dsl.errors import DifferentiationError

Numbers = np.ndarray[Any, Any]

Fractions = np.ndarray[Any, Any]
"""An array of fractions: exact numbers."""


@dataclass(frozen=True)
class Answer:
    """One mode's answers at a point: how many were compared, how many with something not zero, what was wrong."""

    mode: str
    argument: int
    comparisons: int
    nonzero: int
    wrong: str = ""


def answers_at(operation: Operation, point: KinkPoint, known: Known) -> list[Answer]:
    """Jacobians, pullbacks and pushforwards at a kink, on floats and on points, against the convention."""
    subject, derived = _at(operation, point, known)
    found = []
    for scalar, primals in (("float64", list(subject.primals)), ("balls", list(map(exactly, subject.primals)))):
        if _steep(point) and scalar == "balls":
            continue  # a ball has no infinite value: it is undefined there
        for mode, k, jacobian in _jacobians(derived, primals):
            wanted = point.jacobian[subject.active[k]]
            found.append(_exactly_equal(f"{mode}, {scalar}", k, jacobian, wanted))
    return found


def second_at(operation: Operation, point: KinkPoint, rng: Random, known: Known) -> list[Answer]:
    """Second derivatives at a kink through all four nestings, on floats and on points, where slopes are finite."""
    if _steep(point):
        return []
    subject, derived = _at(operation, point, known)
    points = [exactly(x) for x in subject.primals]
    u, v, w = dense(rng, derived.result), [dense(rng, x.shape) for x in points], [dense(rng, x.shape) for x in points]
    bends = _Bends(point, subject.active, [_fractions(x) for x in v])
    found = []
    for nesting in NESTINGS:
        given = [*points, *v, *w] if nesting == NESTINGS[3] else [*points, u, *v]
        floats = derived[nesting].compiled([_floats(x) for x in given])
        balls = [] if _sharp(point) else derived[nesting].exact(given)  # as above
        for scalar, results in (("float64", floats), ("balls", balls)):
            for k, got in enumerate(results):
                forward = nesting == NESTINGS[3]
                row = bends.twice([_fractions(x) for x in w]) if forward else bends.pulled(_fractions(u), k)
                wanted = Array(got.shape, [0] * got.size if row is None else row.reshape(-1).tolist())
                found.append(_exactly_equal(f"{nesting}, {scalar}", k, got, wanted))
    return found


def hessians_at(operation: Operation, point: KinkPoint, rng: Random, known: Known) -> list[Answer]:
    """The whole Hessian of ⟨u, f⟩ by each way to one, on floats and on points, where slopes are finite.

    Operands are arguments of their own: what is zero in one of them is zero, however steep the others are.
    """
    if _steep(point):
        return []
    subject, derived = _at(operation, point, known)
    points = [exactly(x) for x in subject.primals]
    u = dense(rng, derived.result)
    bends = _Bends(point, subject.active, [])
    found = []
    for name in HESSIANS:
        floats = derived[name].compiled([*subject.primals, _floats(u)])
        balls = [] if _sharp(point) else derived[name].exact([*points, u])  # as above
        for scalar, blocks in (("float64", floats), ("balls", balls)):
            for (k, j), block in zip(itertools.product(range(len(points)), repeat=2), blocks, strict=bool(blocks)):
                wanted = bends.block(_fractions(u), k, j, points[k].shape + points[j].shape)
                found.append(_exactly_equal(f"{name}, {scalar}", k, block, wanted))
    return found


def _at(operation: Operation, point: KinkPoint, known: Known) -> tuple[Subject, Derived]:
    """The operation there, and the graphs of its derivatives."""
    subject = subject_at(operation, point, tuple(point.jacobian))
    shape = subject.engine(*subject.primals_as_tensors()).shape
    return subject, Derived(subject, shape, known=known)


def _steep(point: KinkPoint) -> bool:
    return any(_infinite(z) for jacobian in point.jacobian.values() for z in jacobian.items)


def _sharp(point: KinkPoint) -> bool:
    return any(_infinite(z) for block in point.curvature.values() for z in block.items)


@dataclass(frozen=True)
class _Bends:
    """The second derivatives at a kink along directions of the operands, exactly; None where all are 0."""

    point: KinkPoint
    active: tuple[int, ...]
    along: list[Fractions]

    def pulled(self, u: Fractions, k: int) -> Fractions | None:
        """Those of ⟨u, f⟩ along the directions and each coordinate of an operand."""
        row = self._row(k)
        return None if row is None else np.tensordot(u, row, u.ndim)

    def twice(self, others: list[Fractions]) -> Fractions | None:
        """Those of every item along both."""
        rows = [(self._row(k), w) for k, w in enumerate(others)]
        return _sum(np.tensordot(row, w, w.ndim) for row, w in rows if row is not None)

    def _row(self, k: int) -> Fractions | None:
        """With the output's axes, then those of an operand."""
        found = [(self._block(k, j), v) for j, v in enumerate(self.along)]
        return _sum(np.tensordot(block, v, v.ndim) for block, v in found if block is not None)

    def block(self, u: Fractions, k: int, j: int, shape: tuple[int, ...]) -> Array:
        """Those of ⟨u, f⟩ in two operands, all of them."""
        found = self._block(k, j)
        items = [0] * math.prod(shape) if found is None else np.tensordot(u, found, u.ndim).reshape(-1).tolist()
        return Array(shape, items)

    def _block(self, k: int, j: int) -> Fractions | None:
        found = self.point.curvature.get((self.active[k], self.active[j]))
        return None if found is None else _in_shape(found.items, found.shape)


def _sum(terms: Iterator[Fractions]) -> Fractions | None:
    found = list(terms)
    return np.asarray(functools.reduce(operator.add, found), object) if found else None


def _in_shape(items: list[Any], shape: tuple[int, ...]) -> Fractions:
    array = np.empty(len(items), object)
    array[:] = items
    return array.reshape(shape)


def _fractions(x: Objects) -> Fractions:
    return _in_shape([Fraction(float(z)) for z in x.reshape(-1)], x.shape)


def _floats(x: Objects) -> np.ndarray[Any, Any]:
    return np.asarray([float(z) for z in x.reshape(-1)]).reshape(x.shape)


def _jacobians(derived: Derived, primals: Arrays) -> Iterator[tuple[str, int, Numbers]]:
    """The Jacobian of each argument: by both batched transforms, and row by row without a batch."""

    def run(name: str, *given: Numbers) -> Arrays:
        program, arrays = derived[name], [*primals, *given]
        return program.exact(arrays) if primals[0].dtype.hasobject else program.compiled(arrays)

    for name in ("jacrev", "jacfwd"):
        yield from ((name, k, block) for k, block in enumerate(run(name)))
    shape, kind = derived.result, primals[0].dtype
    rows = [run("pullback", _unit(shape, kind, i)) for i in range(math.prod(shape))]
    for k, x in enumerate(primals):
        yield "vjp", k, np.stack([row[k] for row in rows]).reshape(shape + x.shape)
    for k, x in enumerate(primals):
        along = [[_unit(z.shape, kind, j if i == k else None) for i, z in enumerate(primals)] for j in range(x.size)]
        columns = [run("pushforward", *tangents)[0].reshape(-1) for tangents in along]
        yield "jvp", k, np.stack(columns, axis=-1).reshape(shape + x.shape)


def _unit(shape: tuple[int, ...], dtype: np.dtype[Any], position: int | None) -> Numbers:
    flat = np.zeros(math.prod(shape))
    if position is not None:
        flat[position] = 1.0
    array: Numbers = flat.reshape(shape)
    return exactly(array) if dtype.hasobject else array


def _exactly_equal(mode: str, argument: int, got: np.ndarray[Any, Any], wanted: Array) -> Answer:
    """Entries beside an infinite slope are 0·∞ and have no answer; they are not compared."""
    if got.shape != wanted.shape:
        return Answer(mode, argument, 0, 0, f"{mode}: shape {list(got.shape)}, not {list(wanted.shape)}")
    wrong = ""
    places = list(zip(np.ndindex(got.shape), wanted.items, strict=True))
    steep = [index for index, z in places if _infinite(z)]
    compared = nonzero = 0
    for index, z in places:
        if not _infinite(z) and any(a == b for other in steep for a, b in zip(index, other, strict=True)):
            continue
        compared += 1
        nonzero += z != 0
        if not _is(got[index], z):
            wrong = f"{mode}: {_show(got[index])} at {list(index)}, where the convention is {z}"
            break
    return Answer(mode, argument, compared, nonzero, wrong)


def _infinite(value: Any) -> bool:
    return isinstance(value, float) and math.isinf(value)


def _is(got: Any, wanted: Any) -> bool:
    """Equal; a ball holds the number and is narrow."""
    if isinstance(got, arb):
        exact = ball(wanted)
        return bool(got.overlaps(exact)) and log2(got.rad()) <= NARROW
    return bool(float(got) == float(wanted))


def _show(value: Any) -> str:
    return repr(float(value)) if isinstance(value, np.floating) else str(value)


def value_at(operation: Operation, point: ValuePoint) -> Answer:
    """The engine's value at the edge of a formula, against the written one."""
    operands = [tl.tensor(np.asarray(x.items, float).reshape(x.shape)) if isinstance(x, Array) else x
                for x in point.operands]  # fmt: skip
    params = dict(point.params)
    with tl.config(domain="ignore"):
        got = np.asarray(operation.function(*operands, **params))
    return _exactly_equal("value", 0, got, point.value)


def constant_in(operation: Operation, sample: Any) -> list[Answer]:
    """An operation without derivatives: zeros where the result is floating, a refusal where it is not."""
    floats = tuple(
        k for k, x in enumerate(sample.operands) if isinstance(x, Array) and x.items and isinstance(x.items[0], float)
    )
    if not floats:
        return []
    subject = subject_at(operation, sample, floats)
    values = [tl.tensor(x) for x in subject.primals]
    everything = tuple(range(len(values)))
    found = []
    for mode, transform in (("reverse", tl.jacrev), ("forward", tl.jacfwd)):
        try:
            blocks = transform(subject.engine, everything)(*values)
        except DifferentiationError:
            result = subject.engine(*values)
            wrong = "" if result.dtype.kind != "f" else f"{mode} mode refuses, where the derivative is 0"
            found.append(Answer(mode, 0, 1, 0, wrong))
            continue
        for k, block in enumerate(blocks):
            zeros = not np.asarray(block).any()
            found.append(Answer(mode, k, block.size, 0, "" if zeros else f"the derivative in {mode} mode is not 0"))
    return found

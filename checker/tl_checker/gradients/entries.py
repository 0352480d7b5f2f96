"""Judging entry points: what each returns, on balls and on floats, against the reference's derivatives.

What an entry point returns is a derivative contracted with nothing, with a direction, or with a seed. A whole gradient
is certified by its products with dense random directions (and with every unit vector where it is small): an error
anywhere in it changes them.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import numpy as np
from flint import arb, ctx
from tl_specs import Ambiguous

import tl_dsl as tl
from tl_checker.gradients.balls import Objects, ball, exactly, log2, objects, precision
from tl_checker.gradients.compare import Tally, compare
from tl_checker.gradients.derivatives import dense
from tl_checker.gradients.program import ReferenceProgram
from tl_checker.gradients.quotients import Direction
from tl_checker.gradients.verdict import Finding, Row, Verdict, first_line
from tl_dsl import Tensor
from tl_dsl.errors import AmbiguousError

BITS = (128, 256, 512, 1024, 2048)
DIRECTIONS = 2
SMALL = 6
"""Up to so many elements a leaf is also moved along every axis of its own."""


@dataclass(frozen=True)
class Part:
    """One array that an entry point returned, and the shape that it must have.

    ``leaves`` are the differentiated leaves whose axes it carries last; ``fixed`` is the direction that it was
    contracted with already, ``seed`` the weights of the outputs, ``rows`` where its output stands in the row of all.
    ``scaled`` says that it was computed at so many times the moved inputs.
    """

    argument: str
    array: Tensor
    shape: tuple[int, ...]
    leaves: tuple[int, ...] = ()
    fixed: Direction | None = None
    seed: Objects | None = None
    rows: tuple[int, int | None] = (0, None)
    scaled: float = 1.0


@dataclass(frozen=True)
class Scalars:
    """The arguments of entry points in one element type."""

    cast: Callable[[Any], Tensor]

    def __call__(self, array: Any) -> Tensor:
        return self.cast(array)


@dataclass(frozen=True)
class Entry:
    """A public entry point, applied: ``call(scalars)`` gives its parts in that element type."""

    name: str
    mode: str
    call: Callable[[Scalars], list[Part]]


@dataclass(frozen=True)
class Point:
    """Where entry points are judged: the leaves that are moved, the references, and what to say of the place."""

    label: str
    leaves: tuple[np.ndarray[Any, np.dtype[Any]], ...]
    reference: ReferenceProgram
    rng_seed: str
    _known: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def directions(self, leaf: int) -> list[Objects]:
        """Dense random directions of a leaf, and its unit vectors when it is small."""
        if leaf not in self._known:
            self._known[leaf] = self._drawn(leaf)
        found: list[Objects] = self._known[leaf]
        return found

    def wanted(self, key: Hashable, compute: Callable[[], Objects]) -> Objects:
        """What the reference says, computed once at each precision for all entry points that need it."""
        full = (ctx.prec, key)
        if full not in self._known:
            self._known[full] = compute()
        found: Objects = self._known[full]
        return found

    def _drawn(self, leaf: int) -> list[Objects]:
        rng, x = Random(f"{self.rng_seed} {leaf}"), self.leaves[leaf]
        found = [dense(rng, x.shape) for _ in range(DIRECTIONS)]
        if 1 < x.size <= SMALL:
            found += [objects(x.shape, [arb(int(j == k)) for j in range(x.size)]) for k in range(x.size)]
        return found

    def only(self, leaf: int, v: Objects) -> list[Objects | None]:
        """A direction that moves one leaf."""
        return [v if k == leaf else None for k in range(len(self.leaves))]


class AtKink(ArithmeticError):
    """The point lies where the function is not differentiable, or a branch cannot be decided."""


def on_balls() -> Scalars:
    """Arguments as balls of radius zero; integers and booleans stay what they are."""
    return Scalars(lambda x: tl.tensor(exactly(x) if x.dtype.kind == "f" else x))


def on_floats() -> Scalars:
    """Arguments as they are."""
    return Scalars(tl.tensor)


def judge(target: str, entry: Entry, point: Point) -> list[Row]:
    """The rows of one entry point at one point, at the first precision that decides; and its float results.

    Errors: AtKink.
    """
    rows: dict[str, Row] = {}
    parts: list[Part] = []
    trouble: Exception | None = None
    for bits in BITS:
        with precision(bits):
            try:
                parts = entry.call(on_balls())
            except AmbiguousError as error:
                trouble = error
                continue
            except Exception as error:  # an entry point that raises where its function does not is wrong
                return [_failed(target, entry, point, f"{type(error).__name__}: {first_line(error)}")]
            try:
                tallies = [(part, _tally(part, point)) for part in parts]
            except Ambiguous as error:
                trouble = error
                continue
            trouble = None
            rows = {}
            for part, tally in tallies:
                row = _row(target, entry, part, tally, point, bits)
                rows[part.argument] = rows[part.argument].merged(row) if part.argument in rows else row
            if all(isinstance(t, str) or t.disagreement or t.sharp for _, t in tallies):
                break
    if trouble is not None:
        raise AtKink(first_line(trouble)) from trouble
    found = list(rows.values())
    return found + _float_rows(target, entry, point, parts)


def _tally(part: Part, point: Point) -> Tally | str:
    """The comparisons of one part, or what is wrong with its shape."""
    array = np.asarray(part.array)
    if array.shape != part.shape:
        return f"the shape is {list(array.shape)}, not {list(part.shape)}"
    axes = sum(point.leaves[leaf].ndim for leaf in part.leaves)
    total = Tally()
    for vs in _choices(part, point):
        got = _contracted(array, part.shape[: array.ndim - axes], vs)
        wanted = point.wanted(_key(part, vs), partial(_wanted, part, point, vs))
        total += compare(got, wanted.reshape(-1)[slice(*part.rows)])
    return total


def _choices(part: Part, point: Point) -> list[tuple[Objects, ...]]:
    """The directions to contract a part with, one for each leaf that it carries."""
    if not part.leaves:
        return [()]
    each = [point.directions(leaf) for leaf in part.leaves]
    if len(each) == 1:
        return [(v,) for v in each[0]]
    return [(v, w) for k, v in enumerate(each[0]) for j, w in enumerate(each[1]) if (k < 2) == (j < 2)]


def _contracted(array: Any, out: tuple[int, ...], vs: Sequence[Objects]) -> Objects:
    weights = [ball(1)]
    for v in vs:
        weights = [a * b for a in weights for b in v.reshape(-1).tolist()]
    rows = math.prod(out)
    items = array.reshape(-1).tolist()
    width = len(weights)
    sums = []
    for k in range(rows):
        total = arb(0)
        for item, weight in zip(items[k * width : (k + 1) * width], weights, strict=True):
            total += ball(item) * weight
        sums.append(total)
    return objects((rows,), sums)


def _key(part: Part, vs: Sequence[Objects]) -> Hashable:
    """What a reference depends on. Directions and seeds are told apart by their elements."""
    fixed = None if part.fixed is None else tuple([None if v is None else _told(v) for v in part.fixed])
    seed = None if part.seed is None else _told(part.seed)
    return part.leaves, tuple(map(_told, vs)), fixed, seed, part.scaled


def _told(v: Objects) -> Hashable:
    return v.shape, tuple([float(z) for z in v.reshape(-1).tolist()])


def _wanted(part: Part, point: Point, vs: Sequence[Objects]) -> Objects:
    directions = ([part.fixed] if part.fixed is not None else []) + [
        point.only(leaf, v) for leaf, v in zip(part.leaves, vs, strict=True)
    ]
    if not directions:
        return point.reference.value(part.seed, part.scaled)
    if len(directions) == 1:
        return point.reference.along(directions[0], part.seed)
    return point.reference.mixed(directions[0], directions[1], part.seed)


def _row(target: str, entry: Entry, part: Part, tally: Tally | str, point: Point, bits: int) -> Row:
    row = Row(target, entry.name, "balls", part.argument, entry.mode)
    if isinstance(tally, str):
        return dataclasses.replace(row, verdict=Verdict.FAIL, findings=(Finding(tally, point.label),))
    verdict, what = Verdict.PASS, ""
    if tally.disagreement is not None:
        verdict, what = Verdict.FAIL, f"contracted with a random direction, item {tally.disagreement}"
    elif not tally.narrow:
        verdict = Verdict.INCONCLUSIVE
        what = f"at {bits} bits the balls are 2^{tally.bound:.0f} wide, {tally.undefined} undefined"
    return dataclasses.replace(
        row,
        verdict=verdict,
        comparisons=tally.comparisons,
        nonzero=tally.nonzero,
        bound=tally.bound if tally.narrow else None,
        findings=(Finding(what, point.label),) if what else (),
    )


def _failed(target: str, entry: Entry, point: Point, what: str) -> Row:
    return Row(target, entry.name, "balls", "", entry.mode, Verdict.FAIL, findings=(Finding(what, point.label),))


FLOAT_BOUND = -24.0
"""Where rounding in balls is too wide to judge by, floats must agree to this, relative to the largest element."""


def _float_rows(target: str, entry: Entry, point: Point, sharp: list[Part]) -> list[Row]:
    """The compiled program on floats against the balls, normwise: off by 4 radii of the balls of its digits at most."""
    digits = 24 if any(x.dtype == np.float32 for x in point.leaves) else 53
    try:
        floats = entry.call(on_floats())
        rounded = _rounded(entry, digits, len(floats))
    except Exception as error:  # as in judge
        return [dataclasses.replace(_failed(target, entry, point, f"{type(error).__name__}: {error}"), layer="floats")]
    rows: list[Row] = []
    for a, b, c in zip(floats, sharp, rounded, strict=True):
        rows.append(_float_row(Row(target, entry.name, "floats", a.argument, entry.mode), a, b, c, point, digits))
    return rows


def _rounded(entry: Entry, digits: int, count: int) -> list[Part | None]:
    """The parts in balls of so few digits; nothing where these cannot decide a branch."""
    try:
        with precision(digits):
            return list(entry.call(on_balls()))
    except AmbiguousError:
        return [None] * count


def _float_row(row: Row, got: Part, sharp: Part, rounded: Part | None, point: Point, digits: int) -> Row:
    values, exact = got.array.numpy(), np.asarray(sharp.array)
    single = {x.dtype for x in point.leaves}
    if values.shape != exact.shape or values.dtype.kind != "f" or (len(single) == 1 and values.dtype not in single):
        what = f"on floats the result is {values.dtype}{list(values.shape)}, on balls {list(exact.shape)}"
        return dataclasses.replace(row, verdict=Verdict.FAIL, findings=(Finding(what, point.label),))
    if not np.isfinite(values).all():
        what = "on floats the result is not finite"
        return dataclasses.replace(row, verdict=Verdict.FAIL, findings=(Finding(what, point.label),))
    pairs = list(zip(values.reshape(-1).tolist(), map(ball, exact.reshape(-1).tolist()), strict=True))
    counted = dataclasses.replace(row, comparisons=len(pairs), nonzero=sum(not b.contains(0) for _, b in pairs))
    norm = max((log2(b) for _, b in pairs if not b.contains(0)), default=0.0)
    off = max((log2(arb(a) - b.mid()) for a, b in pairs), default=-math.inf)
    radius = math.inf
    if rounded is not None:
        wide = np.asarray(rounded.array).reshape(-1).tolist()
        radius = max((log2(ball(z).rad()) for z in wide), default=-math.inf)
    room = max(radius, norm - digits) + 2
    if off > room:
        verdict, what = Verdict.FAIL, f"floats are off by 2^{off - norm:.1f} of the largest element"
    elif off - norm <= FLOAT_BOUND + (53 - digits) / 2:
        return counted
    else:
        verdict, what = Verdict.INCONCLUSIVE, f"floats keep {max(norm - off, 0):.0f} binary digits here"
    return dataclasses.replace(counted, verdict=verdict, findings=(Finding(what, point.label),))

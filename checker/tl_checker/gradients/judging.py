"""Judging what an entry point returns: on balls, by the graph as it is and in simplest form, and on floats."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import math
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import add, mul
from typing import Any

import numpy as np
from flint import arb
from tl_specs import Ambiguous

from tl_checker.gradients.balls import Objects, objects, precision
from tl_checker.gradients.compare import Tally, compare
from tl_checker.gradients.depth import STANDARD, Depth
from tl_checker.gradients.entries import (
    BITS,
    DIRECTIONS,
    ENTRY_LAYERS,
    AtKink,
    Entry,
    Part,
    Point,
    Run,
    run_on_floats,
)
from tl_checker.gradients.floating import exact_row, float_row
from tl_checker.gradients.graphs import exact_values_of
from tl_checker.gradients.verdict import Finding, Row, Verdict, first_line
from tl_checker.gradients.wellformed import malformed
from tl_dsl.errors import AmbiguousError, ReverseOnlyError
from tl_dsl.graph import Graph
from tl_dsl.transform.simplify import simplify

Judged = Tally | str
"""The comparisons of a part, or what is wrong with its shape."""


@dataclass(frozen=True)
class _Sharp:
    """The parts on balls at the first precision that decides."""

    bits: int
    parts: list[Part]
    judged: list[Judged]


Watch = Callable[[Part, Any], None]
"""Told each part on floats, and the same in balls."""


def judge(
    target: str,
    entry: Entry,
    point: Point,
    depth: Depth = STANDARD,
    watch: Watch | None = None,
    layers: Collection[str] = ENTRY_LAYERS,
) -> list[Row]:
    """The rows of one entry point at one point, a layer after the other; what no layer needs is left out.

    Errors: AtKink; ReverseOnlyError for forward mode of a custom_vjp.
    """
    failed = partial(_failed, target, entry, point)
    try:
        sharp = _on_balls(entry, point, depth)
    except (AtKink, ReverseOnlyError):
        raise
    except Exception as error:  # an entry point that raises where its function does not is wrong
        return [failed("balls", f"{type(error).__name__}: {first_line(error)}")]
    rows = _rows(target, entry, point, "balls", sharp)
    if not {"simplified", "floats"} & {*layers}:
        return rows
    try:
        run = run_on_floats(entry)
    except Exception as error:
        return [*rows, failed("floats", f"{type(error).__name__}: {first_line(error)}")]
    if wrong := malformed(run.graph):
        return [*rows, failed("floats", wrong)]
    try:
        simple = simplify(run.graph)
        if "simplified" in layers:
            rows += _rows(target, entry, point, "simplified", _again(simple, run, sharp, point))
    except Exception as error:
        return [*rows, failed("simplified", f"{type(error).__name__}: {first_line(error)}")]
    if watch is not None:
        for part, exact in zip(run.parts, sharp.parts, strict=True):
            watch(part, np.asarray(exact.array))
    if "floats" in layers:
        rows += _float_rows(target, entry, point, sharp, run, simple)
    return rows


def _on_balls(entry: Entry, point: Point, depth: Depth) -> _Sharp:
    """What the entry point gives on balls, judged. Errors: AtKink; its own."""
    found: _Sharp | None = None
    trouble: Exception | None = None
    for bits in BITS:
        with precision(bits):
            try:
                parts = entry.call(point.balls)
                found = _Sharp(bits, parts, _tallies(parts, point))
            except (Ambiguous, AmbiguousError) as error:
                trouble = error
                continue
        if all(isinstance(t, str) or t.disagreement or _decides(t, depth) for t in found.judged):
            return found
    if found is None:
        assert trouble is not None
        raise AtKink(first_line(trouble)) from trouble
    return found


def _decides(tally: Tally, depth: Depth) -> bool:
    return tally.undefined == 0 and tally.bound <= depth.sharp


def _again(simple: Graph, run: Run, sharp: _Sharp, point: Point) -> _Sharp:
    """The same parts by the simplest form of the entry point's whole graph."""
    with precision(sharp.bits):
        arrays = _evaluated(simple, run)
        parts = [dataclasses.replace(part, array=z) for part, z in zip(sharp.parts, arrays, strict=True)]
        return _Sharp(sharp.bits, parts, _tallies(parts, point))


def _evaluated(graph: Graph, run: Run) -> list[Any]:
    return exact_values_of(graph, run.arrays)


def _tallies(parts: Sequence[Part], point: Point) -> list[Judged]:
    """The comparisons of each part; of all parts of one derivative together, where the leaves are many and large."""
    found: dict[int, Judged] = {}
    if point.together:
        groups: dict[Hashable, list[int]] = {}
        for k, part in enumerate(parts):
            if len(part.leaves) == 1 and np.shape(part.array) == part.shape:
                groups.setdefault((_what(part), part.rows), []).append(k)
        for members in groups.values():
            found |= zip(members, _joint([parts[k] for k in members], point), strict=True)
    return [found[k] if k in found else _tally(part, point) for k, part in enumerate(parts)]


def _joint(parts: list[Part], point: Point) -> Sequence[Judged]:
    """⟨g, v⟩ over several leaves at once, each of which is counted where its own product is not zero.

    When the sums disagree, each leaf is judged by itself, to tell which is wrong.
    """
    totals = [Tally() for _ in parts]
    for number in range(DIRECTIONS):
        vs = {part.leaves[0]: point.directions(part.leaves[0])[number] for part in parts}
        products = [_contracted(part, point, (vs[part.leaves[0]],)) for part in parts]
        direction = [vs.get(leaf) for leaf in range(len(point.leaves))]
        compute = partial(_derivative, parts[0], point, (direction,))
        wanted = point.wanted((_what(parts[0]), tuple(sorted(vs)), number), compute)
        got = [sum(items, arb(0)) for items in zip(*[p.tolist() for p in products], strict=True)]
        tally = compare(objects((len(got),), got), wanted.reshape(-1)[slice(*parts[0].rows)])
        if tally.disagreement is not None:
            return [_tally(part, point) for part in parts]
        own = [sum(not z.contains(0) for z in p.tolist()) for p in products]
        totals = [t + tally._replace(nonzero=n) for t, n in zip(totals, own, strict=True)]
    return totals


def _tally(part: Part, point: Point) -> Judged:
    """The comparisons of one part along each choice of directions of its leaves."""
    if np.shape(part.array) != part.shape:
        return f"the shape is {list(np.shape(part.array))}, not {list(part.shape)}"
    total = Tally()
    for vs in _choices(part, point):
        directions = [point.only(leaf, v) for leaf, v in zip(part.leaves, vs, strict=True)]
        key = _what(part), part.leaves, tuple(map(_told, vs))
        wanted = point.wanted(key, partial(_derivative, part, point, directions))
        total += compare(_contracted(part, point, vs), wanted.reshape(-1)[slice(*part.rows)])
    return total


def _choices(part: Part, point: Point) -> list[tuple[Objects, ...]]:
    """The directions to contract a part with, one for each leaf that it carries."""
    if not part.leaves:
        return [()]
    each = [point.directions(leaf) for leaf in part.leaves]
    if len(each) == 1:
        return [(v,) for v in each[0]]
    return [(v, w) for k, v in enumerate(each[0]) for j, w in enumerate(each[1]) if (k < 2) == (j < 2)]


def _contracted(part: Part, point: Point, vs: Sequence[Objects]) -> Objects:
    """The part's product with a direction of each of its leaves, output by output."""
    axes = sum(point.leaves[leaf].ndim for leaf in part.leaves)
    weights = vs[0].reshape(-1).tolist() if vs else [arb(1)]
    for v in vs[1:]:
        weights = [a * b for a in weights for b in v.reshape(-1).tolist()]
    items, width = np.asarray(part.array).reshape(-1).tolist(), len(weights)
    rows = math.prod(part.shape[: len(part.shape) - axes])
    sums = [functools.reduce(add, map(mul, items[k * width : (k + 1) * width], weights), arb(0)) for k in range(rows)]
    return objects((rows,), sums)


def _derivative(part: Part, point: Point, directions: Sequence[Any]) -> Objects:
    return point.reference.derivative((*part.fixed, *directions), part.seed, part.scaled)


def _what(part: Part) -> Hashable:
    """What a reference depends on but for the free directions; arrays are told apart by their elements."""
    fixed = tuple([tuple([None if v is None else _told(v) for v in direction]) for direction in part.fixed])
    return fixed, None if part.seed is None else _told(part.seed), part.scaled


def _told(v: Objects) -> Hashable:
    return v.shape, hash(tuple(map(float, v.reshape(-1).tolist())))


def _rows(target: str, entry: Entry, point: Point, layer: str, sharp: _Sharp) -> list[Row]:
    """A row for each argument."""
    rows: dict[str, Row] = {}
    for part, judged in zip(sharp.parts, sharp.judged, strict=True):
        row = _row(Row(target, entry.name, layer, part.argument, entry.mode), part, judged, point, sharp.bits)
        rows[part.argument] = rows[part.argument].merged(row) if part.argument in rows else row
    return list(rows.values())


def _row(row: Row, part: Part, judged: Judged, point: Point, bits: int) -> Row:
    at = f"{point.label}, {part.way}" if part.way else point.label
    if isinstance(judged, str):
        return row._replace(verdict=Verdict.FAIL, findings=(Finding(judged, at),))
    verdict, what = Verdict.PASS, ""
    if judged.disagreement is not None:
        contracted = "contracted with a random direction, item " if part.leaves else "item "
        verdict, what = Verdict.FAIL, f"{contracted}{judged.disagreement}"
    elif not judged.narrow:
        verdict = Verdict.INCONCLUSIVE
        what = f"at {bits} bits the balls are 2^{judged.bound:.0f} wide, {judged.undefined} undefined"
    return row._replace(
        verdict=verdict,
        comparisons=judged.comparisons,
        nonzero=judged.nonzero,
        bound=judged.bound if judged.narrow else None,
        findings=(Finding(what, at),) if what else (),
    )


def _failed(target: str, entry: Entry, point: Point, layer: str, what: str) -> Row:
    return Row(target, entry.name, layer, "", entry.mode, Verdict.FAIL, findings=(Finding(what, point.label),))


def _float_rows(target: str, entry: Entry, point: Point, sharp: _Sharp, run: Run, simple: Graph) -> Iterator[Row]:
    """The compiled program on floats against the balls, normwise, part by part."""
    single = any(x.dtype == np.float32 for x in (*run.graph.inputs, *run.graph.nodes))
    digits = 24 if single else 53
    rounded: Sequence[Any] = [None] * len(run.parts)
    with precision(digits), contextlib.suppress(Ambiguous, AmbiguousError):  # then nothing is expected of rounding
        rounded = _evaluated(simple, run)
    exact_scalars = any(x.dtype.hasobject for x in run.arrays)  # the program captures some, which floats turn into
    for part, exact, wide in zip(run.parts, sharp.parts, rounded, strict=True):
        row = Row(target, entry.name, "floats", part.argument, entry.mode)
        if exact_scalars and part.array.dtype.hasobject:
            with precision(sharp.bits):
                yield exact_row(row, part, np.asarray(exact.array), point.label)
        else:
            yield float_row(row, part, np.asarray(exact.array), wide, digits, point.label)

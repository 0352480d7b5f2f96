"""What is not finite passes through every entry point where it was given, and raises where it was made.

Arguments that hold nan or infinity pass: the same call is made with and without the check of domains, and the answers
must be equal. An argument that an operation made so carries that fault along: what is read of an answer raises it,
unless that is finite. Where a function is finite and its derivative is not, entry points that take derivatives raise.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import tl_dsl as tl
from tl_checker.gradients.entries import Entry, Point, Scalars
from tl_checker.gradients.traced import Traced
from tl_checker.gradients.verdict import Finding, Report, Row, Verdict, first_line
from tl_dsl import Tensor
from tl_dsl.errors import DomainError
from tl_dsl.pytree import tree_leaves, tree_map

Make = Callable[[np.ndarray[Any, Any]], Tensor]
"""What changes the first element of an array."""

RAISES = "raises the fault of its argument when it is read"
VALUES = ("value", "batch")
"""The modes of entry points that take no derivative."""


def passing(target: str, point: Point, entries: Sequence[Entry]) -> Report:
    """A row for each entry point, with the first element of each moved leaf replaced."""
    rows = [_row(target, point, entry) for entry in entries]
    refused = [row.entry for row in rows if not row.comparisons and row.verdict is Verdict.PASS]
    told = f"{target}: {', '.join(refused)} at arguments that are not finite, which numpy refuses"
    return Report(tuple([row for row in rows if row.entry not in refused]), (told,) if refused else ())


def _row(target: str, point: Point, entry: Entry) -> Row:
    row = Row(target, entry.name, "not finite", "", entry.mode)
    for what, make in GIVEN.items():
        with tl.config(domain="ignore"):
            wanted = _answers(entry, point, make)
        if isinstance(wanted, str):
            continue
        if make is _faulty:
            wanted = [y if np.isfinite(y).all() else RAISES for y in wanted]
        got = _answers(entry, point, make)
        wrong = ""
        if isinstance(got, str):
            wrong = f"raises: {got}"
        elif not all(map(_same, got, wanted)):
            wrong = "gives other values than without the check of domains, or raises where these are given"
        count = sum(np.size(y) for y in wanted)
        row = row._replace(comparisons=row.comparisons + count, nonzero=row.nonzero + count)
        if wrong:
            return _failed(row, wrong, f"{point.label}, an element {what}")
    return row


def _failed(row: Row, what: str, at: str) -> Row:
    return row._replace(verdict=Verdict.FAIL, findings=(Finding(what, at),))


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return a is b
    return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=True)


def _answers(entry: Entry, point: Point, make: Make) -> list[Any] | str:
    """What an entry point gives where each moved leaf holds such an element, or what it raises."""
    moved = {id(leaf) for leaf in point.leaves if leaf.size}
    try:
        parts = entry.call(Scalars(lambda x: make(x) if id(x) in moved else tl.tensor(x)))
        found = [_read(part.array) for part in parts]
        if entry.mode in VALUES and make is not _faulty:  # what they give passes whatever is computed of it
            found += [_read(tl.log(part.array * 0)) for part in parts]
        return found
    except Exception as error:  # whatever it is: it is compared
        return first_line(error)


def _read(x: Tensor) -> Any:
    """An answer after one more operation, which must know where it comes from."""
    try:
        return (x * 1).numpy()
    except DomainError:
        return RAISES


def _holding(value: float) -> Make:
    def make(x: np.ndarray[Any, Any]) -> Tensor:
        changed = np.array(x)
        changed.reshape(-1)[0] = value
        return tl.tensor(changed)

    return make


def _faulty(x: np.ndarray[Any, Any]) -> Tensor:
    """x + log(m), with 0 in the first place of m and 1 elsewhere."""
    place = np.ones(x.shape, x.dtype)
    place.reshape(-1)[0] = 0
    return tl.tensor(x) + tl.log(tl.tensor(place))


GIVEN: dict[str, Make] = {
    "nan": _holding(np.nan),
    "inf": _holding(np.inf),
    "that an operation made infinite": _faulty,
}


def steep(target: str, traced: Traced, entries_of: Callable[[Traced], list[Entry]]) -> list[Row]:
    """A row for each entry point of f + Σ √((x - a)²) at a, which is finite there and has no derivative in any element.

    Those that take no derivative give a value, the others raise a DomainError.
    """
    function = _made_steep(traced)
    rows = []
    for entry in entries_of(dataclasses.replace(traced, function=function)):
        row = Row(target, entry.name, "not finite", "", entry.mode, comparisons=1, nonzero=1)
        try:
            for part in entry.call(Scalars(tl.tensor)):
                part.array.numpy()
        except DomainError:
            raised, told = True, "raises where the function is finite"
        except Exception as error:  # anything else that is raised is a fault
            raised, told = entry.mode in VALUES, f"raises {type(error).__name__}: {first_line(error)}"
        else:
            raised, told = False, "gives a derivative that is not finite without a word"
        wrong = raised is (entry.mode in VALUES)
        rows.append(_failed(row, told, f"{traced.point.label}, without a derivative there") if wrong else row)
    return rows


def masked(target: str, traced: Traced, entries_of: Callable[[Traced], list[Entry]]) -> list[Row]:
    """A row for each entry point of f where what an operation made infinite is left out: all answers are finite."""
    moved = {id(leaf) for leaf in traced.point.leaves if leaf.size}

    def function(*args: Any) -> Any:
        places = iter([tl.tensor(leaf) for leaf in traced.point.leaves])
        whole = list(args)
        for k in traced.argnums:
            whole[k] = tree_map(lambda x: tl.where(x > -1e30, x, next(places)), args[k])
        return traced.function(*whole)

    rows = []
    for entry in entries_of(dataclasses.replace(traced, function=function)):
        if entry.name in ("compile", "vmap"):  # which go to another point, too
            continue
        row = Row(target, entry.name, "not finite", "", entry.mode, comparisons=1, nonzero=1)
        try:
            for part in entry.call(Scalars(lambda x: _faulty(x) if id(x) in moved else tl.tensor(x))):
                part.array.numpy()
        except Exception as error:  # the fault is none of the answer's
            told = f"raises {type(error).__name__}: {first_line(error)}, where the answer is finite"
            row = _failed(row, told, f"{traced.point.label}, an element that is left out")
        rows.append(row)
    return rows


def _made_steep(traced: Traced) -> Callable[..., Any]:
    places = [tl.tensor(x) for x in traced.point.leaves]

    def function(*args: Any) -> Any:
        moved = [x for k in traced.argnums for x in tree_leaves(args[k])]
        total = tl.tensor(0.0)
        for x, place in zip(moved, places, strict=True):
            total = total + tl.astype(tl.sum(tl.sqrt((x - place) ** 2)), tl.float64)
        return tree_map(lambda y: y + tl.astype(total, y.dtype), traced.function(*args))

    return function

"""Arguments that hold nan or infinity pass through every entry point: only what makes them raises.

The same call is made with and without the check of domains; the answers must be equal, and nothing may raise that does
not raise without the check.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

import tl_dsl as tl
from tl_checker.gradients.entries import Entry, Point, Scalars
from tl_checker.gradients.verdict import Finding, Report, Row, Verdict, first_line
from tl_dsl import Tensor

VALUES = (np.nan, np.inf)


def passing(target: str, point: Point, entries: Sequence[Entry]) -> Report:
    """A row for each entry point, with the first element of each moved leaf replaced."""
    rows = [_row(target, point, entry) for entry in entries]
    refused = [row.entry for row in rows if not row.comparisons and row.verdict is Verdict.PASS]
    told = f"{target}: {', '.join(refused)} at arguments that are not finite, which numpy refuses"
    return Report(tuple([row for row in rows if row.entry not in refused]), (told,) if refused else ())


def _row(target: str, point: Point, entry: Entry) -> Row:
    row = Row(target, entry.name, "not finite", "", entry.mode)
    for value in VALUES:
        with tl.config(domain="ignore"):
            wanted = _answers(entry, point, value)
        if isinstance(wanted, str):
            continue
        got = _answers(entry, point, value)
        what = ""
        if isinstance(got, str):
            what = f"raises: {got}"
        elif not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(got, wanted, strict=True)):
            what = "gives other values than without the check of domains"
        count = sum(a.size for a in wanted)
        row = dataclasses.replace(row, comparisons=row.comparisons + count, nonzero=row.nonzero + count)
        if what:
            finding = Finding(what, f"{point.label}, an element {value}")
            return dataclasses.replace(row, verdict=Verdict.FAIL, findings=(finding,))
    return row


def _answers(entry: Entry, point: Point, value: float) -> list[Any] | str:
    """What an entry point gives where each moved leaf holds a value, or what it raises."""
    moved = {id(leaf) for leaf in point.leaves if leaf.size}

    def cast(x: Any) -> Tensor:
        if id(x) not in moved:
            return tl.tensor(x)
        changed = np.array(x)
        changed.reshape(-1)[0] = value
        return tl.tensor(changed)

    try:
        return [(part.array * 1).numpy() for part in entry.call(Scalars(cast))]  # results are used further
    except Exception as error:  # whatever it is: it is compared
        return first_line(error)

"""Running entry points at their points, and naming the operation at fault where one fails."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tl_checker.gradients.depth import STANDARD, Depth
from tl_checker.gradients.entries import AtKink, Entry, Point
from tl_checker.gradients.judging import judge
from tl_checker.gradients.locate import Culprit, culprits
from tl_checker.gradients.verdict import Finding, Report, Row, Verdict, merge_rows, require_nonzero
from tl_dsl.graph import Graph

Progress = Callable[[str], None]


def quiet(text: str) -> None:
    """No progress is shown."""


LOCATED = 3
"""So many operations at fault are named at most."""


@dataclass(frozen=True)
class Work:
    """Entry points of one target at one point, and the graph whose derivatives they take."""

    target: str
    entries: Sequence[Entry]
    point: Point
    graph: Graph


def judged_everywhere(work: Sequence[Work], progress: Progress = quiet, depth: Depth = STANDARD) -> Report:
    """The rows of all of it, brought together by entry point and argument; a zero count fails."""
    rows: list[Row] = []
    for one in work:
        found: list[Row] = []
        for entry in one.entries:
            progress(f"{one.target}: {entry.name}")
            try:
                found += judge(one.target, entry, one.point, depth)
            except AtKink as error:
                finding = Finding(f"a branch is ambiguous: {error}", one.point.label)
                found.append(
                    Row(one.target, entry.name, "balls", "", entry.mode, Verdict.INCONCLUSIVE, findings=(finding,))
                )
        rows += _located(one, found)
    return Report(tuple(require_nonzero(row) for row in merge_rows(rows)))


def _located(work: Work, rows: list[Row]) -> list[Row]:
    """The rows with the operations at fault in the findings of those that failed."""
    failed = {row.layer for row in rows if row.verdict is Verdict.FAIL}
    if not failed:
        return rows
    reference, floats = work.point.reference, failed == {"floats"}
    found = culprits(work.graph, reference.arrays, reference.wrt, floats=floats)
    otherwise = NO_KERNEL if floats else NO_RULE
    return [_named(row, found, otherwise) if row.verdict is Verdict.FAIL else row for row in rows]


NO_RULE = "every operation's own rule is right at this point: the fault lies in what puts them together"
NO_KERNEL = "every operation's own kernel is right at this point: the fault lies in what puts them together"


def _named(row: Row, found: list[Culprit], otherwise: str) -> Row:
    if not found:
        findings = tuple(dataclasses.replace(f, operation=otherwise) for f in row.findings)
        return dataclasses.replace(row, findings=findings)
    findings = tuple(
        dataclasses.replace(finding, operation=f"{culprit}; in `{culprit.line}`", source=culprit.source)
        for finding in row.findings[:1]
        for culprit in found[:LOCATED]
    )
    return dataclasses.replace(row, findings=findings + row.findings[1:])

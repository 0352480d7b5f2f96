"""A report as tables of text: a row for each entry point or operation, what was found, and what was not checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from tl_checker.gradients.verdict import Report, Row, Verdict

K = TypeVar("K", bound=Hashable)

STYLES = {
    Verdict.PASS: "green",
    Verdict.NOT_DIFFERENTIABLE: "cyan",
    Verdict.INACCURATE: "magenta",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.FAIL: "bold red",
}
SHORT = {"forward over reverse": "fwd over rev"}
FINDINGS = 12
"""So many different findings are printed in full; the others are counted."""


def print_operations(report: Report, console: Console) -> None:
    """The table of `tl verify --ops`: a line for every argument of every operation."""
    table = _table(console, "operation", "argument", "verdict", "reverse", "forward", "2nd order", "float64", "values",
                   "kinks", "error below")  # fmt: skip
    for target, rows in _grouped(report.rows, lambda row: row.target).items():
        arguments = list(dict.fromkeys(row.argument for row in rows if row.argument)) or [""]
        for number, argument in enumerate(arguments):
            own = [row for row in rows if row.argument in ("", argument)]
            table.add_row(
                target if number == 0 else "",
                argument,
                _verdict(overall(own)),
                *[_counts(own, layer, mode) for layer, mode in _COLUMNS],
                _counts(own, "kinks", None) if number == 0 else "",
                _excluded(own),
            )
    console.print(table)
    _print_conventions(report, console)
    _print_rest(report, console)


_COLUMNS = (
    ("first order", "reverse"),
    ("first order", "forward"),
    ("second order", None),
    ("float64", None),
    ("values", "float64"),
)


def print_entries(report: Report, console: Console) -> None:
    """The table of models and functions: a line for every argument of every entry point."""
    for target, rows in _grouped(report.rows, lambda row: row.target).items():
        table = _table(console, "entry point", "of", "mode", "verdict", "balls", "floats", "error below",
                       title=target)  # fmt: skip
        for (entry, argument), own in _grouped(rows, lambda row: (row.entry, row.argument)).items():
            table.add_row(
                entry,
                argument,
                next((SHORT.get(row.mode, row.mode) for row in own if row.mode), ""),
                _verdict(overall(own)),
                _counts(own, "annotation" if entry == "result" else "balls", None),
                _counts(own, "floats", None),
                _excluded(own),
            )
        console.print(table)
        console.print()
    _print_rest(report, console)


def overall(rows: Iterable[Row]) -> Verdict:
    """The verdict of several rows together: what is not differentiable anywhere is so, whatever its values."""
    found = list(rows)
    worst = max((row.verdict for row in found), key=lambda v: v.gravity, default=Verdict.INCONCLUSIVE)
    if worst is not Verdict.PASS:
        return worst
    derivatives = [row for row in found if row.layer in ("first order", "second order", "balls")]
    if derivatives and all(row.verdict is Verdict.NOT_DIFFERENTIABLE for row in derivatives):
        return Verdict.NOT_DIFFERENTIABLE
    return worst


def summary(report: Report) -> str:
    """One line: how many comparisons of how many rows, and their verdicts."""
    counts = {verdict: sum(row.verdict is verdict for row in report.rows) for verdict in Verdict}
    said = ", ".join(f"{count} {verdict.value}" for verdict, count in counts.items() if count)
    nonzero = sum(row.nonzero for row in report.rows)
    comparisons = sum(row.comparisons for row in report.rows)
    return f"{len(report.rows)} checks: {said}. {nonzero:,} comparisons with nonzero references of {comparisons:,}."


COUNTS = ("reverse", "forward", "2nd order", "float64", "values", "kinks", "balls", "floats")


MINIMUM = {"of": 12, "argument": 9, "verdict": 7}


def _table(console: Console, *columns: str, title: str = "") -> Table:
    style = box.SIMPLE_HEAD if console.is_terminal else None
    table = Table(title=title or None, title_justify="left", box=style, show_edge=False, collapse_padding=True)
    for column in columns:
        justify: JustifyMethod = "right" if column in COUNTS else "left"
        table.add_column(column, justify=justify, overflow="fold", min_width=MINIMUM.get(column))
    return table


def _grouped(rows: Iterable[Row], key: Callable[[Row], K]) -> dict[K, list[Row]]:
    groups: dict[K, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def _verdict(verdict: Verdict) -> Text:
    return Text(verdict.value, style=STYLES[verdict])


def _counts(rows: Iterable[Row], layer: str, mode: str | None) -> str:
    """``nonzero/all`` comparisons of a layer; a dash where the layer has nothing to compare."""
    own = [row for row in rows if row.layer == layer and (mode is None or row.mode == mode)]
    if not own:
        return "-"
    nonzero, comparisons = sum(row.nonzero for row in own), sum(row.comparisons for row in own)
    return f"{nonzero}" if nonzero == comparisons else f"{nonzero}/{comparisons}"


def _print_conventions(report: Report, console: Console) -> None:
    """What holds where an operation is not differentiable."""
    console.print("Not differentiable, and what every mode answers there:", style="bold")
    told = {f"  {row.target}: {row.note}": None for row in report.rows if row.note}
    for line in told:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _excluded(rows: Iterable[Row]) -> str:
    """The smallest relative error that could not have been missed in any comparison in balls."""
    bounds = [row.bound for row in rows if row.bound is not None and row.verdict is not Verdict.FAIL]
    if not bounds or any(row.verdict is Verdict.FAIL for row in rows):
        return ""
    worst = max(bounds)
    return "exact" if worst == -math.inf else f"{10 ** (worst * math.log10(2)):.0e}"


def _print_rest(report: Report, console: Console) -> None:
    """Findings, what was left out, how things were chosen, and the summary."""
    _print_findings(report, console)
    for title, lines in ((f"Not checked ({len(report.skipped)}):", report.skipped), ("Chosen:", report.notes)):
        if lines:
            console.print(title, style="bold")
            for line in lines:
                console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    console.print(summary(report), markup=False, highlight=False, soft_wrap=True)


def _print_findings(report: Report, console: Console) -> None:
    """Each thing that is wrong once, with everything that shows it."""
    groups: dict[tuple[str, str, str], list[tuple[Row, str, str]]] = {}
    for row, finding in report.findings:
        culprit = finding.operation.split(":")[0] if finding.source or finding.operation else finding.what
        key = row.verdict.value, row.target.split(" with ")[0], culprit
        groups.setdefault(key, []).append((row, finding.what, f"{finding.operation}\n{finding.source}\n{finding.at}"))
    for number, ((verdict, target, culprit), shown) in enumerate(groups.items()):
        if number == FINDINGS:
            console.print(f"and {len(groups) - FINDINGS} more", style="bold")
            break
        _print_finding(console, verdict, target, culprit, shown)


def _print_finding(
    console: Console, verdict: str, target: str, culprit: str, shown: list[tuple[Row, str, str]]
) -> None:
    row, what, details = shown[0]
    operation, source, at = details.split("\n")
    console.print(Text(f"{verdict}  {target}: ", style=STYLES[row.verdict]) + Text(culprit, style=""), soft_wrap=True)
    lines = [
        ("what", f"{what}"),
        ("rule", operation.partition(": ")[2]),
        ("line", source),
        ("at", at),
        ("seen in", _seen([one for one, _, _ in shown])),
    ]
    for label, text in lines:
        if text and text != culprit:
            console.print(f"  {label + ':':8} {text}", markup=False, highlight=False, soft_wrap=True)


def _seen(rows: list[Row]) -> str:
    """Where one finding shows, without repetition."""
    places = [" ".join(part for part in (row.entry, row.layer, row.mode, row.argument) if part) for row in rows]
    unique = list(dict.fromkeys(places))
    return ", ".join(unique[:6]) + (f", and {len(unique) - 6} more" if len(unique) > 6 else "")

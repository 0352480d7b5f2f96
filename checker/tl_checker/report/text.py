"""A report as text for people: a table, each problem once, what was not checked, and a summary."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tl_checker.gradients.verdict import Report, Row, Verdict
from tl_checker.report.problems import Problem, problems

K = TypeVar("K", bound=Hashable)

STYLES = {
    Verdict.PASS: "green",
    Verdict.NOT_DIFFERENTIABLE: "cyan",
    Verdict.INACCURATE: "magenta",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.FAIL: "bold red",
}
SHORT = {Verdict.NOT_DIFFERENTIABLE: "NO DERIV."}
"""Verdicts as the tables have them, where they are too long."""

PROBLEMS = 12
"""So many problems are printed in full; the others are counted."""

SKIPPED = 12
"""So many things that were not checked are printed, unless it is verbose; the others are counted."""

SEEN = 8
"""So many entry points that show a problem are named."""

DERIVATIVES = ("first order", "second order", "algebra", "balls", "simplified")


def print_operations(report: Report, console: Console, *, verbose: bool = False) -> None:
    """The table of `tl verify --ops`: a line for every operation, or for each of its arguments."""
    columns = ("operation", "of", "verdict", *[title for title, _, _ in OF_OPERATIONS], "error below")
    table = simple_table(console, *[c for c in columns if verbose or c != "of"])
    for target, rows in grouped(report.rows, lambda row: row.target).items():
        arguments = (list(dict.fromkeys(row.argument for row in rows if row.argument)) if verbose else []) or [""]
        for number, argument in enumerate(arguments):
            own = [row for row in rows if not argument or row.argument in ("", argument)]
            cells: list[str | Text] = [
                target if number == 0 else "",
                *([argument] if verbose else []),
                _verdict(overall(own)),
            ]
            table.add_row(*cells, *[cell(own, layers, mode) for _, layers, mode in OF_OPERATIONS], excluded(own))
    console.print(table)
    if verbose:
        _print_lines(console, "Not differentiable, and what every mode answers there:", conventions(report))
    _print_rest(report, console, "operation", verbose=verbose)


OF_OPERATIONS = (
    ("reverse", ("first order",), "reverse"),
    ("forward", ("first order",), "forward"),
    ("2nd", ("second order",), None),
    ("float64", ("float64", "values"), None),
    ("float32", ("float32",), None),
)
"""Columns: a title, the layers that are counted, and the mode."""


def print_entries(report: Report, console: Console, *, verbose: bool = False) -> None:
    """The table of models and functions: a line for each, or for every entry point and argument."""
    if verbose:
        for target, rows in grouped(report.rows, lambda row: row.target).items():
            console.print(_entry_points(console, target, rows))
            console.print()
    else:
        table = simple_table(console, "target", "verdict", "entry points", "compared", "error below", "ulps")
        for target, rows in grouped(report.rows, lambda row: row.target).items():
            compared = f"{sum(row.nonzero for row in rows):,}"
            table.add_row(target, _verdict(overall(rows)), _good(rows), compared, excluded(rows), _ulps(rows))
        console.print(table)
    _print_rest(report, console, "target", verbose=verbose)


def _entry_points(console: Console, target: str, rows: list[Row]) -> Table:
    table = simple_table(
        console, "entry point", "of", "verdict", "balls", "simplified", "floats", "error below", title=target
    )
    before = ""
    for (entry, argument), own in grouped(rows, lambda row: (row.entry, row.argument)).items():
        counts = [cell(own, layers, None) for layers in (("balls", "annotation"), ("simplified",), ("floats",))]
        table.add_row("" if entry == before else entry, argument, _verdict(overall(own)), *counts, excluded(own))
        before = entry
    return table


def _good(rows: list[Row]) -> str:
    """How many entry points are well, of how many."""
    groups = grouped(rows, lambda row: row.entry)
    bad = sum(overall(own) not in (Verdict.PASS, Verdict.NOT_DIFFERENTIABLE) for own in groups.values())
    return f"{len(groups) - bad} of {len(groups)}" if bad else f"{len(groups)}"


def _ulps(rows: Iterable[Row]) -> str:
    """The largest error of a float, in units in the last place."""
    found = [row.ulps for row in rows if row.ulps is not None]
    return f"{max(found):.1f}" if found and max(found) < 1e4 else f"{max(found):.0e}" if found else ""


def overall(rows: Iterable[Row]) -> Verdict:
    """The verdict of several rows together: what is not differentiable anywhere is so, whatever its values."""
    found = list(rows)
    worst = max((row.verdict for row in found), key=lambda v: v.gravity, default=Verdict.INCONCLUSIVE)
    if worst is not Verdict.PASS:
        return worst
    derivatives = [row for row in found if row.layer in DERIVATIVES]
    if derivatives and all(row.verdict is Verdict.NOT_DIFFERENTIABLE for row in derivatives):
        return Verdict.NOT_DIFFERENTIABLE
    return worst


def summary(report: Report, of: str = "target") -> str:
    """One line: how many targets of each verdict, and how many comparisons."""
    verdicts = [overall(rows) for rows in grouped(report.rows, lambda row: row.target).values()]
    said = [f"{verdicts.count(verdict)} {verdict.value}" for verdict in Verdict if verdict in verdicts]
    nonzero, comparisons = sum(row.nonzero for row in report.rows), sum(row.comparisons for row in report.rows)
    many = f"{len(verdicts)} {of}{'s' if len(verdicts) != 1 else ''}: {', '.join(said)}. "
    return f"{many}{comparisons:,} comparisons, {nonzero:,} with nonzero references, in {len(report.rows):,} checks."


def grouped(rows: Iterable[Row], key: Callable[[Row], K]) -> dict[K, list[Row]]:
    """Rows by a key, in the order in which it first appeared."""
    groups: dict[K, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def cell(rows: Iterable[Row], layers: tuple[str, ...], mode: str | None) -> str:
    """``nonzero/all`` comparisons of some layers; a dash where there is nothing to compare."""
    own = [row for row in rows if row.layer in layers and (mode is None or row.mode == mode)]
    if not own:
        return "-"
    nonzero, comparisons = sum(row.nonzero for row in own), sum(row.comparisons for row in own)
    return f"{nonzero}" if nonzero == comparisons else f"{nonzero}/{comparisons}"


def excluded(rows: Iterable[Row]) -> str:
    """The smallest relative error that could not have been missed in any comparison in balls; nothing after a fault."""
    own = list(rows)
    bounds = [row.bound for row in own if row.bound is not None]
    if not bounds or any(row.verdict is Verdict.FAIL for row in own):
        return ""
    worst = max(bounds)
    return "exact" if worst == -math.inf else f"{10 ** (worst * math.log10(2)):.0e}"


def conventions(report: Report) -> list[str]:
    """What holds where an operation is not differentiable."""
    return list(dict.fromkeys(f"{row.target}: {row.note}" for row in report.rows if row.note))


TEXTS = ("target", "operation", "entry point", "of", "verdict")


def simple_table(console: Console, *columns: str, title: str = "", texts: tuple[str, ...] = TEXTS) -> Table:
    """A table without lines where there is no terminal; ``texts`` are the columns that start at the left."""
    style = box.SIMPLE_HEAD if console.is_terminal else None
    table = Table(title=title or None, title_justify="left", title_style="bold", box=style, show_edge=False,
                  collapse_padding=True, padding=(0, 1, 0, 0))  # fmt: skip
    for column in columns:
        least = 12 if column in ("target", "operation", "entry point") else None
        justify = "left" if column in texts else "right"
        table.add_column(column, justify=justify, overflow="fold", min_width=least)  # type: ignore[arg-type]
    return table


def _verdict(verdict: Verdict) -> Text:
    return Text(SHORT.get(verdict, verdict.value), style=STYLES[verdict])


def _print_rest(report: Report, console: Console, of: str, *, verbose: bool) -> None:
    """Problems, what was left out, how things were chosen, and the summary."""
    found = problems(report)
    for problem in found[:PROBLEMS]:
        console.print()
        for line in problem_lines(problem, console.width):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    if len(found) > PROBLEMS:
        console.print(f"\nand {len(found) - PROBLEMS} more problems; --format json has them all", style="bold")
    if report.skipped:
        shown = report.skipped if verbose else report.skipped[:SKIPPED]
        rest = len(report.skipped) - len(shown)
        more = (f"and {rest} more; --verbose has them all",) if rest else ()
        _print_lines(console, f"Not checked ({len(report.skipped)}):", (*shown, *more))
    if report.notes and verbose:
        _print_lines(console, "Chosen:", report.notes)
    console.print()
    for line in textwrap.wrap(summary(report, of), console.width):
        console.print(line, markup=False, highlight=False)


def _print_lines(console: Console, title: str, lines: Iterable[str]) -> None:
    console.print(f"\n{title}", style="bold")
    for text in lines:
        for line in _wrapped(text, console.width, "  ", "    "):
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def problem_lines(problem: Problem, width: int = 80) -> list[Text]:
    """A problem in a few lines: its cause, where, by how much, and what shows it."""
    first, *others = _wrapped(problem.cause, width, f"{problem.verdict.value}  {problem.target}: ", "  ")
    lead = len(problem.verdict.value)
    lines = [Text.assemble((first[:lead], STYLES[problem.verdict]), first[lead:]), *map(Text, others)]
    places = [(label, str(place)) for label, place in zip(("line", "called"), problem.places, strict=False)]
    more = f", and {len(problem.seen) - SEEN} more" if len(problem.seen) > SEEN else ""
    seen = [("seen in", ", ".join(problem.seen[:SEEN]) + more)] if problem.seen else []
    for label, text in (*places, *problem.details, *seen):
        lines += map(Text, _wrapped(text, width, f"  {label + ':' if label else '':9}", " " * 11))
    return lines


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )

"""The table of every operation in the docs: `make operations` writes docs/operations.md.

python -m tl_checker.report.operations docs/operations.md standard
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from pathlib import Path

from tl_checker.gradients.depth import DEPTHS
from tl_checker.gradients.derived import NESTINGS
from tl_checker.gradients.ops import LAYERS
from tl_checker.gradients.subject import operations
from tl_checker.gradients.units import OperationUnit, verified_everywhere
from tl_checker.gradients.verdict import Report, Row, Verdict
from tl_checker.report.text import conventions, excluded, grouped, overall, summary

HEAD = """# The operations, certified

`make operations` writes this file: every operation of the language, and every instruction of its graphs, verified by
`tl verify --ops{option}` with seed 0. A number says how many comparisons with a reference that is not zero were made,
and that none disagreed; `-` that there is nothing to compare, `n.d.` that there is no derivative.

rev and fwd are the first derivatives in reverse and forward mode, on balls; ff, fr, rf and rr the second ones, forward
over forward to reverse over reverse; algebra holds the modes and orders against each other; f64 and f32 are values and
derivatives in float64 and float32, in units of what rounding can do there, and ulps their largest errors. The layers
without a column are {others}. No relative error of a derivative above "error below" can have been missed at the
points of the specification.

"""

COLUMNS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("rev", "first order", ("reverse",)),
    ("fwd", "first order", ("forward",)),
    ("ff", "second order", ("forward over forward",)),
    ("fr", "second order", ("forward over reverse",)),
    ("rf", "second order", ("reverse over forward",)),
    ("rr", "second order", ("reverse over reverse",)),
    ("algebra", "algebra", ()),
    ("f64 value", "values", ("float64",)),
    ("f64 rev", "float64", ("reverse",)),
    ("f64 fwd", "float64", ("forward",)),
    ("f32 value", "float32", ("value",)),
    ("f32 rev", "float32", ("reverse",)),
    ("f32 fwd", "float32", ("forward",)),
    ("f32 2nd", "float32", NESTINGS),
)
"""A title, a layer, and its modes (all for none)."""


def document(report: Report, depth: str) -> str:
    """The text of docs/operations.md."""
    shown = {layer for _, layer, _ in COLUMNS}
    others = ", ".join(layer for layer in LAYERS if layer not in shown)
    option = "" if depth == "standard" else f" --{depth}"
    titles = ["operation", "of", "verdict", *[title for title, _, _ in COLUMNS], "error below", "ulps f64", "ulps f32"]
    lines = [_line(titles), _line(["---"] * len(titles))]
    for target, rows in grouped(report.rows, lambda row: row.target).items():
        lines += _lines_of(target, rows)
    notes = [f"- {line}" for line in conventions(report)]
    left_out = [f"- {line}" for line in report.skipped]
    parts = ["## Where there is no derivative", "", *notes, "", f"## Not checked ({len(left_out)})", "", *left_out]
    return HEAD.format(option=option, others=others) + "\n".join(
        [*lines, "", summary(report, "operation"), "", *parts, ""]
    )


def _lines_of(target: str, rows: list[Row]) -> list[str]:
    """A line for each argument; what belongs to none stands in the first."""
    lines = []
    for number, argument in enumerate(list(dict.fromkeys(row.argument for row in rows if row.argument)) or [""]):
        own = [row for row in rows if row.argument == argument or (number == 0 and not row.argument)]
        cells = [_cell([r for r in own if r.layer == layer and r.mode in (modes or (r.mode,))])
                 for _, layer, modes in COLUMNS]  # fmt: skip
        worst = overall([row for row in rows if row.argument in ("", argument)])
        ulps = [_ulps(own, layers) for layers in (("values", "float64"), ("float32",))]
        lines.append(_line([f"`{target}`" if number == 0 else "", argument, worst.value, *cells, excluded(own), *ulps]))
    return lines


def _cell(rows: list[Row]) -> str:
    if not rows:
        return "-"
    worst = max((row.verdict for row in rows), key=lambda verdict: verdict.gravity)
    if worst is Verdict.NOT_DIFFERENTIABLE:
        return "n.d."
    return str(sum(row.nonzero for row in rows)) if worst is Verdict.PASS else worst.value


def _ulps(rows: Iterable[Row], layers: tuple[str, ...]) -> str:
    found = [row.ulps for row in rows if row.layer in layers and row.ulps is not None]
    largest = max(found, default=math.inf)
    return f"{largest:.1f}" if largest < 1e4 else f"{largest:.0e}" if math.isfinite(largest) else ""


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main(path: str, depth: str = "standard") -> int:
    """Verify everything and write the file; the exit code says whether all is well."""
    units = [OperationUnit(o.name, o.public, depth=DEPTHS[depth]) for o in operations()]
    report = Report()
    for one in verified_everywhere(units):
        report += one
    Path(path).write_text(document(report, depth))
    return 0 if report.clean() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

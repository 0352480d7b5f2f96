"""A report as data, for programs: the schema is in docs/verify.md, and changes only with its number."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import click

from tl_checker.gradients.at import Digits
from tl_checker.gradients.depth import Depth
from tl_checker.gradients.verdict import Finding, Report, Row, Verdict
from tl_checker.report.digits import digits_as_data
from tl_checker.report.problems import Place, places_in, problems

SCHEMA = 1


def print_json(report: Report, **how: Any) -> None:
    """The report on the standard output; ``how`` is what `as_data` takes."""
    data = as_data(report, **how)
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))


def as_data(
    report: Report, *, seed: int, depth: Depth, allow_inconclusive: bool = False, digits: Sequence[Digits] = ()
) -> dict[str, Any]:
    """The report as what JSON has."""
    return {
        "schema": SCHEMA,
        "seed": seed,
        "depth": depth.name,
        "clean": report.clean(allow_inconclusive=allow_inconclusive),
        "verdict": report.verdict.value,
        "verdicts": {verdict.value: sum(row.verdict is verdict for row in report.rows) for verdict in Verdict},
        "comparisons": sum(row.comparisons for row in report.rows),
        "nonzero": sum(row.nonzero for row in report.rows),
        "checks": [_check(row) for row in report.rows],
        "problems": [
            {
                "verdict": problem.verdict.value,
                "target": problem.target,
                "cause": problem.cause,
                "details": [{"label": label, "text": text} for label, text in problem.details],
                "places": [_place(place) for place in problem.places],
                "seen": list(problem.seen),
            }
            for problem in problems(report)
        ],
        "digits": digits_as_data(digits),
        "not_checked": list(report.skipped),
        "chosen": list(report.notes),
    }


def _check(row: Row) -> dict[str, Any]:
    return {
        "target": row.target,
        "entry": row.entry,
        "layer": row.layer,
        "argument": row.argument,
        "mode": row.mode,
        "verdict": row.verdict.value,
        "comparisons": row.comparisons,
        "nonzero": row.nonzero,
        "exact": row.bound == -math.inf,
        "error_below_log2": _finite(row.bound),
        "ulps": _finite(row.ulps),
        "note": row.note,
        "findings": [_finding(finding) for finding in row.findings],
    }


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "what": finding.what,
        "at": finding.at,
        "operation": finding.operation,
        "places": [_place(place) for place in places_in(finding.source)],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "function": place.function}

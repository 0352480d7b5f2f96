"""A report as annotations of a GitHub workflow: a line for each problem, at the user's own line where that is known.

Source: the workflow commands of GitHub Actions, ``::error file=...,line=...,title=...::message``.
"""

from __future__ import annotations

import click

from tl_checker.gradients.verdict import Report, Verdict
from tl_checker.report.problems import Problem, problems
from tl_checker.report.text import summary

LEVEL = {Verdict.FAIL: "error", Verdict.INACCURATE: "error", Verdict.INCONCLUSIVE: "warning"}


def print_annotations(report: Report) -> None:
    """The annotations on the standard output, then the summary, which is plain text."""
    for problem in problems(report):
        click.echo(annotation(problem))
    click.echo(summary(report))


def annotation(problem: Problem) -> str:
    """One line."""
    properties = {}
    if problem.places:
        properties = {"file": problem.places[0].file, "line": str(problem.places[0].line)}
    properties["title"] = f"tl verify: {problem.verdict.value} {problem.target}"
    lines = [problem.cause, *[f"{label}: {text}" if label else text for label, text in problem.details]]
    if len(problem.places) > 1:
        lines.append(f"called at: {problem.places[1]}")
    lines.append(f"seen in: {', '.join(problem.seen)}")
    told = ",".join(f"{name}={_property(text)}" for name, text in properties.items())
    return f"::{LEVEL.get(problem.verdict, 'notice')} {told}::{_message(chr(10).join(lines))}"


def _message(text: str) -> str:
    """Escaped as the runner unescapes it.

    >>> _message("100% of\\nit")
    '100%25 of%0Ait'
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")

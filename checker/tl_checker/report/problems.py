"""What was found, each thing once: findings of one cause are brought together, with everything that shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tl_checker.gradients.verdict import Finding, Report, Row, Verdict


@dataclass(frozen=True)
class Place:
    """A line of a file."""

    file: str
    line: int
    function: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" + (f", in {self.function}" if self.function else "")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, or not known; a wrong rule of the user's is one, whatever it is used in.

    ``cause`` names it; ``details`` are labelled lines; ``places`` the lines of the user's program, the rule before its
    call; ``seen`` the entry points and arguments that show it.
    """

    verdict: Verdict
    target: str
    cause: str
    details: tuple[tuple[str, str], ...]
    places: tuple[Place, ...]
    seen: tuple[str, ...]


def problems(report: Report) -> list[Problem]:
    """The problems of a report, the gravest first."""
    groups: dict[tuple[Verdict, str, str], list[tuple[Row, Finding]]] = {}
    for row, finding in report.findings:
        named = any(other.operation for other in row.findings)
        if named and not finding.operation:
            continue  # the row tells what is at fault already
        cause, target = _cause(finding), row.target.split(" with ")[0]
        key = row.verdict, finding.source.partition(";")[0] if "(custom_" in cause else target, cause
        groups.setdefault(key, []).append((row, finding))
    return [_problem(verdict, cause, found) for (verdict, _, cause), found in groups.items()]


_NAMED = re.compile(r"(?P<cause>.*? is wrong)(?: \((?P<element>.*?)\))?(?:: (?P<error>.*?))?(?:; in `(?P<line>.*)`)?")


def _cause(finding: Finding) -> str:
    match = _NAMED.fullmatch(finding.operation)
    if match is not None:
        return match["cause"]
    return finding.operation.partition(": ")[0] if finding.operation else finding.what


def _problem(verdict: Verdict, cause: str, found: list[tuple[Row, Finding]]) -> Problem:
    targets = list(dict.fromkeys(row.target.split(" with ")[0] for row, _ in found))
    finding = found[0][1]
    match = _NAMED.fullmatch(finding.operation)
    details = []
    if finding.what.startswith("d "):  # an entry of a Jacobian says more than a tangent
        told, _, more = finding.what.partition("; as ")
        expression, _, advice = more.partition("; ")
        details = [("error", told), ("paste", expression), ("try", advice)]
    elif match is not None and "Error: " in finding.what:
        details = [("error", finding.what), ("graph", match["line"] or "")]
    elif match is not None:
        details = [("error", match["error"] or ""), ("element", match["element"] or ""), ("graph", match["line"] or "")]
    elif finding.operation:
        details = [("", finding.operation.partition(": ")[2])]
    if finding.what != cause and not (match and match["error"]):
        details.insert(0, ("what", finding.what))
    if "; " in finding.what and match is not None and not re.match("d |.*Error: ", finding.what):
        details.append(("try", finding.what.partition("; ")[2]))
    details += [("at", finding.at), ("also in", ", ".join(targets[1:]))]
    return Problem(
        verdict,
        targets[0],
        cause,
        tuple((label, text) for label, text in details if text),
        tuple(places_in(finding.source)),
        _seen([row for row, _ in found if row.target.split(" with ")[0] == targets[0]]),
    )


def places_in(source: str) -> list[Place]:
    """The lines of files in the text of a source.

    >>> places_in("model.py:12, in swish_jvp; called at net.py:30, in __call__")
    [Place(file='model.py', line=12, function='swish_jvp'), Place(file='net.py', line=30, function='__call__')]
    """
    found = []
    for part in filter(None, source.split("; called at ")):
        match = re.fullmatch(r"(.*):(\d+)(?:, in (.*))?", part)
        if match is not None:
            found.append(Place(relative(match[1]), int(match[2]), match[3] or ""))
    return found


def relative(file: str) -> str:
    """The path of a file as seen from here, where it lies below."""
    try:
        return Path(file).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return file


def _seen(rows: list[Row]) -> tuple[str, ...]:
    """The entry points or layers, each with its arguments."""
    arguments: dict[str, dict[str, None]] = {}
    for row in rows:
        what = row.entry if row.layer in ("balls", "simplified", "floats", "annotation", "") else row.layer
        arguments.setdefault(what, {})
        if row.argument:
            arguments[what][row.argument] = None
    return tuple(what + (f" ({', '.join(names)})" if names else "") for what, names in arguments.items() if what)

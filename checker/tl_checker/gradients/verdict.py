"""What the verifier finds out: verdicts, findings, rows of the table, and the report that holds them."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple


class Verdict(enum.Enum):
    """What is known of one derivative.

    INACCURATE is a rule that is right whose results in floating point are poor; INCONCLUSIVE is not known.
    """

    NOT_DIFFERENTIABLE = "NOT-DIFFERENTIABLE"
    PASS = "PASS"
    INACCURATE = "INACCURATE"
    INCONCLUSIVE = "INCONCLUSIVE"
    FAIL = "FAIL"

    @cached_property
    def gravity(self) -> int:
        """The worst of several verdicts is the one of the largest gravity."""
        return list(Verdict).index(self)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or not known.

    ``what`` is a sentence; ``at`` the point (a sample, an assignment of sizes); ``operation`` and ``source`` the
    instruction at fault, where it was located; ``reproduction`` a program that shows it.
    """

    what: str
    at: str = ""
    operation: str = ""
    source: str = ""
    reproduction: str = ""

    def __str__(self) -> str:
        parts = [self.what, f"at {self.at}" if self.at else "", self.operation, self.source]
        return "; ".join(part for part in parts if part)


class Row(NamedTuple):
    """What one check of one target found.

    ``entry`` is what was called, ``layer`` how it was judged, ``argument`` and ``mode`` what the counts belong to.
    ``nonzero`` of the ``comparisons`` had a reference that is not zero. ``bound`` is the logarithm to base 2 of the
    relative error that could not have been missed, over all of them; None where nothing was bounded. ``ulps`` is the
    largest error of a float in units in the last place of the exact result; None where no floats were compared.
    """

    target: str
    entry: str
    layer: str
    argument: str = ""
    mode: str = ""
    verdict: Verdict = Verdict.PASS
    comparisons: int = 0
    nonzero: int = 0
    bound: float | None = None
    ulps: float | None = None
    findings: tuple[Finding, ...] = ()
    note: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What the row is about."""
        return self.target, self.entry, self.layer, self.argument, self.mode

    def merged(self, other: Row) -> Row:
        """Two rows about the same, as one."""
        bounds = [b for b in (self.bound, other.bound) if b is not None]
        ulps = [e for e in (self.ulps, other.ulps) if e is not None]
        notes = [note for text in (self.note, other.note) for note in text.split("; ") if note]
        return self._replace(
            verdict=max(self.verdict, other.verdict, key=lambda v: v.gravity),
            comparisons=self.comparisons + other.comparisons,
            nonzero=self.nonzero + other.nonzero,
            bound=max(bounds, default=None),
            ulps=max(ulps, default=None),
            findings=self.findings + other.findings,
            note="; ".join(dict.fromkeys(notes)),
        )


@dataclass(frozen=True)
class Report:
    """The rows of a verification, what was not checked and why, and how things were chosen."""

    rows: tuple[Row, ...] = ()
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __add__(self, other: Report) -> Report:
        return Report(self.rows + other.rows, self.skipped + other.skipped, self.notes + other.notes)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict; INCONCLUSIVE when there are no rows."""
        return max((row.verdict for row in self.rows), key=lambda v: v.gravity, default=Verdict.INCONCLUSIVE)

    def clean(self, *, allow_inconclusive: bool = False) -> bool:
        """Whether nothing was found."""
        bad = {Verdict.FAIL, Verdict.INACCURATE} | (set() if allow_inconclusive else {Verdict.INCONCLUSIVE})
        return bool(self.rows) and not any(row.verdict in bad for row in self.rows)

    @property
    def findings(self) -> tuple[tuple[Row, Finding], ...]:
        """Every finding with its row, the gravest first."""
        found = [(row, finding) for row in self.rows for finding in row.findings]
        return tuple(sorted(found, key=lambda pair: -pair[0].verdict.gravity))


def merge_rows(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows about the same brought together, in the order in which they first appeared."""
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        found[row.key] = found[row.key].merged(row) if row.key in found else row
    return tuple(found.values())


def require_nonzero(row: Row) -> Row:
    """The row, failed when it passed without a single comparison against something that is not zero."""
    if row.verdict is not Verdict.PASS or row.nonzero:
        return row
    what = "nothing was compared" if not row.comparisons else "all comparisons were of zeros, so nothing is verified"
    finding = Finding(f"{row.argument}: {what}" if row.argument else what)
    return row._replace(verdict=Verdict.FAIL, findings=(*row.findings, finding))


def first_line(error: BaseException) -> str:
    """The first line of what an exception says, or its name when it says nothing.

    >>> first_line(AssertionError()), first_line(ValueError("one\\ntwo"))
    ('AssertionError', 'one')
    """
    return (str(error).strip() or type(error).__name__).splitlines()[0]

"""The work of a verification in units that can be sent to other processes, and their reports put together in order."""

from __future__ import annotations

import dataclasses
import functools
import gc
import os
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import joblib

from tl_checker.gradients.balls import precision
from tl_checker.gradients.depth import STANDARD, Depth
from tl_checker.gradients.discover import Target, targets_in
from tl_checker.gradients.entries import ENTRY_LAYERS
from tl_checker.gradients.entry_points import verify_entry_points
from tl_checker.gradients.functions import verify_function
from tl_checker.gradients.models import verify_model
from tl_checker.gradients.ops import LAYERS, verify_named
from tl_checker.gradients.run import Progress, quiet
from tl_checker.gradients.simplifications import verify_simplifications
from tl_checker.gradients.verdict import Finding, Report, Row, Verdict, first_line

DOUBLE = 53
"""The binary digits of what is reckoned outside of the checks themselves, such as units of the last place."""
FEW = 4
"""Fewer units than this are not worth another process."""


@dataclass(frozen=True)
class OperationUnit:
    """One operation, public or of graphs."""

    name: str
    public: bool
    seed: int = 0
    depth: Depth = STANDARD
    layers: tuple[str, ...] = LAYERS

    @property
    def label(self) -> str:
        """What is shown while it runs."""
        return self.name

    def verified(self, told: Progress) -> Report:
        """Its report."""
        return verify_named((self.name, self.public), self.seed, self.depth, self.layers)


@dataclass(frozen=True)
class TargetUnit:
    """One model or function, by the place where it is found again, ``MODULE:NAME``.

    The object itself stays in the process that found it.
    """

    place: str
    name: str
    seed: int = 0
    depth: Depth = STANDARD
    layers: tuple[str, ...] = ENTRY_LAYERS
    found: Target | None = field(default=None, compare=False, repr=False)

    @property
    def label(self) -> str:
        """What is shown while it runs."""
        return self.name

    def __getstate__(self) -> dict[str, object]:
        return {**vars(self), "found": None}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)

    def verified(self, told: Progress) -> Report:
        """Its report, of the layers that are asked for."""
        target = self.found or targets_in(f"{self.place}:{self.name}").targets[0]
        verify = verify_model if target.is_model else verify_function
        report = verify(
            target.value, name=target.name, seed=self.seed, progress=told, depth=self.depth, layers=self.layers
        )
        rows = tuple(row for row in report.rows if row.layer in ("", *self.layers))
        nothing = () if rows else (f"{target.name}: there is nothing of it in {' and '.join(self.layers)}",)
        return dataclasses.replace(report, rows=rows, skipped=report.skipped + nothing)


@dataclass(frozen=True)
class SimplifierUnit:
    """The simplifier, on random graphs."""

    seed: int = 0

    @property
    def label(self) -> str:
        """What is shown while it runs."""
        return "simplification"

    def verified(self, told: Progress) -> Report:
        """Its report."""
        return verify_simplifications(seed=self.seed)


@dataclass(frozen=True)
class EntryPointsUnit:
    """The entry points of the engine, at what the operations have no part in."""

    part: str

    @property
    def label(self) -> str:
        """What is shown while it runs."""
        return f"entry points: {self.part}"

    def verified(self, told: Progress) -> Report:
        """Its report."""
        return verify_entry_points(self.part)


Unit = OperationUnit | SimplifierUnit | EntryPointsUnit | TargetUnit


def verified(unit: Unit, told: Progress = quiet) -> Report:
    """The report of a unit. Where the verifier itself fails, that is a finding: other units go on."""
    try:
        with precision(DOUBLE):  # whatever another program has set in this process
            return unit.verified(told)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        what = f"the verifier failed: {type(error).__name__}: {first_line(error)}"
        finding = Finding(what, "", "", f"{place.filename}:{place.lineno}, in {place.name}")
        return Report((Row(unit.label, "", "", verdict=Verdict.INCONCLUSIVE, findings=(finding,)),))


def verified_everywhere(units: Sequence[Unit], jobs: int = 0, told: Progress = quiet) -> Iterator[Report]:
    """The reports of units in their order, each when it is there, by so many processes (0: one for each processor).

    The reports do not depend on their number. A process of joblib's takes each unit: ``joblib.parallel_config`` chooses
    what kind.
    """
    processes = min(jobs or os.cpu_count() or 1, len(units))
    if processes <= 1 or (len(units) < FEW and not jobs):
        with _settled():
            for unit in units:
                told(unit.label)
                yield verified(unit, told)
        return
    spread = joblib.Parallel(n_jobs=processes, return_as="generator")
    for unit, report in zip(units, spread(joblib.delayed(_elsewhere)(unit) for unit in units), strict=True):
        told(unit.label)
        yield report


@contextmanager
def _settled() -> Iterator[None]:
    """What is there stays there: the collector of garbage need not go through the imported modules time and again."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _elsewhere(unit: Unit) -> Report:
    """`verified`, in a process that was made for it."""
    _settle_once()
    return verified(unit)


@functools.cache
def _settle_once() -> None:
    gc.collect()
    gc.freeze()

"""The command `tl verify`."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tl_checker.gradients.at import Digits, load_data, verify_at
from tl_checker.gradients.depth import DEEP, QUICK, STANDARD, Depth
from tl_checker.gradients.discover import UsageError, did_you_mean, targets_in
from tl_checker.gradients.entries import ENTRY_LAYERS
from tl_checker.gradients.entry_points import PARTS
from tl_checker.gradients.ops import LAYERS
from tl_checker.gradients.simplifications import FORMS
from tl_checker.gradients.subject import operations
from tl_checker.gradients.units import (
    EntryPointsUnit,
    OperationUnit,
    SimplifierUnit,
    TargetUnit,
    Unit,
    verified_everywhere,
)
from tl_checker.gradients.verdict import Report
from tl_checker.report.annotations import print_annotations
from tl_checker.report.data import print_json
from tl_checker.report.digits import print_digits
from tl_checker.report.text import print_entries, print_operations
from tl_checker.verify_settings import settings
from tl_dsl.errors import TlError

CLEAN, FINDINGS, USAGE = 0, 1, 2
PLAIN_WIDTH = 80
"""How wide tables are where there is no terminal to ask."""


@dataclass(frozen=True)
class Options:
    """What was asked for, on the command line or in pyproject.toml."""

    targets: tuple[str, ...]
    ops: bool
    quick: bool
    deep: bool
    jobs: int
    only: tuple[str, ...]
    seed: int
    at: str | None
    format: str
    verbose: bool
    allow_inconclusive: bool

    @property
    def depth(self) -> Depth:
        """How deep to look. Errors: UsageError."""
        if self.quick and self.deep:
            raise UsageError("--quick and --deep are two depths; there is one in between, without either")
        return QUICK if self.quick else DEEP if self.deep else STANDARD

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers to look at, in their order. Errors: UsageError for one that does not exist."""
        known = LAYERS if self.ops else ENTRY_LAYERS
        for name in self.only:
            if name not in known:
                close = difflib.get_close_matches(name, known, n=2, cutoff=0.5)
                of = "operations" if self.ops else "models and functions"
                there = did_you_mean(close) or f"; there are {', '.join(known)}"
                raise UsageError(f"no layer of {of} is called {name!r}{there}")
        return tuple(layer for layer in known if not self.only or layer in self.only)


def _read_settings(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Before the other options: what pyproject.toml says are their defaults."""
    try:
        context.default_map = {**settings(), **(context.default_map or {})}
    except UsageError as error:
        _usage(error)
    return value


@click.command()
@click.argument("targets", nargs=-1)
@click.option("--ops", is_flag=True, is_eager=True, callback=_read_settings,
              help="Certify the engine's own operations; TARGETS are names of operations.")  # fmt: skip
@click.option("--quick", is_flag=True, help="Look less deep: relative errors down to 1e-20 are found.")
@click.option("--deep", is_flag=True, help="Look deeper: relative errors down to 1e-50 are found.")
@click.option("--jobs", type=click.IntRange(0), default=0, metavar="N",
              help="Processes; 0 is one for each processor. The output does not depend on it.")  # fmt: skip
@click.option("--only", multiple=True, metavar="LAYER",
              help=f"Only this layer, one of {', '.join(ENTRY_LAYERS)}; with --ops of {', '.join(LAYERS)}. "
              "May be repeated.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, metavar="S",
              help="What points are drawn; equal seeds give equal output.")  # fmt: skip
@click.option("--at", metavar="FILE", help="At the inputs in this file (.npz), instead of drawn ones.")
@click.option("--format", type=click.Choice(("text", "json", "github")), default="text", show_default=True,
              help="For people, for programs (docs/verify.md), or as annotations of a workflow.")  # fmt: skip
@click.option("--verbose", "-v", is_flag=True, help="A line for every entry point and argument.")
@click.option("--allow-inconclusive", is_flag=True, help="Exit with 0 although something could not be decided.")
def verify(**given: Any) -> None:
    """Verify gradients in rigorous ball arithmetic.

    TARGETS are MODULE or MODULE:NAME, where MODULE is a dotted name or the path of a file: every Module in it, every
    function with jaxtyping annotations and every function with a derivative of its own, at inputs drawn from the
    annotations. Options may stand under [tool.tl.verify] in pyproject.toml; the command line wins.

    Exits with 0 when all is well, 1 when there are findings, 2 when something cannot be verified at all.
    """
    options = Options(**{**given, "targets": tuple(given["targets"]) or _kept_targets(given["ops"])})
    digits: tuple[Digits, ...] = ()
    try:
        units, skipped = _units(options)
        if options.at is None:
            report = Report((), skipped) + _run(units, options.jobs)
        else:
            report, digits = _at(units, options)
    except UsageError as error:
        _usage(error)
    _print(report, options, digits)
    sys.exit(CLEAN if report.clean(allow_inconclusive=options.allow_inconclusive) else FINDINGS)


def _kept_targets(ops: bool) -> tuple[str, ...]:
    kept = (click.get_current_context().default_map or {}).get("targets", ())
    return () if ops else tuple(kept)


def _usage(error: UsageError) -> None:
    click.echo(f"tl verify: {error}", err=True)
    sys.exit(USAGE)


def _units(options: Options) -> tuple[list[Unit], tuple[str, ...]]:
    """The units of work, and what was passed over. Errors: UsageError."""
    if options.ops:
        return list(_operations(options)), ()
    if not options.targets:
        raise UsageError("say what to verify: a MODULE, MODULE:NAME or FILE.py, or --ops for the engine itself")
    units: dict[Unit, None] = {}
    skipped: list[str] = []
    for text in options.targets:
        found = targets_in(text)
        skipped += found.skipped
        place = text.partition(":")[0]
        for target in found.targets:
            units[TargetUnit(place, target.name, options.seed, options.depth, options.layers, target)] = None
    return list(units), tuple(dict.fromkeys(skipped))


def _operations(options: Options) -> list[Unit]:
    known = [(operation.name, operation.public) for operation in operations()]
    names = sorted({name for name, _ in known})
    for name in options.targets:
        if name not in names:
            close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
            raise UsageError(f"no operation is called {name!r}{did_you_mean(close)}")
    units: list[Unit] = [
        OperationUnit(name, public, options.seed, options.depth, options.layers)
        for name, public in known
        if not options.targets or name in options.targets
    ]
    if options.targets or FORMS not in options.layers:
        return units
    return [*units, SimplifierUnit(options.seed), *map(EntryPointsUnit, PARTS)]


def _run(units: Sequence[Unit], jobs: int) -> Report:
    """The reports of all units as one, with progress on the error stream while it runs, where that is a terminal."""
    errors = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        BarColumn(24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    report = Report()
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("", total=len(units))

        def told(text: str) -> None:
            progress.update(task, description=text)

        for one in verified_everywhere(units, jobs, told):
            progress.advance(task)
            report += one
    return report


def _at(units: list[Unit], options: Options) -> tuple[Report, tuple[Digits, ...]]:
    """The report of one target at the data of a file. Errors: UsageError."""
    chosen = [unit for unit in units if isinstance(unit, TargetUnit)]
    if options.ops or len(chosen) != 1 or chosen[0].found is None:
        names = ", ".join(unit.name for unit in chosen) or "operations"
        raise UsageError(f"--at takes one target, MODULE:NAME; got {names}")
    assert options.at is not None
    try:
        data = load_data(options.at)
        found = verify_at(chosen[0].found.value, data, name=chosen[0].name, depth=options.depth)
    except (TlError, OSError) as error:
        raise UsageError(str(error)) from error
    return found.report, found.digits


def _doing() -> TextColumn:
    return TextColumn("{task.description}")


def _print(report: Report, options: Options, digits: tuple[Digits, ...]) -> None:
    if options.format == "json":
        how = {"seed": options.seed, "depth": options.depth, "allow_inconclusive": options.allow_inconclusive}
        print_json(report, digits=digits, **how)
    elif options.format == "github":
        print_annotations(report)
    else:
        console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
        if digits:
            print_digits(digits, console)
            console.print()
        shown = print_operations if options.ops else print_entries
        shown(report, console, verbose=options.verbose)

"""The command `tl`."""

from __future__ import annotations

import difflib
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tl_checker.check import check
from tl_checker.explain import explain
from tl_checker.gradients.discover import Target, UsageError, did_you_mean, targets_in
from tl_checker.gradients.functions import verify_function
from tl_checker.gradients.models import verify_model
from tl_checker.gradients.ops import verify_named
from tl_checker.gradients.run import Progress as Told
from tl_checker.gradients.subject import operations
from tl_checker.gradients.verdict import Report
from tl_checker.report.text import print_entries, print_operations

CLEAN, FINDINGS, USAGE = 0, 1, 2
PLAIN_WIDTH = 160
"""How wide tables are where there is no terminal to ask."""


@click.group()
def main() -> None:
    """A typed language for tensor programs: the tools that judge them."""


main.add_command(check)
main.add_command(explain)


@main.command()
@click.argument("targets", nargs=-1)
@click.option("--ops", is_flag=True, help="Verify the engine's own operations; TARGETS are names of operations.")
@click.option("--seed", default=0, show_default=True, help="What points are drawn; equal seeds give equal output.")
@click.option("--allow-inconclusive", is_flag=True, help="Exit with 0 although something could not be decided.")
@click.option("--jobs", default=0, help="Processes for --ops; one for each processor by default.")
def verify(targets: tuple[str, ...], ops: bool, seed: int, allow_inconclusive: bool, jobs: int) -> None:
    """Verify gradients in rigorous ball arithmetic.

    TARGETS are MODULE or MODULE:NAME, where MODULE is a dotted name or the path of a file: every Module in it and every
    function with jaxtyping annotations, at inputs drawn from the annotations.

    Exits with 0 when all is well, 1 when there are findings, 2 when a target cannot be verified at all.
    """
    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    try:
        if ops:
            report = _verified_operations(targets, seed, jobs or os.cpu_count() or 1)
            print_operations(report, console)
        elif targets:
            report = _verified_targets(targets, seed)
            print_entries(report, console)
        else:
            raise UsageError("say what to verify: a MODULE, MODULE:NAME or FILE.py, or --ops for the engine itself")
    except UsageError as error:
        click.echo(f"tl verify: {error}", err=True)
        sys.exit(USAGE)
    sys.exit(CLEAN if report.clean(allow_inconclusive=allow_inconclusive) else FINDINGS)


def _verified_targets(texts: tuple[str, ...], seed: int) -> Report:
    found = [targets_in(text) for text in texts]
    report = Report((), tuple(reason for one in found for reason in one.skipped))
    with _progress() as progress:
        task = progress.add_task("", total=None)

        def told(text: str) -> None:
            progress.update(task, description=text)

        for target in dict.fromkeys(target for one in found for target in one.targets):
            report += _verified(target, seed, told)
    return report


def _verified(target: Target, seed: int, told: Told) -> Report:
    if target.is_model:
        return verify_model(target.value, name=target.name, seed=seed, progress=told)
    return verify_function(target.value, name=target.name, seed=seed, progress=told)


def _verified_operations(names: tuple[str, ...], seed: int, jobs: int) -> Report:
    known = [(operation.name, operation.public) for operation in operations()]
    for name in names:
        if name not in {one for one, _ in known}:
            close = difflib.get_close_matches(name, sorted({one for one, _ in known}), n=3, cutoff=0.5)
            raise UsageError(f"no operation is called {name!r}{did_you_mean(close)}")
    chosen = [one for one in known if not names or one[0] in names]
    report = Report()
    with _progress() as progress:
        task = progress.add_task("", total=len(chosen))
        work = partial(verify_named, seed=seed)
        if jobs == 1 or len(chosen) < 4:
            for one in chosen:
                progress.update(task, description=one[0], advance=1)
                report += work(one)
            return report
        with ProcessPoolExecutor(min(jobs, len(chosen)), get_context("spawn")) as pool:
            for one, found in zip(chosen, pool.map(work, chosen), strict=True):
                progress.update(task, description=one[0], advance=1)
                report += found
    return report


def _progress() -> Progress:
    """Progress on the error stream while it runs, where that is a terminal; nothing remains of it."""
    errors = Console(stderr=True)
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    return Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal)

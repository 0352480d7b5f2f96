"""How small a relative error of a rule is found: proven from the width of the balls, and measured by planting one.

``python -m tl_checker.gradients.sensitivity [--depth quick] [NAMES]`` prints the table of all operations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import click

from tl_checker.gradients.depth import DEPTHS, Depth
from tl_checker.gradients.ops import chosen_operations, verify_operation
from tl_checker.gradients.planting import planted_fault
from tl_checker.gradients.subject import Operation
from tl_checker.gradients.verdict import Verdict
from tl_dsl.primitive import PRIMITIVES

ORDERS = ("first order", "second order")
DIGITS = 160
"""Planted errors are not smaller than 10^-DIGITS."""

POINTS = 6
"""Errors are planted in every point, and looked for at so many."""


@dataclass(frozen=True)
class Sensitivity:
    """What is found of one operation.

    ``proven`` is the logarithm to base 2 of the relative error that no comparison of derivatives could have missed, by
    order (None: nothing to compare; -inf: the balls have no width). ``measured`` is the largest k, up to `DIGITS`, such
    that an error of 10^-k, planted in the rule of the primitive, is found; None where there is no rule to plant one in:
    public operations consist of others.
    """

    target: str
    proven: dict[str, float | None]
    measured: int | None

    @property
    def weakest(self) -> float:
        """The largest of the proven errors."""
        return max((bound for bound in self.proven.values() if bound is not None), default=-math.inf)


def sensitivity(operation: Operation, depth: Depth, seed: int = 0) -> Sensitivity:
    """The smallest relative error that is found of one operation.

    >>> from tl_checker.gradients.depth import QUICK
    >>> found = sensitivity(chosen_operations(["tanh"])[1], QUICK)
    >>> found.target, found.measured >= 20
    ('tanh (graph)', True)
    """
    report = verify_operation(operation, seed=seed, depth=depth, layers=ORDERS)
    proven = {
        order: max((r.bound for r in report.rows if r.layer == order and r.bound is not None), default=None)
        for order in ORDERS
    }
    moves = any(row.nonzero for row in report.rows) and not operation.public and operation.name in PRIMITIVES
    return Sensitivity(operation.target, proven, _measured(operation, depth, seed) if moves else None)


def _measured(operation: Operation, depth: Depth, seed: int) -> int | None:
    low, high = 0, DIGITS  # found at 10^-low, not known beyond
    if not _found(operation, depth, seed, 1):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _found(operation, depth, seed, middle) else (low, middle - 1)
    return low


def _found(operation: Operation, depth: Depth, seed: int, digits: int) -> bool:
    with planted_fault(operation.name, relative=10.0**-digits):
        report = verify_operation(operation, seed=seed, depth=depth, layers=ORDERS[:1], samples=POINTS)
    return report.verdict is Verdict.FAIL


def shown(bound: float | None) -> str:
    """A bound as a power of ten.

    >>> shown(-66.5), shown(-math.inf), shown(None)
    ('1e-20', 'exact', '-')
    """
    if bound is None or bound == -math.inf:
        return "-" if bound is None else "exact"
    return f"{10 ** (bound * math.log10(2)):.0e}"


@click.command()
@click.argument("names", nargs=-1)
@click.option("--depth", type=click.Choice([*DEPTHS]), default="quick", show_default=True)
@click.option("--seed", default=0, show_default=True)
def main(names: tuple[str, ...], depth: str, seed: int) -> None:
    """Print the smallest relative error that is found of each operation; exit with 1 where one is not small enough."""
    chosen, bound = DEPTHS[depth], DEPTHS[depth].sharp
    click.echo(f"{'operation':32}{'proven, 1st':>12}{'proven, 2nd':>12}{'planted':>9}   wanted: {shown(bound)}")
    short = []
    for operation in chosen_operations(names or None):
        found = sensitivity(operation, chosen, seed)
        planted = "-" if found.measured is None else f"1e-{found.measured}"
        columns = "".join(f"{shown(found.proven[order]):>12}" for order in ORDERS)
        click.echo(f"{found.target:32}{columns}{planted:>9}")
        planted_short = found.measured is not None and found.measured < -math.floor(bound * math.log10(2)) - 1
        if found.weakest > bound or planted_short:
            short.append(found.target)
    click.echo(f"not small enough: {', '.join(short) or 'none'}")
    raise SystemExit(1 if short else 0)


if __name__ == "__main__":
    main()

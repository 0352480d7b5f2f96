"""False alarms: every operation, seed after seed, until so many numbers that are not zero were compared.

``python -m tl_checker.gradients.alarms [--comparisons N]``: the rules are right, so that whatever is found is false.
"""

from __future__ import annotations

from collections import Counter
from itertools import count

import click

from tl_checker.gradients.depth import DEPTHS
from tl_checker.gradients.ops import LAYERS, chosen_operations, verify_operation
from tl_checker.gradients.verdict import Row, Verdict

BALLS = ("first order", "second order", "algebra", "batching")
"""Layers of comparisons in balls alone."""


@click.command()
@click.argument("names", nargs=-1)
@click.option("--comparisons", default=1_000_000, show_default=True, help="So many, of what is not zero, in balls.")
@click.option("--seed", default=1, show_default=True, help="The first seed.")
@click.option("--depth", type=click.Choice([*DEPTHS]), default="quick", show_default=True)
@click.option("--all-layers", is_flag=True, help="Floats, purity and kinks, too.")
def main(names: tuple[str, ...], comparisons: int, seed: int, depth: str, all_layers: bool) -> None:
    """Count comparisons and alarms; exit with 1 if there is an alarm."""
    layers = LAYERS if all_layers else BALLS
    done: Counter[str] = Counter()
    alarms: list[Row] = []
    for number in count(seed):
        for operation in chosen_operations(names or None):
            for row in verify_operation(operation, seed=number, depth=DEPTHS[depth], layers=layers).rows:
                done[row.layer] += row.nonzero
                if row.verdict not in (Verdict.PASS, Verdict.NOT_DIFFERENTIABLE):
                    alarms.append(row)
                    click.echo(f"{row.verdict.value} {row.target} {row.layer} {row.mode}: {row.findings[0]}")
        total = sum(done[layer] for layer in BALLS)
        click.echo(f"seed {number}: {total:,} comparisons in balls so far, {len(alarms)} alarms")
        if total >= comparisons:
            break
    click.echo(f"{', '.join(f'{layer}: {n:,}' for layer, n in done.items())}; {len(alarms)} alarms")
    raise SystemExit(1 if alarms else 0)


if __name__ == "__main__":
    main()

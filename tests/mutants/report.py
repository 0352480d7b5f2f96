"""The table of a bank: how many mutants of each class were found out, and which lived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.mutants.judges import Judgement
from tests.mutants.mutant import Mutant

COLUMNS = ("FAIL", "INCONCLUSIVE", "does not run", "time-out", "equivalent", "alive")


@dataclass(frozen=True)
class Outcome:
    """A mutant and what became of it: the verdict of its judge, "equivalent" or "alive"."""

    mutant: Mutant
    judgement: Judgement
    argument: str = ""

    @property
    def became(self) -> str:
        """The column that it is counted in."""
        if self.judgement.killed:
            return self.judgement.verdict
        return "equivalent" if self.argument else "alive"


def table(outcomes: Sequence[Outcome]) -> str:
    """Class by class: killed of those that are not equivalent, and how."""
    counted = Counter((one.mutant.kind, one.became) for one in outcomes)
    kinds = list(dict.fromkeys(one.mutant.kind for one in outcomes))
    lines = [_line("class", ["killed", "of", *COLUMNS])]
    for kind in [*sorted(kinds), "all"]:
        counts = [sum(n for (k, c), n in counted.items() if c == column and kind in (k, "all")) for column in COLUMNS]
        killed = sum(counts[:4])
        lines.append(_line(kind, [str(killed), str(killed + counts[-1]), *map(str, counts)]))
    return "\n".join(lines)


def _line(name: str, cells: Iterable[str]) -> str:
    widths = (6, 6, *[max(len(column), 5) for column in COLUMNS])
    return f"{name:<18}" + "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def survivor(outcome: Outcome) -> str:
    """A mutant that lived: the lines before and after, and who let it pass."""
    mutant = outcome.mutant
    before, after = mutant.key.split(": ", 1)[1].split(" -> ", 1)
    head = f"{mutant.path}:{mutant.line} ({mutant.kind}, {mutant.change}; {outcome.judgement.judge})"
    return f"{head}\n  key {mutant.key}\n  - {before}\n  + {after}"

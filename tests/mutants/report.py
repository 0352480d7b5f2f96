"""The table of a bank: how many mutants of each class were found out, and which lived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.mutants.judges import Judgement

COLUMNS = ("FAIL", "INCONCLUSIVE", "does not run", "time-out", "equivalent", "alive")


@dataclass(frozen=True)
class Outcome:
    """A mutant and what became of it; of a change also its place, and the argument that it is none."""

    kind: str
    key: str
    judgement: Judgement
    where: str = ""
    argument: str = ""

    @property
    def became(self) -> str:
        """The column that it is counted in."""
        if self.judgement.killed:
            return self.judgement.verdict
        return "equivalent" if self.argument else "alive"


def table(outcomes: Sequence[Outcome]) -> str:
    """Class by class: killed of those that are not equivalent, and how."""
    counted = Counter((one.kind, one.became) for one in outcomes)
    kinds = list(dict.fromkeys(one.kind for one in outcomes))
    lines = [_line("class", ["killed", "of", *COLUMNS])]
    for kind in [*sorted(kinds), "all"]:
        counts = [sum(n for (k, c), n in counted.items() if c == column and kind in (k, "all")) for column in COLUMNS]
        killed = sum(counts[:4])
        lines.append(_line(kind, [str(killed), str(killed + counts[-1]), *map(str, counts)]))
    return "\n".join(lines)


def _line(name: str, cells: Iterable[str]) -> str:
    widths = (6, 6, *[max(len(column), 5) for column in COLUMNS])
    return f"{name:<30}" + "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def survivor(outcome: Outcome) -> str:
    """A mutant that lived: the lines before and after, and who let it pass."""
    head = f"{outcome.where or outcome.key} ({outcome.kind}; {outcome.judgement.judge})"
    if not outcome.where:
        return head
    before, after = outcome.key.split(": ", 1)[1].split(" -> ", 1)
    return f"{head}\n  key {outcome.key}\n  - {before}\n  + {after}"

"""Which judges run which lines: a mutant is put before those that run it, the quickest first."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.mutants import judges
from tests.mutants.mutant import Mutant
from tests.mutants.places import JUDGED, ROOT, fingerprint
from tests.mutants.process import Died, spread

KEPT = ROOT / ".mutants"
"""What was measured is kept here."""


@dataclass(frozen=True)
class Reach:
    """For each judge the lines that it runs, and its seconds."""

    lines: dict[str, judges.Lines]
    seconds: dict[str, float]

    def judges_of(self, mutant: Mutant) -> list[str]:
        """The judges that run a mutant's lines: those of its own operation first, then the quickest."""
        own = {mutant.primitive, f"{mutant.primitive} (graph)"}
        own |= {judges.SIMPLIFICATIONS} if mutant.kind == "simplification" else set()
        changed = range(mutant.line, mutant.last_line + 1)
        found = [judge for judge, lines in self.lines.items() if not lines.get(mutant.path, set()).isdisjoint(changed)]
        return sorted(found, key=lambda judge: (judge not in own, self.seconds[judge]))


def measured(jobs: int) -> Reach:
    """What the judges reach, measured anew when what is judged has changed (not so for the verifier, which costs minutes).

    Errors: SystemExit when one is not content.
    """
    path = KEPT / f"reach-{fingerprint(*JUDGED)}.pickle"
    if path.exists():
        kept: Reach = pickle.loads(path.read_bytes())
        return kept
    ((_, names),) = spread([judges.names], 1)
    if isinstance(names, Died):
        raise SystemExit(f"the unchanged program does not run: {names.why}")
    lines: dict[str, judges.Lines] = {}
    seconds: dict[str, float] = {}
    for number, answer in spread([partial(judges.reached, name) for name in names], jobs):
        if isinstance(answer, Died) or answer[0]:
            raise SystemExit(f"{names[number]}: {answer.why if isinstance(answer, Died) else answer[0]}")
        _, lines[names[number]], seconds[names[number]] = answer
    found = Reach({name: lines[name] for name in names}, seconds)
    _keep(path, found)
    return found


def _keep(path: Path, reach: Reach) -> None:
    KEPT.mkdir(exist_ok=True)
    for old in KEPT.glob("reach-*.pickle"):
        old.unlink()
    path.write_bytes(pickle.dumps(reach))

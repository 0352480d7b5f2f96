"""Which judges run which lines: a mutant is put before those that run it, the quickest first."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import partial

from tests.mutants import judges
from tests.mutants.kept import KEPT
from tests.mutants.mutant import Mutant
from tests.mutants.places import ROOT, Module
from tests.mutants.process import Died, spread


@dataclass(frozen=True)
class Reach:
    """For each judge the lines that it runs, and its seconds."""

    lines: dict[str, judges.Lines]
    seconds: dict[str, float]
    forms: str = ""

    def judges_of(self, mutant: Mutant) -> list[str]:
        """The judges that run a mutant's lines, the quickest first, after those of its own operation.

        Those of its own operation always judge, since the lines may be new.
        Lines that nobody ran when it was measured are given to all programs: they may be new.
        """
        own = {mutant.primitive, f"{mutant.primitive} (graph)"}
        own |= {judges.SIMPLIFICATIONS} if mutant.kind == "simplification" else set()
        if mutant.kind in ("entry point", "kept traces"):
            own |= {judge for judge in self.lines if judge.startswith((judges.ENTRY_POINTS, "program "))}
        source = Module(ROOT / mutant.path).source.decode().split("\n")
        changed = {line.strip() for line in source[mutant.line - 1 : mutant.last_line]}
        found = [judge for judge, lines in self.lines.items() if not lines.get(mutant.path, set()).isdisjoint(changed)]
        others = () if found else (judges.ENTRY_POINTS, "program ")
        found += [judge for judge in self.lines if judge not in found and (judge in own or judge.startswith(others))]
        found.sort(key=lambda judge: (judge not in own, self.seconds[judge]))
        operation = {mutant.primitive, f"{mutant.primitive} (graph)"}
        at_length = [f"{judge}{judges.DEEPER}standard" for judge in found if judge in operation]
        return [*found, *at_length]


class Own:
    """Nothing measured: a rule is judged by its own operation, a simplification by random graphs."""

    forms = ""

    def judges_of(self, mutant: Mutant) -> list[str]:
        """The judges of its own operation; none for what belongs to no operation."""
        if mutant.kind == "simplification":
            return [judges.SIMPLIFICATIONS]
        return [f"{mutant.primitive} (graph)"] if mutant.primitive not in ("", "of several") else []


def measured(jobs: int, *, anew: bool = False) -> Reach:
    """What the judges reach: of those that were never measured, or of all ``anew``, which takes minutes.

    Errors: SystemExit when a judge is not content with the unchanged program.
    """
    path = KEPT / "reach.pickle"
    kept: Reach = pickle.loads(path.read_bytes()) if path.exists() and not anew else Reach({}, {})
    ((_, names),) = spread([judges.names], 1)
    if isinstance(names, Died):
        raise SystemExit(f"the unchanged program does not run: {names.why}")
    lines = {name: kept.lines[name] for name in names if name in kept.lines}
    seconds = {name: kept.seconds[name] for name in lines}
    missing = [name for name in names if name not in lines]
    for number, answer in spread([partial(judges.reached, name) for name in missing], jobs):
        if isinstance(answer, Died) or answer[0]:
            raise SystemExit(f"{missing[number]}: {answer.why if isinstance(answer, Died) else answer[0]}")
        _, lines[missing[number]], seconds[missing[number]] = answer
    ((_, forms),) = spread([judges.simplest_forms], 1)
    found = Reach(lines, seconds, forms)
    KEPT.mkdir(exist_ok=True)
    path.write_bytes(pickle.dumps(found))
    return found

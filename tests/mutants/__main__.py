"""`python -m tests.mutants --seed 0 --fraction 0.1 --jobs 2`: wrong rules by the thousand, and which are found out."""

from __future__ import annotations

import argparse
import pickle
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from tests.mutants import equivalent, judges
from tests.mutants.judges import Judgement
from tests.mutants.mutant import Mutant, mechanical
from tests.mutants.places import JUDGED, JUDGING, fingerprint
from tests.mutants.process import Died, prepare, spread
from tests.mutants.reach import KEPT, Own, Reach, measured
from tests.mutants.report import Outcome, survivor, table

Answers = Iterator[tuple[Mutant, Judgement]]


def main() -> int:
    """Exit 1 when a mutant lives that is not argued to be equivalent."""
    options = _options()
    bank = mechanical()
    arguments = equivalent.argued(mutant.key for mutant in bank)
    chosen = [m for m in bank if m.drawn(options.seed, options.fraction) and _wanted(m, options)]
    print(f"{len(chosen)} of {len(bank)} mechanical mutants, seed {options.seed}", flush=True)
    prepare()
    reach = Own() if options.own else measured(options.jobs, anew=options.measure)
    started, outcomes = time.monotonic(), []
    for mutant, judgement in _judged(chosen, reach, options):
        outcomes.append(Outcome(mutant, judgement, arguments.get(mutant.key, "")))
        if options.progress and len(outcomes) % 50 == 0:
            print(f"  {len(outcomes)} in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    alive = [one for one in outcomes if one.became == "alive"]
    for one in sorted(alive, key=lambda one: one.mutant.key):
        print(survivor(one))
    if options.verbose:
        for one in outcomes:
            print(f"{one.became}: {one.mutant.key} | {one.judgement}")
    print(table(outcomes))
    return int(bool(alive))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", default="0", help="which mutants are drawn")
    parser.add_argument("--fraction", type=float, default=0.1, help="how many of all")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--kind", default="", help="only classes whose name contains this")
    parser.add_argument("--only", default="", help="only mutants whose key contains this")
    parser.add_argument("--limit", type=float, default=6.0, help="seconds of the processor for the judges of one")
    parser.add_argument("--own", action="store_true", help="rules before their own operation only, nothing measured")
    parser.add_argument("--measure", action="store_true", help="which lines the judges run is measured anew")
    parser.add_argument("--progress", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="what became of every mutant")
    return parser.parse_args()


def _wanted(mutant: Mutant, options: argparse.Namespace) -> bool:
    own = not options.own or bool(Own().judges_of(mutant))
    return own and options.kind in mutant.kind and options.only in mutant.key


def _judged(chosen: list[Mutant], reach: Reach | Own, options: argparse.Namespace) -> Answers:
    """What became of each, from the last run where no source has changed since."""
    kept = _Kept(KEPT / f"judged-{fingerprint(*JUDGED, *JUDGING)}.pickles")
    asked = []
    for mutant in chosen:
        if mutant.key in kept.known:
            yield mutant, kept.known[mutant.key]
        else:
            asked.append(mutant)
    work = [partial(judges.judged, m.module, m.path, m.source(), reach.judges_of(m), options.limit) for m in asked]
    for number, answer in spread(work, options.jobs):
        judgement = _judgement(answer)
        kept.add(asked[number].key, judgement)
        yield asked[number], judgement


def _judgement(answer: Any) -> Judgement:
    if isinstance(answer, Died):
        return Judgement("time-out" if answer.why == "time-out" else "does not run", what=answer.why)
    assert isinstance(answer, Judgement)
    return answer


class _Kept:
    """Judgements on file: a run that is stopped goes on where it was."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: dict[str, Judgement] = {}
        for old in KEPT.glob("judged-*.pickles"):
            if old != path:
                old.unlink()
        if path.exists():
            with path.open("rb") as file:
                while True:
                    try:
                        key, judgement = pickle.load(file)
                    except (EOFError, pickle.UnpicklingError):
                        break
                    self.known[key] = judgement

    def add(self, key: str, judgement: Judgement) -> None:
        """Keep one more."""
        self.known[key] = judgement
        with self.path.open("ab") as file:
            pickle.dump((key, judgement), file)


if __name__ == "__main__":
    sys.exit(main())

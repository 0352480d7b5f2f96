"""Judgements on file: a run that was stopped goes on where it was, as long as no source changes."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from tests.mutants.judges import Judgement
from tests.mutants.places import ROOT
from tests.mutants.process import Died, spread

KEPT = ROOT / ".mutants"
"""What was measured and judged is kept here."""

T = TypeVar("T")


class Kept:
    """The judgements of a bank at one state of the sources; those at others are thrown away."""

    def __init__(self, bank: str, sources: str) -> None:
        self.path = KEPT / f"{bank}-{sources}.pickles"
        self.known: dict[str, Judgement] = {}
        for old in KEPT.glob(f"{bank}-*.pickles"):
            if old != self.path:
                old.unlink()
        if self.path.exists():
            with self.path.open("rb") as file:
                while True:
                    try:
                        key, judgement = pickle.load(file)
                    except (EOFError, pickle.UnpicklingError):
                        break
                    self.known[key] = judgement

    def judged(
        self, mutants: Mapping[str, T], work: Callable[[T], Callable[[], Judgement]], jobs: int
    ) -> Iterator[tuple[str, T, Judgement]]:
        """What became of each mutant: at once where it is known, else as the children answer."""
        asked = []
        for key, mutant in mutants.items():
            if key in self.known:
                yield key, mutant, self.known[key]
            else:
                asked.append((key, mutant))
        for number, answer in spread((work(mutant) for _, mutant in asked), jobs):
            key, mutant = asked[number]
            judgement = _judgement(answer)
            self._keep(key, judgement)
            yield key, mutant, judgement

    def _keep(self, key: str, judgement: Judgement) -> None:
        self.known[key] = judgement
        KEPT.mkdir(exist_ok=True)
        with self.path.open("ab") as file:
            pickle.dump((key, judgement), file)


def _judgement(answer: Any) -> Judgement:
    if isinstance(answer, Died):
        return Judgement("time-out" if answer.why == "time-out" else "does not run", what=answer.why)
    assert isinstance(answer, Judgement)
    return answer

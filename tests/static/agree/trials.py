"""Drawing programs by the batch, half of them with a fault, and judging each."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.static.agree.drawing import draw
from tests.static.agree.faults import plant
from tests.static.agree.judging import Said, Verdict, ask, judge
from tests.static.agree.program import Program
from tests.static.agree.running import Execution, execute


@dataclass(frozen=True)
class Trial:
    """One program and what came of it."""

    seed: str
    program: Program
    said: Said
    verdict: Verdict
    runs: int


def made(seed: str, library: str, faulty: bool) -> tuple[Program, Execution]:
    """The program of a seed: with a fault, if one can be planted in it."""
    program = draw(seed, library)
    if faulty:
        for again in count():
            planted = plant(program, random.Random(f"{seed} fault {again}"))
            if planted is not None:
                return planted
            program = draw(f"{seed}.{again}", library)
    return program, execute(program)


def batch(seeds: list[str], library: str, folder: Path) -> list[Trial]:
    """Judge the programs of some seeds, every other one with a fault."""
    programs = [made(seed, library, int(seed.rpartition(":")[2]) % 2 == 1) for seed in seeds]
    said = ask([program for program, _ in programs], folder)
    return [
        Trial(seed, program, words, judge(program, execution, words), execution.runs)
        for seed, (program, execution), words in zip(seeds, programs, said, strict=True)
    ]


def trials(number: int, seed: str, library: str, size: int, folder: Path, jobs: int = 1) -> Iterator[Trial]:
    """Judge a number of programs, in batches of a size."""
    seeds = [f"{seed}:{i}" for i in range(number)]
    groups = [seeds[i : i + size] for i in range(0, number, size)]
    folders = [folder / f"batch{i}" for i in range(len(groups))]
    libraries = [library] * len(groups)
    if jobs == 1:
        for found in map(batch, groups, libraries, folders):
            yield from found
        return
    with ProcessPoolExecutor(jobs) as pool:
        for found in pool.map(batch, groups, libraries, folders):
            yield from found

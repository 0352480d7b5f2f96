"""`python -m bench.checkers run LIBRARY` and `python -m bench.checkers table`."""

from __future__ import annotations

import json
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench.checkers.libraries import LIBRARIES
from bench.checkers.mistakes import CLASSES, Mistake
from bench.checkers.programs import PROGRAMS, Program

HERE = Path(__file__).parent
RESULTS = HERE / "results"
PAGE = HERE.parents[1] / "docs" / "gradient-checkers.md"
OURS = "this verifier"

IMPOSSIBLE = {("jax", "mutates the cotangent")}
"""Mistakes that cannot be made in a library: the arrays of jax do not change."""

HEAD = """# Gradient checkers before wrong rules

Each program is one operation with a rule of its own in which one mistake is made: {count} of them on
{operations} operations ({names}),
at matrices of numbers between 0.3 and 1.7. A checker finds a mistake out when it raises; every checker accepts all
operations with right rules. `tl verify --ops` is before the same mistakes in the same operations of this language, at
points of its own. `python -m bench.checkers` makes this page; `make mutants` has the mistakes in all operations.

"""


def cases() -> list[tuple[str, str, str]]:
    """Class, mistake and program of each."""
    return [
        (kind, name, program)
        for kind, several in CLASSES.items()
        for name in several
        for program in PROGRAMS
        if (kind != "kink values" or PROGRAMS[program].kink is not None)
        and (name != "transposed" or program == "matmul")
    ]


def run(library: str) -> None:
    """Every case before the checkers of a library, kept as one file."""
    warnings.filterwarnings("ignore")
    version, found = _of_tl() if library == "tl" else _of_library(library)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{library}.json").write_text(json.dumps({"version": version, "checkers": found}, indent=1) + "\n")
    for checker, verdicts in found.items():
        print(f"{version}, {checker}: {sum(verdicts.values())} of {len(verdicts)}")


def _of_library(library: str) -> tuple[str, dict[str, dict[str, bool]]]:
    version, checks = LIBRARIES[library]()
    for name, check in checks.items():
        for program in PROGRAMS.values():
            if (alarm := _raised(check, program, Mistake(None, None))) is not None:
                raise SystemExit(f"{name} does not accept {program.name} with a right rule: {alarm}")
    found: dict[str, dict[str, bool]] = {name: {} for name in checks}
    for kind, mistake, program in cases():
        for name, check in checks.items() if (library, kind) not in IMPOSSIBLE else ():
            raised = _raised(check, PROGRAMS[program], CLASSES[kind][mistake]())
            found[name][f"{kind}: {mistake}: {program}"] = raised is not None
    return version, found


def _raised(check: Any, program: Program, mistake: Mistake) -> str | None:
    try:
        np.random.seed(0)  # HIPS draws its directions from it
        check(program, mistake)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def _of_tl() -> tuple[str, dict[str, dict[str, bool]]]:
    from tests.mutants import by_hand
    from tests.mutants.process import Died, spread

    found = {": ".join(case): False for case in cases()}
    work = [partial(by_hand.judged, *case) for case in cases()]
    for number, judgement in spread(work, 2):
        if isinstance(judgement, Died):
            raise SystemExit(f"{cases()[number]}: {judgement.why}")
        found[": ".join(cases()[number])] = judgement.killed and judgement.verdict != by_hand.NONE
    return "tl verify --ops", {OURS: found}


def _cell(found: list[bool], of: int) -> str:
    """How many were found, and of how many where not all could be made."""
    return "-" if not found else str(sum(found)) if len(found) == of else f"{sum(found)} of {len(found)}"


def table() -> None:
    """The page of all results that there are."""
    results = [
        json.loads((RESULTS / f"{name}.json").read_text())
        for name in (*LIBRARIES, "tl")
        if (RESULTS / f"{name}.json").exists()
    ]
    missing = [name for name in (*LIBRARIES, "tl") if not (RESULTS / f"{name}.json").exists()]
    checkers = {name: verdicts for result in results for name, verdicts in result["checkers"].items()}
    lines = ["| mistake (number) | " + " | ".join(checkers) + " |", "|---|" + "---|" * len(checkers)]
    for kind in [*CLASSES, "all"]:
        own = [f"{k}: {m}: {p}" for k, m, p in cases() if kind in (k, "all")]
        cells = [_cell([verdicts[key] for key in own if key in verdicts], len(own)) for verdicts in checkers.values()]
        lines.append(f"| {kind} ({len(own)}) | " + " | ".join(cells) + " |")
    versions = ", ".join(result["version"] for result in results)
    text = HEAD.format(count=len(cases()), operations=len(PROGRAMS), names=", ".join(PROGRAMS))
    text += "\n".join(lines) + f"\n\nVersions: {versions}. Not run: {', '.join(missing) or 'none'}.\n"
    PAGE.write_text(text)
    print(text)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["run", str(library)]:
            run(library)
        case ["table"]:
            table()
        case _:
            sys.exit(str(__doc__))

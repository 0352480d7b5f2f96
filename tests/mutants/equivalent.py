"""Mutants that change nothing that a derivative could show, each with its argument.

``equivalent.txt`` has blocks: one line ``# argument``, then the keys that it holds for, a line each. A key of a
mutant that no longer exists is an error, so that no argument outlives its subject.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

FILE = Path(__file__).parent / "equivalent.txt"


def argued(known: Iterable[str]) -> dict[str, str]:
    """The arguments by key. Errors: ValueError for keys of no mutant, and for keys without an argument."""
    found: dict[str, str] = {}
    argument = ""
    for line in FILE.read_text().splitlines():
        if line.startswith("# "):
            argument = line.removeprefix("# ").strip()
        elif line.strip():
            if not argument:
                raise ValueError(f"no argument stands above {line}")
            found[line.strip()] = argument
    gone = sorted(set(found) - set(known))
    if gone:
        raise ValueError("argued mutants that do not exist:\n" + "\n".join(gone))
    return found

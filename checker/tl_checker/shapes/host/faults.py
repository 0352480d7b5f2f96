"""What is said of a fault of the checker itself. It never reaches mypy: one message, and mypy goes on without us."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Final

CODE: Final = "tensor-shape-internal"


def fault_message(error: Exception) -> str:
    """What went wrong, and how to report it. `mypy --show-traceback` prints where it arose."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    if {"--show-traceback", "--tb"} & set(sys.argv):
        traceback.print_exception(error)
    return (
        f"The checker failed here ({type(error).__name__}{place}: {error}); this was not checked. It is a fault of "
        "tl_checker: please report it with this line of the program and what `mypy --show-traceback` prints"
    )

"""Benchmarks: our compiled programs against hand-written numpy and HIPS autograd, float64 on one core.

``python bench/run.py [--seconds 0.5] [--rounds 41]`` prints a table. Ratios are times divided by the hand-written time.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from timing import interleaved, pin

CORE = pin()

import numpy as np  # noqa: E402
from cases import Case, cases  # noqa: E402

import tl_dsl as tl  # noqa: E402
from tl_dsl.evaluate.cache import PROGRAMS  # noqa: E402
from tl_dsl.pytree import tree_leaves, tree_map  # noqa: E402


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.5, help="what each contestant takes in each case")
    parser.add_argument("--rounds", type=int, default=41, help="how often they take turns")
    options = parser.parse_args()
    print(f"numpy {np.__version__}, core {CORE}, float64; import of tl_dsl: {_import_milliseconds():.0f} ms")
    print(f"{'case':38}{'by hand':>12}{'tl_dsl':>9}{'HIPS':>9}{'ahead of HIPS':>15}{'to prepare':>13}")
    for case in cases():
        print(row(case, rounds=options.rounds, seconds=options.seconds), flush=True)


def row(case: Case, *, rounds: int, seconds: float) -> str:
    """One line of the table."""
    step = tl.compile(case.ours)
    arguments = tree_map(tl.tensor, case.arguments)
    preparation = _preparation_milliseconds(case.ours, arguments)
    _assert_equal(case, step(*arguments))
    contestants: dict[str, Callable[[], object]] = {
        "hand": lambda: case.by_hand(*case.arguments),
        "ours": lambda: step(*arguments),
        "hips": lambda: case.hips(*case.arguments),
    }
    us = interleaved(contestants, rounds=rounds, seconds=seconds)
    ours, hips = us["ours"] / us["hand"], us["hips"] / us["hand"]
    return f"{case.name:38}{us['hand']:9.1f} us{ours:9.3f}{hips:9.2f}{hips / ours:13.1f} x{preparation:10.2f} ms"


def _assert_equal(case: Case, ours: Any) -> None:
    """All three contestants must compute the same."""
    wanted = tree_leaves(case.by_hand(*case.arguments))
    for other in (tree_leaves(ours), tree_leaves(case.hips(*case.arguments))):
        for got, want in zip(other, wanted, strict=True):
            np.testing.assert_allclose(np.asarray(got), want, rtol=1e-9, atol=1e-12)


def _preparation_milliseconds(function: Callable[..., Any], arguments: Any) -> float:
    """What a first call takes beyond a second: tracing, differentiating, simplifying, compiling. Best of 20."""
    first: list[float] = []
    second: list[float] = []
    for _ in range(20):
        PROGRAMS.clear()
        step = tl.compile(function)
        for times in (first, second):
            start = time.perf_counter()
            step(*arguments)
            times.append(time.perf_counter() - start)
    return (min(first) - min(second)) * 1e3


def _import_milliseconds() -> float:
    code = "import time; s = time.perf_counter(); import tl_dsl; print(time.perf_counter() - s)"
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(3)]
    return min(float(run.stdout) for run in runs) * 1e3


if __name__ == "__main__":
    main()

"""Fair timing on one core: contestants take turns in short slices, and each is compared with its neighbour in time."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def pin() -> int:
    """Keep the process, and numpy's threads, on one core; to be called before numpy is imported.

    Gives the core, or -1 where the system cannot bind a process to one.
    """
    for name in THREADS:
        os.environ[name] = "1"
    if not hasattr(os, "sched_setaffinity"):
        return -1
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def interleaved(contestants: dict[str, Callable[[], object]], *, rounds: int, seconds: float) -> dict[str, float]:
    """Microseconds a call: the median of the first contestant, and for others that times the median of paired ratios.

    ``seconds`` is what each contestant takes over all ``rounds``.
    """
    calls = {name: _calls(function, seconds / rounds) for name, function in contestants.items()}
    times: dict[str, list[float]] = {name: [] for name in contestants}
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, function in contestants.items():
                times[name].append(_slice(function, calls[name]))
    finally:
        gc.enable()
    first = next(iter(contestants))
    base = statistics.median(times[first])
    ratios = {name: statistics.median([t / u for t, u in zip(found, times[first], strict=True)])
              for name, found in times.items()}  # fmt: skip
    return {name: base * ratio * 1e6 for name, ratio in ratios.items()}


def _calls(function: Callable[[], object], seconds: float) -> int:
    function()
    once = min(_slice(function, 1) for _ in range(5))
    return max(1, int(seconds / max(once, 1e-7)))


def _slice(function: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        function()
    return (time.perf_counter() - start) / calls

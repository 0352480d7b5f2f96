"""Running work in children of a process that has imported everything but the language and the checker.

A child that loops, eats memory or dies harms nobody. Time is counted in seconds of the processor, so that what others
do on the machine decides nothing.
"""

from __future__ import annotations

import importlib
import os
import pickle
import resource
import selectors
import signal
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

SECONDS = 90
"""Of the processor, for one piece of work."""

PATIENCE = 900
"""Seconds on the clock, for work that waits for something that does not come."""

MEMORY = 4 << 30

HEAVY = (
    "numpy", "scipy.special", "flint", "jaxtyping", "beartype", "beartype.door", "tl_specs", "typing_extensions",
    "contextvars", "difflib", "fractions", "inspect",
)  # fmt: skip


@dataclass(frozen=True)
class Died:
    """A child that gave no answer, and why."""

    why: str


def prepare() -> None:
    """Import what children share. BLAS has one thread: others would not live on in a child."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    for name in HEAVY:
        importlib.import_module(name)


@dataclass
class _Child:
    number: int
    pid: int
    pipe: int
    started: float
    told: bytearray = field(default_factory=bytearray)


def spread(work: Iterable[Callable[[], Any]], jobs: int) -> Iterator[tuple[int, Any]]:
    """The number and the answer of each piece of work, as they come; ``Died`` where there is none."""
    waiting = enumerate(work)
    running: dict[int, _Child] = {}
    with selectors.DefaultSelector() as ready:
        while True:
            while len(running) < jobs and (one := next(waiting, None)) is not None:
                child = _started(*one)
                running[child.pipe] = child
                ready.register(child.pipe, selectors.EVENT_READ)
            if not running:
                return
            for key, _ in ready.select(timeout=5):
                child = running[key.fd]
                if part := os.read(child.pipe, 1 << 16):
                    child.told += part
                    continue
                ready.unregister(child.pipe)
                del running[child.pipe]
                yield child.number, _answer(child)
            for child in running.values():
                if time.monotonic() - child.started > PATIENCE:
                    os.kill(child.pid, signal.SIGKILL)


def _started(number: int, work: Callable[[], Any]) -> _Child:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return _Child(number, pid, reading, time.monotonic())
    try:
        os.close(reading)
        _limit()
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(_tried(work), pipe)
    finally:
        os._exit(0)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def _tried(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except BaseException as error:
        return Died("".join(traceback.format_exception(error)[-3:]))


def _answer(child: _Child) -> Any:
    os.close(child.pipe)
    _, status = os.waitpid(child.pid, 0)
    if child.told:
        return pickle.loads(bytes(child.told))
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number in (signal.SIGXCPU, signal.SIGKILL):
        return Died("time-out")
    return Died(f"signal {number}" if number else "no answer")

"""Calls leave nothing behind: repeats are bit-equal, nothing that was passed changes, no result shares memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import arb

from tl_checker.gradients.balls import combined, precision
from tl_checker.gradients.derived import NESTINGS, Arrays, Derivative
from tl_checker.gradients.layers.check import Case, OperationCheck, spread, told
from tl_checker.gradients.verdict import Row, merge_rows

PROGRAMS = ("value", "jacrev", "jacfwd", "pullback", "pushforward", *NESTINGS)


def purity(check: OperationCheck) -> list[Row]:
    """A row for each derivative and scalar; a comparison is an item that had to stay as it was."""
    rows = []
    for case in spread(check.heavy, check.depth.few):
        for name in PROGRAMS:
            row = check.row("purity", None, name)
            try:
                with precision(case.depth.bits[0]):
                    compared, nonzero, wrong = _judged(case, name)
            except Exception as error:  # whatever a rule raises is a finding
                rows.append(check.failed(row, case.sample.label, told(error)))
                continue
            if wrong:
                row = check.failed(row, case.sample.label, wrong)
            rows.append(row._replace(comparisons=compared, nonzero=nonzero))
    return [check.settled(row) for row in merge_rows(rows)]


def _judged(case: Case, name: str) -> tuple[int, int, str]:
    """How many items were compared, how many are not zero, and what was wrong."""
    key = case.curved(name) if name in NESTINGS else (name, False)
    program = case.derived[key]
    if case.derived.traced(*key).graph.key != program.graph.key:
        return 1, 1, "the operation or a rule gives another program when it is asked again"
    arrays = case.inputs(name)
    numbers = [np.asarray([float(z) for z in x.reshape(-1)]).reshape(x.shape) for x in arrays]
    compared = nonzero = 0
    for scalar, given in (("balls", arrays), ("float64", numbers)):
        for found, wrong in _trials(program, given, scalar):
            compared += sum(y.size for y in found)
            nonzero += sum(int(np.count_nonzero(y != 0)) for y in found)
            if wrong:
                return compared, nonzero, f"{wrong} ({scalar})"
    return compared, nonzero, ""


def _trials(program: Derivative, given: Arrays, scalar: str) -> Iterator[tuple[Arrays, str]]:
    run = program.exact if scalar == "balls" else program.compiled
    before = [x.copy() for x in given]
    first = run(given)
    kept = [y.copy() for y in first]
    yield first, "" if all(map(same, given, before)) else "an argument was changed"
    second = run([combined(lambda z: z * 2, x) if x.dtype == object else x * 2 for x in given])
    yield first, "" if all(map(same, first, kept)) else "a result changed when the program ran again"
    again = run(given)
    yield again, "" if all(map(same, again, kept)) else "a repeated call gives another result"
    if scalar == "float64":
        yield second, _shared(first, [*given, *second, *again, *program.captured])


def same(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> bool:
    """Equal shapes, types and bits; a nan equals itself."""
    if x.shape != y.shape or x.dtype != y.dtype:
        return False
    if x.dtype == object:
        return all(map(_same_item, x.reshape(-1).tolist(), y.reshape(-1).tolist()))
    return x.tobytes() == y.tobytes()


def _same_item(a: Any, b: Any) -> bool:
    if not (isinstance(a, arb) and isinstance(b, arb)):
        return bool(a == b)
    if not (a.is_finite() and b.is_finite()):
        return a.is_finite() == b.is_finite()
    return bool(a.mid() == b.mid() and a.rad() == b.rad())


def _shared(results: Arrays, others: Arrays) -> str:
    for k, y in enumerate(results):
        if any(np.shares_memory(y, x) for x in (*others, *results[k + 1 :])):
            return "a result shares memory with an argument or with another result"
    return ""

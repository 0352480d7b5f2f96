"""Values at infinities and nan: those of the specification in Python's floats, where these have an answer."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import numpy as np
from tl_specs import Ambiguous, Array, Sample

import tl_dsl as tl
from tl_checker.gradients.layers.check import Case, OperationCheck
from tl_checker.gradients.subject import subject_at
from tl_checker.gradients.verdict import Row

POINTS = 3
"""At so many samples."""

UNLIKE = frozenset({"cholesky", "cofactor", "det", "inv", "solve", "sort", "argsort"})
"""What no formula tells: eliminations meet 0·∞ at other places than determinants, and nan has no order."""

NEAR = 2.0**-20
"""How accurate finite values are is told at finite points."""


def at_infinities(check: OperationCheck, case: Case) -> list[Row]:
    """Each operand in turn with one of them in its first place, against the specification."""
    if case.operation.name.rpartition(".")[2] in UNLIKE:
        return []
    row, count = check.row("values", None, "infinities"), 0
    for told, moved in _moved(case):
        if not math.isnan(told) and check.spec.outside(moved):
            continue
        subject = subject_at(case.operation, moved, case.active)
        try:
            operands = [moved.operands[k] for k in case.active]
            wanted = [float(z) for z in subject.primal(*operands).items]
        except (Ambiguous, ArithmeticError, ValueError):
            continue  # Python's floats have no answer there
        with tl.config(domain="ignore"), np.errstate(all="ignore"):
            got = [float(z) for z in np.asarray(subject.engine(*subject.primals_as_tensors())).reshape(-1)]
        count += len(wanted)
        wrong = next((k for k, (a, b) in enumerate(zip(got, wanted, strict=True)) if not _alike(a, b, told)), None)
        if wrong is not None:
            what = f"with {told}, the value {wrong} is {got[wrong]}, the reference {wanted[wrong]}"
            return [check.failed(row, case.sample.label, what)]
    return [row._replace(comparisons=count, nonzero=count)] if count else []


def _moved(case: Case) -> Iterator[tuple[float, Sample]]:
    for k in case.active:
        x = case.sample.operands[k]
        if x.items and isinstance(x.items[0], float):
            for value in (math.inf, -math.inf, math.nan):
                operands = list(case.sample.operands)
                operands[k] = Array(x.shape, [value, *x.items[1:]])
                yield value, dataclasses.replace(case.sample, operands=tuple(operands))


def _alike(got: float, wanted: float, told: float) -> bool:
    """Whether a value is the reference's; where that is nan, or nan is compared in it, the value is nan or is free."""
    if math.isnan(wanted):
        return math.isnan(got) or not math.isnan(told)
    if math.isnan(told) and math.isnan(got):
        return True
    return got == wanted or (math.isfinite(got) and abs(got - wanted) <= NEAR * (1 + abs(wanted)))

"""float64 and float32 kernels against the reference, in units of what rounding can do."""

from __future__ import annotations

import numpy as np

from tl_checker.gradients.balls import exactly, numbers, precision
from tl_checker.gradients.derived import NESTINGS, Arrays
from tl_checker.gradients.floats import Accuracy, accurate, digits, float_values
from tl_checker.gradients.layers.check import Case, OperationCheck, spread
from tl_checker.gradients.layers.values import accuracy_row, each, singles
from tl_checker.gradients.verdict import Row

MODES = {"reverse": "jacrev", "forward": "jacfwd"}


def float64(check: OperationCheck) -> list[Row]:
    """The compiled Jacobians in both modes."""
    rows = each(check, check.cases, "float64", _jacobians)
    return [check.settled(row) for row in check.complete(rows, "float64", tuple(MODES))]


def float32(check: OperationCheck) -> list[Row]:
    """Values and the compiled derivatives of both orders, at the samples that are exact in single precision."""
    rows = each(check, list(singles(check)), "float32", _single)
    both = [case for case in check.heavy if case.single is not None]
    second = each(check, spread(both, check.depth.few and check.depth.few // 2), "float32", _second)
    return [check.settled(row) for row in [*rows, *second]]


def _single(check: OperationCheck, case: Case) -> list[Row]:
    found = float_values(case.subject, case.computed, case.result, case.depth.bits[0])
    return [accuracy_row(check.row("float32", None, "value"), found, case), *_jacobians(check, case)]


def _second(check: OperationCheck, case: Case) -> list[Row]:
    """Second derivatives in single precision, against those of the graph that was traced in double precision."""
    assert case.single is not None
    rows = []
    for name in NESTINGS:
        key = case.curved(name)
        program, given = case.single.derived[key], case.inputs(name)
        types = [x.dtype for x in program.graph.inputs[: len(given)]]
        floats = program.compiled([numbers(x, dtype) for x, dtype in zip(given, types, strict=True)])
        with precision(digits(np.result_type(*types))):
            rounded = program.exact(given)
        with precision(case.depth.bits[0]):
            found = sum((accurate(*one) for one in zip(floats, rounded, case.exact(*key), strict=True)), Accuracy())
        rows.append(accuracy_row(check.row("float32", None, name), found, case))
    return rows


def _jacobians(check: OperationCheck, case: Case) -> list[Row]:
    layer, rows = str(case.subject.primals[0].dtype), []
    for mode, name in MODES.items():
        program = case.derived[name]
        floats = program.compiled(case.subject.primals)
        rounded = {bits: _rounded(case, name, bits) for bits in {digits(got.dtype) for got in floats}}
        for k, (got, wanted) in enumerate(zip(floats, case.jacobian, strict=True)):
            with precision(case.depth.bits[0]):
                found = accurate(got, rounded[digits(got.dtype)][k], wanted)
            rows.append(accuracy_row(check.row(layer, case.active[k], mode), found, case))
    return rows


def _rounded(case: Case, name: str, bits: int) -> Arrays:
    """A derivative in balls of so many digits."""
    with precision(bits):
        return case.derived[name].exact([exactly(x) for x in case.subject.primals])

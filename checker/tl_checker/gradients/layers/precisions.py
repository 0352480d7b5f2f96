"""float64 and float32 kernels against the reference, in units of what rounding can do."""

from __future__ import annotations

from tl_checker.gradients.balls import exactly, precision
from tl_checker.gradients.derived import Arrays
from tl_checker.gradients.floats import accurate, digits, float_values
from tl_checker.gradients.layers.check import Case, OperationCheck
from tl_checker.gradients.layers.values import accuracy_row, each, singles
from tl_checker.gradients.verdict import Row

MODES = {"reverse": "jacrev", "forward": "jacfwd"}


def float64(check: OperationCheck) -> list[Row]:
    """The compiled Jacobians in both modes."""
    rows = each(check, check.cases, "float64", _jacobians)
    return [check.settled(row) for row in check.complete(rows, "float64", tuple(MODES))]


def float32(check: OperationCheck) -> list[Row]:
    """Values and the compiled Jacobians in both modes, at the samples that are exact in single precision."""
    rows = each(check, list(singles(check)), "float32", _single)
    return [check.settled(row) for row in rows]


def _single(check: OperationCheck, case: Case) -> list[Row]:
    found = float_values(case.subject, case.computed, case.result, case.depth.bits[0])
    return [accuracy_row(check.row("float32", None, "value"), found, case), *_jacobians(check, case)]


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

"""The layers of checks of one operation, each a function from what is to be checked to rows of the report."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

import numpy as np
from tl_specs import Ambiguous, Array, Kinks, Sample, Spec

import tl_dsl as tl
from tl_checker.gradients.balls import precision
from tl_checker.gradients.derivatives import Result, first_order, second_order
from tl_checker.gradients.floats import Accuracy, float_derivatives, float_values
from tl_checker.gradients.kinks import Answer, answers_at, constant_in, value_at
from tl_checker.gradients.quotients import Quotients
from tl_checker.gradients.subject import Operation, Subject, subject_at
from tl_checker.gradients.taylor import Taylor
from tl_checker.gradients.verdict import Finding, Row, Verdict, merge_rows, require_nonzero
from tl_dsl.errors import AmbiguousError

BITS = (400, 800, 1600, 3200)
"""The precisions that are tried, one after the other, until the balls are narrow."""


@dataclass(frozen=True)
class OperationCheck:
    """An operation, its specification, and the samples to try it at."""

    operation: Operation
    spec: Spec
    seed: int
    samples: list[Sample]

    @property
    def active(self) -> list[Subject]:
        """The samples with operands that carry derivatives."""
        return [subject_at(self.operation, s) for s in self.samples if self.spec.active(s)]

    def row(self, layer: str, argument: int | None, mode: str, verdict: Verdict = Verdict.PASS) -> Row:
        """A row about one operand, or about none, without counts."""
        name = "" if argument is None else self.operation.argument(argument)
        return Row(self.operation.target, self.operation.name, layer, name, mode, verdict)

    def failed(self, layer: str, mode: str, at: str, what: str, verdict: Verdict = Verdict.FAIL) -> Row:
        """A row with one finding."""
        row = self.row(layer, None, mode, verdict)
        return dataclasses.replace(row, findings=(Finding(what, at, self.operation.target),))


def _values(check: OperationCheck) -> list[Row]:
    """Shape, element type and float64 value at every sample."""
    rows = []
    for sample in check.samples:
        try:
            rows.append(_value_row(check, sample))
        except Exception as error:  # whatever an operation raises at a point of its domain is a finding
            rows.append(check.failed("values", "float64", sample.label, _told(error)))
    return [row if row.comparisons else require_nonzero(row) for row in merge_rows(rows)]


def _value_row(check: OperationCheck, sample: Sample) -> Row:
    floats = tuple(k for k, x in enumerate(sample.operands) if isinstance(x, Array) and _kind(x) == "f")
    subject = subject_at(check.operation, sample, floats)
    row = check.row("values", None, "float64")
    got = np.asarray(subject.engine(*map(tl.tensor, subject.primals)))
    expected = subject.primal(*[sample.operands[k] for k in floats], like=0.0)
    dtype = _expected_dtype(sample, expected, got)
    if got.shape != expected.shape or got.dtype != dtype:
        what = f"the result is {got.dtype}{list(got.shape)}, not {dtype}{list(expected.shape)}"
        return dataclasses.replace(
            row, verdict=Verdict.FAIL, findings=(Finding(what, sample.label, check.operation.target),)
        )
    if got.dtype != np.float64 or not floats:
        pairs = zip(got.reshape(-1), expected.items, strict=True)
        equal = all(a == got.dtype.type(b) for a, b in pairs)
        found = Accuracy(max(1, got.size), max(1, got.size), wrong="" if equal else "values differ")
    else:
        found = float_values(subject, BITS[0])
    return _accuracy_row(row, found, sample.label, check.operation.target)


def _kind(x: Array) -> str:
    return "f" if not x.items or isinstance(x.items[0], float) else "b" if isinstance(x.items[0], bool) else "i"


def _expected_dtype(sample: Sample, result: Array, got: np.ndarray[Any, Any]) -> np.dtype[np.generic]:
    named = sample.params.get("dtype") or next((x for x in sample.operands[1:] if isinstance(x, str)), None)
    if named is not None:
        return np.dtype(named)
    if not result.items:
        empty: np.dtype[Any] = got.dtype
        return empty  # the reference's empty array says nothing of its type
    return np.dtype({"f": np.float64, "i": np.int64, "b": np.bool_}[_kind(result)])


def _accuracy_row(row: Row, found: Accuracy, at: str, target: str) -> Row:
    findings: tuple[Finding, ...] = ()
    verdict = Verdict.PASS
    if found.wrong:
        verdict, findings = Verdict.FAIL, (Finding(found.wrong, at, target),)
    elif found.unknown:
        what = f"{found.unknown} of {found.comparisons} values have no finite reference"
        verdict, findings = Verdict.INCONCLUSIVE, (Finding(what, at, target),)
    return dataclasses.replace(
        row, verdict=verdict, comparisons=found.comparisons, nonzero=found.nonzero, findings=findings
    )


def _first(check: OperationCheck) -> list[Row]:
    rows = []
    for number, subject in enumerate(check.active):
        rows += _sharpened(check, "first order", subject, partial(first_order, rng=_rng(check, number)))
    rows = [_settled(check, row) for row in merge_rows(rows)]
    return rows + _constants(check)


def _second(check: OperationCheck) -> list[Row]:
    """⟨u, f⟩, and where that is linear ⟨u, f²⟩ too, so that something was compared that is not zero."""
    rows: list[Row] = []
    for squared in (False, True):
        for number, subject in enumerate(check.active):
            run = partial(second_order, rng=_rng(check, number), squared=squared)
            rows += _sharpened(check, "second order", subject, run)
        merged = merge_rows(rows)
        if all(row.nonzero for row in merged):
            break
    return [_settled(check, row) for row in merged]


def _rng(check: OperationCheck, number: int) -> Random:
    return Random(f"{check.seed} {check.operation.target} {number}")


def _sharpened(check: OperationCheck, layer: str, subject: Subject, run: Callable[..., list[Result]]) -> list[Row]:
    """The rows of one sample, at the first precision that decides.

    Difference quotients come first; where a rule is ambiguous or too wide on the balls around the point, it runs at the
    point itself.
    """
    results: list[Result] = []
    trouble = ""
    for reference in (Quotients, Taylor):
        for bits in BITS:
            try:
                with precision(bits):
                    results = run(subject, reference=reference())
            except (Ambiguous, AmbiguousError) as error:
                trouble = _told(error)
                break
            except Exception as error:  # a rule that raises is a wrong rule
                return [check.failed(layer, "", subject.label, _told(error))]
            if all(result.decided for result in results):
                return [_result_row(check, layer, subject, result) for result in results]
    if results:
        return [_result_row(check, layer, subject, result) for result in results]
    return [check.failed(layer, "", subject.label, trouble, Verdict.INCONCLUSIVE)]


def _result_row(check: OperationCheck, layer: str, subject: Subject, result: Result) -> Row:
    tally = result.tally
    verdict, what = Verdict.PASS, ""
    if result.wrong:
        verdict, what = Verdict.FAIL, result.wrong
    elif tally.disagreement is not None:
        verdict, what = Verdict.FAIL, f"derivative {tally.disagreement}"
    elif not tally.narrow:
        verdict = Verdict.INCONCLUSIVE
        what = f"at {BITS[-1]} bits the balls are still 2^{tally.bound:.0f} wide" + (
            f", {tally.undefined} undefined" if tally.undefined else ""
        )
    row = check.row(layer, subject.active[result.argument], result.mode, verdict)
    return dataclasses.replace(
        row,
        comparisons=tally.comparisons,
        nonzero=tally.nonzero,
        bound=tally.bound if tally.narrow else None,
        findings=(Finding(what, subject.label, check.operation.target),) if what else (),
    )


def _settled(check: OperationCheck, row: Row) -> Row:
    """Zeros alone verify nothing, but for an operation whose specification says that it moves in jumps only."""
    jump = _jump(check.spec)
    if row.verdict is Verdict.PASS and not row.nonzero and row.comparisons and row.bound == -math.inf and jump:
        return dataclasses.replace(row, verdict=Verdict.NOT_DIFFERENTIABLE, note=f"{jump.where}: {jump.rule}")
    return require_nonzero(row)


def _jump(spec: Spec) -> Kinks | None:
    return next((kinks for kinks in spec.kinks if kinks.rule.startswith("a jump")), None)


def _constants(check: OperationCheck) -> list[Row]:
    """Samples without operands that carry derivatives: they answer zero, or refuse."""
    rows = []
    note = "; ".join(f"{k.where}: {k.rule}" for k in check.spec.kinks) or "constant for derivatives"
    for sample in check.samples:
        if check.spec.active(sample):
            continue
        try:
            answers = constant_in(check.operation, sample)
        except Exception as error:  # as above
            rows.append(check.failed("first order", "", sample.label, _told(error)))
            continue
        for mode in ("reverse", "forward"):
            row = dataclasses.replace(check.row("first order", None, mode, Verdict.NOT_DIFFERENTIABLE), note=note)
            own = [answer for answer in answers if answer.mode == mode]
            rows += [_answer_row(check, row, answer, sample.label) for answer in own] or [row]
    return list(merge_rows(rows))


def _answer_row(check: OperationCheck, row: Row, answer: Answer, at: str) -> Row:
    findings = (Finding(answer.wrong, at, check.operation.target),) if answer.wrong else ()
    return dataclasses.replace(
        row,
        verdict=Verdict.FAIL if answer.wrong else row.verdict,
        comparisons=answer.comparisons,
        nonzero=answer.nonzero,
        findings=findings,
    )


def _floats(check: OperationCheck) -> list[Row]:
    rows = []
    for subject in check.active:
        try:
            found = float_derivatives(subject, BITS[0])
        except Exception as error:  # as above
            rows.append(check.failed("float64", "", subject.label, _told(error)))
            continue
        for mode, k, accuracy in found:
            row = check.row("float64", subject.active[k], mode)
            rows.append(_accuracy_row(row, accuracy, subject.label, check.operation.target))
    return [_float_settled(check, row) for row in merge_rows(rows)]


def _float_settled(check: OperationCheck, row: Row) -> Row:
    jump = _jump(check.spec)
    if row.verdict is Verdict.PASS and not row.nonzero and jump:
        return dataclasses.replace(row, verdict=Verdict.NOT_DIFFERENTIABLE, note=f"{jump.where}: {jump.rule}")
    return require_nonzero(row)


def _kinks(check: OperationCheck) -> list[Row]:
    """The written conventions, exactly, in every mode."""
    rows = []
    for kinks in check.spec.kinks:
        base = check.row("kinks", None, "", Verdict.NOT_DIFFERENTIABLE if kinks.points else Verdict.PASS)
        row = dataclasses.replace(base, note=f"{kinks.where}: {kinks.rule}")
        try:
            answers = [answer for point in kinks.points for answer in answers_at(check.operation, point)]
            answers += [value_at(check.operation, point) for point in kinks.values]
        except Exception as error:  # as above
            rows.append(check.failed("kinks", "", kinks.where, _told(error)))
            continue
        rows += [_answer_row(check, row, answer, kinks.where) for answer in answers]
    return [require_nonzero(row) for row in merge_rows(rows)]


def _told(error: Exception) -> str:
    text = str(error).splitlines()
    return f"{type(error).__name__}: {text[0] if text else ''}"


BY_LAYER: dict[str, Callable[[OperationCheck], list[Row]]] = {
    "values": _values,
    "first order": _first,
    "second order": _second,
    "float64": _floats,
    "kinks": _kinks,
}

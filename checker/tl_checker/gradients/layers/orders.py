"""First and second order: the engine's derivatives on balls against those of the reference's values."""

from __future__ import annotations

from collections.abc import Callable

from tl_specs import Ambiguous, Sample

from tl_checker.gradients.balls import precision
from tl_checker.gradients.derivatives import Result, first_order, second_order
from tl_checker.gradients.derived import NESTINGS
from tl_checker.gradients.kinks import Answer, constant_in
from tl_checker.gradients.layers.check import Case, OperationCheck, told
from tl_checker.gradients.quotients import Quotients, Reference
from tl_checker.gradients.taylor import Taylor
from tl_checker.gradients.verdict import Finding, Row, Verdict, merge_rows
from tl_dsl.errors import AmbiguousError

Order = Callable[..., list[Result]]


def first(check: OperationCheck) -> list[Row]:
    """The whole Jacobian, in both modes; zeros or a refusal where there is none."""
    rows = [row for case in check.cases for row in _sharpened(check, "first order", case, first_order)]
    rows += [row for sample in check.constant for row in _constant(check, sample)]
    rows = check.complete(list(merge_rows(rows)), "first order", ("reverse", "forward"))
    return [check.settled(row) for row in rows]


def second(check: OperationCheck) -> list[Row]:
    """Second derivatives through all four nestings of the modes."""
    rows = [row for case in check.heavy for row in _sharpened(check, "second order", case, second_order)]
    return [check.settled(row) for row in check.complete(list(merge_rows(rows)), "second order", NESTINGS)]


def _sharpened(check: OperationCheck, layer: str, case: Case, order: Order) -> list[Row]:
    """The rows of one sample, each reference at the first precision that decides.

    Difference quotients come first; where a rule is ambiguous or too wide on the balls around the point, it runs at the
    point itself, with power series for a reference. At some depths it does so anyway.
    """
    rows: list[Row] = []
    last: list[Result] = []
    trouble = ""
    references: list[Callable[[], Reference]] = [lambda: Quotients(case.depth.step), Taylor]
    for reference in references:
        try:
            last = _deciding(case, order, reference)
        except (Ambiguous, AmbiguousError) as error:
            trouble = told(error)
            continue
        except Exception as error:  # a rule that raises is a wrong rule
            return [check.failed(check.row(layer, None, ""), case.sample.label, told(error))]
        if not all(result.decided(case.depth.sharp) for result in last):
            continue
        rows += [_result_row(check, layer, case, result) for result in last]
        if not case.depth.both:
            return rows
    if rows:
        return rows
    if last:
        return [_result_row(check, layer, case, result) for result in last]
    return [check.failed(check.row(layer, None, ""), case.sample.label, trouble, Verdict.INCONCLUSIVE)]


def _deciding(case: Case, order: Order, reference: Callable[[], Reference]) -> list[Result]:
    for bits in case.depth.bits:
        with precision(bits):
            results = order(case.subject, case.derived, case.rng, reference())
        if all(result.decided(case.depth.sharp) for result in results):
            break
    return results


def _result_row(check: OperationCheck, layer: str, case: Case, result: Result) -> Row:
    tally = result.tally
    verdict, what = Verdict.PASS, ""
    if result.wrong:
        verdict, what = Verdict.FAIL, result.wrong
    elif tally.disagreement is not None:
        verdict, what = Verdict.FAIL, f"derivative {tally.disagreement}"
    elif not tally.narrow:
        verdict = Verdict.INCONCLUSIVE
        what = f"at {case.depth.bits[-1]} bits the balls are still 2^{tally.bound:.0f} wide" + (
            f", {tally.undefined} undefined" if tally.undefined else ""
        )
    row = check.row(layer, case.active[result.argument], result.mode, verdict)
    return row._replace(
        comparisons=tally.comparisons,
        nonzero=tally.nonzero,
        bound=tally.bound if tally.narrow else None,
        findings=(Finding(what, case.sample.label, check.operation.target),) if what else (),
    )


def _constant(check: OperationCheck, sample: Sample) -> list[Row]:
    """Without operands that carry derivatives there are zeros, or a refusal."""
    note = "; ".join(f"{k.where}: {k.rule}" for k in check.spec.kinks) or "constant for derivatives"
    try:
        answers = constant_in(check.operation, sample)
    except Exception as error:  # as above
        return [check.failed(check.row("first order", None, ""), sample.label, told(error))]
    rows = []
    for mode in ("reverse", "forward"):
        row = check.row("first order", None, mode, Verdict.NOT_DIFFERENTIABLE)._replace(note=note)
        own = [answer for answer in answers if answer.mode == mode]
        rows += [answer_row(check, row, answer, sample.label) for answer in own] or [row]
    return rows


def answer_row(check: OperationCheck, row: Row, answer: Answer, at: str) -> Row:
    """A row with the counts of an answer, failed where it is wrong."""
    if answer.wrong:
        row = check.failed(row, at, answer.wrong)
    return row._replace(comparisons=answer.comparisons, nonzero=answer.nonzero)

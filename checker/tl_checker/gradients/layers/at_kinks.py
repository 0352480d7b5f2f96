"""The written conventions at kinks and edges, exactly, in every mode and both orders."""

from __future__ import annotations

from random import Random

from tl_checker.gradients.kinks import answers_at, hessians_at, second_at, value_at
from tl_checker.gradients.layers.check import OperationCheck, told
from tl_checker.gradients.layers.orders import answer_row
from tl_checker.gradients.verdict import Row, Verdict, merge_rows, require_nonzero


def kinks(check: OperationCheck) -> list[Row]:
    """A row for each mode and scalar at each kink."""
    rows, rng = [], Random(check.seed)
    for one in check.spec.kinks:
        base = check.row("kinks", None, "", Verdict.NOT_DIFFERENTIABLE if one.points else Verdict.PASS)
        row = base._replace(note=f"{one.where}: {one.rule}")
        try:
            answers = [answer for point in one.points for answer in answers_at(check.operation, point, check.known)]
            answers += [
                answer for point in one.points for answer in second_at(check.operation, point, rng, check.known)
            ]
            answers += [
                answer for point in one.points for answer in hessians_at(check.operation, point, rng, check.known)
            ]
            answers += [value_at(check.operation, point) for point in one.values]
        except Exception as error:  # whatever a rule raises is a finding
            rows.append(check.failed(row, one.where, told(error)))
            continue
        rows += [answer_row(check, row, answer, one.where) for answer in answers]
    return [require_nonzero(row) for row in merge_rows(rows)]

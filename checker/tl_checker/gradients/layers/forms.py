"""One derivative, four programs: as traced, in simplest form, and both compiled.

On balls the first two must give the same number; on floats every program must give the ball's number, up to what
rounding can do to it. What transforms make of a program is attributed to its instructions.
"""

from __future__ import annotations

import numpy as np
from tl_specs import Ambiguous

from tl_checker.gradients.balls import Objects, precision
from tl_checker.gradients.compare import compare
from tl_checker.gradients.derived import NESTINGS, Arrays, Derivative
from tl_checker.gradients.floats import Accuracy, accurate
from tl_checker.gradients.layers.check import Case, OperationCheck, spread, told
from tl_checker.gradients.layers.values import accuracy_row
from tl_checker.gradients.sources import source_lost
from tl_checker.gradients.verdict import Row, Verdict, merge_rows
from tl_dsl.errors import AmbiguousError
from tl_dsl.evaluate import compile_graph, interpret

DERIVATIVES = ("value", "jacrev", "jacfwd", "pullback", "pushforward", "hessian", *NESTINGS)
ROUNDED = 53
"""Digits of float64."""


def programs(check: OperationCheck) -> list[Row]:
    """A row for each derivative and form of its program."""
    rows: list[Row] = []
    for case in spread(check.heavy, check.depth.few):
        rows.append(_attributed(check, case))
        for name in DERIVATIVES:
            try:
                rows += _compared(check, case, name)
            except (Ambiguous, AmbiguousError) as error:
                row = check.row("programs", None, name)
                rows.append(check.failed(row, case.sample.label, told(error), Verdict.INCONCLUSIVE))
            except Exception as error:  # a program that raises is wrong
                rows.append(check.failed(check.row("programs", None, name), case.sample.label, told(error)))
    return [check.settled(row) for row in merge_rows(rows)]


def _attributed(check: OperationCheck, case: Case) -> Row:
    row = check.row("programs", None, "sources")
    try:
        graph = case.derived["value"].graph
        wrong = source_lost(graph, range(len(case.points)))
    except Exception as error:  # a transform that raises is wrong
        wrong = told(error)
    if wrong:
        return check.failed(row, case.sample.label, wrong)
    count = max(1, len(graph.nodes))
    return row._replace(comparisons=count, nonzero=count)


def _compared(check: OperationCheck, case: Case, name: str) -> list[Row]:
    key = case.curved(name) if name in ("hessian", *NESTINGS) else (name, False)
    program = case.derived[key]
    simple, given, exact = program.simplified, case.inputs(name), case.exact(*key)
    with precision(case.depth.bits[0]):
        other = simple.exact(given)
    rows = [_exact_row(check, case, name, a, b) for a, b in zip(exact, other, strict=True)]
    with precision(ROUNDED):
        rounded = [program.exact(given), simple.exact(given)]
    numbers = [np.asarray([float(z) for z in x.reshape(-1)]).reshape(x.shape) for x in given]
    forms = {
        "as traced, interpreted": (interpret(program.graph, [*numbers, *program.captured]), rounded[0]),
        "as traced, compiled": (_run(program, numbers), rounded[0]),
        "simplified, compiled": (program.compiled(numbers), rounded[1]),
    }
    for form, (floats, balls) in forms.items():
        with precision(case.depth.bits[0]):
            found = sum((accurate(*each) for each in zip(floats, balls, exact, strict=True)), Accuracy())
        kinds = [(y.shape, y.dtype) for y in floats]
        if kinds != [(y.shape, y.dtype) for y in program.graph.outputs]:
            found = Accuracy(wrong=f"the results are {kinds}, which the graph does not say")
        if found.wrong:
            found = found._replace(wrong=f"{form}: {found.wrong}")
        rows.append(accuracy_row(check.row("programs", None, name), found, case))
    return rows


def _run(program: Derivative, numbers: Arrays) -> Arrays:
    with np.errstate(all="ignore"):
        return list(compile_graph(program.graph)(*numbers, *program.captured))


def _exact_row(check: OperationCheck, case: Case, name: str, left: Objects, right: Objects) -> Row:
    row = check.row("programs", None, name)
    if left.shape != right.shape:
        return check.failed(row, case.sample.label, f"simplified, shape {list(right.shape)} for {list(left.shape)}")
    tally = compare(right, left)
    row = row._replace(comparisons=tally.comparisons, nonzero=tally.nonzero, bound=tally.bound)
    if tally.disagreement is not None:
        return _with_counts(check.failed(row, case.sample.label, f"simplified: {tally.disagreement}"), row)
    if not tally.narrow:
        return check.failed(row, case.sample.label, "the balls are wide", Verdict.INCONCLUSIVE)
    return row


def _with_counts(failed: Row, row: Row) -> Row:
    return failed._replace(comparisons=row.comparisons, nonzero=row.nonzero)

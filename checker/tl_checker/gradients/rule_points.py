"""Rules of the user's own at operands and sizes that the program did not meet.

A rule can be right at drawn points and wrong where one of its branches begins. Where the function itself has no
derivative, the rule answers what a derivative nearby could; where balls cannot decide, nothing is said.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tl_specs import Ambiguous

from tl_checker.gradients.balls import precision
from tl_checker.gradients.custom import RULE, rule_tallies, value_tally
from tl_checker.gradients.derivatives import dense
from tl_checker.gradients.instruction import Floats, Instruction
from tl_checker.gradients.locate import Culprit, inaccurate, tangents
from tl_checker.gradients.rule_error import wrong_entry
from tl_checker.gradients.rule_floats import without_floats
from tl_checker.gradients.rule_kinks import beyond
from tl_checker.gradients.rule_operands import elsewhere
from tl_checker.gradients.scene import Met, Scene
from tl_checker.gradients.verdict import Finding, Row, Verdict, first_line
from tl_dsl.autodiff.custom_calls import Call
from tl_dsl.errors import AmbiguousError
from tl_dsl.graph import Graph

BITS = 512
LARGE = 512
"""Rules are tried elsewhere where their operands have up to so many elements."""


@dataclass(frozen=True)
class Located:
    """A graph at inputs, the first ``wrt`` of which are moved, and what to say of the place.

    ``is_met`` says that rules were judged where the program meets them; ``may_refuse`` that they may raise there, as in
    an element type that they are not made for; ``others`` that operands are changed, too.
    """

    graph: Graph
    inputs: Sequence[Floats]
    wrt: int
    label: str
    is_met: bool = False
    may_refuse: bool = False
    others: bool = True


def rows_elsewhere(target: str, at: Located) -> list[Row]:
    """A row for each argument of each rule that a graph uses, at other operands of the same shapes.

    Where the program itself is not verified, these are the operands that it met, too.
    """
    if not any(node.op.call for node in at.graph.nodes):
        return []
    try:
        met = [one for one in Scene(at.graph, at.inputs, at.wrt).primal if one.instruction.op.call]
    except Exception:  # a rule that does not even fit is told where it was met
        return []
    found = []
    for one in met:
        if sum(x.size for x in one.instruction.operands) <= LARGE:
            found += [] if at.is_met else _rows(target, one, at.label, at.may_refuse)
            for what, operands in elsewhere(one.instruction) if at.others else ():
                moved = dataclasses.replace(one, instruction=dataclasses.replace(one.instruction, operands=operands))
                found += _rows(target, moved, f"{at.label}, its operands {what}", at.may_refuse)
    return found


def _rows(target: str, met: Met, at: str, may_raise: bool) -> list[Row]:
    one = met.instruction
    call: Call = one.params["call"]
    with precision(BITS):
        try:
            if not _is_smooth(one):
                return _at_kink(target, met, at)
            tallies = rule_tallies(one, Random(f"{target} {at}"))
        except (Ambiguous, AmbiguousError):
            return []
        except Exception as error:  # a rule that raises where its function does not is wrong
            if may_raise:
                return []
            row = Row(target, f"{RULE}{call!r}", "balls", "", one.op.name)
            return [_failed(row, met, at, None, f"{type(error).__name__}: {first_line(error)}")]
        rows = []
        for tally, operand in tallies:
            row = _row_of(target, one, operand)
            if isinstance(tally, str) or tally.disagreement is not None:
                return [_failed(row, met, at, operand, tally if isinstance(tally, str) else str(tally.disagreement))]
            if tally.narrow:
                rows.append(row._replace(comparisons=tally.comparisons, nonzero=tally.nonzero))
        return rows + _without_floats(target, met, at)


def _row_of(target: str, one: Instruction, operand: int | None) -> Row:
    call: Call = one.params["call"]
    name = "value" if operand is None else call.rules.arguments[operand]
    return Row(target, f"{RULE}{call!r}", "balls", name, one.op.name)


def _at_kink(target: str, met: Met, at: str) -> list[Row]:
    """What is wrong where the function has no derivative: nothing where the rule raises, which it may."""
    one = met.instruction
    try:
        value = value_tally(one)
        wrong = None if isinstance(value, str) or value.undefined else value.disagreement
        if wrong is not None and wrong.got.is_finite() and wrong.wanted.is_finite():
            return [_failed(_row_of(target, one, None), met, at, None, str(wrong))]
        told = beyond(one, Random(f"{target} {at}"))
    except Exception:
        return []
    if not told:
        return []
    call: Call = one.params["call"]
    finding = Finding(told, at, f"the rule of {call!r} is wrong", met.source)
    return [
        _row_of(target, one, one.active[0])._replace(
            verdict=Verdict.FAIL, comparisons=1, nonzero=1, findings=(finding,)
        )
    ]


def _without_floats(target: str, met: Met, at: str) -> list[Row]:
    one = met.instruction
    told = without_floats(one)
    if not told:
        return []
    row = _row_of(target, one, one.active[0])
    finding = Finding(told, at, f"the rule of {one.params['call']!r} is right, its floats are poor", met.source)
    return [row._replace(verdict=Verdict.INACCURATE, comparisons=1, nonzero=1, findings=(finding,))]


def _is_smooth(one: Instruction) -> bool:
    """Whether the function is finite and smooth at the operands."""
    rng = Random("smooth")
    try:
        slopes = [one.along(one.only(k, dense(rng, one.operands[k].shape))) for k in one.active]
    except Ambiguous:
        return False
    return all(z.is_finite() for slope in slopes for z in slope.reshape(-1).tolist())


def _failed(row: Row, met: Met, at: str, operand: int | None, error: str) -> Row:
    """The row with the rule named, and an entry of the Jacobian to paste; without an operand, of its value."""
    one = met.instruction
    call: Call = one.params["call"]
    fault = tangents(met)
    if fault is None:  # of its value, or of a derivative that is another one each time
        of_value = "the value is not the function's: " if operand is None else ""
        what = f"the rule of {call!r} is wrong: {of_value}{error}"
        finding = Finding(what, at, f"the rule of {call!r} is wrong", call.rules.place)
        return row._replace(verdict=Verdict.FAIL, findings=(finding,))
    culprit = Culprit(one, fault, met.line, met.source, lambda _: None)
    told, expression = wrong_entry(one, operand) if operand is not None else ("", "")
    what = f"{told or fault.error}" + (f"; as {expression}" if expression else "")
    finding = Finding(what, at, f"{culprit}; in `{culprit.line}`", met.source)
    row = row._replace(verdict=Verdict.FAIL, findings=(finding,))
    return inaccurate(row) if culprit.is_rounding else row

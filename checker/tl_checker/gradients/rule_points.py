"""Rules of the user's own at operands that the program did not meet: zeros, equal elements, tiny and huge ones.

A rule can be right at drawn points and wrong where one of its branches begins. Where the function itself has no
derivative, or balls cannot decide, nothing is said.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random

import numpy as np
from tl_specs import Ambiguous

from tl_checker.gradients.balls import precision
from tl_checker.gradients.custom import RULE, rule_tallies
from tl_checker.gradients.derivatives import dense
from tl_checker.gradients.instruction import Floats, Instruction
from tl_checker.gradients.locate import Culprit, inaccurate, tangents
from tl_checker.gradients.rule_error import wrong_entry
from tl_checker.gradients.scene import Met, Scene
from tl_checker.gradients.verdict import Finding, Row, Verdict, first_line
from tl_dsl.autodiff.custom_calls import Call
from tl_dsl.errors import AmbiguousError
from tl_dsl.graph import Graph

BITS = 512
LARGE = 512
"""Rules are tried elsewhere where their operands have up to so many elements."""

Operands = tuple[Floats, ...]


def rows_elsewhere(
    target: str, graph: Graph, inputs: Sequence[Floats], wrt: int, label: str, *, other_type: bool = False
) -> list[Row]:
    """A row for each argument of each rule that a graph uses, at other operands of the same shapes.

    ``other_type`` says that the whole program runs in another element type, which a rule may refuse: then these are the
    operands that it met, too.
    """
    if not any(node.op.call for node in graph.nodes):
        return []
    try:
        met = [one for one in Scene(graph, inputs, wrt).primal if one.instruction.op.call]
    except Exception:  # a rule that does not even fit is told where it was met
        return []
    found = []
    for one in met:
        if sum(x.size for x in one.instruction.operands) <= LARGE:
            found += _rows(target, one, label, other_type) if other_type else []
            for what, operands in elsewhere(one.instruction):
                moved = dataclasses.replace(one, instruction=dataclasses.replace(one.instruction, operands=operands))
                found += _rows(target, moved, f"{label}, its operands {what}", other_type)
    return found


def elsewhere(one: Instruction) -> Iterator[tuple[str, Operands]]:
    """Other operands of an instruction, and what to say of them; those that carry no derivatives stay."""
    floats = [x for k, x in enumerate(one.operands) if k in one.active and x.size]
    if not floats:
        return
    first = floats[0].reshape(-1)[0]

    def changed(change: Callable[[Floats], Floats]) -> Operands:
        return tuple([np.asarray(change(x), x.dtype) if k in one.active else x for k, x in enumerate(one.operands)])

    yield "zero", changed(np.zeros_like)
    yield "one", changed(np.ones_like)
    yield "all equal", changed(lambda x: np.full_like(x, first))
    alike = [x for x in floats if x.shape == floats[0].shape]
    if len(alike) > 1:
        yield "equal to each other", changed(lambda x: floats[0] if x.shape == floats[0].shape else x)
    yield "of the other sign", changed(np.negative)
    for exponent in (-20, 4, 10):
        yield f"times 2^{exponent}", changed(partial(np.multiply, 2.0**exponent))


def _rows(target: str, met: Met, at: str, may_raise: bool) -> list[Row]:
    one = met.instruction
    call: Call = one.params["call"]
    with precision(BITS):
        try:
            if not _is_smooth(one):
                return []
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
            name = "value" if operand is None else call.rules.arguments[operand]
            row = Row(target, f"{RULE}{call!r}", "balls", name, one.op.name)
            if isinstance(tally, str) or tally.disagreement is not None:
                return [_failed(row, met, at, operand, tally if isinstance(tally, str) else str(tally.disagreement))]
            if tally.narrow:
                rows.append(row._replace(comparisons=tally.comparisons, nonzero=tally.nonzero))
    return rows


def _is_smooth(one: Instruction) -> bool:
    """Whether the function is finite and smooth at the operands. Errors: Ambiguous where it is not smooth."""
    rng = Random("smooth")
    slopes = [one.along(one.only(k, dense(rng, one.operands[k].shape))) for k in one.active]
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

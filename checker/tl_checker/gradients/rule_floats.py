"""Rules of the user's own that are right and have no float to answer: intermediate results overflow, or are 0/0."""

from __future__ import annotations

import numpy as np

from tl_checker.gradients.balls import items_of
from tl_checker.gradients.derivatives import ones
from tl_checker.gradients.instruction import Floats, Instruction
from tl_checker.gradients.pulling import derivative_of
from tl_dsl.autodiff.custom_calls import CUSTOM_VJP, Call
from tl_dsl.evaluate import interpret
from tl_dsl.transform.inline import inlined


def without_floats(one: Instruction) -> str:
    """What is said of a rule that makes no number of floats, where the function and its derivatives are finite."""
    if any(x.dtype.kind == "O" for x in one.operands):
        return ""
    with np.errstate(all="ignore"):
        if all(np.isfinite(x).all() for x in _derivatives(one)) or not _is_finite(one):
            return ""
    largest = float(np.finfo(one.operands[one.active[0]].dtype).max)
    slopes = [z for k in one.active for z in items_of(one.along(one.only(k, ones(one.operands[k].shape))))]
    if not all(z.is_finite() and abs(z) < largest for z in slopes):
        return ""
    call: Call = one.params["call"]
    return f"on floats the rule of {call!r} gives no number, where the function and its derivative are finite"


def _derivatives(one: Instruction) -> list[Floats]:
    """What the rule answers on floats, along directions or to a cotangent of ones."""
    graph, captured = derivative_of(one).closed
    given = [*one.operands, *map(np.asarray, captured)]
    like = graph.inputs[len(one.operands) : len(graph.inputs) - len(captured)]
    directions = [np.ones(x.shape, x.dtype) for x in like]
    found = interpret(graph, [*given[: len(one.operands)], *directions, *given[len(one.operands) :]])
    answers = found if one.op is CUSTOM_VJP else found[1:]
    return [np.asarray(x, float) for x in answers]


def _is_finite(one: Instruction) -> bool:
    """Whether every result of the function is: a rule answers for all of them at once."""
    call: Call = one.params["call"]
    return all(np.isfinite(np.asarray(y, float)).all() for y in interpret(inlined(call.body), list(one.operands)))

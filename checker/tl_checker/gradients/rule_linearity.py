"""Whether a rule of the user's own is linear in its tangents, or in its cotangent.

A derivative along one direction tells nothing of that: a rule that clips a large cotangent is right for the others.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

import numpy as np
from flint import arb

from tl_checker.gradients.balls import Objects, combined
from tl_checker.gradients.compare import compare
from tl_checker.gradients.derivatives import dense
from tl_checker.gradients.instruction import Instruction
from tl_checker.gradients.pulling import cotangents
from tl_checker.gradients.rules import RuleFault
from tl_dsl.autodiff.custom_calls import CUSTOM_VJP

FACTORS = {"-1": arb(-1), "0": arb(0), "2^40": arb(2) ** 40, "2^-40": arb(2) ** -40}

Rule = Callable[[Objects], Objects]


def linearity_fault(one: Instruction, rng: Random) -> RuleFault | None:
    """What is not linear: multiples of a dense direction, and the sum of two, against the answers for these."""
    for k in one.active:
        backwards = one.op is CUSTOM_VJP
        shape = one.value().shape if backwards else one.operands[k].shape
        found = _fault(partial(_answer, one, k), shape, rng, "the cotangent" if backwards else "the tangent")
        if found:
            return RuleFault("rule" if backwards else "jvp rule", k, found)
    return None


def _answer(one: Instruction, operand: int, direction: Objects) -> Objects:
    """The cotangent of an operand for one of the result, or the tangent of the result for one of the operand."""
    if one.op is CUSTOM_VJP:
        return cotangents(one, direction)[operand]
    return np.asarray(one.tangent(one.only(operand, direction)))


def _fault(rule: Rule, shape: tuple[int, ...], rng: Random, name: str) -> str:
    v, w = dense(rng, shape), dense(rng, shape)
    by_v = rule(v)
    for told, factor in FACTORS.items():
        scaled = combined(lambda z, by=factor: z * by, v)
        error = compare(rule(scaled), combined(lambda z, by=factor: z * by, by_v)).disagreement
        if error is not None:
            return f"it is not linear in {name}: times {told}, {error}"
    total = compare(rule(combined(arb.__add__, v, w)), combined(arb.__add__, by_v, rule(w))).disagreement
    return "" if total is None else f"it is not linear in {name}: of a sum of two, {total}"

"""What is said of a wrong rule of the user's: one entry of the Jacobian, by the rule and by the function."""

from __future__ import annotations

import numpy as np
from flint import arb

from tl_checker.gradients.balls import Objects, objects
from tl_checker.gradients.compare import Disagreement, compare
from tl_checker.gradients.instruction import Floats, Instruction
from tl_checker.gradients.pulling import cotangents
from tl_dsl.autodiff.custom_calls import CUSTOM_VJP, Call

ENTRIES = 64
"""So many elements are looked at, one after the other, for one that shows the error by itself."""

PASTED = 6
"""Arguments of up to so many elements are written out."""


def wrong_entry(one: Instruction, operand: int) -> tuple[str, str]:
    """The entry of the Jacobian that shows the error, and an expression that gives it; both empty when none does."""
    for j in range(min(one.operands[operand].size, ENTRIES)):
        error = _error_in(one, operand, j)
        if error is not None:
            place = _index(j, one.operands[operand].shape)
            return _told(one, operand, place, error), _expression(one, operand, place, error.index)
    return "", ""


def _error_in(one: Instruction, operand: int, j: int) -> Disagreement | None:
    """The first output that disagrees along one element of an operand."""
    x = one.operands[operand]
    wanted = one.along(one.only(operand, _unit(x.shape, j)))
    if one.op is not CUSTOM_VJP:
        tangent = one.tangent(one.only(operand, _unit(x.shape, j)))
        return None if tangent is None else compare(np.asarray(tangent), wanted).disagreement
    for i, right in enumerate(wanted.reshape(-1).tolist()[:ENTRIES]):
        pulled = cotangents(one, _unit(wanted.shape, i))[operand].reshape(-1)[j]
        error = compare(objects((), [pulled]), objects((), [right])).disagreement
        if error is not None:
            return Disagreement(_index(i, wanted.shape), error.got, error.wanted)
    return None


def _unit(shape: tuple[int, ...], position: int) -> Objects:
    size = int(np.prod(shape, dtype=int))
    return objects(shape, [arb(int(k == position)) for k in range(size)])


def _index(position: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(map(int, np.unravel_index(position, shape))) if shape else ()


def _told(one: Instruction, operand: int, place: tuple[int, ...], error: Disagreement) -> str:
    call: Call = one.params["call"]
    name, argument = repr(call), call.rules.arguments[operand]
    at = f"{argument}{_shown(place)} = {float(one.operands[operand][place])!r}"
    numbers = str(error).partition(" is ")[2].replace(", the reference ", " by the rule, ")
    numbers = numbers.replace(" (relative", " by the function (relative")
    return f"d {name}{_shown(error.index)} / d {argument}{_shown(place)} is {numbers}, at {at}"


def _shown(index: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""


def _expression(one: Instruction, operand: int, place: tuple[int, ...], output: tuple[int, ...]) -> str:
    """What gives the wrong entry on floats, for a call that can be written in a line."""
    call: Call = one.params["call"]
    names = call.rules.arguments
    plain = call.given == len(one.operands) and len(call.results) == 1 and all(name.isidentifier() for name in names)
    if call.sizes or not plain or any(x.size > PASTED or x.dtype.kind != "f" for x in one.operands):
        return ""
    arguments = ", ".join(map(_listed, one.operands))
    argnums = f", {operand}" if operand else ""
    return f"tl.jacrev({call!r}{argnums})({arguments}){_shown((*output, *place))}"


def _listed(x: Floats) -> str:
    dtype = "" if x.dtype == np.float64 else f", dtype=tl.{x.dtype}"
    return f"tl.tensor({x.tolist()!r}{dtype})"

"""Rules of the user's own where their functions have no derivative: between the derivatives nearby.

At a kink the slope is a matter of convention, but not any: what a rule answers along a direction lies between the
smallest and the largest limit of derivatives at points that approach the kink. Nothing is said where such a limit is
not finite, or where the rule answers what the engine's own derivative of the function does: it is no worse than none.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

import numpy as np
from flint import arb
from tl_specs import Ambiguous

from tl_checker.gradients.balls import Objects, combined, dot, items_of, objects
from tl_checker.gradients.compare import agree
from tl_checker.gradients.derivatives import dense
from tl_checker.gradients.instruction import Instruction
from tl_checker.gradients.pulling import cotangents
from tl_dsl.autodiff.custom_calls import CUSTOM_VJP, Call
from tl_dsl.errors import AmbiguousError
from tl_dsl.evaluate import interpret
from tl_dsl.graph import Graph
from tl_dsl.transform.inline import inlined
from tl_dsl.transform.jvp import jvp

STEPS = (arb(2) ** -200, arb(2) ** -160)
"""How near the points lie: a derivative with a limit is the same at both."""

SLACK = arb(2) ** -100
"""So much may a derivative change within such steps, relative to its size."""

MOST = 3
"""Kinks are looked at where up to so many elements carry derivatives: then every order and sign of these is tried."""

LENGTHS = tuple([arb(length) for length in (1.0, 2.75, 6.5)])
"""How far the elements go, by their order."""


class Nearby(NamedTuple):
    """The smallest and the largest limit of derivatives of each output."""

    low: list[arb]
    high: list[arb]

    def outside(self, got: Sequence[arb]) -> Iterator[int]:
        """The outputs whose derivative is certainly none in between, or not finite."""
        for i, (z, low, high) in enumerate(zip(got, self.low, self.high, strict=True)):
            slack = SLACK * (1 + abs(low).upper() + abs(high).upper())
            if not z.is_finite() or z < low - slack or z > high + slack:
                yield i


def beyond(one: Instruction, rng: Random) -> str:
    """What a rule answers that no derivative nearby comes to; empty where it is right, or there are too many elements.

    Errors: those of the rule.
    """
    if sum(one.operands[k].size for k in one.active) > MOST:
        return ""
    for v in _along_many(one, rng):
        if found := _outside(one, v):
            entry = next(filter(None, (_outside(one, unit) for unit in _along_one(one))), "")
            return entry or found
    return ""


def _along_many(one: Instruction, rng: Random) -> Iterator[list[Objects | None]]:
    """Directions without zeros of each operand, then of all together."""
    dense_ones = [dense(rng, x.shape) for x in one.operands]
    for v in (dense_ones, [combined(abs, z) for z in dense_ones]):
        for k in one.active:
            yield one.only(k, v[k])
        if len(one.active) > 1:
            yield [z if k in one.active else None for k, z in enumerate(v)]


def _along_one(one: Instruction) -> Iterator[list[Objects | None]]:
    """Directions along single elements."""
    for k in one.active:
        x = one.operands[k]
        for j in range(x.size):
            yield one.only(k, _unit(x.shape, j))


def _outside(one: Instruction, v: list[Objects | None]) -> str:
    """What is wrong along one direction."""
    near = _nearby(one, v)
    if near is None:
        return ""
    got = _answer(one, v)
    wrong = [i for i in near.outside(got) if not _as_the_engine(one, v, i, got[i])]
    return _told(one, v, wrong[0], got[wrong[0]], near) if wrong else ""


def _nearby(one: Instruction, v: list[Objects | None]) -> Nearby | None:
    """The limits from all sides; None where one of them is not finite or does not exist."""
    low: list[arb] = []
    high: list[arb] = []
    for way in _ways(one, v):
        try:
            first, second = (_slopes(one, v, way, step) for step in STEPS)
        except (Ambiguous, AmbiguousError):
            continue
        if not all(map(_same, first, second)):
            return None
        low = [min(a, b, key=_middle) for a, b in zip(low or first, first, strict=True)]
        high = [max(a, b, key=_middle) for a, b in zip(high or first, first, strict=True)]
    return Nearby(low, high) if low else None


def _ways(one: Instruction, v: list[Objects | None]) -> Iterator[list[arb]]:
    """Ways to go, element by element of the active operands: in every order and sign, and along v itself."""
    size = sum(one.operands[k].size for k in one.active)
    for lengths in itertools.permutations(LENGTHS[:size]):
        for signs in itertools.product((1, -1), repeat=size):
            yield [sign * length for sign, length in zip(signs, lengths, strict=True)]
    own = [z for k in one.active for z in (items_of(v[k]) if v[k] is not None else [arb(0)] * one.operands[k].size)]
    yield own
    yield [-z for z in own]


def _slopes(one: Instruction, v: list[Objects | None], way: list[arb], step: arb) -> list[arb]:
    """The derivative along v, a step off."""
    rest = iter(way)
    moved = [
        objects(x.shape, [z + step * next(rest) for z in items_of(x)]) if k in one.active else x
        for k, x in enumerate(one.operands)
    ]
    return items_of(dataclasses.replace(one, operands=tuple(moved)).along(v))


def _middle(x: arb) -> Any:
    return x.mid()


def _same(a: arb, b: arb) -> bool:
    return bool(a.is_finite() and b.is_finite() and abs(a - b) < SLACK * (1 + abs(a)))


def _answer(one: Instruction, v: list[Objects | None]) -> list[arb]:
    """What the rule says along a direction; a rule for reverse mode is asked for one output after the other."""
    if one.op is not CUSTOM_VJP:
        return items_of(np.asarray(one.tangent(v)))
    shape = one.value().shape
    found = []
    for i in range(math.prod(shape)):
        pulled = cotangents(one, _unit(shape, i))
        found.append(sum((dot(pulled[k], z) for k, z in enumerate(v) if z is not None), arb(0)))
    return found


def _as_the_engine(one: Instruction, v: list[Objects | None], i: int, answer: arb) -> bool:
    """Whether the engine's derivative of the function, without the rule, is the same."""
    call: Call = one.params["call"]
    moved = [k for k, z in enumerate(v) if z is not None]
    body = inlined(Graph(call.body.inputs, (call.body.outputs[one.params["output"]],)))
    both, captured = jvp(body, moved).closed
    along = [np.asarray(v[k]) for k in moved]
    got = items_of(interpret(both, [*one.points, *along, *map(np.asarray, captured)])[1])[i]
    return agree(got, answer) if answer.is_finite() else not got.is_finite()


def _unit(shape: tuple[int, ...], position: int) -> Objects:
    return objects(shape, [arb(int(i == position)) for i in range(math.prod(shape))])


def _told(one: Instruction, v: list[Objects | None], i: int, got: arb, near: Nearby) -> str:
    call: Call = one.params["call"]
    moved = [(k, j) for k, z in enumerate(v) if z is not None for j, item in enumerate(items_of(z)) if item != 0]
    (k, j), *others = moved
    index = f"[{', '.join(map(str, np.unravel_index(j, one.operands[k].shape)))}]" if one.operands[k].ndim else ""
    along = "along a dense direction" if others else f"in {call.rules.arguments[k]}{index}"
    low, high = (z.mid().str(6, radius=False) for z in (near.low[i], near.high[i]))
    limits = f"come to {low}" if low == high else f"lie between {low} and {high}"
    answer = got.mid().str(6, radius=False) if got.is_finite() else "not finite"
    return f"at a kink, the derivative {along} is {answer}, where those nearby {limits}"

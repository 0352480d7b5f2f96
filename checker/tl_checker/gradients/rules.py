"""The rules of one instruction, each held against its specification at the operands that the instruction met.

A rule that disagrees there is wrong whatever surrounds it. The kernel comes first: a wrong one spoils every rule that
is written in it.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from flint import arb
from tl_specs import Ambiguous

from tl_checker.gradients.balls import Objects, dot, objects, precision, to_numpy
from tl_checker.gradients.compare import compare
from tl_checker.gradients.derivatives import dense
from tl_checker.gradients.floats import accurate
from tl_checker.gradients.instruction import Instruction, as_balls, batch_of
from tl_checker.gradients.pulling import cotangents, pulled_twice
from tl_checker.gradients.quotients import Direction
from tl_checker.gradients.verdict import first_line
from tl_dsl.errors import AmbiguousError

Index = tuple[int, ...]


@dataclass(frozen=True)
class RuleFault:
    """A rule that is wrong: which, in which operand (None for all), by how much, at which elements.

    ``output`` is the element of the result, ``element`` the one of the operand, where these could be told; ``relative``
    the logarithm to base 2 of the relative error.
    """

    rule: str
    operand: int | None
    error: str
    output: Index | None = None
    element: Index | None = None
    relative: float | None = None

    @property
    def place(self) -> str:
        """The elements, for people."""
        parts = [f"output {list(self.output)}" if self.output is not None else ""]
        parts += [f"input {list(self.element)}" if self.element is not None else ""]
        return ", ".join(filter(None, parts))


def kernel_fault(one: Instruction) -> RuleFault | None:
    """The kernel on balls, integers or truth values against the specification's value."""
    try:
        got, wanted = one.kernel(one.points), as_balls(one.value())
    except (Ambiguous, AmbiguousError):
        return None
    except Exception as error:  # whatever a rule raises at a point of its domain is a fault
        return RuleFault("kernel", None, _told(error))
    if got.shape != wanted.shape:
        return RuleFault("kernel", None, f"shape {list(got.shape)}, not {list(wanted.shape)}")
    if got.dtype == object:
        return _compared("kernel", None, got, wanted)
    pairs = zip(got.reshape(-1).tolist(), wanted.reshape(-1).tolist(), strict=True)
    wrong = next((k for k, (a, b) in enumerate(pairs) if not _same(a, b)), None)
    if wrong is None:
        return None
    at = _index(wrong, got.shape)
    return RuleFault("kernel", None, f"{list(at)} is {got[at]}, the specification's {wanted[at]}", at)


def float_fault(one: Instruction) -> RuleFault | None:
    """The kernel on floats against the specification, in units of what rounding can do there."""
    try:
        got = one.kernel(one.operands)
        if got.dtype.kind != "f":
            return None
        with precision(np.finfo(got.dtype).nmant + 1):
            rounded = one.kernel(one.points)
        wrong = accurate(got, np.asarray(rounded, object), to_numpy(one.value())).wrong
    except (Ambiguous, AmbiguousError):
        return None
    except Exception as error:
        return RuleFault("kernel", None, _told(error))
    return RuleFault(f"{got.dtype} kernel", None, wrong) if wrong else None


def _same(got: Any, wanted: Any) -> bool:
    return bool(float(wanted) == got) if isinstance(wanted, arb) else bool(got == wanted)


def tangent_fault(one: Instruction, rng: Random) -> RuleFault | None:
    """The jvp rule along dense directions: of each operand, and of all together."""
    directions = _directions(one, rng)
    choices: list[int | None] = [*one.active, *([None] if len(one.active) > 1 else [])]

    def check(operand: int | None) -> RuleFault | None:
        if operand is None:
            together = [v if k in one.active else None for k, v in enumerate(directions)]
            return _wrong_tangent(one, None, together)
        return _narrowed(directions[operand], lambda v: _wrong_tangent(one, operand, one.only(operand, v)))

    return _first(choices, check, "jvp rule")


def _wrong_tangent(one: Instruction, operand: int | None, v: Direction) -> RuleFault | None:
    wanted = one.along(v)
    got = one.tangent(v)
    if got is None:
        got = objects(wanted.shape, [arb(0)] * wanted.size)
    if got.shape != wanted.shape:
        return RuleFault("jvp rule", operand, f"the tangent has shape {list(got.shape)}, not {list(wanted.shape)}")
    return _compared("jvp rule", operand, got, wanted)


def cotangent_fault(one: Instruction, rng: Random, linear: Sequence[int]) -> RuleFault | None:
    """The transpose rules of operands in which the instruction is linear: ⟨Tᵀg, v⟩ = ⟨g, T v⟩."""
    u = dense(rng, one.value().shape)
    directions = _directions(one, rng)

    def check(k: int) -> RuleFault | None:
        got = one.cotangent(k, u)
        if got is None:
            return None  # whoever needs it is told so when the graph is transposed
        if got.shape != one.operands[k].shape:
            shapes = f"{list(got.shape)}, not {list(one.operands[k].shape)}"
            return RuleFault("transpose rule", k, f"the cotangent has shape {shapes}")

        def product(v: Objects) -> RuleFault | None:
            return _scalar_compared("transpose rule", k, dot(got, v), dot(u, one.along(one.only(k, v))))

        return _narrowed(directions[k], product)

    return _first([k for k in linear if k in one.active], check, "transpose rule")


def slope_fault(one: Instruction, rng: Random) -> RuleFault | None:
    """Whether the jvp rule has the right derivative itself: second derivatives are taken of rules."""
    u = dense(rng, one.value().shape)
    v, w = _directions(one, rng), _directions(one, rng)

    def check(k: int) -> RuleFault | None:
        first = one.only(k, v[k])
        second = [w[j] if j in one.active else None for j in range(len(w))]
        got = one.tangent(first, second)
        if got is None or got.shape != u.shape:
            return None  # a tangent that is zero by structure, or a shape that the first order tells of
        wanted = one.mixed(u, first, second)
        return _scalar_compared("jvp rule's derivative", k, dot(u, got), wanted)

    return _first(one.active, check, "jvp rule's derivative")


def transposed_slope_fault(one: Instruction, rng: Random, linear: Sequence[int]) -> RuleFault | None:
    """The same of the transpose rules, as functions of the other operands."""
    u = dense(rng, one.value().shape)
    v, w = _directions(one, rng), _directions(one, rng)

    def check(k: int) -> RuleFault | None:
        moved = [w[j] if j in one.active and j != k else None for j in range(len(w))]
        if not any(z is not None for z in moved):
            return None
        got = one.cotangent(k, u, moved)
        if got is None:
            return None
        wanted = one.mixed(u, one.only(k, v[k]), moved)
        return _scalar_compared("transpose rule's derivative", k, dot(got, v[k]), wanted)

    return _first([k for k in linear if k in one.active], check, "transpose rule's derivative")


def pulled_fault(one: Instruction, rng: Random) -> RuleFault | None:
    """A custom_vjp against its function: ⟨bwd(u), v⟩ = ⟨u, J v⟩ for dense u and v, for each argument."""
    u = dense(rng, one.value().shape)
    directions = _directions(one, rng)

    def check(k: int) -> RuleFault | None:
        got = cotangents(one, u)[k]

        def product(v: Objects) -> RuleFault | None:
            return _scalar_compared("rule", k, dot(got, v), dot(u, one.along(one.only(k, v))))

        return _narrowed(directions[k], product)

    return _first(one.active, check, "rule")


def pulled_slope_fault(one: Instruction, rng: Random) -> RuleFault | None:
    """The same of its second derivative, by reverse mode over the rule."""
    u = dense(rng, one.value().shape)
    v, w = _directions(one, rng), _directions(one, rng)

    def check(k: int) -> RuleFault | None:
        moved = [w[j] if j in one.active else None for j in range(len(w))]
        slopes = pulled_twice(one, u, k, v[k])
        got = sum((dot(slopes[j], w[j]) for j in one.active), arb(0))
        return _scalar_compared("rule's derivative", k, got, one.mixed(u, one.only(k, v[k]), moved))

    return _first(one.active, check, "rule's derivative")


def batch_fault(one: Instruction) -> RuleFault | None:
    """The batching rule against the instruction on one example after the other, for every choice of batched operands.

    The second example is a little shorter than the first, so that it lies in the domain, too.
    """
    count = len(one.operands)
    second = [_shorter(x) if x.dtype == object else x for x in one.points]
    choices = [has for has in itertools.product((True, False), repeat=min(count, 3)) if any(has)]

    def check(has: tuple[bool, ...]) -> RuleFault | None:
        carries = [*has, *[has[-1]] * (count - len(has))]
        pairs = list(zip(one.points, second, carries, strict=True))
        loop = [one.kernel([b if c and number else a for a, b, c in pairs]) for number in range(2)]
        got = one.batched(2, [batch_of([a, b]) if c else a for a, b, c in pairs], carries)
        wanted = batch_of(loop)
        if got.shape != wanted.shape:
            return RuleFault("batching rule", None, f"shape {list(got.shape)}, not {list(wanted.shape)}")
        if got.dtype != object:
            return None if np.array_equal(got, wanted) else RuleFault("batching rule", None, "values differ")
        return _compared("batching rule", None, got, wanted)

    return _first(choices, check, "batching rule") if count else None


def _shorter(x: Objects) -> Objects:
    return objects(x.shape, [z * 3 / 4 for z in x.reshape(-1).tolist()])


def _first(choices: Any, check: Callable[[Any], RuleFault | None], rule: str) -> RuleFault | None:
    """The first fault; a rule that raises is wrong, one at a branch that balls cannot decide is not judged."""
    for choice in choices:
        try:
            found = check(choice)
        except (Ambiguous, AmbiguousError):
            continue
        except Exception as error:
            return RuleFault(rule, choice if isinstance(choice, int) else None, _told(error))
        if found is not None:
            return found
    return None


def _directions(one: Instruction, rng: Random) -> list[Objects]:
    return [dense(rng, x.shape) for x in one.operands]


def _compared(rule: str, operand: int | None, got: Any, wanted: Any) -> RuleFault | None:
    error = compare(got, wanted).disagreement
    return None if error is None else RuleFault(rule, operand, str(error), error.index, relative=error.relative)


def _scalar_compared(rule: str, operand: int | None, got: arb, wanted: arb) -> RuleFault | None:
    error = compare(objects((), [got]), objects((), [wanted])).disagreement
    if error is None:
        return None
    return RuleFault(rule, operand, str(error).removeprefix("[] is "), relative=error.relative)


def _narrowed(v: Objects, probe: Callable[[Objects], RuleFault | None]) -> RuleFault | None:
    """What the probe says of a dense direction, and the element of it that shows the fault.

    The direction is halved until one element is left, or the halves say nothing: rules are linear in it.
    """
    found = probe(v)
    items = v.reshape(-1).tolist()
    places = range(len(items))
    while found is not None and len(places) > 1:
        half = len(places) // 2
        for part in (places[:half], places[half:]):
            shown = probe(objects(v.shape, [items[k] if k in part else arb(0) for k in range(len(items))]))
            if shown is not None:
                found, places = shown, part
                break
        else:
            return found
    return found if found is None or not items else dataclasses.replace(found, element=_index(places[0], v.shape))


def _index(position: int, shape: tuple[int, ...]) -> Index:
    return tuple(map(int, np.unravel_index(position, shape))) if shape else ()


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {first_line(error)}"

"""The mistakes written by hand, planted in every operation and in every instruction.

It imports the language, so it is imported itself only when all mechanical mutants are judged.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from random import Random
from typing import Any

import numpy as np
from tl_checker.gradients.far import far
from tl_checker.gradients.planting import planted_jvp
from tl_checker.gradients.subject import Operation, operations
from tl_specs import Array

from tests.mutants.faults import CLASSES, Fault, at_points, same
from tests.mutants.judges import Judgement, verdicts
from tests.mutants.known import KNOWN
from tl_dsl import Tensor
from tl_dsl.op import OPS, bind
from tl_dsl.primitive import primitive

KINKS = "kink values"
ORIGINAL = "faults of another engine"
NONE = "changes nothing"
"""The verdict on a fault that is none for an operation: it never changed a tangent."""


def names() -> list[tuple[str, str, str]]:
    """Class, fault and operation of every mistake."""
    found = [(ORIGINAL, name, target) for name, (target, _) in KNOWN.items()]
    for operation in operations():
        if operation.spec is None or not operation.exists or (operation.public and operation.name not in OPS):
            continue
        found += [(kind, name, operation.target) for kind, several in CLASSES.items() for name in several]
        if any(kinks.points for kinks in operation.spec.kinks):
            found.append((KINKS, "another slope", operation.target))
    return found


def judged(kind: str, name: str, target: str) -> Judgement:
    """What the verifier says of an operation with a mistake: at once when it is found, else at the standard depth."""
    started = time.process_time()
    if kind == ORIGINAL:
        with KNOWN[name][1]():
            return _asked([target], started) or Judgement("PASS", target)
    operation = next(one for one in operations() if one.target == target)
    planted = Planted(_fault(operation, kind, name))
    with planted.into(operation):
        if (found := _asked([target, f"{target}, standard"], started)) is not None:
            return found
    reached = planted.touched and not (kind == "in a region" and not _reaches(operation, name))
    verdict = "PASS" if reached else NONE
    return Judgement(verdict, target, "", time.process_time() - started)


def _asked(judges: Sequence[str], started: float) -> Judgement | None:
    """The first verdict that is not clean."""
    for judge in judges:
        for verdict, what in verdicts(judge):
            if verdict != "PASS":
                return Judgement(verdict, judge, what, time.process_time() - started)
    return None


def _fault(operation: Operation, kind: str, name: str) -> Fault:
    if kind != KINKS:
        return CLASSES[kind][name]()
    assert operation.spec is not None
    points = [point for kinks in operation.spec.kinks for point in kinks.points]
    return at_points([_numbers(x) for point in points for x in point.operands if isinstance(x, Array)])


def _numbers(x: Array) -> np.ndarray[Any, Any]:
    return np.asarray(x.items, float).reshape(x.shape)


def _reaches(operation: Operation, name: str) -> bool:
    """Whether the specification has a point beyond the limit; where it has none, the domain should be bounded."""
    assert operation.spec is not None
    limit = float(name.split()[-1])
    samples = operation.spec.samples(Random("0 0"))
    inside = [s for s in samples if not operation.spec.outside(s) and operation.spec.active(s)]
    inside += far(operation.spec, inside)
    return any(max(s.operands[k].items, default=0) > limit for s in inside for k in operation.spec.active(s)[:1])


class Planted:
    """A fault in an operation; ``touched`` says whether it changed a tangent."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.touched = False

    def into(self, operation: Operation) -> AbstractContextManager[Any]:
        """The operation with the fault, for the time of a block."""
        if not operation.public:
            return planted_jvp(operation.name, self._of_instruction)
        return self._in_function(operation.name)

    def _changed(self, t: Tensor, x: Tensor, dx: Any) -> Tensor:
        wrong = self.fault(t, x, dx)
        self.touched |= wrong is not None
        return t if wrong is None else wrong

    def _of_instruction(self, tangent: Any, primals: list[Any], tangents: list[Any]) -> Any:
        moved = [k for k, dx in enumerate(tangents) if dx is not None]
        return self._changed(tangent, primals[moved[0]], tangents[moved[0]])

    @contextmanager
    def _in_function(self, name: str) -> Iterator[None]:
        """The function's results pass through an instruction whose value is right and whose tangent is not."""
        right = OPS[name]

        def push(z: Tensor, y: Tensor, x: Tensor, dy: Any, dx: Any) -> Any:
            return None if dy is None else self._changed(dy, x, dx)

        wrong = primitive("wrong_rule", shape=lambda y, x: y, kernel=same, jvp=push)

        def function(*args: Any, **params: Any) -> Any:
            result = right.function(*args, **params)
            x = next((one for one in _flat(args) if _is_floating(one)), None)
            if x is None:
                return result
            if isinstance(result, Tensor):
                return bind(wrong, result, x) if _is_floating(result) else result
            return type(result)([bind(wrong, y, x) if _is_floating(y) else y for y in result])

        OPS[name] = dataclasses.replace(right, function=function)
        try:
            yield
        finally:
            OPS[name] = right


def _flat(args: Any) -> Iterator[Any]:
    for one in args:
        if isinstance(one, (list, tuple)):
            yield from _flat(one)
        else:
            yield one


def _is_floating(x: Any) -> bool:
    return isinstance(x, Tensor) and x.dtype.kind in "fO"

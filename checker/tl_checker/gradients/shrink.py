"""The smallest operands at which a rule is still wrong: axes cut to where the fault shows, then plain numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from tl_specs import Array, Sample

from tl_checker.gradients.balls import precision
from tl_checker.gradients.instruction import Floats, Instruction
from tl_checker.gradients.rules import RuleFault

PROBES = 100
"""So many times a rule is tried at most."""

BITS = 400
Check = Callable[[Instruction], RuleFault | None]


def shrunk(one: Instruction, fault: RuleFault, check: Check) -> tuple[Instruction, RuleFault]:
    """An instruction with smaller operands that shows a fault of the same rule, and that fault."""
    left = PROBES
    with precision(BITS):
        smaller = True
        while smaller and left > 0:
            smaller = False
            for candidate in _candidates(one, fault):
                left -= 1
                found = check(candidate) if left >= 0 and _is_legal(candidate) else None
                if found is not None and _alike(found, fault):
                    one, fault, smaller = candidate, found, True
                    break
    return one, fault


def _alike(found: RuleFault, fault: RuleFault) -> bool:
    """Whether it is the same rule that is wrong, in the same way: by a number, or by raising."""
    raises = ["Error:" in one.error.split(" ")[0] for one in (found, fault)]
    return (found.rule, found.operand) == (fault.rule, fault.operand) and raises[0] == raises[1]


def _is_legal(one: Instruction) -> bool:
    """Whether the operands fit each other, lie in the domain, and give something finite."""
    try:
        one.op.shape(*[x.shape for x in one.operands], **one.params)
        sample = Sample("", tuple([Array(x.shape, x.reshape(-1).tolist()) for x in one.operands]), dict(one.params))
        if one.spec.outside(sample):
            return False
        return all(np.isfinite(float(z)) for z in one.value().items)
    except Exception:  # whatever is wrong with these operands, others are tried
        return False


def _candidates(one: Instruction, fault: RuleFault) -> Iterator[Instruction]:
    yield from _cut(one, fault)
    for k, x in enumerate(one.operands):
        if x.dtype.kind == "f":
            for plain in _plainer(x):
                yield _with_operand(one, k, plain)


def _cut(one: Instruction, fault: RuleFault) -> Iterator[Instruction]:
    """All axes of one size cut to 1, or to half, beginning where the fault shows."""
    sizes = sorted({n for x in one.operands for n in x.shape if n > 1}, reverse=True)
    shown = {}
    if fault.operand is not None and fault.element is not None:
        shown = dict(zip(one.operands[fault.operand].shape, fault.element, strict=True))
    for n in sizes:
        for m in dict.fromkeys((1, n // 2)):
            start = min(shown.get(n, 0), n - m)
            operands = [_window(x, n, start, m) for x in one.operands]
            params = {name: _resized(name, value, n, m) for name, value in one.params.items()}
            yield dataclasses.replace(one, operands=tuple(operands), params=params)


def _window(x: Floats, n: int, start: int, m: int) -> Floats:
    return x[tuple([slice(start, start + m) if size == n else slice(None) for size in x.shape])]


def _resized(name: str, value: Any, n: int, m: int) -> Any:
    return tuple([m if size == n else size for size in value]) if name == "shape" else value


def _plainer(x: Floats) -> Iterator[Floats]:
    """Arrays of simpler numbers."""
    for plain in (np.ones_like(x), np.full_like(x, 0.5), np.round(x), np.round(x * 4) / 4):
        if not np.array_equal(plain, x) and _length(plain) < _length(x):
            yield plain


def _length(x: Floats) -> int:
    """How long the numbers are when they are written."""
    return sum(len(repr(z)) for z in x.reshape(-1).tolist())


def _with_operand(one: Instruction, k: int, x: Floats) -> Instruction:
    return dataclasses.replace(one, operands=(*one.operands[:k], x, *one.operands[k + 1 :]))

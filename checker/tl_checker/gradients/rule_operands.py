"""Operands for rules of the user's own that the program did not meet: where branches of a rule are likely to begin."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from tl_checker.gradients.instruction import Floats, Instruction
from tl_checker.gradients.pulling import derivative_of
from tl_dsl.graph import Node
from tl_dsl.transform.inline import inlined

Operands = tuple[Floats, ...]

SIMPLE = (2.0, -1.0, 0.5, -2.0, 3.0, -0.5, 1.5, 0.25, -3.0, 4.0, 10.0)
"""Numbers that people write."""

CONSTANTS = 6
"""So many of the numbers in a rule are tried."""

STEP = 2.0**-12
"""So far beside them they are tried, too, relative to their size."""

COMPARES = frozenset({"less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "maximum", "minimum"})


def elsewhere(one: Instruction) -> Iterator[tuple[str, Operands]]:
    """Other operands of an instruction, and what to say of them; those that carry no derivatives stay."""
    floats = [x for k, x in enumerate(one.operands) if k in one.active and x.size]
    if not floats:
        return
    first = floats[0].reshape(-1)[0]
    changed = partial(_changed, one)

    yield "zero", changed(np.zeros_like)
    yield "one", changed(np.ones_like)
    yield "all equal", changed(lambda x: np.full_like(x, first))
    alike = [x for x in floats if x.shape == floats[0].shape]
    if len(alike) > 1:
        yield "equal to each other", changed(lambda x: floats[0] if x.shape == floats[0].shape else x)
    if any(x.size > 1 for x in floats):
        yield "zero in the first place", changed(lambda x: _with_first(x, 0))
        yield "equal in the first two places", changed(lambda x: _with_first(x, x.reshape(-1)[:2][-1]))
    yield "of the other sign", changed(np.negative)
    yield "negative", changed(lambda x: -np.abs(x))
    yield "simple numbers", changed(lambda x: np.resize(SIMPLE, x.shape))
    for exponent in (-20, 4, 10):
        yield f"times 2^{exponent}", changed(partial(np.multiply, 2.0**exponent))
    yield from at_constants(one)


def at_constants(one: Instruction) -> Iterator[tuple[str, Operands]]:
    """Operands at the numbers that a rule or its function has in it, and beside them: a branch may begin there."""
    for number in constants_of(one)[:CONSTANTS]:
        for told, step in (("", 0.0), ("a little above ", STEP), ("a little below ", -STEP)):
            value = number + abs(number) * step
            yield f"{told}{number:.6g}", _changed(one, partial(np.full_like, fill_value=value))


def constants_of(one: Instruction) -> list[float]:
    """The numbers in the derivative of a call and in its function, but for 0 and 1; what is compared comes first."""
    compared: list[float] = []
    others: list[float] = []
    try:
        derivative = derivative_of(one)
    except Exception:  # a rule that raises is told where it does so
        return []
    for graph in (derivative, inlined(one.params["call"].body)):
        meets = {id(x) for node in graph.nodes if node.op.name in COMPARES for x in node.operands}
        for node in graph.nodes:
            (compared if id(node) in meets else others).extend(_numbers(node))
    found = dict.fromkeys(itertools.chain(compared, others))
    return [number for number in found if np.isfinite(number) and number not in (0.0, 1.0)]


def _numbers(node: Node) -> list[float]:
    """The number that an instruction makes, where it makes one and makes floats."""
    value = node.params.get("fill_value", node.params.get("value"))
    single = value is not None and np.size(value) == 1 and node.dtype.kind == "f"
    return [float(np.asarray(value).reshape(-1)[0])] if single else []


def _changed(one: Instruction, change: Callable[[Floats], Floats]) -> Operands:
    return tuple([np.asarray(change(x), x.dtype) if k in one.active else x for k, x in enumerate(one.operands)])


def _with_first(x: Floats, value: float) -> Floats:
    moved = x.copy()
    moved.reshape(-1)[:1] = value
    return moved

"""Graphs run node by node: on exact scalars, and watched."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest

import tl_dsl as tl
from tl_dsl.errors import AmbiguousError, ScalarError
from tl_dsl.evaluate import Values, evaluate, interpret
from tl_dsl.graph import Graph
from tl_dsl.op import trace

F64 = np.dtype("float64")


def graph_of(function: Any, *shapes: tuple[int, ...]) -> Graph:
    return trace(lambda *args: [function(*args)], [(shape, F64) for shape in shapes])[0]


def exact(*values: Any) -> np.ndarray[Any, Any]:
    found = np.empty(len(values), object)
    found[:] = values
    return found


def test_fractions_stay_exact() -> None:
    graph = graph_of(lambda x: tl.mean(x * x / 3 + 0.1), (3,))
    (value,) = interpret(graph, [exact(Fraction(1, 3), Fraction(2), Fraction(-5, 7))])
    squares = Fraction(1, 9) + 4 + Fraction(25, 49)
    assert value.item() == squares / 9 + Fraction(0.1)


def test_every_floating_value_becomes_exact() -> None:
    def program(x: Any, y: Any) -> Any:
        return x + y + tl.arange(2, dtype=F64) + tl.eye(2)[0] + tl.one_hot(tl.argmax(x, axis=0), 2)

    (value,) = interpret(graph_of(program, (2,), (2,)), [exact(Fraction(1), Fraction(2)), np.array([0.5, 0.25])])
    assert value.tolist() == [Fraction(5, 2), Fraction(17, 4)]
    assert all(isinstance(item, Fraction) for item in value)


def test_balls_hold_the_constants_of_rules() -> None:
    graph = graph_of(tl.grad(lambda x: tl.sum(tl.erf(x))), (1,))
    flint.ctx.prec, before = 200, flint.ctx.prec
    try:
        (value,) = evaluate(graph, [exact(flint.arb(0))])
        assert (value[0] - 2 / flint.arb.pi().sqrt()).abs_upper() < flint.arb(2) ** -190
    finally:
        flint.ctx.prec = before


def test_errors_of_exact_scalars() -> None:
    with pytest.raises(ScalarError, match="exp is not defined on Fraction"):
        evaluate(graph_of(tl.exp, (1,)), [exact(Fraction(1, 2))])
    with pytest.raises(AmbiguousError):
        evaluate(graph_of(tl.relu, (1,)), [exact(flint.arb(0, 1))])


def test_watched() -> None:
    graph = graph_of(lambda x: tl.sum(x * x), (2,))
    values = Values(graph, [np.array([1.0, 2.0])])
    seen = [(step.node.op.name, step.operands[0].tolist(), step.value.tolist()) for step in values.steps()]
    assert seen[0] == ("mul", [1.0, 2.0], [1.0, 4.0])
    assert [name for name, _, _ in seen] == ["mul", "sum", "reshape"]
    assert values.outputs()[0].item() == 5.0


def test_results_of_evaluate_belong_to_the_caller() -> None:
    x = exact(Fraction(1), Fraction(2))
    (same,) = evaluate(graph_of(lambda x: x, (2,)), [x])
    assert not np.shares_memory(same, x)


def test_without_elements_irrational_constants_are_balls() -> None:
    empty = np.empty((0, 2), object)
    assert tl.program(tl.erf)(tl.tensor(empty)).shape == (0, 2)
    with pytest.raises(ScalarError):
        tl.program(tl.erf)(tl.tensor(np.array([Fraction(1)], object)))

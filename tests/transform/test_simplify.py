"""Simplified graphs: what is known, equal values on fractions of programs drawn at random, size and speed."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tl_checker.gradients.equations import EQUATIONS, fault_of

import tl_dsl as tl
from tl_dsl.autodiff.function import gradient_graph
from tl_dsl.autodiff.traced import trace_call
from tl_dsl.evaluate import interpret
from tl_dsl.graph import Builder, Graph
from tl_dsl.op import trace
from tl_dsl.primitive import PRIMITIVES
from tl_dsl.transform.simplify import simplify

Shape = tuple[int, ...]
F64 = np.dtype("float64")


def graph_of(function: Callable[..., Any], *shapes: Shape) -> Graph:
    def several(*args: Any) -> list[Any]:
        found = function(*args)
        return list(found) if isinstance(found, (tuple, list)) else [found]

    return trace(several, [(shape, F64) for shape in shapes])[0]


def instructions(graph: Graph) -> str:
    """The names of the instructions in order; constants by their numbers, in brackets."""
    words = []
    for node in graph.nodes:
        words.append(f"[{node.params['fill_value']}]" if node.op.name == "full" else node.op.name)
    return " ".join(words)


V, N = (4,), (4, 4)

# What the rules are, one by one, stands in the verifier's table


@pytest.mark.parametrize("name", EQUATIONS)
def test_equation(name: str) -> None:
    assert fault_of(EQUATIONS[name]) == ""


MORE: dict[str, tuple[Callable[..., Any], list[Shape], str]] = {
    "roots merge": (lambda x: tl.gelu(x * 2), [V], "[√(2)] mul erf [1] add mul"),
    "gradient of parts": (
        tl.grad(lambda x: tl.sum(x[2:] * x[2:]) + tl.sum(x[:2])), [V], "slice [1] [2] mul concat"),
}  # fmt: skip


@pytest.mark.parametrize("name", MORE)
def test_operations_in_simplest_form(name: str) -> None:
    function, shapes, wanted = MORE[name]
    assert instructions(simplify(graph_of(function, *shapes))) == wanted


def fractions_of(graph: Graph) -> list[np.ndarray[Any, Any]]:
    found = []
    for k, x in enumerate(graph.inputs):
        values = np.empty(x.shape, object)
        values.reshape(-1)[:] = [Fraction(j + k + 1, 3 + k) for j in range(values.size)]
        found.append(values)
    return found


@pytest.mark.parametrize("size", [0, 1, 2])
def test_second_derivatives_of_each_element(size: int) -> None:
    cube = tl.jacfwd(tl.jacfwd(lambda x: x**3))(tl.ones(size))
    wanted = np.zeros((size,) * 3)
    wanted[(range(size),) * 3] = 6
    np.testing.assert_array_equal(np.asarray(cube), wanted)


def test_the_inverse_of_a_number_may_be_too_large() -> None:
    tiny = Fraction(2, 10**400 + 1)
    assert [node.op.name for node in simplify(graph_of(lambda x: x / tiny, V)).nodes] == ["full", "div"]


def test_sources_are_kept() -> None:
    simple = simplify(graph_of(lambda x: (x * 2 + x * 2) @ x, V))
    assert all(node.source is not None and node.source.file.endswith("test_simplify.py") for node in simple.nodes)


def test_nan_passes() -> None:
    graph = graph_of(lambda x: (x * 0.0, x - x, tl.sum(x) * 0.0), (2,))
    for y in interpret(simplify(graph), [np.array([np.nan, np.nan])]):
        assert np.isnan(y).all()


def test_float32_stays() -> None:
    graph, _ = trace(lambda x: [x / 3 * 0.1 + x], [((3,), np.dtype("float32"))])
    assert all(node.dtype == np.float32 for node in simplify(graph).nodes)


# Programs drawn at random


UNARY = [
    lambda x: -x,
    lambda x: x * 2,
    lambda x: x * Fraction(-1, 3),
    lambda x: x / 4,
    lambda x: x * x,
    tl.matrix_transpose,
    lambda x: tl.reshape(tl.reshape(x, (16,)), (4, 4)),
    lambda x: tl.broadcast_to(tl.sum(x, axis=0, keepdims=True), (4, 4)),
    lambda x: tl.broadcast_to(tl.sum(x, axis=1, keepdims=True), (4, 4)),
    lambda x: tl.broadcast_to(tl.sum(x), (4, 4)),
    lambda x: tl.concat([x[2:], x[:2]]),
    lambda x: tl.pad(x[1:, :2], ((1, 0), (0, 2))),
    lambda x: x[::-1],
    lambda x: (tl.eye(4) * x[0]) @ x,
    lambda x: tl.sum(tl.broadcast_to(x, (3, 4, 4)) @ x, axis=0),
    lambda x: x + 0,
    lambda x: tl.relu(x) - 1,
]
BINARY = [
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: x @ y,
    lambda x, y: x * y[0],
    lambda x, y: x - y[:, :1],
    lambda x, y: tl.where(x > y, x, 0),
    lambda x, y: tl.maximum(x, y),
]

STEPS = st.lists(
    st.tuples(st.integers(0, len(UNARY) + len(BINARY) - 1), st.integers(0, 5), st.integers(0, 5)),
    min_size=1,
    max_size=7,
)


@given(STEPS)
@settings(max_examples=150, deadline=None)
def test_random_programs(steps: list[tuple[int, int, int]]) -> None:
    def program(x: Any, y: Any) -> Any:
        values = [x, y]
        for which, first, second in steps:
            a, b = values[-1 - first % len(values)], values[-1 - second % len(values)]
            values.append(UNARY[which](a) if which < len(UNARY) else BINARY[which - len(UNARY)](a, b))
        return values[-1], tl.sum(values[-1])

    graph = graph_of(program, (4, 4), (4, 4))
    simple = simplify(graph)
    arrays = fractions_of(graph)
    for g, w in zip(interpret(simple, arrays), interpret(graph, arrays), strict=True):
        assert g.tolist() == w.tolist()


# Size and speed


def test_gradient_of_a_small_model_is_as_small_as_by_hand() -> None:
    def loss(w1: Any, b1: Any, w2: Any, b2: Any, x: Any, y: Any) -> Any:
        difference = tl.tanh(x @ w1 + b1) @ w2 + b2 - y
        return tl.mean(difference * difference)

    shapes = [(4, 16), (16,), (16, 1), (1,), (8, 4), (8, 1)]
    call = trace_call(loss, [tl.zeros(shape) for shape in shapes], (0, 1, 2, 3))
    simple = simplify(gradient_graph(call.graph, call.wrt, value=True))
    views = {"full", "reshape", "permute_dims", "broadcast_to"}
    assert len([node for node in simple.nodes if node.op.name not in views]) == 19


def chain(length: int) -> Graph:
    b = Builder()
    x = node = b.input((2,), F64)
    for k in range(length):
        name = ("add", "sub", "mul")[k % 3]
        node = b.emit(PRIMITIVES["tanh"], (b.emit(PRIMITIVES[name], (node, x), {}),), {})
    return Graph((x,), (node,))


def test_long_chains_take_linear_time() -> None:
    def seconds(length: int) -> float:
        graph = chain(length)
        start = time.perf_counter()
        simplify(graph)
        return time.perf_counter() - start

    seconds(100)
    assert seconds(8000) < 30 * min(seconds(1000), seconds(1000)) + 0.5


def test_long_sums_of_parts() -> None:
    b = Builder()
    inputs = [b.input((1,), F64) for _ in range(2000)]
    params = [{"start": (k,), "step": (1,), "shape": (2000,)} for k in range(2000)]
    parts = [b.emit(PRIMITIVES["embed"], (x,), p) for x, p in zip(inputs, params, strict=True)]
    total = parts[0]
    for part in parts[1:]:
        total = b.emit(PRIMITIVES["add"], (total, part), {})
    assert instructions(simplify(Graph(tuple(inputs), (total,)))) == "concat"

"""Simplified graphs: each rule by a row, equal values on floats and exactly equal values on fractions."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


def swap(x: Any) -> Any:
    return tl.matrix_transpose(x)


V, M, N = (4,), (3, 4), (4, 4)

RULES: dict[str, tuple[Callable[..., Any], list[Shape], str]] = {
    # sums and differences
    "x + 0": (lambda x: x + 0, [V], ""),
    "0 + x": (lambda x: 0 + x, [V], ""),
    "x - 0": (lambda x: x - 0, [V], ""),
    "0 - x": (lambda x: 0 - x, [V], "neg"),
    "x + x": (lambda x: x + x, [V], "[2] mul"),
    "constants": (lambda x: (tl.full(V, 3.0) * 2 + 1 - Fraction(1, 3)) / 4 * x, [V], "[5/3] mul"),
    "x + (-y)": (lambda x, y: x + (-y), [V, V], "sub"),
    "(-x) + y": (lambda x, y: (-x) + y, [V, V], "sub"),
    "x - (-y)": (lambda x, y: x - (-y), [V, V], "add"),
    "common factor": (lambda x, y: x * 3 + y * 3, [V, V], "[3] add mul"),
    "opposite factors": (lambda x, y: x * 3 + y * -3, [V, V], "[3] sub mul"),
    "multiples": (lambda x: x * 3 + x * 0.5, [V], "[3.5] mul"),
    "multiples that cancel stay": (lambda x: x * 3 - x * 3, [V], "[3] mul sub"),
    # products and signs
    "x * 1": (lambda x: x * 1, [V], ""),
    "x * -1": (lambda x: x * -1, [V], "neg"),
    "x * 0 stays": (lambda x: x * 0, [V], "[0] mul"),
    "x / 4": (lambda x: x / 4, [V], "[0.25] mul"),
    "x / 3": (lambda x: x / 3, [V], "[1/3] mul"),
    "x / 0 stays": (lambda x: x / 0, [V], "[0] div"),
    "factors merge": (lambda x: x * 2 * 0.25 / 3, [V], "[1/6] mul"),
    "roots merge": (lambda x: tl.gelu(x * 2), [V], "[√(2)] mul erf [1] add mul"),
    "factors move out": (lambda x, y: (x * 2) * (y * 3), [V, V], "mul [6] mul"),
    "huge factors do not merge": (lambda x: x * 1e200 * 1e200, [V], "[1e+200] mul mul"),
    "huge factors stay": (lambda x, y: (x * 1e-9) * y, [V, V], "[1e-09] mul mul"),
    "neg of neg": (lambda x: tl.neg(-x), [V], ""),
    "-(x - y)": (lambda x, y: -(x - y), [V, V], "sub"),
    "-(2x)": (lambda x: -(x * 2), [V], "[-2] mul"),
    "(-x)(-y)": (lambda x, y: (-x) * (-y), [V, V], "mul"),
    "(-x)y": (lambda x, y: tl.exp(x - (-x) * y), [V, V], "mul add exp"),
    "(-x)/y": (lambda x, y: 1 - (-x) / y, [V, V], "div [1] add"),
    "signs of matrices": (lambda x, y: (-x) @ (-y), [M, N], "matmul"),
    "factor of a product": (lambda x, y: (x * 3) @ y, [(3, 9), (9, 2)], "matmul [3] mul"),
    "factor of a larger product": (lambda x, y: (x * 3) @ y, [(3, 2), (2, 9)], "[3] mul matmul"),
    "factor of a sum": (lambda x: tl.sum(x * 3, axis=0), [M], "sum reshape [3] mul"),
    "commuted": (lambda x, y: (x * y, y * x), [V, V], "mul"),
    "common subexpressions": (lambda x: tl.exp(x) * 2 + tl.exp(x) * y_of(x), [V], "exp [2] mul tanh mul add"),
    # layout
    "same shape": (lambda x: tl.reshape(x, V), [V], ""),
    "reshape twice": (lambda x: tl.reshape(tl.reshape(x, (12,)), (4, 3)), [M], "reshape"),
    "there and back": (lambda x: tl.reshape(tl.reshape(x, (2, 6)), M), [M], ""),
    "transposed twice": (lambda x: swap(swap(x)), [M], ""),
    "permuted twice": (
        lambda x: tl.permute_dims(tl.permute_dims(x, (1, 2, 0)), (1, 2, 0)), [(2, 3, 4)], "permute_dims"),
    "transposed row": (lambda x: swap(x), [(1, 4)], "reshape"),
    "transposed identity": (lambda x: x + tl.eye(4).T, [N], "eye add"),
    "broadcast twice": (lambda x: tl.broadcast_to(tl.broadcast_to(x, (1, 4)), M), [(1, 1)], "broadcast_to"),
    "unit axis of a broadcast": (
        lambda x: tl.broadcast_to(x, M)[:, None] * 2, [(1, 4)], "reshape [2] mul broadcast_to"),
    "elementwise below broadcast": (lambda x: tl.exp(tl.broadcast_to(x, M)), [(1, 4)], "exp broadcast_to"),
    "common broadcast": (
        lambda x, y: tl.broadcast_to(x, (2, 3, 4)) * tl.broadcast_to(y, (2, 3, 4)),
        [(1, 3, 1), (1, 1, 4)], "broadcast_to broadcast_to mul broadcast_to"),
    "slice of all": (lambda x: x[0:4], [V], ""),
    "slice twice": (lambda x: x[1:][::2], [V], "slice"),
    "slice of broadcast": (lambda x: tl.broadcast_to(x, M)[:2], [(1, 4)], "broadcast_to"),
    "slice of concat": (lambda x, y: tl.concat([x, y])[4:], [V, V], ""),
    "slice of a padded part": (lambda x: tl.pad(x, (1, 2))[1:5], [V], ""),
    "pad by nothing": (lambda x: tl.pad(x, 0), [V], ""),
    "concat of one": (lambda x: tl.concat([x, x[:0]]), [V], ""),
    "same type": (lambda x: tl.astype(x, F64), [V], ""),
    "one of two equal": (lambda x: tl.where(x > 0, x, x), [V], ""),
    "mask of a relu": (lambda x: (tl.relu(x), tl.where(x > 0, x, 0)), [V], "relu [0] greater where"),
    "maximum of one": (lambda x: tl.max(x, axis=0, keepdims=True), [(1, 4)], ""),
    # sums and matrix products
    "sum of nothing": (lambda x: tl.sum(x, axis=0, keepdims=True), [(1, 4)], ""),
    "sum twice": (lambda x: tl.sum(tl.sum(x, axis=0)), [M], "sum reshape"),
    "sum of unit axes": (lambda x: tl.sum(x[:, None, :], axis=(0, 2)), [M], "sum reshape"),
    "sum of a constant": (lambda x: x * tl.sum(tl.full(M, 0.5)), [()], "[6] mul"),
    "sum of a broadcast": (lambda x: tl.sum(tl.broadcast_to(x, M), axis=0), [(1, 4)], "reshape [3] mul"),
    "sum of a scaled row": (
        lambda x, y: tl.sum(x * tl.broadcast_to(y, M), axis=1, keepdims=True), [M, (3, 1)], "sum mul"),
    "sum of a divided row": (
        lambda x, y: tl.sum(x / tl.broadcast_to(y, M), axis=1, keepdims=True), [M, (3, 1)], "sum div"),
    "matrix for a batch": (lambda x, w: x @ w, [(5, 3, 4), N], "reshape matmul reshape"),
    "batch of equal products": (
        lambda x, w: tl.broadcast_to(x, (5, 3, 4)) @ w, [M, N], "matmul reshape broadcast_to"),
    "matrix times a batch of vectors": (lambda w, x: w @ x, [M, (5, 4, 1)], "permute_dims reshape matmul reshape"),
    "sum of products over a batch": (
        lambda x, y: tl.sum(swap(x) @ y, axis=0), [(5, 3, 4), (5, 3, 2)], "reshape permute_dims reshape matmul"),
    "identity times": (lambda x: tl.eye(4) @ x, [N], ""),
    "times identity": (lambda x: x @ tl.eye(4), [M], ""),
    "diagonal times": (lambda x, v: (tl.eye(4) * v) @ x, [N, V], "reshape broadcast_to mul"),
    "times diagonal": (lambda x, v: x @ (tl.eye(4) * v * 2), [M, V], "reshape broadcast_to mul [2] mul"),
    "masked diagonal": (
        lambda x, v: tl.where(v > 0, tl.eye(4), 0) @ x, [N, V], "[0] greater [1] where reshape broadcast_to mul"),
    "parts to concat": (
        lambda x, y: tl.pad(x, (0, 4)) + tl.pad(y, (4, 0)), [V, V], "concat"),
    "gradient of parts": (
        tl.grad(lambda x: tl.sum(x[2:] * x[2:]) + tl.sum(x[:2])), [V], "slice [1] [2] mul concat"),
    "overlapping parts stay": (
        lambda x, y: tl.pad(x, (0, 1)) + tl.pad(y, (1, 0)), [V, V], "embed embed add"),
}  # fmt: skip


def y_of(x: Any) -> Any:
    return tl.tanh(x)


def fractions_of(graph: Graph) -> list[np.ndarray[Any, Any]]:
    found = []
    for k, x in enumerate(graph.inputs):
        values = np.empty(x.shape, object)
        values.reshape(-1)[:] = [Fraction(j + k + 1, 3 + k) for j in range(values.size)]
        found.append(values)
    return found


def floats_of(graph: Graph) -> list[np.ndarray[Any, Any]]:
    rng = np.random.default_rng(0)
    return [rng.uniform(0.5, 2, x.shape) for x in graph.inputs]


def assert_equal_values(graph: Graph, simple: Graph, *, exact: bool) -> None:
    assert [(x.shape, x.dtype) for x in simple.inputs] == [(x.shape, x.dtype) for x in graph.inputs]
    for g, w in zip(interpret(simple, floats_of(graph)), interpret(graph, floats_of(graph)), strict=True):
        assert (g.shape, g.dtype) == (w.shape, w.dtype)
        np.testing.assert_allclose(g, w, rtol=1e-12)
    if exact:
        arrays = fractions_of(graph)
        for g, w in zip(interpret(simple, arrays), interpret(graph, arrays), strict=True):
            assert g.tolist() == w.tolist()


IRRATIONAL = {"exp", "tanh", "erf", "div", "pivot", "log", "sqrt"}


@pytest.mark.parametrize("name", RULES)
def test_rule(name: str) -> None:
    function, shapes, wanted = RULES[name]
    graph = graph_of(function, *shapes)
    simple = simplify(graph)
    print(graph, simple, sep="\n")
    if wanted is not None:
        assert instructions(simple) == wanted
    if "x / 0" not in name:
        assert_equal_values(graph, simple, exact=not IRRATIONAL & {node.op.name for node in graph.nodes})
    assert instructions(simplify(simple)) == instructions(simple)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_second_derivatives_of_each_element(size: int) -> None:
    cube = tl.jacfwd(tl.jacfwd(lambda x: x**3))(tl.ones(size))
    wanted = np.zeros((size,) * 3)
    wanted[(range(size),) * 3] = 6
    np.testing.assert_array_equal(np.asarray(cube), wanted)


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
    swap,
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

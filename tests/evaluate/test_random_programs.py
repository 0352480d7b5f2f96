"""Programs drawn at random: compiled, simplified and compiled, differentiated, batched; all as interpreted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import tl_dsl as tl
from tl_dsl.autodiff.function import gradient_graph
from tl_dsl.evaluate import compile_graph, interpret
from tl_dsl.graph import Graph
from tl_dsl.op import trace
from tl_dsl.transform.batch import batch
from tl_dsl.transform.simplify import simplify

F64 = np.dtype("float64")
SQUARE = (4, 4)


def wide(x: Any) -> Any:
    return tl.broadcast_to(x, SQUARE)


ONE: list[Callable[[Any], Any]] = [
    tl.neg, tl.tanh, tl.sigmoid, tl.softmax, tl.softplus, tl.abs, tl.relu, tl.stop_gradient, tl.matrix_transpose,
    lambda x: x * 2 / 3,
    lambda x: tl.exp(-x * x),
    lambda x: tl.sqrt(x * x + 1),
    lambda x: tl.clip(x, -1, 1),
    lambda x: tl.where(x > 0, x, 0),
    lambda x: tl.where(x > 0, tl.zeros(SQUARE), x),
    lambda x: x * tl.astype(x > 0, x.dtype),
    lambda x: tl.reshape(tl.reshape(x.T, (2, 8)), SQUARE),
    lambda x: wide(tl.sum(x, axis=0, keepdims=True)),
    lambda x: wide(tl.sum(x, axis=1, keepdims=True)),
    lambda x: wide(tl.sum(x)) + wide(x[0, 0]),
    lambda x: tl.max(x, axis=1, keepdims=True) + x,
    lambda x: tl.concat([x[2:], x[:2]]),
    lambda x: tl.pad(x[1:, :2], ((1, 0), (0, 2))),
    lambda x: x[::-1],
    lambda x: x.T[1][:, None] * x,
    lambda x: tl.stack([x[0], x[1] * 2, x[2], x[0]]),
    lambda x: tl.repeat(x[:2], 2, axis=0),
    lambda x: (tl.eye(4) * x[0]) @ x,
    lambda x: tl.sum(tl.broadcast_to(x, (3, 4, 4)) @ x, axis=0),
]  # fmt: skip
TWO: list[Callable[[Any, Any], Any]] = [
    tl.add, tl.sub, tl.mul, tl.matmul, tl.maximum,
    lambda x, y: x * y[0],
    lambda x, y: x - y[:, :1],
    lambda x, y: x / (1 + y * y),
    lambda x, y: x @ y[0][:, None] + x,
    lambda x, y: wide(tl.sum(x * y)),
    lambda x, y: wide(tl.sum(x * y.T, axis=1, keepdims=True)),
    lambda x, y: x * tl.astype(y > 0, y.dtype),
    lambda x, y: tl.where(x > y, x, y),
]  # fmt: skip
RESULTS: list[Callable[[Any], Any]] = [lambda x: x, lambda x: x.T, lambda x: x[1:], tl.sum, lambda x: x.reshape(16)]

STEPS = st.lists(st.tuples(st.integers(0, len(ONE) + len(TWO) - 1), st.integers(0, 5), st.integers(0, 5)), max_size=8)


def program(steps: list[tuple[int, int, int]], results: list[int]) -> Callable[..., Any]:
    def run(*args: Any) -> Any:
        values = list(args)
        for which, first, second in steps:
            a, b = values[-1 - first % len(values)], values[-1 - second % len(values)]
            values.append(ONE[which](a) if which < len(ONE) else TWO[which - len(ONE)](a, b))
        return [RESULTS[form](values[-1 - k % len(values)]) for k, form in enumerate(results)]

    return run


def check(graph: Graph) -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.uniform(-1.2, 1.2, x.shape).astype(x.dtype) for x in graph.inputs]
    wanted = interpret(graph, arrays)
    for form in (graph, simplify(graph)):
        compiled = compile_graph(form)
        for _ in range(2):
            results = compiled(*arrays)
            for got, want in zip(results, wanted, strict=True):
                assert (got.shape, got.dtype) == (want.shape, want.dtype)
                np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-9 * max(1.0, float(np.abs(want).max())))
        everything = [*arrays, *results]
        for k in range(len(arrays), len(everything)):
            assert not any(np.shares_memory(everything[k], other) for other in everything[:k])


@given(STEPS, st.lists(st.integers(0, len(RESULTS) - 1), min_size=1, max_size=4))
@settings(max_examples=120, deadline=None)
def test_random_programs(steps: list[tuple[int, int, int]], results: list[int]) -> None:
    run = program(steps, results)
    check(trace(run, [(SQUARE, F64), (SQUARE, F64)])[0])
    loss, _ = trace(lambda *args: [sum([tl.sum(tl.sin(y)) for y in run(*args)], tl.sum(args[0]))], [(SQUARE, F64)] * 2)
    gradient = gradient_graph(loss, 2, value=True)
    check(gradient)
    check(batch(gradient, 3, [True, True]))

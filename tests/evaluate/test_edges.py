"""Compiled programs at the edges: large sums, long chains of views, booleans, small and half types, infinities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tl_dsl as tl
from tests.evaluate.test_compiled import F32, F64, Shape, assert_same, drawn, graph_of
from tl_dsl.evaluate import compile_graph, interpret
from tl_dsl.transform.simplify import simplify

LARGE: dict[str, tuple[Callable[..., Any], list[Shape], str]] = {
    "products": (lambda x, y: tl.sum(x * y), [(300, 700), (300, 700)], "dot_blocks"),
    "squares": (lambda x: tl.sum(x * x) + 1, [(300, 700)], "dot_blocks"),
    "rows": (lambda x: tl.sum(x, axis=0), [(300, 700)], "add_rows"),
    "rows of a value": (lambda x: tl.sum(tl.exp(x), axis=0) + 1, [(300, 700)], "add_rows"),
    "long rows": (lambda x: tl.sum(x, axis=0), [(40, 5000)], "add_rows"),
    "short rows": (lambda x: tl.sum(x, axis=0), [(20_001, 7)], "add_rows"),
    "many rows returned": (lambda x: tl.sum(x, axis=1), [(20_001, 7)], "add_columns"),
    "rows used": (lambda x: tl.sum(x, axis=1) * 2, [(20_001, 7)], "add_columns"),
    "all": (tl.sum, [(300, 700)], "add_reduce"),
}


@pytest.mark.parametrize("dtype", [F64, F32], ids=str)
@pytest.mark.parametrize("name", LARGE)
def test_large_sums_are_divided(name: str, dtype: np.dtype[Any]) -> None:
    function, shapes, kernel = LARGE[name]
    graph = graph_of(function, shapes, dtype)
    arrays = drawn(graph)
    (wanted,) = interpret(graph_of(function, shapes), [x.astype(F64) for x in arrays])
    program = compile_graph(simplify(graph))
    assert f"{kernel}(" in program.source
    for given in (arrays, [np.asfortranarray(x) for x in arrays]):
        (got,) = program(*given)
        np.testing.assert_allclose(got, wanted, rtol=1e-5 if dtype == F32 else 1e-13)


def test_long_chains_of_views() -> None:
    def turned(x: Any) -> Any:
        y = tl.exp(x)
        for _ in range(1001):
            x, y = x[::-1].T, y[:, ::-1].T
        return x, y + 1

    graph = graph_of(turned, [(3, 4)])
    for program in (compile_graph(graph), compile_graph(simplify(graph))):
        assert_same(program, graph, drawn(graph))


WHOLE: dict[str, tuple[Callable[..., Any], str]] = {
    "product with itself": (lambda x: x * x, "bool"),
    "sign moves out": (lambda x: -(x * 3), "uint8"),
    "sign moves in": (lambda x: (-x) * 3, "uint8"),
    "factors merge": (lambda x: x * 100 * 100 + x * 3, "int8"),
    "multiples": (lambda x: x * 100 + x * 100, "uint8"),
    "sum of repeated": (lambda x: tl.sum(tl.broadcast_to(x[0], (300,))), "uint8"),
    "sum of constants": (lambda x: x + tl.sum(tl.full((300,), 7, dtype=np.uint8)), "uint8"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_small_types_stay_and_wrap(name: str) -> None:
    function, dtype = WHOLE[name]
    x = tl.tensor(np.array([0, 1, 1, 100]).astype(dtype))
    compiled, immediate = tl.compile(function)(x), function(x)
    assert compiled.dtype == immediate.dtype
    np.testing.assert_array_equal(np.asarray(compiled), np.asarray(immediate))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_infinite_logsumexp(dtype: str) -> None:
    inf = np.inf
    rows = np.array([[-inf, -inf], [inf, 1.0], [-inf, 1.0], [inf, -inf], [np.nan, 1.0]], dtype)
    for x in (tl.tensor(rows), tl.tensor(np.repeat(rows, 2000, axis=0))):
        for function in (tl.logsumexp, lambda x: tl.logsumexp(x, axis=1)):
            np.testing.assert_array_equal(np.asarray(tl.compile(function)(x)), np.asarray(function(x)))


HALF: dict[str, Callable[..., Any]] = {
    "factor of a sum": lambda x: tl.exp(-tl.sum(x * 1e-4)),
    "factor of a product": lambda x: tl.exp(-((x * 1e-3) @ (x * 1e-3))),
    "common factor": lambda x: tl.tanh(x * 1000 * 1e-4 + (x + 1) * 1000 * 1e-4),
    "repeated": lambda x: tl.sum(tl.broadcast_to(x[0] * 1e-4, (40, 2000))),
    "divided": lambda x: tl.exp(-tl.sum(x / tl.broadcast_to(x[0] * 200, (2000,)))),
}


@pytest.mark.parametrize("name", HALF)
def test_half_precision_does_not_overflow_on_the_way(name: str) -> None:
    x = tl.tensor(np.full(2000, 50, np.float16))
    wanted = np.asarray(HALF[name](x))
    assert np.isfinite(wanted).all() and wanted.all()
    np.testing.assert_allclose(np.asarray(tl.compile(HALF[name])(x)), wanted, rtol=0.02)

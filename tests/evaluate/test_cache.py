"""The cache of compiled programs: equal graphs share one, it is bounded, and threads may use it."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

import tl_dsl as tl
from tl_dsl.evaluate import evaluate, prepared
from tl_dsl.evaluate.cache import Cache
from tl_dsl.graph import Graph
from tl_dsl.op import trace

F64 = np.dtype("float64")


def scaled(factor: Any, size: int = 3) -> Graph:
    return trace(lambda x: [x * factor], [((size,), F64)])[0]


def test_equal_graphs_share_a_program() -> None:
    assert prepared(scaled(2.5)) is prepared(scaled(2.5))
    assert prepared(scaled(2.5)) is not prepared(scaled(3.5))
    assert prepared(scaled(2.5)) is not prepared(scaled(2.5, 4))


def test_constants_that_compare_equal_are_told_apart() -> None:
    (negative,) = evaluate(scaled(-0.0), [np.ones(3)])
    (positive,) = evaluate(scaled(0.0), [np.ones(3)])
    assert np.signbit(negative).all() and not np.signbit(positive).any()


def test_bounded() -> None:
    cache = Cache(3, 1 << 20)
    graphs = [scaled(k) for k in range(2, 8)]
    programs = [cache.program(graph) for graph in graphs]
    assert len(cache) == 3
    assert cache.program(graphs[-1]) is programs[-1]
    assert cache.program(scaled(2)) is not programs[0]
    assert cache.program(graphs[0]) is programs[0]
    cache.clear()
    assert len(cache) == 0
    assert cache.program(graphs[0]) is not programs[0]


def test_bounded_by_memory() -> None:
    cache = Cache(100, 100_000)
    for size in range(1000, 1008):
        graph, _ = trace(lambda x: [tl.sum(tl.exp(x) * x)], [((size,), F64)])
        program = cache.program(graph)
        assert program is not None and program.arena_bytes >= 8 * size
    assert len(cache) <= 12
    large, _ = trace(lambda x: [tl.sum(tl.exp(x) * x)], [((100_000,), F64)])
    cache.program(large)
    assert len(cache) == 1


def test_exact_graphs_are_not_compiled() -> None:
    graph, _ = trace(lambda: [tl.full((2,), 0.5, dtype=object)], [])
    assert prepared(graph) is None
    assert [float(x) for x in evaluate(graph, [])[0]] == [0.5, 0.5]


def test_threads() -> None:
    wrong = []

    def work(offset: int) -> None:
        for k in range(60):
            factor = 2 + (k + offset) % 7
            (result,) = evaluate(scaled(factor), [np.ones(3)])
            if (result != factor).any():
                wrong.append(factor)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong

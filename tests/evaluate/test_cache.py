"""The cache of compiled programs: equal graphs share one, it is bounded, and threads may use it."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import numpy as np

import tl_dsl as tl
from tl_dsl.evaluate import evaluate, prepared
from tl_dsl.evaluate.cache import Cache
from tl_dsl.evaluate.memory import BLOCKS, Blocks
from tl_dsl.graph import Builder, Graph
from tl_dsl.op import trace
from tl_dsl.primitive import PRIMITIVES

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
    for size in range(1000, 1020):
        program = cache.program(product(size))
        assert program is not None and program.own_bytes == program.arena_bytes >= 8 * size
    assert 5 <= len(cache) <= 12
    program = cache.program(product(100_000))
    assert program is not None and program.own_bytes < 1000 < 800_000 <= program.arena_bytes
    assert len(cache) > 5
    b = Builder()
    x = b.input((120, 120), F64)
    identity = b.emit(PRIMITIVES["eye"], (), {"n_rows": 120, "n_cols": 120, "dtype": F64})
    cache.program(Graph((x,), (b.emit(PRIMITIVES["add"], (x, identity), {}),)))
    assert len(cache) == 1


def product(size: int) -> Graph:
    return trace(lambda x: [tl.sum(tl.exp(x) * x)], [((size,), F64)])[0]


def test_large_arenas_are_shared() -> None:
    BLOCKS.clear()
    graphs = [product(size) for size in range(200_000, 200_012)]
    for _ in range(2):
        for k, graph in enumerate(graphs):
            (total,) = evaluate(graph, [np.ones(200_000 + k)])
            np.testing.assert_allclose(total, np.e * (200_000 + k))
    assert 1_600_000 <= BLOCKS.idle_bytes < 2_500_000
    BLOCKS.clear()
    np.testing.assert_allclose(evaluate(graphs[0], [np.ones(200_000)])[0], np.e * 200_000)


def test_a_released_block_is_freed_at_once() -> None:
    program = prepared(product(150_001))
    assert program is not None
    BLOCKS.clear()
    program(np.ones(150_001))
    block = BLOCKS.take(1)
    memory = weakref.ref(block.memory.base)
    del block
    assert memory() is None


def test_threads_share_no_block() -> None:
    wrong = []
    programs = [prepared(product(size)) for size in (60_000, 80_000)]

    def work(factor: int) -> None:
        for k in range(20):
            program = programs[k % 2]
            assert program is not None
            x = np.full((60_000, 80_000)[k % 2], float(factor))
            if not np.allclose(program(x)[0], np.exp(factor) * factor * len(x)):
                wrong.append(factor)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_blocks_beyond_the_limit_are_released() -> None:
    blocks = Blocks(10_000)
    first, second = blocks.take(6000), blocks.take(6000)
    blocks.give_back(first)
    blocks.give_back(second)
    assert 6000 <= blocks.idle_bytes <= 10_000
    assert blocks.take(5000) is first


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

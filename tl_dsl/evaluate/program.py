"""Compiled programs: straight-line numpy code for a graph, callable on arrays."""

from __future__ import annotations

import contextvars
import functools
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from tl_dsl.evaluate.code import Scope
from tl_dsl.evaluate.emitter import Emitter, returned_block
from tl_dsl.evaluate.memory import BLOCKS, Block, aligned
from tl_dsl.evaluate.write_products import write_matmul, write_sum
from tl_dsl.evaluate.writers import (
    Writer,
    write_astype,
    write_concat,
    write_default,
    write_embed,
    write_extremum,
    write_mul,
    write_pivot,
    write_pow,
    write_relu,
    write_reshape,
    write_sigmoid,
    write_where,
    write_with_number,
)
from tl_dsl.graph import Graph

Array = np.ndarray[Any, np.dtype[Any]]

Run = Callable[..., tuple[tuple[Array, ...], float]]

SHARED = 1 << 18
"""Arenas of more bytes are shared among programs."""

SOURCES = 1024
"""How many sources' code is kept."""

WRITERS: dict[str, Writer] = {
    "mul": write_mul,
    "relu": write_relu,
    "sigmoid": write_sigmoid,
    "softplus": write_with_number(np.logaddexp, lambda node: 0),
    "pow": write_pow,
    "pow_scalar": write_with_number(np.power, lambda node: node.params["exponent"]),
    "where": write_where,
    "astype": write_astype,
    "reshape": write_reshape,
    "embed": write_embed,
    "concat": write_concat,
    "sum": write_sum,
    "max": write_extremum(np.maximum),
    "min": write_extremum(np.minimum),
    "pivot": write_pivot,
    "matmul": write_matmul,
}
"""Primitives with a writer of their own; all others are ufuncs, views, or calls of their kernels."""


class Program:
    """Straight-line numpy code: ``program(*arrays)`` gives a tuple of arrays that belong to the caller.

    The arrays are trusted to have the shapes and element types of the graph's inputs. ``source`` is the code,
    ``kernel_calls`` how often it calls numpy for more than a view, ``arena_bytes`` the memory of its intermediates,
    ``own_bytes`` what it keeps between calls.
    Several threads may call one program: each call takes a copy of the program that is idle, or makes one. A copy
    with a small arena owns it; one with a large arena works in memory that all programs share.
    """

    def __init__(self, graph: Graph) -> None:
        emitter = Emitter(graph)
        emitter.write(WRITERS, write_default)
        results = "".join([f"{name}, " for name in emitter.results()])
        squares = " + ".join(emitter.squares()) or "0.0"
        inputs = ", ".join([f"a{k}" for k in range(len(graph.inputs))])
        body = "".join([f"    {line}\n" for line in emitter.lines])
        self.source = f"def run({inputs}):\n{body}    return ({results}), {squares}\n"
        self.kernel_calls = emitter.calls
        self.arena_bytes = emitter.arena.size
        self._code = _compiled(self.source)
        self._scope = emitter.scope
        self._setup = emitter.setup
        self._returned = emitter.returned
        self._shares = self.arena_bytes > SHARED
        constants = [x.nbytes for x in self._scope.values() if isinstance(x, np.ndarray) and x.flags.owndata]
        self.own_bytes = sum(constants) + (0 if self._shares else self.arena_bytes)
        self._idle: list[Run] = [] if self._shares else [self._copy(aligned(self.arena_bytes))]
        self._in_block: WeakKeyDictionary[Block, Run] = WeakKeyDictionary()

    def __call__(self, *arrays: Array) -> tuple[Array, ...]:
        return self.run(arrays)[0]

    def run(self, arrays: Sequence[Array]) -> tuple[tuple[Array, ...], float]:
        """The outputs, and a number that is finite only if all of them are. (It is infinite for huge ones, too.)"""
        try:
            run = self._idle.pop()
        except IndexError:
            if self._shares:
                return self._run_in_shared_memory(arrays)
            run = self._copy(aligned(self.arena_bytes))
        result = run(*arrays)
        self._idle.append(run)
        return result

    def _run_in_shared_memory(self, arrays: Sequence[Array]) -> tuple[tuple[Array, ...], float]:
        block = BLOCKS.take(self.arena_bytes)
        run = self._in_block.get(block)
        if run is None:
            run = self._in_block[block] = self._copy(block.memory)
        result = run(*arrays)
        BLOCKS.give_back(block)
        return result

    def _copy(self, arena: Array) -> Run:
        """The program in an arena.

        It runs in a context in which numpy does not report floating-point errors: that costs a fiftieth of setting
        ``numpy.errstate`` around each call.
        """
        scope: Scope = {**self._scope, "arena": arena}
        for dtype, size in self._returned.items():
            scope[returned_block(dtype)] = np.empty(size, dtype)
        for name, make in self._setup:
            scope[name] = make(scope)
        exec(self._code, scope)
        context = contextvars.Context()
        context.run(functools.partial(np.seterr, all="ignore"))
        return functools.partial(context.run, scope.pop("run"))  # without a cycle, so that memory is freed at once


@functools.lru_cache(SOURCES)
def _compiled(source: str) -> CodeType:
    """The code of a source: graphs of other shapes and constants often have the same."""
    return compile(source, "<tl_dsl program>", "exec")


def compile_graph(graph: Graph) -> Program:
    """Numpy code for a graph as it is; ``evaluate`` simplifies first.

    >>> from tl_dsl.op import trace
    >>> graph, _ = trace(lambda x: [x * x + 1], [((3,), np.dtype("float64"))])
    >>> print(compile_graph(graph).source)
    def run(a0):
        square(a0, b0)
        add(b0, c0, r0)
        return (r0.copy(), ), returned_float64_dot(returned_float64)
    <BLANKLINE>
    """
    return Program(graph)

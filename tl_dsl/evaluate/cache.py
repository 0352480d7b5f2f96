"""Graphs evaluated through a bounded cache of compiled programs."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from tl_dsl.evaluate.domain import explained
from tl_dsl.evaluate.interpret import interpret
from tl_dsl.evaluate.memory import BLOCKS
from tl_dsl.evaluate.program import Program, compile_graph
from tl_dsl.graph import Graph
from tl_dsl.settings import domain_checked
from tl_dsl.transform.inline import inlined
from tl_dsl.transform.simplify import simplify

Array = np.ndarray[Any, np.dtype[Any]]

LIMIT = 512
"""How many compiled programs are kept."""

LIMIT_BYTES = 1 << 28
"""How much memory they may keep together, for constants and intermediate values."""


class Cache:
    """The programs used last, by the canonical form of their graphs. Safe to use from several threads.

    A graph that is alive keeps its program, too, so that its canonical form is made once.
    """

    def __init__(self, limit: int, limit_bytes: int) -> None:
        self.limit = limit
        self.limit_bytes = limit_bytes
        self._programs: OrderedDict[Hashable, Program] = OrderedDict()
        self._of_graph: WeakKeyDictionary[Graph, Program | None] = WeakKeyDictionary()
        self._bytes = 0
        self._lock = threading.Lock()

    def program(self, graph: Graph) -> Program | None:
        """The program of a graph in simplest form, compiled when it is not there; None for one of exact scalars."""
        try:
            return self._of_graph[graph]
        except KeyError:
            exact = any([node.dtype.hasobject for node in (*graph.inputs, *graph.nodes)])
            found = self._of_graph[graph] = None if exact else self._compiled(inlined(graph))
            return found

    def _compiled(self, graph: Graph) -> Program:
        key = graph.key
        with self._lock:
            found = self._programs.get(key)
            if found is not None:
                self._programs.move_to_end(key)
                return found
        made = compile_graph(simplify(graph))
        with self._lock:
            self._keep(key, made)
        return made

    def _keep(self, key: Hashable, program: Program) -> None:
        replaced = self._programs.pop(key, None)
        self._programs[key] = program
        self._bytes += program.own_bytes - (replaced.own_bytes if replaced else 0)
        while len(self._programs) > 1 and (len(self._programs) > self.limit or self._bytes > self.limit_bytes):
            self._bytes -= self._programs.popitem(last=False)[1].own_bytes

    def clear(self) -> None:
        """Forget every program, and the memory that they shared."""
        BLOCKS.clear()
        with self._lock:
            self._programs.clear()
            self._of_graph.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._programs)


PROGRAMS = Cache(LIMIT, LIMIT_BYTES)


def prepared(graph: Graph) -> Program | None:
    """The compiled program of a graph in simplest form, from the cache if it is there.

    None for a graph of exact scalars, which is never compiled.
    """
    return PROGRAMS.program(graph)


def evaluate(graph: Graph, arrays: Sequence[Array], *, passing: bool = False) -> list[Array]:
    """The outputs of a graph, in arrays that belong to the caller. Object arrays are computed exactly, node by node.

    With ``passing``, what is not finite passes: some input comes from what was not. Errors: DomainError when a result
    is not finite although every input is; on object arrays ScalarError and AmbiguousError.
    """
    program = None if any([array.dtype.hasobject for array in arrays]) else PROGRAMS.program(graph)
    if program is None:
        return [np.array(value) for value in interpret(inlined(graph), arrays)]
    outputs, squares = program.run(arrays)
    if not math.isfinite(squares) and domain_checked():
        return explained(inlined(graph), arrays, outputs, passing=passing)
    return list(outputs)

"""Graphs evaluated through a bounded cache of compiled programs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from tl_dsl.evaluate.domain import checked, finite
from tl_dsl.evaluate.interpret import interpret
from tl_dsl.evaluate.program import Program, compile_graph
from tl_dsl.graph import Graph
from tl_dsl.op import domain_checked
from tl_dsl.transform.simplify import simplify

Array = np.ndarray[Any, np.dtype[Any]]

LIMIT = 512
"""How many compiled programs are kept."""


class Cache:
    """The programs used last, by the canonical form of their graphs. Safe to use from several threads."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._programs: OrderedDict[Hashable, Program] = OrderedDict()
        self._lock = threading.Lock()

    def program(self, graph: Graph) -> Program:
        """The program of a graph, compiled when it is not there."""
        with self._lock:
            found = self._programs.get(graph.key)
            if found is not None:
                self._programs.move_to_end(graph.key)
                return found
        made = compile_graph(simplify(graph))
        with self._lock:
            self._programs[graph.key] = made
            if len(self._programs) > self.limit:
                self._programs.popitem(last=False)
        return made

    def clear(self) -> None:
        """Forget every program."""
        with self._lock:
            self._programs.clear()

    def __len__(self) -> int:
        return len(self._programs)


PROGRAMS = Cache(LIMIT)


def evaluate(graph: Graph, arrays: Sequence[Array]) -> list[Array]:
    """The outputs of a graph, in arrays that belong to the caller. Object arrays are computed exactly, node by node.

    Errors: DomainError when a result is not finite although every input is; on object arrays ScalarError and
    AmbiguousError.
    """
    if any(array.dtype == object for array in arrays) or any(node.dtype == object for node in graph.outputs):
        return [np.array(value) for value in interpret(graph, arrays)]
    outputs = PROGRAMS.program(graph)(*arrays)
    if domain_checked() and not all(finite(array) for array in outputs):
        return checked(graph, arrays, outputs)
    return list(outputs)

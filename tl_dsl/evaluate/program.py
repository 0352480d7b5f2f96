"""Compiled programs: straight-line numpy code for a graph, callable on arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_dsl.graph import Graph

Array = np.ndarray[Any, np.dtype[Any]]


class Program:
    """Straight-line numpy code: ``program(*arrays)`` gives a tuple of arrays that belong to the caller."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        names = {id(x): f"a{k}" for k, x in enumerate(graph.inputs)}
        scope: dict[str, Any] = {"np": np}
        lines = []
        for k, node in enumerate(graph.nodes):
            scope[f"f{k}"], scope[f"p{k}"] = node.op.kernel, dict(node.params)
            lines.append(f"t{k} = np.asarray(f{k}({', '.join([names[id(x)] for x in node.operands] + [f'**p{k}'])}))")
            names[id(node)] = f"t{k}"
        lines.append(f"return ({' '.join(f'np.array({names[id(x)]}),' for x in graph.outputs)})")
        self.source = f"def run({', '.join(f'a{k}' for k in range(len(graph.inputs)))}):\n    " + "\n    ".join(lines)
        self.kernel_calls = len(graph.nodes)
        self.arena_bytes = 0
        exec(self.source, scope)
        self._run = scope["run"]

    def __call__(self, *arrays: Array) -> tuple[Array, ...]:
        with np.errstate(all="ignore"):
            return self._run(*arrays)  # type: ignore[no-any-return]


def compile_graph(graph: Graph) -> Program:
    """Numpy code for a graph as it is; ``evaluate`` simplifies first."""
    return Program(graph)

"""Emitting a graph again: into a running trace, node by node."""

from __future__ import annotations

from collections.abc import Sequence

from tl_dsl.graph import Graph, Node
from tl_dsl.op import Trace


def replay(graph: Graph, inputs: Sequence[Node], trace: Trace) -> list[Node]:
    """The graph's instructions once more in ``trace``, on other inputs of the same types; sources are kept."""
    emitted: dict[int, Node] = {id(old): new for old, new in zip(graph.inputs, inputs, strict=True)}
    copy = trace.builder.copy
    for node in graph.nodes:
        emitted[id(node)] = copy(node, tuple([emitted[id(x)] for x in node.operands]))
    return [emitted[id(node)] for node in graph.outputs]

"""Calls taken apart: instructions that stand for a graph are replaced by its instructions.

What evaluates a graph, or asks what it means, sees values only; a call is of interest to derivatives and batches.
"""

from __future__ import annotations

from typing import Any

from tl_dsl.graph import Builder, Graph, Node


def inlined(graph: Graph) -> Graph:
    """The same program without calls, those inside of calls included; the graph itself when it has none."""
    if not any([node.op.call for node in graph.nodes]):
        return graph
    builder = Builder()
    inputs = [builder.input(x.shape, x.dtype) for x in graph.inputs]
    return Graph(tuple(inputs), tuple(_emitted(graph, inputs, builder)))


def _emitted(graph: Graph, inputs: list[Node], builder: Builder) -> list[Node]:
    """The outputs of a graph, emitted anew; the results of one call share its instructions."""
    new = {id(x): node for x, node in zip(graph.inputs, inputs, strict=True)}
    known: dict[Any, list[Node]] = {}
    for node in graph.nodes:
        operands = [new[id(x)] for x in node.operands]
        if not node.op.call:
            new[id(node)] = builder.copy(node, tuple(operands))
            continue
        call = node.params["call"]
        key = (id(call), *[x.index for x in operands])
        if key not in known:
            known[key] = _emitted(call.body, operands, builder)
        new[id(node)] = known[key][node.params["output"]]
    return [new[id(y)] for y in graph.outputs]

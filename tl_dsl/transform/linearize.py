"""Splitting a derivative: what depends on the primals alone, and what is linear in the tangents.

Source: Radul et al., "You Only Linearize Once" (2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tl_dsl.graph import Builder, Graph, Node
from tl_dsl.primitive import INPUT
from tl_dsl.transform.jvp import jvp


@dataclass(frozen=True)
class Linearized:
    """A graph at a point yet to come.

    ``known``: the inputs of the graph -> its outputs, then the residuals that the linear part needs.
    ``linear``: residuals, then tangents -> tangents of the outputs.
    """

    known: Graph
    linear: Graph
    residuals: int


def linearize(graph: Graph, wrt: Sequence[int], *, outputs: int | None = None) -> Linearized:
    """Split the jvp of the first ``outputs`` (all by default) of a graph with respect to some of its inputs.

    Constants are emitted anew in the linear part, so that residuals are values only.
    """
    both = jvp(graph, wrt, outputs=outputs)
    count, values = len(graph.inputs), len(graph.outputs)
    tangents = both.inputs[count:]
    depends = {id(x) for x in tangents}
    for node in both.nodes:
        if any([id(x) in depends for x in node.operands]):
            depends.add(id(node))
    builder = Builder()
    copied: dict[int, Node] = {}
    residuals: list[Node] = []
    pending = [node for node in both.nodes if id(node) in depends]
    for node in (*pending, *both.outputs[values:]):
        for x in node.operands if id(node) in depends else (node,):
            if id(x) not in depends and id(x) not in copied:
                if x.operands or x.op is INPUT:
                    residuals.append(x)
                    copied[id(x)] = builder.input(x.shape, x.dtype)
                else:
                    copied[id(x)] = builder.copy(x, ())
    copied |= {id(x): builder.input(x.shape, x.dtype) for x in tangents}
    for node in pending:
        copied[id(node)] = builder.copy(node, tuple([copied[id(x)] for x in node.operands]))
    inputs = (*[copied[id(x)] for x in residuals], *[copied[id(x)] for x in tangents])
    linear = Graph(inputs, tuple([copied[id(y)] for y in both.outputs[values:]]))
    known = Graph(both.inputs[:count], (*both.outputs[:values], *residuals))
    return Linearized(known, linear, len(residuals))

"""A linear graph in one of its inputs: the others are zero by structure, and are multiplied with nothing.

A zero that is a number would be multiplied with slopes, and 0·∞ is nan.
"""

from __future__ import annotations

from tl_dsl.graph import Builder, Graph, Node
from tl_dsl.primitive import PRIMITIVES


def restrict(graph: Graph, residuals: int, kept: int) -> Graph:
    """A graph that is linear in its inputs after the first ``residuals``, as a function of the residuals and one input.

    Outputs that do not depend on the input of number ``kept`` are constants of zeros.
    """
    builder = Builder()
    linear = graph.inputs[residuals:]
    inputs = {id(x): builder.input(x.shape, x.dtype) for x in (*graph.inputs[:residuals], linear[kept])}
    new, zeros = dict(inputs), {id(x) for x in linear} - {id(linear[kept])}
    for node in graph.nodes:
        if _is_zero(node, zeros):
            zeros.add(id(node))
        else:
            operands = tuple([_zeros(x, builder) if id(x) in zeros else new[id(x)] for x in node.operands])
            new[id(node)] = builder.copy(node, operands)
    outputs = tuple([_zeros(y, builder) if id(y) in zeros else new[id(y)] for y in graph.outputs])
    return Graph(tuple(inputs.values()), outputs)


def _is_zero(node: Node, zeros: set[int]) -> bool:
    """Whether an instruction is zero since operands are: a product of one, or linear in nothing that is not zero."""
    if not any(id(x) in zeros for x in node.operands):
        return False
    if node.op.linear == "each":
        return True
    linear = [x for k, x in enumerate(node.operands) if node.op.transpose_of(k) is not None]
    return bool(linear) and all(id(x) in zeros or _is_constant_zero(x) for x in linear)


def _is_constant_zero(x: Node) -> bool:
    return x.op.name == "full" and x.params["fill_value"] == 0


def _zeros(x: Node, builder: Builder) -> Node:
    return builder.emit(PRIMITIVES["full"], (), {"fill_value": 0, "shape": x.shape, "dtype": x.dtype}, x.source)

"""Forward mode: a graph with the tangents of its outputs beside it.

J·v, instruction by instruction. A tangent that is zero by structure is None on the way and a constant at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tl_dsl.errors import DifferentiationError
from tl_dsl.graph import Graph, Node
from tl_dsl.op import Trace, attributing, bind, constant, tracing
from tl_dsl.ops.operands import plus
from tl_dsl.primitive import Primitive
from tl_dsl.tensor import Tensor


def jvp(graph: Graph, wrt: Sequence[int], *, outputs: int | None = None) -> Graph:
    """The graph of primals and tangents.

    Inputs: those of ``graph``, then a tangent for each input in ``wrt``. Outputs: those of ``graph``, then the
    tangents of the first ``outputs`` (of all by default).
    """
    with tracing() as trace:
        primals = [trace.builder.input(x.shape, x.dtype) for x in graph.inputs]
        tangents = [trace.builder.input(graph.inputs[k].shape, graph.inputs[k].dtype) for k in wrt]
        values, derivatives = push_forward(graph, primals, dict(zip(wrt, tangents, strict=True)), trace)
    return Graph((*primals, *tangents), (*values, *derivatives[:outputs]))


def push_forward(
    graph: Graph, primals: Sequence[Node], tangents: dict[int, Node], trace: Trace
) -> tuple[list[Node], list[Node]]:
    """Emit primals and tangents of a graph into a running trace; ``tangents`` by number of the input."""
    value = {id(old): new for old, new in zip(graph.inputs, primals, strict=True)}
    tangent: dict[int, Tensor] = {id(graph.inputs[k]): Tensor(node) for k, node in tangents.items()}
    copy = trace.builder.copy
    with attributing(trace):
        for node in graph.nodes:
            operands = tuple([value[id(x)] for x in node.operands])
            result = value[id(node)] = copy(node, operands)
            d = [tangent.get(id(x)) for x in node.operands]
            if node.op.constant or all([x is None for x in d]):
                continue
            trace.source = node.source
            dy = tangent_of(node.op, Tensor(result), [Tensor(x) for x in operands], d, node.params)
            if dy is not None:
                tangent[id(node)] = dy
    return [value[id(y)] for y in graph.outputs], [_tangent_node(y, value, tangent, trace) for y in graph.outputs]


def _tangent_node(y: Node, value: dict[int, Node], tangent: dict[int, Tensor], trace: Trace) -> Node:
    dy = tangent.get(id(y))
    return trace.lift(constant(0, y.shape, y.dtype, Tensor(value[id(y)])) if dy is None else dy)


def tangent_of(
    op: Primitive, y: Tensor, primals: list[Tensor], tangents: list[Tensor | None], params: Any
) -> Tensor | None:
    """The tangent of one instruction's result, None for zero; not all of its operands' are None.

    Errors: DifferentiationError when it has no rule.
    """
    if op.jvp is not None:
        return op.jvp(y, *primals, *tangents, **params)  # type: ignore[no-any-return]
    if op.linear == "jointly":
        (tangent,) = tangents
        assert tangent is not None
        return bind(op, tangent, **params)
    if op.linear == "each":
        total: Tensor | None = None
        for k, dx in enumerate(tangents):
            if dx is not None:
                total = plus(total, bind(op, *primals[:k], dx, *primals[k + 1 :], **params))
        return total
    raise DifferentiationError(f"{op.name} has no derivative", suggestion="tl.stop_gradient(x) where none is wanted")

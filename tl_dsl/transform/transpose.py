"""Reverse mode from forward mode: the transpose of a linear graph.

Cotangents flow from the outputs to the linear inputs, by the transpose rule of each instruction on the way.
Source: Radul et al., "You Only Linearize Once" (2022).
"""

from __future__ import annotations

from tl_dsl.errors import DifferentiationError
from tl_dsl.graph import Graph, Node
from tl_dsl.op import Trace, attributed, tracing
from tl_dsl.ops.operands import plus
from tl_dsl.primitive import PRIMITIVES
from tl_dsl.tensor import Tensor


def transpose(graph: Graph, residuals: int) -> Graph:
    """The transpose of a graph that is linear in its inputs after the first ``residuals``.

    Inputs: the residuals, then a cotangent for each output. Outputs: a cotangent for each linear input.
    """
    with tracing() as trace:
        known = [trace.builder.input(x.shape, x.dtype) for x in graph.inputs[:residuals]]
        cotangents = [trace.builder.input(y.shape, y.dtype) for y in graph.outputs]
        outputs = pull_back(graph, known, cotangents, trace)
    return Graph((*known, *cotangents), tuple(outputs))


def pull_back(graph: Graph, known: list[Node], cotangents: list[Node], trace: Trace) -> list[Node]:
    """Emit the transpose of a linear graph into a running trace."""
    value = dict(zip(map(id, graph.inputs), known, strict=False))
    linear_inputs = graph.inputs[len(known) :]
    linear = {id(x) for x in linear_inputs}
    for node in graph.nodes:
        if any(id(x) in linear for x in node.operands):
            linear.add(id(node))
        else:
            operands = tuple([value[id(x)] for x in node.operands])
            value[id(node)] = trace.builder.emit(node.op, operands, node.params, node.source)
    collected: dict[int, Tensor | None] = {}
    for y, seed in zip(graph.outputs, cotangents, strict=True):
        collected[id(y)] = plus(collected.get(id(y)), Tensor(seed))
    for node in reversed(graph.nodes):
        g = collected.get(id(node))
        if g is None or id(node) not in linear:
            continue
        with attributed(trace, node.source):
            _spread(node, g, value, linear, collected)
    return [_cotangent_of(x, collected.get(id(x)), trace) for x in linear_inputs]


def _spread(
    node: Node, g: Tensor, value: dict[int, Node], linear: set[int], collected: dict[int, Tensor | None]
) -> None:
    """Add to the cotangents of the operands in which an instruction is linear."""
    operands = [Tensor(value.get(id(x), x)) for x in node.operands]
    for k, x in enumerate(node.operands):
        if id(x) in linear:
            rule = node.op.transpose_of(k)
            if rule is None:
                raise DifferentiationError(f"{node.op.name} is not linear in operand {k}: it has no transpose")
            collected[id(x)] = plus(collected.get(id(x)), rule(g, *operands, **node.params))


def _cotangent_of(x: Node, g: Tensor | None, trace: Trace) -> Node:
    if g is not None:
        return trace.lift(g)
    return trace.builder.emit(PRIMITIVES["full"], (), {"fill_value": 0, "shape": x.shape, "dtype": x.dtype})

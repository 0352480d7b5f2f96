"""Reverse mode from forward mode: the transpose of a linear graph.

Cotangents flow from the outputs to the linear inputs, by the transpose rule of each instruction on the way.
Source: Radul et al., "You Only Linearize Once" (2022).
"""

from __future__ import annotations

from collections.abc import Sequence

from tl_dsl.errors import DifferentiationError
from tl_dsl.graph import Graph, Node, live
from tl_dsl.op import Trace, attributing, tracing
from tl_dsl.ops.operands import plus
from tl_dsl.primitive import PRIMITIVES
from tl_dsl.tensor import Tensor
from tl_dsl.transform.replay import replay


def transpose(graph: Graph, residuals: int) -> Graph:
    """The transpose of a graph that is linear in its inputs after the first ``residuals``.

    Inputs: the residuals, then a cotangent for each output. Outputs: a cotangent for each linear input.
    """
    with tracing() as trace:
        known = [trace.builder.input(x.shape, x.dtype) for x in graph.inputs[:residuals]]
        cotangents = [trace.builder.input(y.shape, y.dtype) for y in graph.outputs]
        linear = [trace.builder.input(x.shape, x.dtype) for x in graph.inputs[residuals:]]
        outputs = replay(graph, [*known, *linear], trace)
        pulled = pull_back(outputs, linear, cotangents, trace)
    return Graph((*known, *cotangents), tuple(pulled))


def pull_back(outputs: Sequence[Node], inputs: Sequence[Node], cotangents: Sequence[Node], trace: Trace) -> list[Node]:
    """The cotangents of linear inputs, emitted into the running trace that the outputs depend on them in.

    Errors: DifferentiationError when an instruction on the way has no transpose.
    """
    nodes = live(outputs)
    linear = {id(x) for x in inputs}
    for node in nodes:
        if any([id(x) in linear for x in node.operands]):
            linear.add(id(node))
    collected: dict[int, Tensor | None] = {}
    for y, seed in zip(outputs, cotangents, strict=True):
        if id(y) in linear:
            collected[id(y)] = plus(collected.get(id(y)), Tensor(seed))
    with attributing(trace):
        for node in reversed(nodes):
            g = collected.get(id(node))
            if g is not None:
                trace.source = node.source
                _spread(node, g, linear, collected)
    return [_cotangent_of(x, collected.get(id(x)), trace) for x in inputs]


def _spread(node: Node, g: Tensor, linear: set[int], collected: dict[int, Tensor | None]) -> None:
    """Add to the cotangents of the operands in which an instruction is linear."""
    operands = [Tensor(x) for x in node.operands]
    if node.op.pull is not None:
        for x, gx in zip(node.operands, node.op.pull(g, *operands, **node.params), strict=True):
            if id(x) in linear:
                collected[id(x)] = plus(collected.get(id(x)), gx)
        return
    if node.op.linear == "each" and sum(id(x) in linear for x in node.operands) > 1:
        raise DifferentiationError(
            "a tangent is linear in the tangents that it is made of",
            got=f"{node.op.name} of two of them",
            where=str(node.source or ""),
            suggestion="use each tangent as a factor once, in the rule of a custom_jvp as well",
        )
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

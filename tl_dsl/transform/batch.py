"""Batching: a graph over one example becomes a graph over many, with a new first axis.

Axes in a graph are negative and nothing broadcasts, so most instructions are emitted again on operands that all carry
the batch. The number of instructions does not depend on the size of the batch.
"""

from __future__ import annotations

from collections.abc import Sequence

from tl_dsl.graph import Graph, Node
from tl_dsl.op import attributing, bind, tracing
from tl_dsl.ops.operands import broadcast
from tl_dsl.tensor import Tensor


def batch(graph: Graph, size: int, batched: Sequence[bool]) -> Graph:
    """The graph over ``size`` examples; ``batched`` says which inputs carry the new first axis.

    All outputs carry it.
    """
    with tracing() as trace:
        inputs = [
            trace.builder.input((size, *x.shape) if has else x.shape, x.dtype)
            for x, has in zip(graph.inputs, batched, strict=True)
        ]
        value: dict[int, Tensor] = {id(x): Tensor(node) for x, node in zip(graph.inputs, inputs, strict=True)}
        carries = {id(x) for x, has in zip(graph.inputs, batched, strict=True) if has}
        with attributing(trace):
            for node in graph.nodes:
                operands = [value[id(x)] for x in node.operands]
                has = tuple([id(x) in carries for x in node.operands])
                trace.source = node.source
                if any(has):
                    carries.add(id(node))
                    value[id(node)] = batched_instruction(node, size, operands, has)
                else:
                    value[id(node)] = Tensor(trace.builder.copy(node, tuple([trace.lift(x) for x in operands])))
        outputs = [trace.lift(_lifted(value[id(y)], size, id(y) in carries)) for y in graph.outputs]
    return Graph(tuple(inputs), tuple(outputs))


def batched_instruction(node: Node, size: int, operands: list[Tensor], batched: tuple[bool, ...]) -> Tensor:
    """One instruction over a batch: by a rule of its own, or emitted again on lifted operands."""
    if node.op.batch is not None:
        return node.op.batch(size, operands, batched, **node.params)  # type: ignore[no-any-return]
    return bind(node.op, *[_lifted(x, size, has) for x, has in zip(operands, batched, strict=True)], **node.params)


def _lifted(x: Tensor, size: int, has: bool) -> Tensor:
    return x if has else broadcast(x, (size, *x.shape))

"""Sums of padded parts that tile an axis -> concat: what the transposes of slices of one value add up to."""

from __future__ import annotations

from collections.abc import Iterator

from tl_dsl.graph import Builder, Graph, Node
from tl_dsl.primitive import PRIMITIVES


def join_parts(graph: Graph) -> Graph:
    """The same program with each sum of parts that fill one axis without overlap written as a concat."""
    uses: dict[int, int] = {}
    for node in graph.nodes:
        for x in node.operands:
            uses[x.index] = uses.get(x.index, 0) + 1
    for x in graph.outputs:
        uses[x.index] = uses.get(x.index, 0) + 1
    found = {node.index: parts for node in _sums(graph, uses) if (parts := _tiling(_terms(node, uses)))}
    return _rebuilt(graph, found) if found else graph


def _sums(graph: Graph, uses: dict[int, int]) -> Iterator[Node]:
    """The sums that are not themselves a term of a larger sum only."""
    inside = {
        x.index for node in graph.nodes if node.op.name == "add" for x in node.operands if uses[x.index] == 1
    }  # fmt: skip
    return (node for node in graph.nodes if node.op.name == "add" and node.index not in inside)


def _terms(node: Node, uses: dict[int, int]) -> list[Node]:
    terms, stack = [], list(node.operands)
    while stack:
        x = stack.pop()
        if x.op.name == "add" and uses[x.index] == 1:
            stack.extend(x.operands)
        else:
            terms.append(x)
    return terms


def _tiling(terms: list[Node]) -> tuple[int, list[Node]] | None:
    """The axis and the embedded parts in order, when the terms are parts that fill one axis."""
    if any(x.op.name != "embed" for x in terms):
        return None
    rank = len(terms[0].shape)
    axes = {k for x in terms for k in range(rank) if x.operands[0].shape[k] != x.shape[k]}
    if len(axes) != 1 or any(x.params["step"] != (1,) * rank for x in terms):
        return None
    axis = axes.pop()
    ordered = sorted(terms, key=lambda x: x.params["start"][axis])
    place = 0
    for x in ordered:
        if x.params["start"][axis] != place:
            return None
        place += x.operands[0].shape[axis]
    return (axis - rank, [x.operands[0] for x in ordered]) if place == terms[0].shape[axis] else None


def _rebuilt(graph: Graph, found: dict[int, tuple[int, list[Node]]]) -> Graph:
    builder = Builder()
    new = {x.index: builder.input(x.shape, x.dtype) for x in graph.inputs}
    for node in graph.nodes:
        if node.index in found:
            axis, parts = found[node.index]
            operands = tuple([new[x.index] for x in parts])
            new[node.index] = builder.emit(PRIMITIVES["concat"], operands, {"axis": axis}, node.source)
        else:
            operands = tuple([new[x.index] for x in node.operands])
            new[node.index] = builder.emit(node.op, operands, node.params, node.source)
    return Graph(tuple([new[x.index] for x in graph.inputs]), tuple([new[x.index] for x in graph.outputs]))

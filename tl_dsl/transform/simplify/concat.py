"""Sums of padded parts that tile an axis -> concat: what the transposes of slices of one value add up to.

Parts that lie at the same place are added first.
"""

from __future__ import annotations

from collections.abc import Iterator

from tl_dsl.graph import Builder, Graph, Node, Source
from tl_dsl.primitive import PRIMITIVES

Tiles = tuple[int, list[list[Node]]]
"""An axis, and for each stretch of it the terms that lie there."""


def join_parts(graph: Graph) -> Graph:
    """The same program with each sum of parts that fill one axis without overlap written as a concat.

    The graph itself when it has no such sum.
    """
    uses: dict[int, int] = {}
    for node in graph.nodes:
        for x in node.operands:
            uses[x.index] = uses.get(x.index, 0) + 1
    for x in graph.outputs:
        uses[x.index] = uses.get(x.index, 0) + 1
    found = {node.index: tiles for node in _sums(graph, uses) if (tiles := _tiling(_terms(node, uses)))}
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


def _tiling(terms: list[Node]) -> Tiles | None:
    """The axis and the embedded parts in order, when the terms are parts that fill one axis."""
    if any(x.op.name != "embed" for x in terms):
        return None
    rank = len(terms[0].shape)
    axes = {k for x in terms for k in range(rank) if x.operand.shape[k] != x.shape[k]}
    if len(axes) != 1 or any(x.params["step"] != (1,) * rank for x in terms):
        return None
    axis = axes.pop()
    places: dict[tuple[int, int], list[Node]] = {}
    for x in reversed(terms):
        start = x.params["start"][axis]
        places.setdefault((start, start + x.operand.shape[axis]), []).append(x.operand)
    end = 0
    for start, stop in sorted(places):
        if start != end:
            return None
        end = stop
    return (axis - rank, [places[place] for place in sorted(places)]) if end == terms[0].shape[axis] else None


def _rebuilt(graph: Graph, found: dict[int, Tiles]) -> Graph:
    builder = Builder()
    new = {x.index: builder.input(x.shape, x.dtype) for x in graph.inputs}
    for node in graph.nodes:
        if node.index in found:
            axis, tiles = found[node.index]
            parts = tuple([_total(builder, [new[x.index] for x in tile], node.source) for tile in tiles])
            new[node.index] = builder.emit(PRIMITIVES["concat"], parts, {"axis": axis}, node.source)
        else:
            new[node.index] = builder.copy(node, tuple([new[x.index] for x in node.operands]))
    return Graph(tuple([new[x.index] for x in graph.inputs]), tuple([new[x.index] for x in graph.outputs]))


def _total(builder: Builder, terms: list[Node], source: Source | None) -> Node:
    total = terms[0]
    for x in terms[1:]:
        total = builder.emit(PRIMITIVES["add"], (total, x), {}, source)
    return total

"""Arguments whose derivatives are zero by the form of the program: nothing but zeros can be compared in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tl_dsl.graph import Graph, Node
from tl_dsl.transform.inline import inlined

STEPS = frozenset({"stop_gradient", "sign"})
"""Instructions of floating results whose derivative is zero wherever there is one."""

EMPTY = "which has no elements"
STEPPED = "zero since it acts through stop_gradient, comparisons, signs or integers alone"


def silent_leaves(graph: Graph, names: Sequence[str]) -> Mapping[str, str]:
    """Those of the first inputs of a graph, by name, that are empty or act through steps alone, and which of it.

    Rules are not asked, since they may be wrong. An argument that the results do not use at all is none of these: it is
    likely forgotten.
    """
    graph = inlined(graph)
    used = _behind(graph, frozenset())
    moved = _behind(graph, STEPS)
    found = {}
    for node, name in zip(graph.inputs, names, strict=False):
        if 0 in node.shape:
            found[name] = EMPTY
        elif id(node) in used and id(node) not in moved:
            found[name] = STEPPED
    return found


def _behind(graph: Graph, closed: frozenset[str]) -> set[int]:
    """The nodes that outputs depend on; with ``closed``, by floating values and not through these instructions."""
    pending: list[Node] = list(graph.outputs)
    found: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in found or (closed and node.dtype.kind != "f"):
            continue
        found.add(id(node))
        if node.op.name not in closed:
            pending += node.operands
    return found

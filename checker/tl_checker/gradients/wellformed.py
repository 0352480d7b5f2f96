"""The form of graphs: what every program promises beyond its values, and what transforms rely on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tl_dsl.graph import Graph, Node, typed

INDICES = {"where": (0,), "take": (1,), "scatter_add": (1,)}
"""Operands of another element type than the rest: conditions and indices."""


def malformed(graph: Graph, own: str = "") -> str:
    """What is wrong with the form of a graph; empty where nothing is.

    Axes are negative, operands of one element type, and no instruction does nothing, but perhaps the one whose name is
    ``own``, which is told what to do.

    >>> import numpy as np
    >>> from tl_dsl.graph import Builder
    >>> from tl_dsl.primitive import PRIMITIVES
    >>> b = Builder()
    >>> x = b.input((3,), np.dtype("float64"))
    >>> malformed(Graph((x,), (b.emit(PRIMITIVES["sum"], (x,), {"axis": (0,)}),)))
    'sum has the axis 0, which is not counted from the last'
    """
    return next(filter(None, (_fault_of(node, own) for node in graph.nodes)), "")


def _fault_of(node: Node, own: str) -> str:
    if node.op.call:
        return ""
    if node.op.name != own and _is_idle(node):
        return f"{node.op.name} of {typed(node.operand)} does nothing"
    forward = [axis for name in ("axis", "axes") for axis in _axes(node.params.get(name, ())) if axis >= 0]
    if forward:
        return f"{node.op.name} has the axis {forward[0]}, which is not counted from the last"
    others = INDICES.get(node.op.name, ())
    types = {x.dtype for k, x in enumerate(node.operands) if k not in others}
    if len(types) > 1:
        return f"{node.op.name} has operands of the element types {', '.join(sorted(map(str, types)))}"
    return ""


def _is_idle(node: Node) -> bool:
    if node.op.name in ("reshape", "broadcast_to", "astype"):
        return (node.shape, node.dtype) == (node.operand.shape, node.operand.dtype)
    if node.op.name == "permute_dims":
        return bool(node.params["axes"] == tuple(range(-len(node.shape), 0)))
    return node.op.name == "sum" and not node.params["axis"]


def _axes(told: Any) -> Iterable[int]:
    return (told,) if isinstance(told, int) else told

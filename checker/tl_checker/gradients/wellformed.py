"""The form of graphs: what every program promises beyond its values, and what transforms rely on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tl_dsl.graph import Graph, Node

INDICES = {"where": (0,), "take": (1,), "scatter_add": (1,)}
"""Operands of another element type than the rest: conditions and indices."""


def malformed(graph: Graph) -> str:
    """What is wrong with the form of a graph; empty where nothing is: axes are negative, operands of one element type.

    >>> import numpy as np
    >>> from tl_dsl.graph import Builder
    >>> from tl_dsl.primitive import PRIMITIVES
    >>> b = Builder()
    >>> x = b.input((3,), np.dtype("float64"))
    >>> malformed(Graph((x,), (b.emit(PRIMITIVES["sum"], (x,), {"axis": (0,)}),)))
    'sum has the axis 0, which is not counted from the last'
    """
    return next(filter(None, map(_fault_of, graph.nodes)), "")


def _fault_of(node: Node) -> str:
    if node.op.call:
        return ""
    forward = [axis for name in ("axis", "axes") for axis in _axes(node.params.get(name, ())) if axis >= 0]
    if forward:
        return f"{node.op.name} has the axis {forward[0]}, which is not counted from the last"
    others = INDICES.get(node.op.name, ())
    types = {x.dtype for k, x in enumerate(node.operands) if k not in others}
    if len(types) > 1:
        return f"{node.op.name} has operands of the element types {', '.join(sorted(map(str, types)))}"
    return ""


def _axes(told: Any) -> Iterable[int]:
    return (told,) if isinstance(told, int) else told

"""The form of graphs: what every program promises beyond its values, and what transforms rely on."""

from __future__ import annotations

from tl_dsl.graph import Graph, Node, typed

INDICES = {"where": (0,), "take": (1,), "scatter_add": (1,)}
"""Operands of another element type than the rest: conditions and indices."""

IDLE = ("reshape", "broadcast_to", "astype", "permute_dims", "sum")
"""Instructions that may do nothing."""


def malformed(graph: Graph, own: str = "") -> str:
    """What is wrong with the form of a graph; empty where nothing is.

    Axes are negative, operands of one element type, and no instruction does nothing, but perhaps the one whose name is
    ``own``, which is told what to do. Exact scalars that a program captures go with every floating type.

    >>> import numpy as np
    >>> from tl_dsl.graph import Builder
    >>> from tl_dsl.primitive import PRIMITIVES
    >>> b = Builder()
    >>> x = b.input((3,), np.dtype("float64"))
    >>> malformed(Graph((x,), (b.emit(PRIMITIVES["sum"], (x,), {"axis": (0,)}),)))
    'sum has the axis 0, which is not counted from the last'
    """
    for node in graph.nodes:
        if wrong := _fault_of(node, own):
            return wrong
    return ""


def _fault_of(node: Node, own: str) -> str:
    if node.op.call:
        return ""
    name, params = node.op.name, node.params
    if name in IDLE and name != own and _is_idle(node):
        return f"{name} of {typed(node.operand)} does nothing"
    for axes in (params.get("axis", ()), params.get("axes", ())) if params else ():
        forward = [axis for axis in ((axes,) if isinstance(axes, int) else axes) if axis >= 0]
        if forward:
            return f"{name} has the axis {forward[0]}, which is not counted from the last"
    if len(node.operands) > 1:
        others = INDICES.get(name, ())
        types = {x.dtype for k, x in enumerate(node.operands) if k not in others and not x.dtype.hasobject}
        if len(types) > 1:
            return f"{name} has operands of the element types {', '.join(sorted(map(str, types)))}"
    return ""


def _is_idle(node: Node) -> bool:
    if node.op.name in ("reshape", "broadcast_to", "astype"):
        exact = node.op.name == "astype" and node.dtype.hasobject
        return not exact and (node.shape, node.dtype) == (node.operand.shape, node.operand.dtype)
    if node.op.name == "permute_dims":
        return bool(node.params["axes"] == tuple(range(-len(node.shape), 0)))
    return not node.params["axis"]

"""What compiling must know of a graph before it writes a line: which nodes are constants, views or part of their
consumer, whose memory each one lives in, and when that memory is needed last."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tl_dsl.evaluate.constants import Constants
from tl_dsl.graph import Graph, Node

SMALL = 4096
"""Returned arrays of up to so many bytes are cheaper to copy than to check one by one."""


class Plan:
    """Facts about a graph's nodes, by their index.

    ``constant``: nodes whose value is known while compiling. ``absorbed``: nodes that their consumer computes with
    itself. ``root``: the node in whose memory a node lives. ``contiguous``: whether it fills that memory in order.
    ``last``: the last step that needs a root's memory. ``fresh``: roots in memory of their own, which is returned.
    ``copied``: roots of results that are copied from them, written beside each other so that they are checked at once.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes = graph.nodes
        self.returned = {x.index for x in graph.outputs}
        self.users: dict[int, list[Node]] = {}
        for node in self.nodes:
            for x in node.operands:
                self.users.setdefault(x.index, []).append(node)
        self.constants = Constants(self.nodes)
        self.constant = self.constants.known
        self.root = {x.index: x for x in graph.inputs}
        self.contiguous = {x.index: True for x in graph.inputs}
        for node in self.nodes:
            self._place(node)
        self.absorbed = {node.index for node in self.nodes if self._is_absorbed(node)}
        self.fresh = self._fresh()
        self.copied = self._copied()
        self.last = self._last_uses()

    def is_view(self, node: Node) -> bool:
        """Whether a node lives in the memory of its operand."""
        return self.root[node.index] is not node

    def operands(self, node: Node) -> Iterator[Node]:
        """What a step reads: its operands, and those of absorbed operands in their place."""
        for x in node.operands:
            if x.index in self.absorbed:
                yield from self.operands(x)
            else:
                yield x

    def _place(self, node: Node) -> None:
        if node.index in self.constant:
            self.root[node.index], self.contiguous[node.index] = node, self.constants.is_contiguous(node)
            return
        if not node.op.view:
            self.root[node.index], self.contiguous[node.index] = node, True
            return
        x = node.operands[0]
        flat = self.contiguous[x.index]
        if node.op.name == "reshape" and not flat and _longer(node.shape) != _longer(x.shape):
            self.root[node.index], self.contiguous[node.index] = node, True  # it has to copy
            return
        self.root[node.index] = self.root[x.index]
        self.contiguous[node.index] = flat and _keeps_order(node)

    def _is_absorbed(self, node: Node) -> bool:
        users = self.users.get(node.index, [])
        if node.index in self.returned or node.index in self.constant or not users:
            return False
        if node.op.name == "mul":  # the sum of all products is one dot
            return len(users) == 1 and self._is_dot(users[0])
        return _is_mask(node) and all([self._is_masked(user, node) for user in users])  # a mask multiplies as it is

    def _is_dot(self, node: Node) -> bool:
        x = node.operands[0]
        both_dense = all(_is_dense(y) and y.index not in self.constant and self.contiguous[y.index] for y in x.operands)
        return node.op.name == "sum" and math.prod(node.shape) == 1 and x.dtype.kind == "f" and both_dense

    def _is_masked(self, user: Node, mask: Node) -> bool:
        others = [x for x in user.operands if x is not mask]
        return user.op.name == "mul" and len(others) == 1 and not _is_mask(others[0])

    def _fresh(self) -> dict[int, Node]:
        """Root -> the output that hands its memory to the caller. All other outputs are copied."""
        found: dict[int, Node] = {}
        by_itself = [x for x in self.graph.outputs if not self.is_view(x)]
        for x in (*by_itself, *self.graph.outputs):
            root = self.root[x.index]
            owned = root.index not in self.constant and bool(root.operands)
            whole = math.prod(root.shape) == math.prod(x.shape)
            if owned and whole and root.index not in found and not _is_small(root):
                found[root.index] = x
        return found

    def _copied(self) -> set[int]:
        roots = [self.root[x.index] for x in self.graph.outputs]
        return {
            root.index
            for root in roots
            if root.operands
            and root.dtype.kind == "f"
            and root.index not in self.constant
            and root.index not in self.fresh
        }

    def _last_uses(self) -> dict[int, int]:
        last: dict[int, int] = {}
        for step, node in enumerate(self.nodes):
            if node.index in self.absorbed:
                continue
            last.setdefault(self.root[node.index].index, step)
            for x in self.operands(node):
                last[self.root[x.index].index] = step
        for x in self.graph.outputs:
            last[self.root[x.index].index] = len(self.nodes)
        return last


def _is_small(root: Node) -> bool:
    return root.dtype.kind == "f" and math.prod(root.shape) * root.dtype.itemsize <= SMALL


def _is_dense(x: Node) -> bool:
    return x.op.name not in ("broadcast_to", "full") and not _is_mask(x)


def _is_mask(x: Node) -> bool:
    return x.op.name == "astype" and x.operands[0].dtype == bool


def _longer(shape: tuple[int, ...]) -> list[int]:
    return [n for n in shape if n != 1]


def _keeps_order(view: Node) -> bool:
    """Whether a view of a contiguous array is contiguous."""
    name = view.op.name
    if name in ("reshape", "stop_gradient"):
        return True
    if name != "slice":
        return False
    before = view.operands[0].shape
    cut = [k for k, n in enumerate(before) if view.shape[k] != n]
    if not cut:
        return all(step == 1 for step in view.params["step"])
    first = cut[-1]
    return all(n == 1 for n in view.shape[:first]) and all(step == 1 for step in view.params["step"])

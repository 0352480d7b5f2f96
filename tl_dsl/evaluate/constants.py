"""What is known of a graph while compiling: constants, and instructions on constants."""

from __future__ import annotations

import math
from collections.abc import Set
from typing import Any

import numpy as np

from tl_dsl.graph import Node
from tl_dsl.op import apply_kernel

Array = np.ndarray[Any, np.dtype[Any]]

LIMIT = 1 << 16
"""Instructions on constants are carried out while compiling when they give up to so many elements."""

LEAF_LIMIT = 1 << 22
"""The same for those without operands (identities, ranges); larger ones are made at each call."""


class Constants:
    """The values of the nodes that depend on no input, which ``known`` holds by index."""

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self._values: dict[int, Array | None] = {}  # None: a repeated number, made into an array when asked for
        for node in nodes:
            if node.op.name == "full":
                self._values[node.index] = None
            elif all([x.index in self._values for x in node.operands]) and _is_small(node):
                self._values[node.index] = _run(node, [self.value(x) for x in node.operands])

    @property
    def known(self) -> Set[int]:
        """The indices of constant nodes."""
        return self._values.keys()

    def value(self, node: Node) -> Array:
        """The array of a constant node."""
        found = self._values[node.index]
        if found is None:
            found = self._values[node.index] = _run(node, [])
        return found

    def is_contiguous(self, node: Node) -> bool:
        """Whether the array of a constant node lies in memory in order; a repeated number does not."""
        found = self._values[node.index]
        return found is not None and found.flags.c_contiguous


def _is_small(node: Node) -> bool:
    if not node.operands:
        return math.prod(node.shape) <= LEAF_LIMIT
    return max([math.prod(x.shape) for x in (node, *node.operands)]) <= LIMIT


def _run(node: Node, operands: list[Array]) -> Array:
    with np.errstate(all="ignore"):
        return apply_kernel(node.op, operands, dict(node.params))

"""The domain check: a returned value that is not finite, from finite inputs, names the instruction that made it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tl_dsl.errors import DomainError
from tl_dsl.evaluate.interpret import Values
from tl_dsl.graph import Graph, Node
from tl_dsl.op import domain_error

Array = np.ndarray[Any, np.dtype[Any]]


def finite(array: Array) -> bool:
    """Whether every element is finite; true of every type but floating ones."""
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())


def checked(graph: Graph, arrays: Sequence[Array], outputs: Sequence[Array]) -> list[Array]:
    """The outputs of a graph, some of which were found not to be finite.

    The graph is run again without simplification; where that is finite, its values are given instead.
    Inputs that are not finite pass through. Errors: DomainError.
    """
    if not all(finite(array) for array in arrays):
        return list(outputs)
    values = Values(graph, arrays)
    faults: dict[int, DomainError] = {}
    for node, operands, value in values.steps():
        if not finite(value):
            faults[node.index] = _first_fault(faults, node) or domain_error(node.op, operands, value, node.source)
    for node in graph.outputs:
        if node.index in faults:
            raise faults[node.index]
    return [np.array(value) for value in values.outputs()]


def _first_fault(faults: dict[int, DomainError], node: Node) -> DomainError | None:
    return next((faults[x.index] for x in node.operands if x.index in faults), None)

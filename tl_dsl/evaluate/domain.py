"""The domain check: a returned value that is not finite, from finite inputs, names the instruction that made it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tl_dsl.errors import DomainError
from tl_dsl.evaluate.interpret import Step, Values
from tl_dsl.graph import Graph
from tl_dsl.op import domain_error

Array = np.ndarray[Any, np.dtype[Any]]


def finite(array: Array) -> bool:
    """Whether every element is finite; true of every type but floating ones."""
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())


def finite_or_nan(array: Array) -> float:
    """0 if every element is finite, else nan."""
    return 0.0 if np.isfinite(array).all() else math.nan


def explained(graph: Graph, arrays: Sequence[Array], outputs: Sequence[Array], *, passing: bool) -> list[Array]:
    """The outputs of a graph, some of which may not be finite.

    If one is not although the inputs are, the graph is run again without simplification, and where that is finite its
    values are given instead. Inputs and constants that are not finite pass through, and so does whatever is not finite
    if ``passing``. Errors: DomainError.
    """
    if all(finite(array) for array in outputs) or not all(finite(array) for array in arrays):
        return list(outputs)
    values = Values(graph, arrays)
    faults: dict[int, DomainError] = {}
    for step in values.steps():
        if not finite(step.value):
            fault = _fault(step, faults)
            if fault is not None:
                faults[step.node.index] = fault
    for node in graph.outputs:
        if node.index in faults and not passing:
            raise faults[node.index]
    return [np.array(value) for value in values.outputs()]


def _fault(step: Step, faults: dict[int, DomainError]) -> DomainError | None:
    """The fault of an operand, or of the instruction itself if its operands were finite."""
    node, operands, value = step
    for x in node.operands:
        if x.index in faults:
            return faults[x.index]
    if not operands or not all(finite(array) for array in operands):
        return None
    return domain_error(node.op, operands, value, node.source)

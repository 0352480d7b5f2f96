"""A graph run node by node with the primitives' kernels, unchanged and on every element type.

It is the plain meaning of a graph: compiled programs are tested against it, exact scalars run on it, and a value
that is not finite is traced to its instruction with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from tl_dsl import scalars
from tl_dsl.graph import Graph, Node
from tl_dsl.op import apply_kernel

Array = np.ndarray[Any, np.dtype[Any]]


class Step(NamedTuple):
    """An instruction with the arrays that it took and the array that it gave."""

    node: Node
    operands: list[Array]
    value: Array


def interpret(graph: Graph, arrays: Sequence[Array]) -> list[Array]:
    """The outputs of a graph on arrays of its inputs' shapes. They may share memory with the inputs.

    When an input is an object array, every floating value is exact: an object array of the same scalars.
    Errors: ScalarError when the elements lack an operation; AmbiguousError when balls that overlap are compared.
    """
    values = Values(graph, arrays)
    values.run()
    return values.outputs()


class Values:
    """The values of a graph's nodes, for a caller that watches them appear."""

    def __init__(self, graph: Graph, arrays: Sequence[Array]) -> None:
        self.graph = graph
        given = [np.asarray(array) for array in arrays]
        self.like = _exact_element(graph, given)
        if self.like is not None:
            given = [self._exact(array) if array.dtype.kind in "fO" else array for array in given]
        self.known: dict[int, Array] = dict(zip([node.index for node in graph.inputs], given, strict=True))

    def run(self) -> None:
        """Run the whole graph."""
        known, run = self.known, self._run
        with np.errstate(all="ignore"):
            for node in self.graph.nodes:
                known[node.index] = run(node, [known[x.index] for x in node.operands])

    def steps(self) -> Iterator[Step]:
        """Run the graph, giving each instruction after it ran."""
        for node in self.graph.nodes:
            with np.errstate(all="ignore"):
                step = self.compute(node)
            yield step

    def compute(self, node: Node) -> Step:
        """Run one instruction whose operands are known."""
        known = self.known
        operands = [known[x.index] for x in node.operands]
        value = known[node.index] = self._run(node, operands)
        return Step(node, operands, value)

    def outputs(self) -> list[Array]:
        """The graph's outputs, once all steps were taken."""
        return [self.known[node.index] for node in self.graph.outputs]

    def _run(self, node: Node, operands: list[Array]) -> Array:
        if self.like is None or node.dtype.kind not in "fO":
            return apply_kernel(node.op, operands, node.params)
        if node.op.name == "full":
            filled = np.empty(node.shape, object)
            filled[...] = scalars.exact(node.params["fill_value"], self.like)
            return filled
        value = apply_kernel(node.op, operands, node.params)
        return value if value.dtype.hasobject else scalars.to_exact(value, self.like)

    def _exact(self, array: Array) -> Array:
        return array if array.dtype.hasobject else scalars.to_exact(array, self.like)


def _exact_element(graph: Graph, arrays: list[Array]) -> object:
    """An element of the exact scalars that the graph runs on; None when it runs on numpy's own numbers."""
    exact = any([x.dtype.hasobject for x in arrays]) or any([node.dtype.hasobject for node in graph.nodes])
    return scalars.element_like(tuple(arrays)) if exact else None

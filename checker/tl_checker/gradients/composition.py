"""Which transform is at fault when every rule is right: each is applied by itself and held against the reference.

They are tried in the order in which they rest on each other. When all are right, the fault lies in the entry point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import numpy as np
from flint import arb
from tl_specs import Ambiguous

from tl_checker.gradients.balls import Objects, dot, objects, precision
from tl_checker.gradients.compare import compare
from tl_checker.gradients.derivatives import dense
from tl_checker.gradients.graphs import exact_values_of, plain, values_of
from tl_checker.gradients.program import ReferenceProgram
from tl_checker.gradients.scene import gradient_of
from tl_checker.gradients.verdict import first_line
from tl_dsl.errors import AmbiguousError, ReverseOnlyError
from tl_dsl.evaluate import compile_graph
from tl_dsl.graph import Graph, Node
from tl_dsl.transform.batch import batch
from tl_dsl.transform.jvp import jvp
from tl_dsl.transform.linearize import linearize
from tl_dsl.transform.simplify import RULES, simplified_by
from tl_dsl.transform.transpose import transpose

BITS = 400
Floats = np.ndarray[Any, np.dtype[Any]]


class Transforms:
    """A graph at float inputs, its derivatives by the reference, and by each transform."""

    def __init__(self, reference: ReferenceProgram) -> None:
        self.graph = reference.graph
        self.inputs: list[Floats] = reference.arrays
        self.reference = reference
        self.moved = [k for k in range(reference.wrt) if self.graph.inputs[k].dtype.kind == "f"]
        self.v = self._directions([self.graph.inputs[k] for k in self.moved], "v")
        self.w = self._directions([self.graph.inputs[k] for k in self.moved], "w")
        self.u = self._directions([y for y in self.graph.outputs if y.dtype.kind == "f"], "u")

    def of_first_order(self) -> Iterator[tuple[str, Callable[[], bool]]]:
        """The transforms that differentiate, by name, and whether each is wrong."""
        yield "forward mode (jvp)", lambda: _differ(self._pushed(), self._along(self.v))
        yield "linearization (linearize)", lambda: _differ(self._linearized(), self._along(self.v))
        yield "reverse mode (transpose)", self._pulled_is_wrong

    def others(self) -> Iterator[tuple[str, Callable[[], bool]]]:
        """The others."""
        yield "batching (batch)", self._batch_is_wrong
        yield "forward mode of reverse mode", self._curvature_is_wrong

    def _directions(self, nodes: Sequence[Node], what: str) -> list[Objects]:
        rng = Random(what)
        return [dense(rng, x.shape) for x in nodes]

    def _along(self, *directions: list[Objects]) -> Objects:
        """The reference's derivative along directions of the moved inputs."""
        full = [dict(zip(self.moved, d, strict=True)) for d in directions]
        return self.reference.derivative([[d.get(k) for k in range(self.reference.wrt)] for d in full])

    def _pushed(self) -> Any:
        values = _exact(jvp(self.graph, self.moved), [*self.inputs, *self.v])
        return _row(values[len(self.graph.outputs) :])

    def _linearized(self) -> Any:
        split = linearize(self.graph, self.moved)
        residuals = _exact(split.known, self.inputs)[len(self.graph.outputs) :]
        return _row(values_of(split.linear, [*residuals, *self.v]))

    def _product(self) -> arb:
        return dot(_row(self.u), self._along(self.v))

    def _pulled_is_wrong(self) -> bool:
        """By the transpose of the linear part, and in one go."""
        split = linearize(self.graph, self.moved)
        residuals = _exact(split.known, self.inputs)[len(self.graph.outputs) :]
        back = values_of(transpose(split.linear, split.residuals), [*residuals, *self.u])
        both = [back, _exact(gradient_of(self.graph, self.moved), [*self.inputs, *self.u])]
        return any(_differ([dot(_row(g), _row(self.v))], [self._product()]) for g in both)

    def _batch_is_wrong(self) -> bool:
        """The values of two examples, and two tangents and cotangents of one."""
        graphs = [(self.graph, self.inputs), (jvp(self.graph, self.moved), [*self.inputs, *self.v]),
                  (gradient_of(self.graph, self.moved), [*self.inputs, *self.u])]  # fmt: skip
        for graph, arrays in graphs:
            once = _exact(graph, arrays)
            flags = [z.dtype == object or k in self.moved for k, z in enumerate(arrays)]
            twice = [np.stack([z, z]) if has else z for z, has in zip(arrays, flags, strict=True)]
            for number, value in enumerate(_exact(batch(graph, 2, flags), twice)):
                if any(np.shape(value) != (2, *np.shape(once[number])) or _differ(_row([part]), _row([once[number]]))
                       for part in value):  # fmt: skip
                    return True
        return False

    def _curvature_is_wrong(self) -> bool:
        graph = gradient_of(self.graph, self.moved)
        products = _exact(jvp(graph, self.moved), [*self.inputs, *self.u, *self.v])[len(graph.outputs) :]
        wanted = dot(_row(self.u), self._along(self.v, self.w))
        return _differ([dot(_row(products), _row(self.w))], [wanted])


def transform_at_fault(reference: ReferenceProgram, *, first_order: bool) -> str:
    """The first transform that is wrong on this graph, among those of first order or the others; empty when none is."""
    with precision(BITS):
        transforms = Transforms(reference)
        for name, wrong in transforms.of_first_order() if first_order else transforms.others():
            try:
                if wrong():
                    return name
            except (Ambiguous, AmbiguousError, ReverseOnlyError):
                continue
            except Exception as error:  # a transform that raises where the function does not is wrong
                return f"{name}: {type(error).__name__}: {first_line(error)}"
    return ""


def simplification_at_fault(graph: Graph, arrays: Sequence[Floats]) -> str:
    """The rule of simplification without which a graph keeps its values; an empty text when all are right."""
    graph, arrays = plain(graph, arrays)
    with precision(BITS):
        wanted = _row(exact_values_of(graph, arrays))

        def right(rules: Any) -> bool:
            try:
                return not _differ(_row(exact_values_of(simplified_by(rules, graph), arrays)), wanted)
            except (Ambiguous, AmbiguousError):
                return True
            except Exception:
                return False

        if right(RULES):
            return ""
        for op, rules in RULES.items():
            for rule in rules:
                if right({**RULES, op: tuple([other for other in rules if other is not rule])}):
                    name = getattr(rule, "__name__", "").lstrip("_")
                    return f"simplification: the rule {name} for {op}"
    return "simplification (simplify)"


def compilation_at_fault(graph: Graph, arrays: Sequence[Floats]) -> str:
    """The first instruction whose compiled code gives something else than its kernel; empty when there is none."""
    graph, arrays = plain(graph, arrays)
    graph = simplified_by(RULES, graph)
    for node in graph.nodes:
        part = Graph(graph.inputs, (node,))
        (wanted,) = values_of(part, arrays)
        (got,) = compile_graph(part)(*arrays)
        size = max(1e-300, float(np.abs(wanted).max())) if np.size(wanted) and node.dtype.kind == "f" else 1.0
        room = 1e-3 if node.dtype == np.float32 else 1e-9
        if got.shape != wanted.shape or not np.allclose(got, wanted, rtol=0, atol=room * size, equal_nan=True):
            return f"compilation: the code for {node.op.name}"
    return ""


def _exact(graph: Graph, arrays: Sequence[Any]) -> list[Any]:
    return exact_values_of(graph, arrays)


def _row(arrays: Sequence[Any]) -> Objects:
    items = [item for array in arrays for item in np.asarray(array).reshape(-1).tolist()]
    return objects((len(items),), items)


def _differ(got: Any, wanted: Any) -> bool:
    return np.size(got) != np.size(wanted) or compare(_row([got]), _row([wanted])).disagreement is not None

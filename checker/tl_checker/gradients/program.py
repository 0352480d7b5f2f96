"""A traced graph as the reference's program: primal, unsimplified, run on power series over balls."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import tl_specs
from flint import arb, ctx
from tl_specs import Array, Instruction, Program

from tl_checker.gradients.balls import Objects, ball, objects, to_numpy, to_spec
from tl_checker.gradients.derivatives import weighted
from tl_checker.gradients.quotients import Direction
from tl_dsl.graph import Graph
from tl_dsl.scalars import Root
from tl_dsl.transform.inline import inlined


class ReferenceProgram:
    """What a graph computes and its derivatives, at fixed inputs, from the primals of the specifications alone.

    ``inputs`` are numpy arrays of all of the graph's inputs; the first ``wrt`` of them can be moved, and are multiplied
    by ``scaled``. The items of all outputs stand in one row; with ``weights`` they are summed to one item.
    """

    def __init__(self, graph: Graph, inputs: Sequence[Any], wrt: int) -> None:
        self.graph = graph
        self._values = inlined(graph)
        self.wrt = wrt
        self.arrays = list(inputs)
        self._known: dict[tuple[int, float], Objects] = {}
        """Values by precision and scale: a derivative comes with one."""
        self._inputs = [to_spec(x) if x.dtype.hasobject else to_spec(x).map(_exact) for x in inputs]
        self._captured = [k for k, x in enumerate(inputs) if x.dtype.hasobject]
        """Inputs that may hold fractions, which become balls of the precision that they are used at."""

    def derivative(
        self, directions: Sequence[Direction], weights: Objects | None = None, scaled: float = 1.0
    ) -> Objects:
        """The derivative along all of these directions, one after the other; the value for none.

        A direction has an array for each movable input, None where it is held. By polarisation: the mean over all
        signs of the coefficient of t^k along v1 ± v2 ± ... ± vk, times the product of the signs.
        """
        primal, order = self._primal(weights), len(directions)
        inputs = list(self._inputs)
        for k in self._captured:
            inputs[k] = inputs[k].map(_exact)
        if scaled != 1.0:
            inputs = [*[x.map(lambda z: z * ball(scaled)) for x in inputs[: self.wrt]], *inputs[self.wrt :]]
        if not order:
            known = self._known.get((ctx.prec, scaled)) if weights is None else None
            return to_numpy(primal(*inputs)) if known is None else known
        first, *others = ([*d, *[None] * (self.wrt - len(d))] for d in directions)
        total: list[Any] = []
        for signs in itertools.product((1, -1), repeat=order - 1):
            v: Direction = first
            for w, sign in zip(others, signs, strict=True):
                v = [_plus(a, b, sign) for a, b in zip(v, w, strict=True)]
            coefficients = tl_specs.directional(primal, inputs, self._full(v), order)
            if weights is None:
                self._known[ctx.prec, scaled] = to_numpy(coefficients[0])
            items = coefficients[order].items
            total = [a + math.prod(signs) * z for a, z in zip(total or [arb(0)] * len(items), items, strict=True)]
        return objects((len(total),), [z / 2 ** (order - 1) for z in total])

    def value(self, weights: Objects | None = None, scaled: float = 1.0) -> Objects:
        """The outputs."""
        return self.derivative((), weights, scaled)

    def along(self, v: Direction, weights: Objects | None = None) -> Objects:
        """The derivative along v."""
        return self.derivative((v,), weights)

    def _full(self, v: Direction) -> list[Array | None]:
        moved = [None if d is None else to_spec(d) for d in v]
        return moved + [None] * (len(self._inputs) - len(moved))

    def _primal(self, weights: Objects | None) -> Any:
        program = as_program(self._values)

        def primal(*args: Array) -> Array:
            items = [z for y in tl_specs.interpret(program, args, like=arb(0)) for z in y.items]
            return Array((len(items),), items)

        return primal if weights is None else weighted(primal, weights)


def as_program(graph: Graph) -> Program:
    """The graph as plain data, calls taken apart. Irrational constants become balls of the present precision."""
    graph = inlined(graph)
    number = {id(node): k for k, node in enumerate((*graph.inputs, *graph.nodes))}
    lines = [
        Instruction(
            node.op.name,
            tuple([number[id(x)] for x in node.operands]),
            constants(node.params),
            node.shape,
        )
        for node in graph.nodes
    ]
    return Program(len(graph.inputs), tuple(lines), tuple([number[id(y)] for y in graph.outputs]))


def constants(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of an instruction as the specifications take them."""
    return {name: _constant(value) for name, value in params.items()}


def _constant(value: Any) -> Any:
    if not isinstance(value, Root):
        return value
    square = ball(value.radicand) * arb.pi() ** value.pi_power
    return square.sqrt()


def _exact(item: Any) -> Any:
    return item if isinstance(item, bool | int) else ball(item)


def _plus(a: Objects | None, b: Objects | None, sign: int) -> Objects | None:
    """v ± w of one input, where None is zero."""
    if b is None:
        return a
    items = [y * sign for y in b.reshape(-1).tolist()]  # numpy would take arrays without axes apart
    if a is not None:
        items = [x + y for x, y in zip(a.reshape(-1).tolist(), items, strict=True)]
    return objects(b.shape, items)

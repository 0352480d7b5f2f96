"""A traced graph as the reference's program: primal, unsimplified, run on power series over balls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tl_specs
from flint import arb
from tl_specs import Array, Instruction, Program

from tl_checker.gradients.balls import Objects, ball, objects, to_numpy, to_spec
from tl_checker.gradients.derivatives import weighted
from tl_checker.gradients.quotients import Direction
from tl_dsl.graph import Graph
from tl_dsl.scalars import Root


class ReferenceProgram:
    """What a graph computes and its derivatives, at fixed inputs, from the primals of the specifications alone.

    ``inputs`` are numpy arrays of all of the graph's inputs; the first ``wrt`` of them can be moved. The items of all
    outputs stand in one row.
    """

    def __init__(self, graph: Graph, inputs: Sequence[Any], wrt: int) -> None:
        self.graph = graph
        self.wrt = wrt
        self.arrays = list(inputs)
        self.inputs = [to_spec(x) for x in inputs]

    def value(self, weights: Objects | None = None, scaled: float = 1.0) -> Objects:
        """The outputs, or their sum with these weights, at so many times the movable inputs."""
        inputs = [x.map(_exact) for x in self.inputs]
        moved = [x.map(lambda z: z * ball(scaled)) for x in inputs[: self.wrt]]
        return to_numpy(self._primal(weights)(*moved, *inputs[self.wrt :]))

    def along(self, v: Direction, weights: Objects | None = None) -> Objects:
        """The derivative along v, a direction for each movable input (None where it is held)."""
        return to_numpy(tl_specs.directional(self._primal(weights), self.inputs, self._full(v), 1)[1])

    def mixed(self, v: Direction, w: Direction, weights: Objects | None = None) -> Objects:
        """The second derivative along v and w: half the difference of the t² coefficients along v + w and v - w."""
        primal = self._primal(weights)
        v, w = ([*d, *[None] * (self.wrt - len(d))] for d in (v, w))
        ahead, behind = (
            tl_specs.directional(primal, self.inputs, self._full(_sum(v, w, sign)), 2)[2].items for sign in (1, -1)
        )
        return objects((len(ahead),), [(a - b) / 2 for a, b in zip(ahead, behind, strict=True)])

    def _full(self, v: Direction) -> list[Array | None]:
        moved = [None if d is None else to_spec(d) for d in v]
        return moved + [None] * (len(self.inputs) - len(moved))

    def _primal(self, weights: Objects | None) -> Any:
        program = as_program(self.graph)

        def primal(*args: Array) -> Array:
            items = [z for y in tl_specs.interpret(program, args, like=arb(0)) for z in y.items]
            return Array((len(items),), items)

        return primal if weights is None else weighted(primal, weights)


def as_program(graph: Graph) -> Program:
    """The graph as plain data. Irrational constants become balls of the present precision."""
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


def flat(arrays: Sequence[Any]) -> Objects:
    """The items of arrays in one row."""
    items = [item for array in arrays for item in array.reshape(-1).tolist()]
    return objects((len(items),), items)


def _sum(v: Direction, w: Direction, sign: int) -> Direction:
    """v ± w, where None is zero."""
    return [_plus(a, b, sign) for a, b in zip(v, w, strict=True)]


def _plus(a: Objects | None, b: Objects | None, sign: int) -> Objects | None:
    if b is None:
        return a
    items = [y * sign for y in b.reshape(-1).tolist()]  # numpy would take arrays without axes apart
    if a is not None:
        items = [x + y for x, y in zip(a.reshape(-1).tolist(), items, strict=True)]
    return objects(b.shape, items)

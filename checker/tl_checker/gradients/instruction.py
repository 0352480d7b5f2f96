"""An instruction of a graph at the operands that it met: its rules one by one, with no transform around them.

Each of its rules is traced on its own and run by kernels alone, so that a wrong rule of another operation cannot make
this one look wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tl_specs
from flint import arb
from tl_specs import PRIMITIVE_SPECS, Array, Sample, Spec

from tl_checker.gradients.balls import Objects, exactly, objects, to_numpy, to_spec
from tl_checker.gradients.program import as_program, constants
from tl_checker.gradients.quotients import Direction
from tl_checker.gradients.taylor import Taylor
from tl_dsl import Tensor
from tl_dsl.evaluate import interpret
from tl_dsl.graph import Graph, Node
from tl_dsl.op import bind, trace
from tl_dsl.primitive import Primitive
from tl_dsl.transform.batch import batched_instruction
from tl_dsl.transform.jvp import jvp, tangent_of

Floats = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Instruction:
    """A primitive with its parameters, its specification, and operands. ``active`` ones carry derivatives."""

    op: Primitive
    params: dict[str, Any]
    operands: tuple[Floats, ...]
    spec: Spec
    active: tuple[int, ...]

    @property
    def points(self) -> list[Any]:
        """The operands as balls, floats of radius zero; integers and booleans as they are."""
        return [exactly(x) if x.dtype.kind in "fO" else x for x in self.operands]

    def primal(self, *operands: Array, like: Any = None) -> Array:
        """What the specification says of it."""
        told = {"like": arb(0) if like is None else like} if self.spec.creates else {}
        return self.spec.primal(*operands, **constants(self.params), **told)

    def value(self) -> Array:
        """The specification's value."""
        return self.primal(*[to_spec(x) for x in self.points])

    def along(self, v: Direction) -> Objects:
        """The specification's derivative along v, which has a direction for each operand, None where it is held."""
        return Taylor().along(self.primal, self.points, v)

    def only(self, operand: int, v: Objects) -> list[Objects | None]:
        """A direction that moves one operand."""
        return [v if k == operand else None for k in range(len(self.operands))]

    def mixed(self, weights: Objects, v: Direction, w: Direction) -> arb:
        """The specification's second derivative of ⟨weights, result⟩ along v and w."""
        row = weights.reshape(-1).tolist()

        def functional(*operands: Array, **told: Any) -> Array:
            total = arb(0)
            for weight, y in zip(row, self.primal(*operands, **told).items, strict=True):
                total = total + y * weight
            return Array((), [total])

        return Taylor().mixed(functional, self.points, v, w)

    def result(self, operands: Sequence[Tensor]) -> Tensor:
        """The instruction applied."""
        return bind(self.op, *operands, **self.params)

    def kernel(self, operands: Sequence[Any]) -> Floats:
        """Its kernel on arrays."""
        result: Floats = self._run(lambda *xs: self.result(xs), operands)
        return result

    def tangent(self, tangents: Direction, moved: Direction | None = None) -> Floats | None:
        """What the jvp rule gives for these tangents, None for zero; or the derivative of that along ``moved``."""
        if self.op.constant:
            return None
        given = [k for k, v in enumerate(tangents) if v is not None]

        def rule(*xs: Tensor) -> Tensor | None:
            operands, rest = xs[: len(self.operands)], iter(xs[len(self.operands) :])
            full = [next(rest) if k in given else None for k in range(len(operands))]
            return tangent_of(self.op, self.result(operands), list(operands), full, self.params)

        tangent: Floats | None = self._run(rule, [*self.points, *[tangents[k] for k in given]], moved)
        return tangent

    def cotangent(self, operand: int, g: Objects, moved: Direction | None = None) -> Floats | None:
        """What the transpose rule of an operand gives for the cotangent g, or the derivative of that along ``moved``.

        None where there is no such rule.
        """
        rule = self.op.transpose_of(operand)
        if rule is None:
            return None
        pulled: Floats | None = self._run(lambda *xs: rule(xs[-1], *xs[:-1], **self.params), [*self.points, g], moved)
        return pulled

    def batched(self, size: int, operands: Sequence[Any], carries: Sequence[bool]) -> Floats:
        """The instruction over a batch of some of its operands."""
        node = _node_of(self)

        def rule(*xs: Tensor) -> Tensor:
            return batched_instruction(node, size, list(xs), tuple(carries))

        results: Floats = self._run(rule, operands)
        return results

    def _run(self, rule: Callable[..., Any], arrays: Sequence[Any], moved: Direction | None = None) -> Any:
        """A rule traced by itself and run on arrays by kernels, or its derivative along ``moved``; None for None."""
        types = [(np.shape(x), _traced_dtype(x)) for x in arrays]
        traced, captured = trace(lambda *xs: _listed(rule(*xs)), types)
        if not traced.outputs:
            return None
        graph, read = traced.closed  # a rule of the user's may read values from outside of it
        values = [*arrays, *map(np.asarray, (*captured, *read))]
        if moved is None:
            return interpret(graph, values)[0]
        wrt = [k for k, v in enumerate(moved) if v is not None]
        tangents: list[Any] = [moved[k] for k in wrt]
        both, more = jvp(graph, wrt).closed
        return interpret(both, [*values, *tangents, *map(np.asarray, more)])[1]


def instruction_at(node: Node, operands: Sequence[Floats]) -> Instruction | None:
    """An instruction at operands; None for one without a specification, which the tests of operations refuse."""
    if node.op.call:
        given = range(node.params["call"].given)
        active = tuple([k for k in given if operands[k].dtype.kind in "fO" and node.dtype.kind in "fO"])
        return Instruction(node.op, dict(node.params), tuple(operands), spec_of_call(node), active)
    spec = PRIMITIVE_SPECS.get(node.op.name)
    if spec is None:
        return None
    floating = node.dtype.kind == "f"
    sample = Sample("", tuple([Array(x.shape, x.reshape(-1).tolist()) for x in operands]), dict(node.params))
    active = spec.active(sample) if floating else ()
    return Instruction(node.op, dict(node.params), tuple(operands), spec, active)


def spec_of_call(node: Node) -> Spec:
    """The specification of a call: what its function computes, by the specifications of what that is made of."""
    call, output = node.params["call"], node.params["output"]
    program = as_program(Graph(call.body.inputs, (call.body.outputs[output],)))

    def primal(*operands: Array, like: Any = None, **params: Any) -> Array:
        return tl_specs.interpret(program, operands, like=arb(0) if like is None else like)[0]

    return Spec(primal, tuple(range(call.given)), lambda rng: [], creates=True)


def batch_of(arrays: Sequence[Any]) -> Any:
    """Examples as one array with a new first axis."""
    if arrays[0].dtype != object:
        return np.stack(arrays)
    items = [item for array in arrays for item in array.reshape(-1).tolist()]
    return objects((len(arrays), *arrays[0].shape), items)


def as_balls(array: Array) -> Any:
    """The specification's array as balls, or as numbers of numpy where it holds integers or booleans."""
    if array.items and isinstance(array.items[0], bool | int):
        return np.array(array.items).reshape(array.shape)
    return to_numpy(array)


def _listed(result: Any) -> list[Any]:
    return [] if result is None else [result]


def _traced_dtype(x: Any) -> np.dtype[Any]:
    return np.dtype(np.float64) if x.dtype == object else x.dtype


def _node_of(one: Instruction) -> Node:
    graph, _ = trace(lambda *xs: [one.result(xs)], [(x.shape, x.dtype) for x in one.operands])
    return graph.outputs[0]

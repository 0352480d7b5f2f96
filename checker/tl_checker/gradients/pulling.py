"""What rules for reverse mode give: cotangents, and the derivatives of these."""

from __future__ import annotations

import numpy as np

import tl_dsl as tl
from tl_checker.gradients.balls import Objects
from tl_checker.gradients.instruction import Floats, Instruction
from tl_dsl import Tensor
from tl_dsl.autodiff.custom_calls import CUSTOM_VJP
from tl_dsl.evaluate import interpret
from tl_dsl.graph import Graph
from tl_dsl.op import trace, tracing
from tl_dsl.transform.jvp import jvp, push_forward
from tl_dsl.transform.transpose import pull_back


def cotangents(one: Instruction, g: Objects) -> dict[int, Floats]:
    """What a rule for reverse mode pulls back, for each active operand."""
    back, captured = pulled_back(one).closed
    found = interpret(back, [*one.points, g, *map(np.asarray, captured)])
    return dict(zip(one.active, found, strict=True))


def pulled_back(one: Instruction) -> Graph:
    """The graph of the cotangents of the active operands, from the operands and the cotangent of the result."""
    graph = _graph_of(one)
    with tracing() as running:
        inputs = [running.builder.input(x.shape, x.dtype) for x in graph.inputs]
        tangents = {k: running.builder.input(inputs[k].shape, inputs[k].dtype) for k in one.active}
        _, pushed = push_forward(graph, inputs, tangents, running)
        seed = running.builder.input(pushed[0].shape, pushed[0].dtype)
        pulled = pull_back(pushed, list(tangents.values()), [seed], running)
    return Graph((*inputs, seed), tuple(pulled))


def derivative_of(one: Instruction) -> Graph:
    """The graph of what a rule of the user's gives: of the tangents, or for reverse mode of the cotangents."""
    return pulled_back(one) if one.op is CUSTOM_VJP else jvp(_graph_of(one), list(one.active))


def _graph_of(one: Instruction) -> Graph:
    types = [(x.shape, np.dtype(np.float64) if x.dtype == object else x.dtype) for x in one.points]
    return trace(lambda *xs: [one.result(xs)], types)[0]


def pulled_twice(one: Instruction, g: Objects, operand: int, v: Objects) -> dict[int, Floats]:
    """The gradient of ⟨what is pulled back to one operand, v⟩, for each active operand."""
    points = [tl.tensor(x) for x in one.points]

    def product(*moved: Tensor) -> Tensor:
        def result(x: Tensor) -> Tensor:
            full = list(points)
            for k, z in zip(one.active, moved, strict=True):
                full[k] = z
            full[operand] = x
            return one.result(full)

        _, pullback = tl.vjp(result, moved[one.active.index(operand)])
        return tl.sum(pullback(tl.tensor(g))[0] * tl.tensor(v))

    found = tl.grad(product, tuple(range(len(one.active))))(*[points[k] for k in one.active])
    return {k: np.asarray(x) for k, x in zip(one.active, found, strict=True)}

"""A traced graph as a scene: its instructions at the operands that they meet, and those of its derivatives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from tl_checker.gradients.custom import Steps
from tl_checker.gradients.derivatives import dense
from tl_checker.gradients.instruction import Floats, Instruction, instruction_at
from tl_dsl import dtypes
from tl_dsl.autodiff.custom_calls import Call
from tl_dsl.graph import Graph, Node, Source
from tl_dsl.op import tracing
from tl_dsl.transform.inline import inlined
from tl_dsl.transform.jvp import jvp, push_forward
from tl_dsl.transform.transpose import pull_back

_CHECKER = str(Path(__file__).parent.parent)


@dataclass(frozen=True)
class Met:
    """An instruction at the operands that it met in a graph, the operands that carry tangents there, and its place."""

    instruction: Instruction
    linear: tuple[int, ...]
    line: str
    source: str


class Scene:
    """A graph at float inputs with its tangents, its gradient, and the tangents of that, each made when asked for."""

    def __init__(self, graph: Graph, inputs: Sequence[Floats], wrt: int) -> None:
        self.graph = graph
        self.inputs = list(inputs)
        self.moved = [k for k in range(wrt) if graph.inputs[k].dtype.kind == "f"]

    @cached_property
    def values(self) -> list[Met]:
        """The instructions of the graph, those inside of calls included."""
        return list(_met(inlined(self.graph), self.inputs, ()))

    @cached_property
    def primal(self) -> list[Met]:
        """The instructions of the graph, calls as they are: what is inside of them has no derivative there."""
        return list(_met(self.graph, self.inputs, ()))

    @cached_property
    def pushed(self) -> list[Met]:
        """Those of the graph with its tangents."""
        return _differentiated(self.graph, self.inputs, self.moved)

    @cached_property
    def pulled(self) -> list[Met]:
        """Those of the gradient of a weighted sum of the outputs."""
        return list(_met(*self._gradient, ()))

    @cached_property
    def pulled_and_pushed(self) -> list[Met]:
        """Those of that gradient with its tangents."""
        return _differentiated(*self._gradient, self.moved)

    @cached_property
    def _gradient(self) -> tuple[Graph, list[Floats]]:
        gradient = gradient_of(self.graph, self.moved)
        graph, captured = gradient.closed
        seeds = _directions(gradient.inputs[len(self.inputs) :], "seeds")
        return graph, [*self.inputs, *seeds, *map(np.asarray, captured)]


def gradient_of(graph: Graph, moved: Sequence[int]) -> Graph:
    """The graph of the gradient of a weighted sum of the floating outputs; the weights are its last inputs."""
    with tracing() as trace:
        inputs = [trace.builder.input(x.shape, x.dtype) for x in graph.inputs]
        tangents = {k: trace.builder.input(graph.inputs[k].shape, graph.inputs[k].dtype) for k in moved}
        _, pushed = push_forward(graph, inputs, tangents, trace)
        floating = [y for y in pushed if dtypes.is_floating(y.dtype)]
        seeds = [trace.builder.input(y.shape, y.dtype) for y in floating]
        gradients = pull_back(floating, list(tangents.values()), seeds, trace)
    return Graph((*inputs, *seeds), tuple(gradients))


def _differentiated(graph: Graph, inputs: Sequence[Floats], moved: Sequence[int]) -> list[Met]:
    """The instructions of a graph with its tangents along dense directions."""
    both, captured = jvp(graph, moved).closed
    tangents = both.inputs[len(graph.inputs) :][: len(moved)]
    directions = _directions(tangents, "tangents")
    return list(_met(both, [*inputs, *directions, *map(np.asarray, captured)], tangents))


def _directions(nodes: Sequence[Node], what: str) -> list[Floats]:
    rng = Random(what)
    return [
        np.array([float(z) for z in dense(rng, x.shape).reshape(-1).tolist()], x.dtype).reshape(x.shape) for x in nodes
    ]


def _met(graph: Graph, inputs: Sequence[Floats], tangents: Sequence[Node]) -> Iterator[Met]:
    """The instructions of a graph at the operands that they meet, each kind of operands once."""
    depends = {id(x) for x in tangents}
    lines = dict(zip(map(id, graph.nodes), str(graph).splitlines()[1:], strict=False))
    seen: set[Any] = set()
    for step in Steps(graph, inputs).steps():
        node, operands = step.node, [np.asarray(x) for x in step.operands]
        linear = tuple([k for k, x in enumerate(node.operands) if id(x) in depends])
        if linear:
            depends.add(id(node))
        key = (node.op.name, linear, _told(node), *[(x.shape, x.dtype, x.tobytes()) for x in operands])
        if key in seen or not all(x.dtype.hasobject or np.isfinite(x).all() for x in operands):
            continue
        seen.add(key)
        instruction = instruction_at(node, operands)
        if instruction is not None:
            yield Met(instruction, linear, lines[id(node)].strip(), _place(node))


def _told(node: Node) -> str:
    """The parameters of an instruction; of a call, which rule and which result."""
    if node.op.call:
        call: Call = node.params["call"]
        return f"{id(call.rules.written)} {node.params['output']}"
    return str(node.params)


def _place(node: Node) -> str:
    """Where a rule of the user's is written and its function called; where another instruction comes from."""
    called = _shown(node.source)
    if not node.op.call:
        return called
    call: Call = node.params["call"]
    return call.rules.place + (f"; called at {called}" if called else "")


def _shown(source: Source | None) -> str:
    """The user's line; lines of the checker, which calls the user's model, say nothing."""
    return "" if source is None or source.file.startswith(_CHECKER) else str(source)

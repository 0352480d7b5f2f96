"""Finding the operation at fault: each instruction's own rule, run on balls around the operands that it met.

An instruction whose derivative disagrees with its own specification there is wrong whatever surrounds it. When none
is, the fault lies in what puts the rules together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from tl_specs import PRIMITIVE_SPECS, Ambiguous, Array, Sample

import tl_dsl as tl
from tl_checker.gradients.balls import Objects, dot, exactly, objects, precision, widened
from tl_checker.gradients.derivatives import LONGEST, Result, dense, judged, weighted
from tl_checker.gradients.floats import float_values
from tl_checker.gradients.quotients import Quotients, Reference, value
from tl_checker.gradients.subject import Subject
from tl_checker.gradients.taylor import Taylor
from tl_checker.gradients.verdict import first_line
from tl_dsl import Tensor
from tl_dsl.autodiff.function import jvp, vjp
from tl_dsl.errors import AmbiguousError
from tl_dsl.evaluate import Values, evaluate
from tl_dsl.graph import Graph, Node, Source
from tl_dsl.op import bind, trace
from tl_dsl.transform.jvp import tangent_of

BITS = 400
_CHECKER = str(Path(__file__).parent.parent)


@dataclass(frozen=True)
class Culprit:
    """An operation whose rule is wrong at the operands that it met: in which operand and mode, by how much, where."""

    operation: str
    argument: int
    mode: str
    error: str
    line: str
    source: str

    def __str__(self) -> str:
        if self.mode == "value":
            return f"the float64 kernel of {self.operation} is wrong: {self.error}"
        return f"the {self.mode} derivative of {self.operation} in operand {self.argument} is wrong: {self.error}"


def culprits(graph: Graph, inputs: Sequence[np.ndarray[Any, Any]], *, second: bool = False) -> list[Culprit]:
    """The operations at fault in a traced graph at these inputs; ``second`` looks at second derivatives, too.

    A mode in which several operations are wrong and none is right is at fault itself; it accuses none of them.
    """
    found: list[Culprit] = []
    right: set[str] = set()
    lines = _lines(graph)
    for node, operands in _steps(graph, inputs):
        for result in _checked(node, operands, second):
            error = result.wrong or (str(result.tally.disagreement) if result.tally.disagreement else "")
            if error:
                source = _shown(node.source)
                found.append(Culprit(node.op.name, result.argument, result.mode, error, lines[id(node)], source))
            else:
                right.add(result.mode)
    return [culprit for culprit in found if culprit.mode in right or len({c.operation for c in found}) == 1]


def inaccurate(graph: Graph, inputs: Sequence[np.ndarray[Any, Any]]) -> list[Culprit]:
    """The operations whose float64 kernels are off at the operands that they met."""
    found = []
    lines = _lines(graph)
    for node, operands in _steps(graph, inputs):
        subject = _subject(node, operands)
        if subject is not None and subject.primals and node.dtype == np.float64:
            error = float_values(subject, BITS).wrong
            if error:
                found.append(Culprit(node.op.name, 0, "value", error, lines[id(node)], _shown(node.source)))
    return found


def _steps(graph: Graph, inputs: Sequence[np.ndarray[Any, Any]]) -> Iterator[tuple[Node, list[Any]]]:
    values = Values(graph, inputs)
    for step in values.steps():
        yield step.node, [np.asarray(x) for x in step.operands]


def _lines(graph: Graph) -> dict[int, str]:
    """The line of each instruction in the printed graph."""
    text = str(graph).splitlines()
    return {id(node): line.strip() for node, line in zip(graph.nodes, text[1:], strict=False)}


def _shown(source: Source | None) -> str:
    """The user's line; lines of the checker, which calls the user's model, say nothing."""
    return "" if source is None or source.file.startswith(_CHECKER) else str(source)


def _checked(node: Node, operands: list[np.ndarray[Any, Any]], second: bool) -> list[Result]:
    subject = _subject(node, operands)
    if subject is None or not subject.primals or not all(np.isfinite(x).all() for x in subject.primals):
        return []
    rng = Random(f"{node.index} {node.op.name}")
    with precision(BITS):
        for reference in (Quotients(), Taylor()):
            try:
                results = _first(subject, rng, reference)
                return results + (_second(subject, rng, reference) if second else [])
            except (Ambiguous, AmbiguousError):
                continue
            except Exception as error:  # a rule that raises is a wrong rule
                return [Result(0, "", wrong=f"{type(error).__name__}: {first_line(error)}")]
    return []


@dataclass(frozen=True)
class _Instruction(Subject):
    """An instruction as a subject, and its forward rule by itself, without a transform around it."""

    forward: Callable[[list[Tensor], int, Tensor], Tensor | None]

    def tangent(self, values: list[Tensor], moved: int, v: Tensor) -> Tensor | None:
        """What the rule gives along v in one active operand."""
        return self.forward(values, moved, v)


def _subject(node: Node, operands: list[np.ndarray[Any, Any]]) -> _Instruction | None:
    spec = PRIMITIVE_SPECS.get(node.op.name)
    if spec is None or node.dtype.kind != "f":
        return None
    arrays = [Array(x.shape, x.reshape(-1).tolist()) for x in operands]
    active = spec.active(Sample("", tuple(arrays), dict(node.params)))
    instruction, params = node.op, dict(node.params)
    held = [None if k in active else tl.tensor(x) for k, x in enumerate(operands)]

    def placed(values: Sequence[Tensor]) -> list[Tensor]:
        rest = iter(values)
        return [next(rest) if x is None else x for x in held]

    def engine(*values: Tensor) -> Tensor:
        return bind(instruction, *placed(values), **params)

    def forward(values: list[Tensor], moved: int, v: Tensor) -> Tensor | None:
        def rule(*xs: Tensor) -> list[Tensor]:
            tangents = [xs[-1] if k == active[moved] else None for k in range(len(held))]
            dy = tangent_of(instruction, engine(*xs[:-1]), placed(xs[:-1]), tangents, params)
            return [] if dy is None else [dy]

        arrays = [np.asarray(x) for x in (*values, v)]
        graph, captured = trace(rule, [(x.shape, np.dtype(np.float64)) for x in arrays])
        return next(map(tl.tensor, evaluate(graph, [*arrays, *map(np.asarray, captured)])), None)

    def primal(*values: Array, like: Any = None) -> Array:
        rest = iter(values)
        told = {"like": like} if spec.creates and like is not None else {}
        return spec.primal(*[next(rest) if k in active else x for k, x in enumerate(arrays)], **params, **told)

    primals = tuple([operands[k].astype(float) for k in active])
    return _Instruction(node.op.name, engine, primal, primals, active, forward)


def _first(subject: _Instruction, rng: Random, reference: Reference) -> list[Result]:
    """The rule's tangent along a dense direction of each operand, and a vjp multiplied with that direction."""
    points = [exactly(x) for x in subject.primals]
    boxes = [tl.tensor(widened(x, reference.radius(LONGEST))) for x in points]
    u = dense(rng, value(subject.primal, points).shape)
    _, pullback = vjp(subject.engine, *boxes)
    pulled = pullback(tl.tensor(u))
    found = []
    for k, x in enumerate(points):
        v = dense(rng, x.shape)
        dy = subject.tangent(boxes, k, tl.tensor(v))
        wanted = reference.along(subject.primal, points, [v if j == k else None for j in range(len(points))])
        if dy is not None:  # None is a tangent that is zero by structure
            found.append(judged(subject.active[k], "forward", dy, wanted))
        found.append(_product(subject.active[k], "reverse", pulled[k], v, dot(u, wanted)))
    return found


def _second(subject: Subject, rng: Random, reference: Reference) -> list[Result]:
    """⟨w, H v⟩ of ⟨u, f⟩, forward over reverse."""
    points = [exactly(x) for x in subject.primals]
    boxes = tuple([tl.tensor(widened(x, reference.radius(2 * LONGEST))) for x in points])
    u = dense(rng, value(subject.primal, points).shape)
    v = [dense(rng, x.shape) for x in points]

    def gradient(*xs: Tensor) -> Any:
        return vjp(subject.engine, *xs)[1](tl.tensor(u))

    _, products = jvp(gradient, boxes, tuple(map(tl.tensor, v)))
    found = []
    for k, x in enumerate(points):
        w = dense(rng, x.shape)
        direction = [w if j == k else None for j in range(len(points))]
        wanted = reference.mixed(weighted(subject.primal, u), points, v, direction)
        found.append(_product(subject.active[k], "forward over reverse", products[k], w, wanted))
    return found


def _product(argument: int, mode: str, g: Tensor, v: Objects, wanted: Any) -> Result:
    if g.shape != v.shape:
        return Result(argument, mode, wrong=f"the cotangent has shape {list(g.shape)}, not {list(v.shape)}")
    got = objects((), [dot(np.asarray(g), v)])
    return judged(argument, mode, tl.tensor(got), objects((), [wanted]))

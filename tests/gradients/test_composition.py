"""A fault in what puts the rules together is told from one in a rule, and the transform is named."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jaxtyping import Float
from tl_checker.gradients.depth import QUICK
from tl_checker.gradients.functions import verify_function
from tl_checker.gradients.verdict import Verdict

import tl_dsl as tl
from tl_dsl import Tensor
from tl_dsl.autodiff.model import TRACES
from tl_dsl.evaluate import program
from tl_dsl.evaluate.cache import PROGRAMS
from tl_dsl.graph import Graph, Node
from tl_dsl.op import tracing
from tl_dsl.transform import batch, jvp, linearize, transpose
from tl_dsl.transform.replay import replay
from tl_dsl.transform.simplify import RULES

Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def without_kept_programs() -> Iterator[None]:
    PROGRAMS.clear(), TRACES.clear()
    yield
    PROGRAMS.clear(), TRACES.clear()


def energy(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.sum(tl.tanh(x) * y * x + tl.exp(y) * 2)


def doubled_tangents(patch: Patch) -> None:
    right = jvp._tangent_node
    patch.setattr(jvp, "_tangent_node", lambda y, v, t, trace: trace.lift(Tensor(right(y, v, t, trace)) * 2))


def doubled_linear_part(patch: Patch) -> None:
    right = linearize.jvp

    def wrong(graph: Graph, *args: Any, **kwargs: Any) -> Graph:
        both = right(graph, *args, **kwargs)
        return _twice(both, len(graph.outputs))

    patch.setattr(linearize, "jvp", wrong)


def _twice(graph: Graph, first: int) -> Graph:
    """The graph with the outputs after the first ones doubled."""
    with tracing() as trace:
        inputs = [trace.builder.input(x.shape, x.dtype) for x in graph.inputs]
        outputs = replay(graph, inputs, trace)
        outputs[first:] = [trace.lift(Tensor(y) * 2) for y in outputs[first:]]
    return Graph(tuple(inputs), tuple(outputs))


def lost_cotangents(patch: Patch) -> None:
    """Where a value is used twice, the cotangent of one use alone is kept."""
    patch.setattr(transpose, "plus", lambda known, more: more)


def same_example(patch: Patch) -> None:
    right = batch._lifted
    patch.setattr(batch, "_lifted", lambda x, size, has: right(x, size, has) * (1 if has else 2))


def a_wrong_simplification(patch: Patch) -> None:
    def wrong(w: Any, x: Any, y: Any) -> Any:
        return w.scaled(x, 3) if y.op.name == "full" and y.params["fill_value"] == 2 and x.op.name == "exp" else None

    patch.setitem(RULES, "mul", (wrong, *RULES["mul"]))  # type: ignore[index]


def wrong_code(patch: Patch) -> None:
    right = program.WRITERS["mul"]

    def wrong(emitter: Any, node: Any) -> Any:
        sub = dataclasses.replace(node.op, name="add", ufunc=None, kernel=lambda x, y: x * y * 1.001)
        return right(emitter, node) if node.shape == () else program.write_default(emitter, _with_op(node, sub))

    patch.setitem(program.WRITERS, "mul", wrong)


def _with_op(node: Any, op: Any) -> Any:
    return Node(op, node.operands, node.params, node.shape, node.dtype, node.index, node.home, node.source)


def ignored_argnums(patch: Patch) -> None:
    right = tl.grad
    patch.setattr(tl, "grad", lambda f, argnums=0, has_aux=False: right(f, argnums, has_aux) if argnums == 0 else
                  lambda *xs: tuple([right(f, 0)(*xs) for _ in argnums]))  # type: ignore[attr-defined]  # fmt: skip


PLANTED: dict[str, tuple[Callable[[Patch], None], str]] = {
    "tangents": (doubled_tangents, "the fault lies in forward mode (jvp)"),
    "linearize": (doubled_linear_part, "the fault lies in linearization"),
    "transpose": (lost_cotangents, "the fault lies in reverse mode (transpose)"),
    "batch": (same_example, "the fault lies in batching"),
    "simplify": (a_wrong_simplification, "the fault lies in simplification: the rule wrong for mul"),
    "compile": (wrong_code, "the fault lies in compilation: the code for mul"),
    "entry": (ignored_argnums, "the fault lies in the entry point grad"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_the_transform_at_fault_is_named(planted: str, monkeypatch: Patch) -> None:
    plant, told = PLANTED[planted]
    plant(monkeypatch)
    report = verify_function(energy, depth=QUICK)
    named = {finding.operation for row, finding in report.findings if row.verdict is Verdict.FAIL}
    assert any(text.startswith(told) for text in named), named
    assert not any("rule of" in text for text in named), named

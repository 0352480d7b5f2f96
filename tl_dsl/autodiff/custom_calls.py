"""Calls of functions with a derivative of their own, as instructions of a graph.

A call stands for the graph of its function; its derivative is the user's rule, traced when it is asked for. Rules are
functions of one example: over a batch, the graph of a rule is batched as the graph of the function is.
"""

from __future__ import annotations

import functools
import inspect
import linecache
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tl_dsl import dtypes
from tl_dsl.autodiff.traced import run
from tl_dsl.errors import DifferentiationError, ReverseOnlyError
from tl_dsl.evaluate.interpret import interpret
from tl_dsl.graph import Graph, Node
from tl_dsl.op import Trace, bind, trace, trace_of
from tl_dsl.ops import astype, reshape, zeros
from tl_dsl.ops.operands import broadcast
from tl_dsl.primitive import CAPTURED, Primitive
from tl_dsl.tensor import Tensor
from tl_dsl.transform.batch import batch

Type = tuple[tuple[int, ...], np.dtype[Any]]


@dataclass(frozen=True, eq=False)
class Rules:
    """What differentiates a call, on flat lists of leaves of one example.

    ``push(primals, tangents)`` gives the tangents of the results, None for results without. Where it is None there are
    ``forward(primals)``, the residuals and what else ``backward(residuals, rest, cotangents)`` needs; that gives a
    cotangent for each argument, None for zero. ``value(primals)`` are the results as the rule has them. ``name`` is the
    function's, ``written`` the user's own rule; ``arguments`` are what the leaves are called.
    """

    name: str
    written: Callable[..., Any]
    arguments: tuple[str, ...]
    value: Callable[[list[Tensor]], list[Any]]
    push: Callable[[list[Tensor], list[Tensor]], list[Tensor | None]] | None = None
    forward: Callable[[list[Tensor]], tuple[list[Tensor], Any]] | None = None
    backward: Callable[[list[Tensor], Any, list[Tensor]], list[Tensor | None]] | None = None

    @functools.cached_property
    def place(self) -> str:
        """Where the user's rule is defined: ``model.py:12, in swish_jvp``."""
        return place_of(self.written)


@dataclass(frozen=True, eq=False)
class Call:
    """A call: the graph of the function over a batch of ``sizes``, and its rules.

    The first ``given`` inputs are arguments, the others are captured. ``types`` are those of the arguments of one
    example, ``results`` those of its results.
    """

    rules: Rules
    body: Graph
    given: int
    types: tuple[Type, ...]
    results: tuple[Type, ...]
    sizes: tuple[int, ...] = ()
    _batched: dict[int, Call] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return self.rules.name

    def batched(self, size: int) -> Call:
        """The call over so many examples."""
        if size not in self._batched:
            body = batch(self.body, size, [True] * len(self.body.inputs))
            sizes = (size, *self.sizes)
            self._batched[size] = Call(self.rules, body, self.given, self.types, self.results, sizes)
        return self._batched[size]

    def over_batch(
        self, rule: Callable[..., list[Tensor]], types: list[Type], values: Sequence[Tensor]
    ) -> list[Tensor]:
        """A function of one example of these types, applied to a batch: traced, batched, emitted."""
        graph, captured = trace(rule, types)
        for size in reversed(self.sizes):
            graph = batch(graph, size, [True] * len(types) + [False] * len(captured))
        trace_here = trace_of(_newest(values))
        return run(graph, [*values, *[_captured(x, trace_here) for x in captured]])


def place_of(function: Callable[..., Any]) -> str:
    """Where a function is defined, as far as that can be told: the line of its ``def``, below its decorators."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return getattr(function, "__qualname__", repr(function))
    line: int = code.co_firstlineno
    for text in linecache.getlines(code.co_filename)[line - 1 :]:
        if not text.lstrip().startswith("@"):
            break
        line += 1
    return f"{code.co_filename}:{line}, in {code.co_name}"


def call_instruction(call: Call, operands: Sequence[Tensor]) -> list[Tensor]:
    """The results of a call, as instructions; at once where nothing is traced."""
    instruction = CUSTOM_VJP if call.rules.push is None else CUSTOM_JVP
    return [bind(instruction, *operands, call=call, output=k) for k in range(len(call.results))]


def _newest(values: Sequence[Tensor | None]) -> Node:
    nodes = [x._value for x in values if x is not None and type(x._value) is Node]
    return max(nodes, key=lambda node: node.home)


def _captured(x: Tensor, trace: Trace) -> Tensor:
    """A value from outside of a rule, as an instruction of the transform that met it: rules read nothing of its own."""
    dtype = dtypes.float64 if x.dtype == dtypes.object_ else x.dtype
    return Tensor(trace.builder.emit(CAPTURED, (), {"value": x, "shape": x.shape, "dtype": dtype}))


def _split(call: Call, values: Sequence[Tensor | None]) -> tuple[list[Any], list[Any]]:
    """Operands and their tangents, of the arguments only. Errors: DifferentiationError for a captured tangent."""
    count = len(values) // 2
    if any(dx is not None for dx in values[count + call.given :]):
        raise DifferentiationError(
            f"{call.rules.name} has a rule of its own, for its arguments only",
            got="a derivative in a value that it reads from outside of itself",
            wanted="every tensor that it is differentiated in among its arguments",
            where=call.rules.place,
            suggestion="pass that value as an argument",
        )
    return list(values[: call.given]), list(values[count : count + call.given])


def _shared(call: Call, values: Sequence[Tensor | None], compute: Callable[[], Any]) -> Any:
    """What several results of a call need, computed once in the trace that the values belong to."""
    known = trace_of(_newest(values)).shared
    key = (call, *[None if x is None else x._value for x in values])
    if key not in known:
        known[key] = compute()
    return known[key]


def _pushed(y: Tensor, *values: Tensor | None, call: Call, output: int) -> Tensor | None:
    primals, tangents = _split(call, values)
    if not dtypes.is_floating(y.dtype):
        return None
    found: list[Tensor | None] = _shared(call, values, lambda: _push(call, primals, tangents))
    return found[output]


def _push(call: Call, primals: list[Tensor], tangents: list[Tensor | None]) -> list[Tensor | None]:
    count, push = call.given, call.rules.push
    assert push is not None
    places: list[int] = []

    def rule(*leaves: Tensor) -> list[Tensor]:
        pushed = push(list(leaves[:count]), list(leaves[count:]))
        places.extend(k for k, dy in enumerate(pushed) if dy is not None)
        return [dy for dy in pushed if dy is not None]

    full = [zeros(x.shape, dtype=x.dtype) if dx is None else dx for x, dx in zip(primals, tangents, strict=True)]
    results = call.over_batch(rule, [*call.types, *call.types], [*primals, *full])
    found: list[Tensor | None] = [None] * len(call.results)
    for k, dy in zip(places, results, strict=True):
        found[k] = dy
    return found


@dataclass(frozen=True, eq=False)
class Pull:
    """What takes cotangents of a call back: its residuals of one example, and the arguments that have tangents."""

    call: Call
    residuals: tuple[Type, ...]
    rest: Any
    moved: tuple[int, ...]

    def __repr__(self) -> str:
        return self.call.rules.name

    @property
    def floating(self) -> list[int]:
        """The results that have tangents."""
        return [k for k, (_, dtype) in enumerate(self.call.results) if dtypes.is_floating(dtype)]

    @property
    def type(self) -> Type:
        """All tangents of the results: as it is where there is one, else in a row."""
        results = [self.call.body.outputs[k] for k in self.floating]
        if len(results) == 1:
            return results[0].shape, results[0].dtype
        return (sum(_size(y) for y in results),), np.result_type(*[y.dtype for y in results])

    def part(self, row: Tensor, output: int) -> Tensor:
        """The tangent or cotangent of one result, from all in a row."""
        if len(self.floating) == 1:
            return row
        start = sum(_size(self.call.body.outputs[k]) for k in self.floating if k < output)
        y = self.call.body.outputs[output]
        return astype(reshape(row[start : start + _size(y)], y.shape), y.dtype)


def _size(y: Node) -> int:
    return int(np.prod(y.shape, dtype=np.int64))


def _pulled_later(y: Tensor, *values: Tensor | None, call: Call, output: int) -> Tensor | None:
    """The tangent of a result of a function that has a rule for reverse mode only: an instruction to be transposed."""
    primals, tangents = _split(call, values)
    if not dtypes.is_floating(y.dtype):
        return None
    row, pull = _shared(call, values, lambda: _linear(call, primals, tangents))
    part: Tensor = pull.part(row, output)
    return part


def _linear(call: Call, primals: list[Tensor], tangents: list[Tensor | None]) -> tuple[Tensor, Pull]:
    forward = call.rules.forward
    assert forward is not None
    kept: list[Any] = []

    def residuals(*leaves: Tensor) -> list[Tensor]:
        found, rest = forward(list(leaves))
        kept.append((tuple([(x.shape, x.dtype) for x in found]), rest))
        return found

    values = call.over_batch(residuals, list(call.types), primals)
    types, rest = kept[0]
    moved = tuple([k for k, dx in enumerate(tangents) if dx is not None])
    pull = Pull(call, types, rest, moved)
    directions = [dx for dx in tangents if dx is not None]
    return bind(CUSTOM_VJP_TANGENT, *values, *directions, pull=pull), pull


def _pull(g: Tensor, *operands: Tensor, pull: Pull) -> list[Tensor | None]:
    """The cotangents of the arguments that have tangents, from the user's rule; residuals have none."""
    call, count = pull.call, len(pull.residuals)
    backward = call.rules.backward
    assert backward is not None
    places: list[int] = []

    def rule(*leaves: Tensor) -> list[Tensor]:
        given = iter(leaves[count:])
        cotangents = [
            next(given) if k in pull.floating else zeros(shape, dtype=dtype)
            for k, (shape, dtype) in enumerate(call.results)
        ]
        found = backward(list(leaves[:count]), pull.rest, cotangents)
        places.extend(j for j, k in enumerate(pull.moved) if found[k] is not None)
        return [x for k in pull.moved if (x := found[k]) is not None]

    parts = [pull.part(g, k) for k in pull.floating]
    types = [*pull.residuals, *[call.results[k] for k in pull.floating]]
    results = call.over_batch(rule, types, [*operands[:count], *parts])
    cotangents: list[Tensor | None] = [None] * len(operands)
    for j, gx in zip(places, results, strict=True):
        cotangents[count + j] = gx
    return cotangents


def _refused(*operands: Any, pull: Pull, **others: Any) -> Any:
    raise reverse_only(pull.call.rules)


def reverse_only(rules: Rules) -> ReverseOnlyError:
    """The error for forward mode of a function that has a rule for reverse mode only."""
    return ReverseOnlyError(
        f"{rules.name} has a custom_vjp rule, which is for reverse mode only",
        got="forward mode (jvp, jacfwd or linearize)",
        wanted="reverse mode: grad, vjp, jacrev, hvp, hessian",
        where=rules.place,
        suggestion="tl.custom_jvp: one rule for both modes",
    )


def forbid_reverse_only(graph: Graph) -> None:
    """Errors: ReverseOnlyError when a graph of tangents needs a rule for forward mode that does not exist."""
    for node in graph.nodes:
        if node.op is CUSTOM_VJP_TANGENT:
            raise reverse_only(node.params["pull"].call.rules)


def has_reverse_only(graph: Graph) -> bool:
    """Whether forward mode ends at a function that has a rule for reverse mode only."""
    return any(node.op is CUSTOM_VJP_TANGENT for node in graph.nodes)


def _call_rules() -> dict[str, Any]:
    return {
        "shape": lambda *shapes, call, output: call.body.outputs[output].shape,
        "dtype": lambda *kinds, call, output: call.body.outputs[output].dtype,
        "kernel": lambda *arrays, call, output: interpret(call.body, arrays)[output],
        "batch": _batched,
        "call": True,
    }


def _batched(size: int, operands: list[Tensor], batched: tuple[bool, ...], *, call: Call, output: int) -> Tensor:
    lifted = [x if has else broadcast(x, (size, *x.shape)) for x, has in zip(operands, batched, strict=True)]
    instruction = CUSTOM_VJP if call.rules.push is None else CUSTOM_JVP
    return bind(instruction, *lifted, call=call.batched(size), output=output)


# Not in PRIMITIVES, which are the engine's own instructions: what these mean and how they differentiate is the user's.
CUSTOM_JVP = Primitive("custom_jvp", jvp=_pushed, **_call_rules())
CUSTOM_VJP = Primitive("custom_vjp", jvp=_pulled_later, **_call_rules())
CUSTOM_VJP_TANGENT = Primitive(
    "custom_vjp_tangent",
    shape=lambda *shapes, pull: pull.type[0],
    dtype=lambda *kinds, pull: pull.type[1],
    kernel=_refused,
    jvp=lambda y, *values, pull: _refused(pull=pull),
    batch=lambda size, operands, batched, pull: _refused(pull=pull),
    pull=_pull,
)

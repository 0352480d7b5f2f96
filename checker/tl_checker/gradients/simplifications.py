"""Verifying the simplifier: a graph and its simplest form have the same values, exactly, on random graphs.

The simplest form of a simplest form is itself, no instruction stands there twice, and what must be known is known
(`equations`).

On fractions nothing is rounded, so equal means equal; with roots among the constants, balls must overlap. On floats, a
result must be finite where it was, and near it by the largest number on the way: constants may be reassociated, but not
so that they overflow. Integers wrap around in the same way. A rule that never changed anything was not verified, which
is a failure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any

import numpy as np
from flint import arb

from tl_checker.gradients import equations
from tl_checker.gradients.balls import ball, exactly, precision
from tl_checker.gradients.random_graphs import drawn
from tl_checker.gradients.sources import labelled, unattributed
from tl_checker.gradients.verdict import Finding, Report, Row, Verdict, first_line, merge_rows, require_nonzero
from tl_dsl.errors import AmbiguousError
from tl_dsl.evaluate import interpret
from tl_dsl.graph import Graph, Node
from tl_dsl.scalars import Root
from tl_dsl.transform.simplify import RULES, simplify
from tl_dsl.transform.simplify.products import note_diagonal
from tl_dsl.transform.simplify.rewriter import Rewriter

GRAPHS = 2000
LENGTH = 9
ROUNDED = {"float64": 2.0**-40, "float32": 2.0**-14, "float16": 2.0**-5}
TYPES = (
    *(("float64", ""), ("float64", ""), ("float64", "roots"), ("float64", "huge")),
    *(("float32", ""), ("float16", ""), ("int64", ""), ("int8", ""), ("bool", "")),
)
"""The element types of the graphs and what their constants are, in turn."""

BITS = 300

SHOWN = 3
"""After so many failures no more graphs are drawn."""

TARGET = "simplification"
FORMS = "programs"
"""The layer of operations that it belongs to: the forms of programs."""


def verify_simplifications(*, seed: int = 0, graphs: int = GRAPHS) -> Report:
    """The simplest forms of random graphs against the graphs themselves; a row for each instruction with a rule.

    >>> verify_simplifications().verdict.value
    'PASS'
    """
    rows: list[Row] = []
    failed = 0
    for label, graph, form in _cases(seed, graphs):
        if failed >= SHOWN:
            break
        found = _judged(labelled(graph), Random(f"{seed} {label}"), label, form)
        failed += sum(row.verdict is Verdict.FAIL for row in found)
        rows += found
    else:
        known = {row.entry for row in rows}
        rows += [Row(TARGET, name, FORMS) for name in RULES if name not in known]
    return Report(tuple(require_nonzero(row) for row in merge_rows(rows)))


def _cases(seed: int, graphs: int) -> Iterator[tuple[str, Graph, Callable[[], str]]]:
    """Graphs by name, with what says whether the simplest form of each is the right one."""
    for name, equation in equations.EQUATIONS.items():
        yield name, equations.graph_of(equation.program, equation.inputs), partial(equations.fault_of, equation)
    yield from ((f"random graph {number}", graph, str) for number, graph in _graphs(seed, graphs))


def simplest_forms(seed: int = 0, graphs: int = GRAPHS) -> list[str]:
    """The simplest forms of the graphs that `verify_simplifications` takes, as text."""
    return [str(simplify(graph)) for _, graph in _graphs(seed, graphs)]


def _graphs(seed: int, graphs: int) -> Iterator[tuple[int, Graph]]:
    for number in range(graphs):
        dtype, pool = TYPES[number % len(TYPES)]
        yield number, drawn(Random(f"{seed} {number}"), dtype, 3 + number // len(TYPES) % LENGTH, pool)


def _judged(graph: Graph, rng: Random, label: str, form: Callable[[], str]) -> list[Row]:
    """A row for each rule that changed the graph, or one when none did. ``form`` says what is wrong with the form."""
    try:
        simple, fired = simplify(graph), _fired(graph)
        with precision(BITS):
            compared, nonzero, wrong = _compared(graph, simple, rng)
        wrong = wrong or form() or equations.repeated(simple) or unattributed(simple, graph) or _simpler_still(simple)
    except AmbiguousError:
        return []  # balls that cannot be compared: a condition on roots
    except Exception as error:  # whatever a rule raises is wrong
        finding = Finding(f"{type(error).__name__}: {first_line(error)}", label)
        return [Row(TARGET, "all", FORMS, verdict=Verdict.FAIL, findings=(finding,))]
    rows = [Row(TARGET, name, FORMS, comparisons=compared, nonzero=nonzero) for name in fired or ("all",)]
    if wrong:
        finding = Finding(f"{wrong}, of\n{graph}\nin simplest form\n{simple}", label)
        rows = [row._replace(verdict=Verdict.FAIL, findings=(finding,)) for row in rows]
    return rows


def _simpler_still(graph: Graph) -> str:
    again = simplify(graph)
    return "" if again.key == graph.key else f"simplified again it is\n{again}\n"


def _fired(graph: Graph) -> tuple[str, ...]:
    """The instructions whose rules changed something."""
    counted: Counter[str] = Counter()

    def counting(name: str, rule: Any) -> Any:
        def counted_rule(w: Rewriter, *operands: Node, **params: Any) -> Node | None:
            found: Node | None = rule(w, *operands, **params)
            counted[name] += found is not None
            return found

        return counted_rule

    rules = {name: [counting(name, rule) for rule in several] for name, several in RULES.items()}
    Rewriter(rules, note_diagonal).rebuild(graph)
    return tuple(name for name, count in counted.items() if count)


def _compared(graph: Graph, simple: Graph, rng: Random) -> tuple[int, int, str]:
    """How many items were compared, how many were not zero, and what was wrong."""
    pairs = [*zip(graph.inputs, simple.inputs, strict=True), *zip(graph.outputs, simple.outputs, strict=True)]
    if any((x.shape, x.dtype) != (y.shape, y.dtype) for x, y in pairs):
        return 1, 1, "types of inputs or outputs differ"
    arrays = [_values(x, rng) for x in graph.inputs]
    got, wanted = interpret(simple, arrays), interpret(graph, arrays)
    if all(x.dtype.kind != "f" for x in graph.inputs):
        return _equal(got, wanted)
    if any(map(_is_beyond, graph.nodes)):
        return _as_floats(got, wanted)
    roots = any(isinstance(node.params.get("fill_value"), Root) for node in graph.nodes)
    lift = _balls if roots else _fractions
    whole = [lift(array) if array.dtype.kind == "f" else array for array in arrays]
    largest, exact = _largest(graph, whole)
    rounding = max(ROUNDED[str(x.dtype)] for x in (*graph.inputs, *graph.nodes) if x.dtype.kind == "f")
    wrong = _near(got, wanted, rounding * largest)
    compared, nonzero, unequal = _equal(interpret(simple, whole), exact)
    return compared, nonzero, unequal or wrong


def _is_beyond(node: Node) -> bool:
    """Whether an instruction is a huge, tiny or infinite constant, or divides by 0."""
    if node.op.name == "div":
        return node.operands[1].params.get("fill_value") == 0
    value = node.params.get("fill_value")
    return isinstance(value, (int, float, Fraction)) and value != 0 and not 1e-100 < abs(float(value)) < 1e100


def _values(x: Node, rng: Random) -> np.ndarray[Any, Any]:
    """Numbers that are not zero and mostly different; short, so that every type holds them."""
    count = int(np.prod(x.shape, dtype=int))
    items = [rng.choice((-1, 1)) * rng.randint(1, 40) for _ in range(count)]
    numbers = np.array(items, float) / (1 if x.dtype.kind in "iu" else 8)
    return (numbers > 0 if x.dtype.kind == "b" else numbers).reshape(x.shape).astype(x.dtype)


def _balls(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return exactly(array.astype(float))


def _fractions(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    out = np.empty(array.shape, object)
    out.reshape(-1)[:] = [Fraction(float(item)) for item in array.reshape(-1)]
    return out


def _largest(graph: Graph, arrays: Sequence[np.ndarray[Any, Any]]) -> tuple[float, list[np.ndarray[Any, Any]]]:
    """The largest number on the way of an exact evaluation, and its outputs."""
    everything = Graph(graph.inputs, (*graph.outputs, *graph.nodes))
    found = interpret(everything, arrays)
    largest = max((abs(float(z)) for values in found for z in values.reshape(-1).tolist()), default=0.0)
    return largest, found[: len(graph.outputs)]


def _equal(got: Sequence[Any], wanted: Sequence[Any]) -> tuple[int, int, str]:
    compared = nonzero = 0
    for k, (a, b) in enumerate(zip(got, wanted, strict=True)):
        if a.shape != b.shape:
            return compared + 1, nonzero + 1, f"output {k} has shape {list(a.shape)}, not {list(b.shape)}"
        items = list(zip(a.reshape(-1).tolist(), b.reshape(-1).tolist(), strict=True))
        compared += len(items)
        nonzero += sum(bool(y != 0) for _, y in items)
        if not all(_same(x, y) for x, y in items):
            return compared, nonzero, f"output {k} is {_short(a)}, not {_short(b)}"
    return compared, nonzero, ""


def _same(x: Any, y: Any) -> bool:
    if isinstance(x, arb) or isinstance(y, arb):
        return bool(ball(x).overlaps(ball(y))) and bool(ball(x).rad() < 1e-30)
    return bool(x == y)


def _as_floats(got: Sequence[Any], wanted: Sequence[Any]) -> tuple[int, int, str]:
    """Where constants are huge or not finite: the same elements are infinite, and none is nan that was not.

    inf·3 - inf is nan, and as inf·2 it is not: where factors are collected, a nan can be lost.
    """
    compared = nonzero = 0
    for k, (a, b) in enumerate(zip(got, wanted, strict=True)):
        compared += b.size
        nonzero += int(np.count_nonzero(b))
        known = ~np.isnan(b)
        if a.shape != b.shape or not np.array_equal(_kinds(a)[known], _kinds(b)[known]):
            return compared, nonzero, f"output {k} is {_short(a)}, not {_short(b)}"
    return compared, nonzero, ""


def _kinds(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """-1 and 1 for infinities, 0 for finite numbers, 2 for nan."""
    return np.where(np.isnan(x), 2, np.where(np.isinf(x), np.sign(x), 0))


def _near(got: Sequence[Any], wanted: Sequence[Any], allowed: float) -> str:
    for k, (a, b) in enumerate(zip(got, wanted, strict=True)):
        if b.dtype.kind != "f" or not np.isfinite(b).all():
            continue
        if not np.isfinite(a).all():
            return f"output {k} is {_short(a)} in {a.dtype}, not {_short(b)}"
        off = np.max(np.abs(a.astype(float) - b.astype(float)), initial=0.0)
        if off > allowed:
            return f"output {k} is {_short(a)} in {a.dtype}, not {_short(b)}"
    return ""


def _short(array: np.ndarray[Any, Any]) -> str:
    return ", ".join(map(str, array.reshape(-1)[:4].tolist()))

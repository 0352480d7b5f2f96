"""What the simplifier must know: pairs of programs of which the second is the simplest form of the first.

Values alone do not show that a simplification was lost, nor that one came about that only moves work. Forms are
compared as expressions, so that the order of independent instructions means nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping
from fractions import Fraction

from tl_checker.gradients.equations import arithmetic, layout, products
from tl_checker.gradients.equations.programs import Equation, graph_of
from tl_dsl.graph import Graph, Node
from tl_dsl.scalars import Constant, Root
from tl_dsl.transform.simplify import simplify

__all__ = ["EQUATIONS", "fault_of", "graph_of", "repeated"]

EQUATIONS: Mapping[str, Equation] = {**arithmetic.EQUATIONS, **layout.EQUATIONS, **products.EQUATIONS}
"""By name."""

COMMUTATIVE = {"add", "mul", "maximum", "minimum", "equal", "not_equal", "logical_and", "logical_or"}
"""Written down once more: the simplifier's own is judged."""


def fault_of(equation: Equation) -> str:
    """What is wrong with the simplest form of an equation's program; empty where it is the one that it has.

    >>> fault_of(EQUATIONS["x + 0"])
    ''
    """
    graph = graph_of(equation.program, equation.inputs)
    simple = simplify(graph)
    wanted = graph if equation.simplest is None else graph_of(equation.simplest, equation.inputs)
    known: Known = {}
    if form(simple, known) != form(wanted, known):
        return f"of\n{graph}\nthe simplest form is\n{simple}\nnot\n{wanted}"
    return repeated(simple)


def repeated(graph: Graph) -> str:
    """What is wrong with a graph that holds one instruction twice."""
    numbers = numbered(graph, {})
    counted = Counter(numbers.values())
    twice = [node for node in graph.nodes if counted[numbers[id(node)]] > 1]
    return f"{twice[0].op.name} stands twice in\n{graph}" if twice else ""


Known = dict[tuple[Hashable, ...], int]


def form(graph: Graph, known: Known) -> list[int]:
    """A number for each output: equal ones for equal expressions of the inputs, among graphs that share ``known``."""
    numbers = numbered(graph, known)
    return [numbers[id(y)] for y in graph.outputs]


def numbered(graph: Graph, known: Known) -> dict[int, int]:
    """A number for each instruction and input, by their identity: equal ones for equal expressions."""
    numbers: dict[int, int] = {}
    for k, x in enumerate(graph.inputs):
        numbers[id(x)] = known.setdefault(("input", k), len(known))
    for node in graph.nodes:
        numbers[id(node)] = known.setdefault(_key(node, [numbers[id(x)] for x in node.operands]), len(known))
    return numbers


def _key(node: Node, operands: list[int]) -> tuple[Hashable, ...]:
    ordered = sorted(operands) if node.op.name in COMMUTATIVE else operands
    params = [_number(value) if name == "fill_value" else (name, value) for name, value in node.params.items()]
    return (node.op.name, *ordered, *params, node.dtype, node.shape)


def _number(value: Constant) -> str:
    """The same text for equal numbers; the zeros of two signs differ."""
    if isinstance(value, Root) or not math.isfinite(value) or (value == 0 and math.copysign(1, value) < 0):
        return str(value)
    return str(Fraction(value))

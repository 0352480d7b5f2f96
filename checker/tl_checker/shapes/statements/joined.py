"""Values of which one is chosen, `a if flag else b`, and that are one type for mypy although their shapes differ.

An axis that may be broadcast, `#n`, is Any for mypy like every other one, so that it keeps the first of `[#n]` and
`[#m]`, or of `[#n]` and `[?]`. What is said of the value afterwards holds for the first only: it is reported as lost
where they come together.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mypy.nodes import (
    Block,
    ConditionalExpr,
    Context,
    DictionaryComprehension,
    Expression,
    ForStmt,
    FuncDef,
    GeneratorExpr,
    LambdaExpr,
    ListExpr,
    Node,
    OpExpr,
    SetExpr,
    Statement,
    TupleExpr,
    Var,
)
from mypy.types import CallableType, Type

from tl_checker.shapes.annotations.encoding import members_of, shape_of
from tl_checker.shapes.host.internals import Checker, absorbs, inferred
from tl_checker.shapes.host.markers import put_marker
from tl_checker.shapes.host.walking import children
from tl_checker.shapes.messages.report import lost
from tl_dsl.dims import Axis, OneOr
from tl_dsl.shapes import Star, show_shape


class Joined(NamedTuple):
    """The values of which an expression chooses one, or a loop one after the other."""

    values: tuple[Expression, ...]


def mark_joined(block: Block) -> None:
    """Put markers before the statements of a block that choose among values, wherever in them they do."""
    for at in range(len(block.body) - 1, -1, -1):
        for joined in [*_joined(block.body[at])]:
            put_marker(block, at, joined, joined.values[0])


def _joined(statement: Statement) -> Iterator[Joined]:
    if isinstance(statement, ForStmt) and isinstance(statement.expr, TupleExpr):
        yield from _several(statement.expr.items)
    for part in children(statement):
        for node in _evaluated(part) if isinstance(part, Expression) else ():
            match node:
                case (
                    ConditionalExpr(if_expr=first, else_expr=second) | OpExpr(op="and" | "or", left=first, right=second)
                ):
                    yield Joined((first, second))
                case ListExpr(items=items) | SetExpr(items=items):
                    yield from _several(items)


def _evaluated(node: Node) -> Iterator[Node]:
    """An expression and those inside it whose variables are those of the statement."""
    if not isinstance(node, (LambdaExpr, GeneratorExpr, DictionaryComprehension)):
        yield node
        for child in children(node):
            yield from _evaluated(child)


def _several(values: list[Expression]) -> Iterator[Joined]:
    if len(values) > 1:
        yield Joined(tuple(values))


def may_broadcast(function: FuncDef) -> bool:
    """Whether an array that a function is given, or that its object has, has an axis that may be broadcast."""
    signature = function.type
    types = [*signature.arg_types] if isinstance(signature, CallableType) else []
    for base in function.info.mro if function.info else ():
        types += [node.type for symbol in base.names.values() if isinstance(node := symbol.node, Var) and node.type]
    return any(_broadcasts(axis) for t in types for member in members_of(t) for axis in shape_of(member) or ())


def _broadcasts(axis: Axis | Star) -> bool:
    return axis.spread is not None if isinstance(axis, Star) else isinstance(axis, OneOr)


def lose_joined(checker: Checker, joined: Joined) -> None:
    """Before a statement: report values of which one will be chosen."""
    types: list[Type] = []
    for value in joined.values:
        found = inferred(checker, value)
        lose_beside(checker, value, found, types)
        types.append(found)


def lose_beside(checker: Checker, place: Context, t: Type, others: Iterable[Type]) -> None:
    """Report a value of which mypy does not see that its shape is not that of one of the others."""
    for other in others:
        for member, beside in itertools.product(members_of(t), members_of(other)):
            shape, earlier = shape_of(member), shape_of(beside)
            if shape is None or earlier is None or shape == earlier:
                continue
            if absorbs(member, beside) or absorbs(beside, member):
                both = f"{show_shape(earlier)} and {show_shape(shape)}"
                lost(checker, place, f"{both} are not told apart from here on", member, beside)
                return

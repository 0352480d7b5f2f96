"""Values of which one is chosen, `a if flag else b`, and that are one type for mypy although their shapes differ.

An axis that may be broadcast, `#n`, is Any for mypy like every other one, so that it keeps the first of `[#n]` and
`[#m]`, or of `[#n]` and `[?]`. What is said of the value afterwards holds for the first only: it is reported as lost
where they come together, be that in an expression, in a container, or in a function that gives back one of its
arguments.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from mypy.nodes import (
    Block,
    ConditionalExpr,
    Context,
    DictExpr,
    DictionaryComprehension,
    Expression,
    ForStmt,
    FuncDef,
    GeneratorExpr,
    IndexExpr,
    IntExpr,
    LambdaExpr,
    ListExpr,
    Node,
    OpExpr,
    SetExpr,
    SliceExpr,
    Statement,
    StrExpr,
    TupleExpr,
    Var,
)
from mypy.types import CallableType, Instance, TupleType, Type, get_proper_type

from tl_checker.shapes.annotations.axes import may_broadcast, mentions_shapes
from tl_checker.shapes.annotations.encoding import members_of, shape_of
from tl_checker.shapes.host.internals import Checker, absorbs, inferred
from tl_checker.shapes.host.markers import put_marker
from tl_checker.shapes.host.walking import children
from tl_checker.shapes.messages.report import lost, reports_losses
from tl_dsl.shapes import show_shape


class Joined(NamedTuple):
    """The values of which an expression chooses one, or a loop one after the other; of a tuple, its items."""

    values: tuple[Expression, ...]


def mark_joined(block: Block) -> None:
    """Put markers before the statements of a block that choose among values, wherever in them they do."""
    for at in range(len(block.body) - 1, -1, -1):
        for joined in [*_joined(block.body[at])]:
            put_marker(block, at, joined, joined.values[0])


def _joined(statement: Statement) -> Iterator[Joined]:
    if isinstance(statement, ForStmt):
        yield Joined(tuple(statement.expr.items if isinstance(statement.expr, TupleExpr) else [statement.expr]))
    for part in children(statement):
        for node in _evaluated(part) if isinstance(part, Expression) else ():
            match node:
                case (
                    ConditionalExpr(if_expr=first, else_expr=second) | OpExpr(op="and" | "or", left=first, right=second)
                ):
                    yield Joined((first, second))
                case ListExpr(items=[_, _, *_] as items) | SetExpr(items=[_, _, *_] as items):
                    yield Joined(tuple(items))
                case DictExpr(items=items) if len(items) > 1:
                    yield Joined(tuple(value for _, value in items))
                case IndexExpr(base=base, index=index) if not isinstance(index, (IntExpr, SliceExpr, StrExpr)):
                    yield Joined((base,))


def _evaluated(node: Node) -> Iterator[Node]:
    """An expression and those inside it whose variables are those of the statement."""
    if not isinstance(node, (LambdaExpr, GeneratorExpr, DictionaryComprehension)):
        yield node
        for child in children(node):
            yield from _evaluated(child)


def has_broadcast(function: FuncDef) -> bool:
    """Whether a value that a function is given, or that its object has, has an axis that may be broadcast."""
    signature = function.type
    types = [*signature.arg_types] if isinstance(signature, CallableType) else []
    for base in function.info.mro if function.info else ():
        types += [node.type for symbol in base.names.values() if isinstance(node := symbol.node, Var) and node.type]
    return any(map(may_broadcast, types))


def lose_joined(checker: Checker, joined: Joined) -> None:
    """Before a statement: report values of which one will be chosen."""
    types: list[Type] = []
    for value in joined.values:
        found = get_proper_type(inferred(checker, value))
        is_chosen_from = len(joined.values) == 1 and isinstance(found, TupleType)
        for each in found.items if is_chosen_from and isinstance(found, TupleType) else [found]:
            lose_beside(checker, value, each, types)
            types.append(each)


def lose_given(ctx: Any, result: Type) -> None:
    """After a call of a generic function: report arguments of which the result may be one."""
    if reports_losses() and mentions_shapes(result):
        given = (get_proper_type(t) for types in ctx.arg_types for t in types)
        items = [item for t in given for item in (t.items if isinstance(t, TupleType) else [t])]
        for i, item in enumerate(items if any(map(may_broadcast, items)) else ()):
            lose_beside(ctx.api, ctx.context, item, items[:i])


def lose_stored(ctx: Any) -> None:
    """Before a call of a method of a container: report what is put beside others."""
    held = get_proper_type(ctx.type)
    if reports_losses() and isinstance(held, Instance) and held.args and may_broadcast(held.args[-1]):
        for given in (each for expressions in ctx.args for each in expressions):
            lose_beside(ctx.api, given, inferred(ctx.api, given), [held.args[-1], held])


def lose_beside(checker: Checker, place: Context, t: Type, others: Iterable[Type]) -> None:
    """Report a value of which mypy does not see that its shape is not that of one of the others."""
    for other in others:
        for member, beside in confused(t, other):
            both = f"{show_shape(shape_of(beside) or ())} and {show_shape(shape_of(member) or ())}"
            lost(checker, place, f"{both} are not told apart from here on", member, beside)
            return


def confused(t: Type, other: Type) -> Iterator[tuple[Type, Type]]:
    """The arrays at the same places of two types that are of different shapes, and one for mypy."""
    for member, beside in itertools.product(members_of(t), members_of(other)):
        shape, earlier = shape_of(member), shape_of(beside)
        if shape is not None and earlier is not None:
            if shape != earlier and (absorbs(member, beside) or absorbs(beside, member)):
                yield member, beside
            continue
        for parts in zip(_parts(member), _parts(beside), strict=False) if type(member) is type(beside) else ():
            yield from confused(*parts)


def _parts(t: Type) -> Sequence[Type]:
    """What the values of a type hold, or give when they are called."""
    match get_proper_type(t):
        case CallableType(ret_type=result):
            return [result]
        case TupleType(items=parts):
            return parts
        case Instance(args=parts) if shape_of(t) is None:
            return parts
    return ()

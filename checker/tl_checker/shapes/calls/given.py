"""The arguments of a call as a signature meets them: `*pair` and `**named` spread, lists and dicts taken apart.

mypy gives a list that is written in a call the type that the parameter asks for, without shapes by then; those of the
items are still known.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from mypy.maptype import map_instance_to_supertype
from mypy.nodes import (
    ARG_POS,
    ARG_STAR,
    ARG_STAR2,
    ConditionalExpr,
    DictExpr,
    DictionaryComprehension,
    Expression,
    GeneratorExpr,
    LambdaExpr,
    ListComprehension,
    ListExpr,
    OpExpr,
    RefExpr,
    SetComprehension,
    SetExpr,
    StarExpr,
    TupleExpr,
)
from mypy.types import CallableType, Instance, TupleType, Type, TypedDictType, UnpackType, get_proper_type

from tl_checker.shapes.annotations.encoding import any_type, as_array, encoder_of, shape_of
from tl_checker.shapes.facts.values import Reader
from tl_checker.shapes.host.internals import check_lambda, type_of
from tl_checker.shapes.objects.bound_methods import of_its_object
from tl_checker.shapes.operations.arguments import Arguments
from tl_checker.shapes.operations.operations import Operations, by_fullname
from tl_checker.shapes.signatures.matching import Matcher, Recheck
from tl_dsl.op import Op

Given = tuple[Type, Expression | None]
"""An argument: its type, and its expression when it is the argument's own."""


def arguments(ctx: Any, signature: CallableType) -> list[list[Given]]:
    """For each parameter, what a call gives it."""
    taken: dict[int, int] = {}
    found: list[list[Given]] = []
    for i, types in enumerate(ctx.arg_types):
        gathers = i < len(signature.arg_kinds) and signature.arg_kinds[i].is_star()
        name = signature.arg_names[i] if i < len(signature.arg_names) else None
        given: list[Given] = []
        for j, t in enumerate(types):
            expression, kind = ctx.args[i][j], ctx.arg_kinds[i][j]
            if kind == ARG_STAR:
                start = taken.get(id(expression), 0)
                taken[id(expression)] = start + 1
                given += [(item, None) for item in _spread(t, start, gathers)]
            elif kind == ARG_STAR2:
                given.append((_named(t, name), None))
            else:
                given.append((t, expression))
        found.append(given)
    return found


def _spread(t: Type, start: int, gathers: bool) -> list[Type]:
    """What `*t` gives to one parameter: the item at a place, or all from there on."""
    t = get_proper_type(t)
    if isinstance(t, TupleType):
        if any(isinstance(item, UnpackType) for item in t.items):
            return [any_type()]
        return list(t.items[start:]) if gathers else list(t.items[start : start + 1])
    return [item_of(t)]


def item_of(t: Type) -> Type:
    """What iterating over a value gives."""
    t = get_proper_type(t)
    if isinstance(t, Instance) and shape_of(t) is None:
        base = next((base for base in t.type.mro if base.fullname == "typing.Iterable"), None)
        if base is not None:
            return map_instance_to_supertype(t, base).args[0]
    return any_type()


def _named(t: Type, name: str | None) -> Type:
    """What `**t` gives to the parameter of a name."""
    t = get_proper_type(t)
    if isinstance(t, TypedDictType):
        return t.items.get(name or "", any_type())
    if isinstance(t, Instance):
        base = next((base for base in t.type.mro if base.fullname == "typing.Mapping"), None)
        if base is not None:
            return map_instance_to_supertype(t, base).args[1]
    return any_type()


def match(matcher: Matcher, wanted: Type, given: Given, where: str, checker: Any) -> None:
    """Match a parameter with an argument; of a list, tuple or dict that is written out, item by item."""
    t, expression = given
    parts = None if expression is None else _parts(get_proper_type(wanted), expression, checker)
    if parts is None:
        if isinstance(get_proper_type(wanted), CallableType):
            t = of_its_object(t, expression, checker, encoder_of(checker))
        matcher.match(wanted, t, where, _recheck(expression, t, checker))
        return
    for k, (asked, item, source) in enumerate(parts):
        match(matcher, asked, (item, source), f"item {k + 1} of {where}", checker)


def _recheck(expression: Expression | None, t: Type, checker: Any) -> Recheck | None:
    """How the type of a function is found for other parameters: of a lambda, and of an operation of the language."""
    if isinstance(expression, LambdaExpr):
        return functools.partial(lambda_for, checker, expression)
    op = by_fullname().get(expression.fullname) if isinstance(expression, RefExpr) else None
    found = get_proper_type(t)
    if op is None or expression is None or not isinstance(found, CallableType):
        return None
    return functools.partial(_operation_for, checker, op, expression, found)


def _operation_for(checker: Any, op: Op, place: Expression, t: CallableType, parameters: list[Type]) -> CallableType:
    given = Arguments(Reader(checker))
    for parameter in parameters:
        given.add(None, parameter, ARG_POS, None)
    result = Operations(checker).apply(op, given, SimpleNamespace(context=place), t.ret_type)
    return t.copy_modified(
        arg_types=parameters,
        arg_kinds=[ARG_POS] * len(parameters),
        arg_names=[None] * len(parameters),
        ret_type=result,
        variables=[],
    )


def lambda_for(checker: Any, function: LambdaExpr, parameters: list[Type]) -> CallableType | None:
    """The type of a lambda for the types of its arguments."""
    if len(function.arguments) != len(parameters):
        return None
    return check_lambda(checker, function, parameters)


def _parts(wanted: Type, expression: Expression, checker: Any) -> list[tuple[Type, Type, Expression | None]] | None:
    """The items of a literal, with what is asked of each; None when it is no literal or they are not known."""
    if isinstance(wanted, TupleType) and isinstance(expression, TupleExpr):
        if len(wanted.items) != len(expression.items) or any(isinstance(t, UnpackType) for t in wanted.items):
            return None
        asked = list(wanted.items)
    elif isinstance(wanted, Instance) and wanted.args and as_array(wanted) is None:
        asked = [wanted.args[-1]] * len(items) if (items := list(_items(expression))) else []
    else:
        return None
    items = list(_items(expression))
    types = [_type(item, checker) for item in items]
    spread = isinstance(expression, DictExpr) and any(key is None for key, _ in expression.items)
    if spread or not _is_written(expression) or any(t is None for t in types):
        return None
    return [
        (want, item_of(t) if isinstance(source, StarExpr) else t, None if isinstance(source, StarExpr) else source)
        for want, t, source in zip(asked, types, items, strict=True)
        if t is not None
    ]


def _type(item: Expression, checker: Any) -> Type | None:
    return type_of(checker, item.expr if isinstance(item, StarExpr) else item)


_LITERALS = (
    *(ListExpr, SetExpr, TupleExpr, DictExpr),
    *(ListComprehension, SetComprehension, GeneratorExpr, DictionaryComprehension),
)


def _is_written(expression: Expression) -> bool:
    """Whether the items stand there: in a literal, or in what `+`, `*` and conditions make of literals."""
    match expression:
        case OpExpr(op="+", left=left, right=right):
            return _is_written(left) and _is_written(right)
        case OpExpr(op="*", left=left, right=right):
            return isinstance(left, _LITERALS) or isinstance(right, _LITERALS)
        case ConditionalExpr(if_expr=left, else_expr=right):
            return _is_written(left) and _is_written(right)
    return isinstance(expression, _LITERALS)


def _items(expression: Expression) -> Iterator[Expression]:
    match expression:
        case OpExpr(op="+" | "*", left=left, right=right) | ConditionalExpr(if_expr=left, else_expr=right):
            yield from _items(left)
            yield from _items(right)
            return
    if isinstance(expression, (ListExpr, SetExpr, TupleExpr)):
        yield from expression.items
    elif isinstance(expression, DictExpr):
        yield from (value for _, value in expression.items)
    elif isinstance(expression, (ListComprehension, SetComprehension)):
        yield expression.generator.left_expr
    elif isinstance(expression, GeneratorExpr):
        yield expression.left_expr
    elif isinstance(expression, DictionaryComprehension):
        yield expression.value

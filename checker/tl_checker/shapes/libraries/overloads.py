"""mypy's choice among the overloads of a library's function, asked once for each kind of arguments.

numpy's functions have many overloads. mypy checks every argument anew for each one that it tries, and where an argument
is a call itself, each of those tries all of its own again. But which overload fits depends on the kinds of the
arguments and on their element types, and never on sizes. So the first call of a kind is left to mypy. What it answered
then stands in place of the overloads when a call of the same kind follows.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Final

from mypy.nodes import ARG_NAMED, ARG_POS, ArgKind, CallExpr, Context, Decorator, Expression, FuncDef
from mypy.types import (
    AnyType,
    CallableType,
    FunctionLike,
    Instance,
    LiteralType,
    NoneType,
    TupleType,
    Type,
    UnpackType,
    get_proper_type,
)

from tl_checker.shapes.annotations.encoding import (
    SYMINT,
    any_type,
    array_dtype,
    array_shape,
    as_array,
    encoder_of,
    is_dim,
)
from tl_checker.shapes.host.internals import has_new_errors, inferred
from tl_checker.shapes.host.memory import Memory, Recent
from tl_dsl.dims import OneOr, Unknown
from tl_dsl.shapes import UNKNOWN_SHAPE, Shape, Star, is_nameless

Key = Hashable
Given = list[tuple[Expression, ArgKind, str | None]]
NEVER: Final = "an argument that is never given"


class Unkindly(Exception):
    """An argument of which the kind does not tell what mypy would answer."""


@dataclass
class Evaluation:
    """One evaluation of a call: mypy shows us each of the overloads in turn."""

    first: object
    key: Key | None
    signature: CallableType | None
    """What stands in place of the overloads."""


@dataclass
class Answer:
    """What mypy answers to a kind of call: of each overload that fits, its own result and ours."""

    place: Context
    found: list[tuple[Type, Type]] = field(default_factory=list)

    @property
    def result(self) -> Type | None:
        """mypy's result, where ours does not depend on which overload fits."""
        return self.found[0][0] if self.found and all(ours == self.found[0][1] for _, ours in self.found) else None


class Overloads:
    """The answers of this run."""

    def __init__(self) -> None:
        self._now = Memory[dict[str, Evaluation]]()
        self._answers = Recent[Key, Answer]()

    def signature(self, name: str, ctx: Any) -> FunctionLike:
        """The signature hook of a function with overloads; called for each of them."""
        signature: CallableType = ctx.default_signature
        overload = _overload(signature)
        if overload is None:
            return signature
        at_place = self._now.of(ctx.context) or {}
        now = at_place.get(name)
        if now is None or now.first is overload:
            now = self._begun(name, ctx, overload)
            self._now.note(ctx.context, {**at_place, name: now})
            return now.signature or signature
        return signature if now.signature is None else _never(signature)

    def note(self, name: str, ctx: Any, default: Type, result: Type) -> None:
        """What a call gave, for mypy and with our shapes, when mypy takes the overload that it tries."""
        now = (self._now.of(ctx.context) or {}).get(name)
        if now is None or now.key is None or now.signature is not None:
            return
        answer = self._answers.get(now.key)
        if answer is None:
            answer = Answer(ctx.context)
            self._answers.put(now.key, answer)
        if answer.place is ctx.context and not has_new_errors(ctx.api):
            answer.found.append((_without_shape(default, ctx.api), result))

    def _begun(self, name: str, ctx: Any, overload: object) -> Evaluation:
        given = _given(ctx)
        try:
            types = [inferred(ctx.api, expression) for expression, _, _ in given]
            own = [kind_of(ctx.type)] if hasattr(ctx, "type") else []
            kinds = tuple([*own, *map(kind_of, types)])
        except Unkindly:
            return Evaluation(overload, None, None)
        key = (name, getattr(getattr(ctx.context, "callee", None), "fullname", ""), kinds)
        key = (*key, tuple((kind.value, argument) for _, kind, argument in given))
        answer = self._answers.get(key)
        result = None if answer is None or answer.place is ctx.context else answer.result
        signature = None if result is None else _taking(ctx.default_signature, given, types, result)
        return Evaluation(overload, key, signature)


def _overload(signature: CallableType) -> object:
    """What tells one overload from the others; None for a function that has none."""
    definition = signature.definition
    function = definition.func if isinstance(definition, Decorator) else definition
    return function if isinstance(function, FuncDef) and function.is_overload else None


def _given(ctx: Any) -> Given:
    """The arguments as they are written."""
    call = ctx.context
    if isinstance(call, CallExpr):
        return list(zip(call.args, call.arg_kinds, call.arg_names, strict=True))
    return [(argument, ARG_POS, None) for each in ctx.args for argument in each]


def _taking(like: CallableType, given: Given, types: list[Type], result: Type) -> CallableType:
    """A function that takes just these arguments, and anything for a size: `sum(x.shape)` would be solved for it."""
    types = [*map(_open_sizes, types)]
    kinds = [ARG_NAMED if kind == ARG_NAMED else ARG_POS for _, kind, _ in given]
    names = [name for _, _, name in given]
    return CallableType(types, kinds, names, result, like.fallback, like.name, like.definition)


def _open_sizes(t: Type) -> Type:
    t = get_proper_type(t)
    if isinstance(t, TupleType):
        return t.copy_modified(items=[*map(_open_sizes, t.items)])
    return any_type() if _is_size(t) else t


def _is_size(t: Type) -> bool:
    t = get_proper_type(t)
    return isinstance(t, Instance) and t.type.fullname == SYMINT


def _never(signature: CallableType) -> CallableType:
    """An overload that does not fit, which mypy sees from the number of arguments."""
    return CallableType([NoneType()], [ARG_NAMED], [NEVER], NoneType(), signature.fallback, signature.name)


# -- kinds


def kind_of(t: Type) -> Hashable:
    """What mypy may ask of an argument's type when it chooses among overloads that say nothing of sizes.

    Raises Unkindly for a type from which that cannot be told.
    """
    t = get_proper_type(t)
    array = as_array(t)
    if array is not None and isinstance(t, Instance):
        return (t.type.fullname, tuple(map(_kind_of_axis, array_shape(array))), array_dtype(array))
    if _is_size(t):
        return "builtins.int"
    if isinstance(t, Instance):
        return t if not t.args else (t.type.fullname, tuple(map(kind_of, t.args)))
    if isinstance(t, TupleType):
        return tuple(map(kind_of, t.items))
    if isinstance(t, (NoneType, LiteralType)):
        return t
    if isinstance(t, CallableType) and t.is_type_obj():
        return t.type_object().fullname
    if is_dim(t):
        return "builtins.int"
    raise Unkindly


def _kind_of_axis(axis: Any) -> str:
    if isinstance(axis, Star):
        return "*" if is_nameless(axis) else "*b"
    return "?" if isinstance(axis, (Unknown, OneOr)) else "1" if axis == 1 else "n"


def _without_shape(t: Type, checker: Any) -> Type:
    """A result without what it says of the shape, which is another one in the next call."""
    proper = get_proper_type(t)
    array = as_array(proper)
    if array is not None:
        unknown: Shape = UNKNOWN_SHAPE
        return encoder_of(checker).array(array.type, array_dtype(array), unknown)
    if isinstance(proper, Instance) and proper.args:
        return proper.copy_modified(args=[_without_shape(argument, checker) for argument in proper.args])
    if isinstance(proper, TupleType):
        items = [item if isinstance(item, UnpackType) else _without_shape(item, checker) for item in proper.items]
        return proper.copy_modified(items=items)
    return t if not isinstance(proper, AnyType) else proper

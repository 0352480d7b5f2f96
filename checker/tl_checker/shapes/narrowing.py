"""Reading the conditions at a marker: facts about sizes, and the types of the arrays of which they speak."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mypy.nodes import (
    CallExpr,
    ComparisonExpr,
    Expression,
    IndexExpr,
    IntExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    UnaryExpr,
)
from mypy.types import Instance, Type, UnionType, get_proper_type

from tl_checker.shapes.assignments import assigned_names
from tl_checker.shapes.conditions import COMPARED, Condition, leaves
from tl_checker.shapes.encoding import ARRAYS, Encoder, array_dtype, array_shape, as_array, shape_of
from tl_checker.shapes.equations import AnyFact, Fact
from tl_checker.shapes.facts import keep
from tl_checker.shapes.internals import current_function, narrow, narrowed_type
from tl_checker.shapes.refinements import Refined, meet, with_axis, with_rank
from tl_checker.shapes.values import NotStatic, Reader
from tl_dsl.dims import UNKNOWN, Dim, Unknown
from tl_dsl.shapes import Shape, Star, star_at

Refinement = Callable[[Shape], Refined | None]
"""What a condition makes of a shape; None when no array of this shape satisfies it."""


class ConditionReader:
    """Reads the conditions at a marker."""

    def __init__(self, checker: Any, encoder: Encoder) -> None:
        self._checker = checker
        self._encoder = encoder
        self._reader = Reader(checker)
        self._found: list[AnyFact] = []

    def note(self, condition: Condition) -> None:
        """Note what a condition says from here on."""
        for part, _ in [*leaves(condition.expression, True), *leaves(condition.expression, False)]:
            self._hold_types(part)
        for part, holds in leaves(condition.expression, condition.holds):
            self._leaf(part, holds)
        keep(self._checker, condition.name, self._found)

    def _leaf(self, part: Expression, holds: bool) -> None:
        if isinstance(part, OpExpr):
            value = self._value(part)
            if not holds and isinstance(value, Dim):
                self._found.append(Fact(value, 0))
        elif isinstance(part, ComparisonExpr) and (holds or len(part.operators) == 1):
            pairs = zip(part.operators, part.operands, part.operands[1:], strict=False)
            for operator, left, right in pairs:
                self._comparison(operator if holds else COMPARED[operator], left, right)

    def _comparison(self, operator: str, left: Expression, right: Expression) -> None:
        if operator in ("<", "<="):
            left, right, operator = right, left, operator.replace("<", ">")
        x, y = self._value(left), self._value(right)
        if operator == "==":
            self._equal(x, y)
        elif operator != "!=" and _is_size(x) and _is_size(y):
            self._found.append(Fact(x, y + 1 if operator == ">" else y, ">="))
        if operator in ("==", "!="):
            self._refine(left, y, operator == "==")
            self._refine(right, x, operator == "==")

    def _value(self, expression: Expression) -> Any:
        array = _subject(expression)
        shape = None if array is None else self._shape(array)
        if shape is not None:
            return _value_of(expression, shape)
        try:
            return self._reader.value(expression)
        except NotStatic:
            return None

    def _shape(self, array: Expression) -> Shape | None:
        t = narrowed_type(self._checker, array)
        return None if t is None else shape_of(t)

    def _equal(self, left: Any, right: Any) -> None:
        if _is_size(left) and _is_size(right):
            if left != right:
                self._found.append(Fact(left, right))
        elif isinstance(left, tuple) and isinstance(right, tuple) and len(left) == len(right):
            for x, y in zip(left, right, strict=True):
                self._equal(x, y)

    # -- the types of arrays whose shape is open

    def _hold_types(self, part: Expression) -> None:
        """Give each array the type that it has anyway: where branches meet again, mypy then leaves it alone."""
        for operand in part.operands if isinstance(part, ComparisonExpr) else ():
            array = _subject(operand)
            t = None if array is None else narrowed_type(self._checker, array)
            if array is not None and t is not None and any(as_array(item) is not None for item in _members(t)):
                narrow(self._checker, array, t)

    def _refine(self, operand: Expression, value: Any, holds: bool) -> None:
        array = _subject(operand)
        refinement = None if array is None else _refinement(operand, value, self._same_array(array))
        t = None if array is None else narrowed_type(self._checker, array)
        if array is None or refinement is None or t is None:
            return
        members = _members(t)
        if any(as_array(item) is None for item in members):
            return
        kept: list[Type] = []
        facts: list[AnyFact] = []
        for member in members:
            shape = array_shape(member) if isinstance(member, Instance) and member.type.fullname in ARRAYS else None
            if shape is None:
                return
            refined = refinement(shape)
            if not holds:
                never = refined is not None and refined[0] == shape and star_at(shape) is None and not refined[1]
                kept += [] if never and len(members) > 1 and _is_rank(operand) else [member]
            elif refined is not None:
                assert isinstance(member, Instance)
                facts = refined[1]
                changed = refined[0] != shape
                new = self._encoder.array(member.type, array_dtype(member), refined[0]) if changed else member
                kept.append(new)
        if kept:
            narrow(self._checker, array, UnionType.make_union(kept))
            self._found += facts if len(kept) == 1 else []

    def _same_array(self, array: Expression) -> str:
        """ "scope:x" of a parameter to which nothing is assigned: one array, wherever the program comes by."""
        function = current_function(self._checker)
        if isinstance(array, NameExpr) and function is not None:
            parameters = [argument.variable for argument in function.arguments]
            if array.node in parameters and array.name not in assigned_names(function):
                return f"{function.fullname}:{array.name}"
        return ""


def _members(t: Type) -> list[Type]:
    t = get_proper_type(t)
    return [get_proper_type(item) for item in t.items] if isinstance(t, UnionType) else [t]


def _is_size(value: Any) -> bool:
    return isinstance(value, (int, Dim)) and not isinstance(value, bool)


def _subject(operand: Expression) -> Expression | None:
    """The array of which an operand speaks: x in `x.shape`, `x.shape[0]`, `x.ndim`, `len(x)`, `len(x.shape)`."""
    match operand:
        case IndexExpr(base=MemberExpr(name="shape", expr=array), index=IntExpr() | UnaryExpr()):
            return array if isinstance(array, (NameExpr, MemberExpr)) else None
        case CallExpr(callee=NameExpr(fullname="builtins.len"), args=[array]):
            inner = _subject(array)
            return inner if inner is not None else array if isinstance(array, (NameExpr, MemberExpr)) else None
        case MemberExpr(name="shape" | "ndim", expr=array):
            return array if isinstance(array, (NameExpr, MemberExpr)) else None
    return None


def _is_rank(operand: Expression) -> bool:
    match operand:
        case MemberExpr(name="ndim"):
            return True
        case CallExpr(args=[MemberExpr(name="shape")]):
            return True
    return False


def _value_of(operand: Expression, shape: Shape) -> Any:
    """What an operand is, of an array of this shape."""
    if _is_rank(operand):
        return len(shape) if star_at(shape) is None else UNKNOWN
    if isinstance(operand, MemberExpr):
        return shape
    at = _position(operand.index) if isinstance(operand, IndexExpr) else 0
    if at is None:
        return None
    star = star_at(shape)
    if star is not None and not (at < star if at >= 0 else len(shape) + at > star):
        return UNKNOWN
    return shape[at] if -len(shape) <= at < len(shape) else None


def _refinement(operand: Expression, value: Any, name: str) -> Refinement | None:
    """What it means for the shape of the array, which may have a name, that an operand has this value."""
    if _is_rank(operand):
        return functools.partial(with_rank, rank=value, name=name) if isinstance(value, int) else None
    if isinstance(operand, MemberExpr) and isinstance(value, tuple):
        axes = all(isinstance(axis, (int, Dim, Unknown, Star)) for axis in value)
        return functools.partial(meet, other=value) if axes else None
    if isinstance(operand, CallExpr) and _is_size(value):
        return functools.partial(with_axis, at=0, size=value)
    if isinstance(operand, IndexExpr) and _is_size(value):
        at = _position(operand.index)
        return None if at is None else functools.partial(with_axis, at=at, size=value)
    return None


def _position(index: Expression) -> int | None:
    match index:
        case IntExpr(value=at):
            return at
        case UnaryExpr(op="-", expr=IntExpr(value=at)):
            return -at
    return None

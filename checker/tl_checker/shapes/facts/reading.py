"""Reading conditions: which operands are compared, what each is, and what that says about sizes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mypy.nodes import (
    AssignmentExpr,
    CallExpr,
    ComparisonExpr,
    Expression,
    GeneratorExpr,
    IndexExpr,
    IntExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    SetExpr,
    TupleExpr,
    UnaryExpr,
)

from tl_checker.shapes.annotations.encoding import members_of, shape_of
from tl_checker.shapes.facts.conditions import COMPARED, NamedCondition
from tl_checker.shapes.facts.named_conditions import facts_of_variable, keep_of_variable
from tl_checker.shapes.facts.values import NotStatic, Reader
from tl_checker.shapes.host.internals import narrowed_type
from tl_checker.shapes.host.walking import walk
from tl_checker.shapes.sizes.cases import one_of
from tl_checker.shapes.sizes.equations import AnyFact, Fact, Unread
from tl_dsl.dims import UNKNOWN, Axis, Dim, atoms
from tl_dsl.shapes import Shape, Star, star_at

_WRITTEN: Final = (TupleExpr, ListExpr, SetExpr)


class Comparison(NamedTuple):
    """A comparison that holds: `==`, `!=`, `>` or `>=`."""

    operator: str
    left: Expression
    right: Expression


class ConditionReader:
    """Reads conditions whose operands mypy has checked already."""

    def __init__(self, checker: Any) -> None:
        self._checker = checker
        self._reader = Reader(checker)

    def facts(self, condition: Expression, holds: bool) -> list[AnyFact]:
        """What a condition, or its negation, says about sizes."""
        match condition:
            case UnaryExpr(op="not", expr=inner):
                return self.facts(inner, not holds)
            case AssignmentExpr(value=inner):
                return self.facts(inner, holds)
            case OpExpr(op="and" | "or" as op, left=left, right=right):
                if (op == "and") == holds:
                    return self.facts(left, holds) + self.facts(right, holds)
                return one_of([self.facts(left, holds), self.facts(left, not holds) + self.facts(right, holds)])
            case NameExpr(node=variable):
                return [*facts_of_variable(self._checker, variable, holds)]
            case OpExpr():
                value = self.value(condition)
                if holds:
                    return _other_remainder(condition, value, 0)
                return [Fact(value, 0)] if isinstance(value, Dim) else []
            case ComparisonExpr(operators=["in" | "not in" as op], operands=[item, several]):
                return self._among(item, several, condition) if (op == "in") == holds else []
            case ComparisonExpr():
                return [fact for part in comparisons(condition, holds) for fact in self._compared(part, condition)]
            case CallExpr():
                return self._unread(condition)
        return []

    def keep_named(self, named: NamedCondition) -> None:
        """Note what a condition says under the variable that has it for its value."""
        facts = self.facts(named.expression, True), self.facts(named.expression, False)
        keep_of_variable(self._checker, named.variable, named.name, *facts)

    def _compared(self, comparison: Comparison, condition: Expression) -> list[AnyFact]:
        x, y = self.value(comparison.left), self.value(comparison.right)
        if comparison.operator == "==":
            read = _is_read(comparison.left, x) and _is_read(comparison.right, y)
            return _equal(x, y) or [] if read else self._unread(condition)
        if comparison.operator == "!=":
            return _other_remainder(comparison.left, x, y)
        if not is_size(x) or not is_size(y):
            return []
        return [Fact(x, y + 1 if comparison.operator == ">" else y, ">=")]

    def _among(self, item: Expression, several: Expression, condition: Expression) -> list[AnyFact]:
        """`item in (x, y)`."""
        values = [self.value(each) for each in several.items] if isinstance(several, _WRITTEN) else [None]
        x = self.value(item)
        if x is None or None in values:
            return self._unread(condition)
        return one_of([case for value in values if (case := _equal(x, value)) is not None])

    def _unread(self, condition: Expression) -> list[AnyFact]:
        """A condition that is not understood, where it speaks of the shapes of several arrays."""
        spoken_of = shapes_spoken_of(condition)
        names: set[str] = set()
        for array in spoken_of if len(spoken_of) > 1 else ():
            t = narrowed_type(self._checker, array)
            for shape in map(shape_of, members_of(t) if t is not None else ()):
                names |= {name for axis in shape or () if not isinstance(axis, Star) for name in atoms(axis)}
        return [Unread(frozenset(names), condition.line)] if len(names) > 1 else []

    def value(self, operand: Expression) -> Any:
        """The value of an operand, None when nothing is known of it."""
        array = subject(operand)
        t = None if array is None else narrowed_type(self._checker, array)
        shapes = [] if t is None else [shape for member in members_of(t) if (shape := shape_of(member)) is not None]
        if t is not None and shapes and len(shapes) == len(members_of(t)):
            values = [_value_of(operand, shape) for shape in shapes]
            return values[0] if all(value == values[0] for value in values) else None
        try:
            return self._reader.value(operand)
        except NotStatic:
            return None


def shapes_spoken_of(condition: Expression) -> list[Expression]:
    """The arrays of whose shapes a condition speaks, each once, and those of which a comprehension in it takes some."""
    found: dict[str, Expression] = {}
    for node in walk(condition):
        array = subject(node) if isinstance(node, (MemberExpr, CallExpr)) else None
        taken = [part for each in node.sequences for part in walk(each)] if isinstance(node, GeneratorExpr) else ()
        for each in (array, *taken):
            if isinstance(each, (NameExpr, MemberExpr)):
                found.setdefault(_written(each), each)
    return [*found.values()]


def _other_remainder(divided: Expression, value: Any, remainder: Any) -> list[AnyFact]:
    """`k % 2 != 0`: what is not even is odd."""
    match divided:
        case OpExpr(op="%", right=IntExpr(value=2)) if isinstance(value, Dim) and remainder in (0, 1):
            return [Fact(value, 1 - remainder)]
    return []


def _is_read(operand: Expression, value: Any) -> bool:
    """Whether all is known of an operand that is known of the arrays of whose shapes it speaks."""
    return value is not None and (value is not UNKNOWN or subject(operand) is not None or not shapes_spoken_of(operand))


def _written(array: Expression) -> str:
    return f"{_written(array.expr)}.{array.name}" if isinstance(array, MemberExpr) else getattr(array, "name", "")


def comparisons(part: Expression, holds: bool) -> Iterator[Comparison]:
    """The comparisons of two operands that hold where a chain of them does, or does not."""
    if not isinstance(part, ComparisonExpr) or (not holds and len(part.operators) > 1):
        return
    if not COMPARED.keys() >= {*part.operators}:
        return
    for operator, left, right in zip(part.operators, part.operands, part.operands[1:], strict=False):
        word = operator if holds else COMPARED[operator]
        yield Comparison(word.replace("<", ">"), right, left) if "<" in word else Comparison(word, left, right)


def _equal(left: Any, right: Any) -> list[AnyFact] | None:
    """What it says that two values are equal; None where they cannot be."""
    if is_size(left) and is_size(right):
        return [] if left == right else None if isinstance(left - right, int) else [Fact(left, right)]
    if not isinstance(left, tuple) or not isinstance(right, tuple):
        return []
    if len(left) != len(right):
        return None if star_at(left) is star_at(right) is None else []
    parts = [_equal(x, y) for x, y in zip(left, right, strict=True)]
    return None if None in parts else [fact for part in parts for fact in part or ()]


def is_size(value: Any) -> bool:
    """Whether a value is a number of which something is known."""
    return isinstance(value, (int, Dim)) and not isinstance(value, bool)


def subject(operand: Expression) -> Expression | None:
    """The array of which an operand speaks: x in `x.shape`, `x.shape[0]`, `x.ndim`, `len(x)`, `len(x.shape)`."""
    match operand:
        case IndexExpr(base=MemberExpr(name="shape", expr=array), index=IntExpr() | UnaryExpr()):
            return array if isinstance(array, (NameExpr, MemberExpr)) else None
        case CallExpr(callee=NameExpr(fullname="builtins.len"), args=[array]):
            inner = subject(array)
            return inner if inner is not None else array if isinstance(array, (NameExpr, MemberExpr)) else None
        case MemberExpr(name="shape" | "ndim" | "size", expr=array):
            return array if isinstance(array, (NameExpr, MemberExpr)) else None
    return None


def is_rank(operand: Expression) -> bool:
    match operand:
        case MemberExpr(name="ndim"):
            return True
        case CallExpr(args=[MemberExpr(name="shape")]):
            return True
    return False


def _value_of(operand: Expression, shape: Shape) -> Any:
    """What an operand is, of an array of this shape."""
    if is_rank(operand):
        return len(shape) if star_at(shape) is None else UNKNOWN
    if isinstance(operand, MemberExpr):
        return shape if operand.name == "shape" else _product(shape)
    at = position(operand.index) if isinstance(operand, IndexExpr) else 0
    if at is None:
        return None
    star = star_at(shape)
    if star is not None and not (at < star if at >= 0 else len(shape) + at > star):
        return UNKNOWN
    return shape[at] if -len(shape) <= at < len(shape) else None


def _product(shape: Shape) -> Axis:
    sizes = [axis for axis in shape if isinstance(axis, (int, Dim))]
    return math.prod(sizes, start=1) if len(sizes) == len(shape) else UNKNOWN


def position(index: Expression) -> int | None:
    match index:
        case IntExpr(value=at):
            return at
        case UnaryExpr(op="-", expr=IntExpr(value=at)):
            return -at
    return None

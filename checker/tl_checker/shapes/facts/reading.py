"""Reading conditions: which operands are compared, what each is, and what that says about sizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from mypy.nodes import CallExpr, ComparisonExpr, Expression, IndexExpr, IntExpr, MemberExpr, NameExpr, OpExpr, UnaryExpr

from tl_checker.shapes.annotations.encoding import members_of, shape_of
from tl_checker.shapes.facts.conditions import COMPARED, leaves
from tl_checker.shapes.facts.values import NotStatic, Reader
from tl_checker.shapes.host.internals import narrowed_type
from tl_checker.shapes.sizes.equations import AnyFact, Fact
from tl_dsl.dims import UNKNOWN, Dim
from tl_dsl.shapes import Shape, star_at


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
        found: list[AnyFact] = []
        for part, part_holds in leaves(condition, holds):
            if isinstance(part, OpExpr) and not part_holds and isinstance(value := self.value(part), Dim):
                found.append(Fact(value, 0))
            for comparison in comparisons(part, part_holds):
                found += self._compared(comparison)
        return found

    def _compared(self, comparison: Comparison) -> list[AnyFact]:
        x, y = self.value(comparison.left), self.value(comparison.right)
        if comparison.operator == "==":
            return _equal(x, y)
        if comparison.operator == "!=" or not is_size(x) or not is_size(y):
            return []
        return [Fact(x, y + 1 if comparison.operator == ">" else y, ">=")]

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


def comparisons(part: Expression, holds: bool) -> Iterator[Comparison]:
    """The comparisons of two operands that hold where a chain of them does, or does not."""
    if not isinstance(part, ComparisonExpr) or (not holds and len(part.operators) > 1):
        return
    for operator, left, right in zip(part.operators, part.operands, part.operands[1:], strict=False):
        word = operator if holds else COMPARED[operator]
        yield Comparison(word.replace("<", ">"), right, left) if "<" in word else Comparison(word, left, right)


def _equal(left: Any, right: Any) -> list[AnyFact]:
    if is_size(left) and is_size(right):
        return [] if left == right else [Fact(left, right)]
    if isinstance(left, tuple) and isinstance(right, tuple) and len(left) == len(right):
        return [fact for x, y in zip(left, right, strict=True) for fact in _equal(x, y)]
    return []


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
        case MemberExpr(name="shape" | "ndim", expr=array):
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
        return shape
    at = position(operand.index) if isinstance(operand, IndexExpr) else 0
    if at is None:
        return None
    star = star_at(shape)
    if star is not None and not (at < star if at >= 0 else len(shape) + at > star):
        return UNKNOWN
    return shape[at] if -len(shape) <= at < len(shape) else None


def position(index: Expression) -> int | None:
    match index:
        case IntExpr(value=at):
            return at
        case UnaryExpr(op="-", expr=IntExpr(value=at)):
            return -at
    return None

"""Optional fields and variables that get an array: `if self.w is None: self.w = np.zeros((n, 2))`.

What is assigned may have other axes than the declaration has names for, and where mypy takes the one for no subtype of
the other, it goes on with all that was declared, None among it. So after the assignment, what is left of a declared
union are the members of the classes that the value has, with the axes that were declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeGuard

from mypy.nodes import AssignmentStmt, Block, Expression, MemberExpr, NameExpr, Statement, TupleExpr, Var
from mypy.types import AnyType, TupleType, Type, UnionType, get_proper_type

from tl_checker.shapes.annotations.assignments import paired
from tl_checker.shapes.annotations.axes import mentions_shapes
from tl_checker.shapes.annotations.encoding import Encoder, any_type, members_of
from tl_checker.shapes.host.internals import assign, held_type, is_compatible, read_again, type_of
from tl_checker.shapes.host.markers import put_marker
from tl_checker.shapes.signatures.matching import Erasure
from tl_checker.shapes.statements.simultaneous import as_written

Place = MemberExpr | NameExpr


class Filled(NamedTuple):
    """Fields and declared variables that have just got values."""

    places: tuple[Place, ...]
    values: tuple[Expression | tuple[Expression, int], ...]
    """Where their types stand: an expression, or one whose items they are."""


def mark_filled(block: Block) -> None:
    """Put markers after the statements of a block that assign to fields and to declared variables."""
    for at in range(len(block.body) - 1, -1, -1):
        if given := [*_given(block.body[at])]:
            places, values = zip(*given, strict=True)
            put_marker(block, at + 1, Filled(places, values), places[0])


def _given(statement: Statement) -> Iterator[tuple[Place, Expression | tuple[Expression, int]]]:
    if not isinstance(statement, AssignmentStmt):
        return
    whole = as_written(statement.rvalue)
    for target in statement.lvalues:
        if isinstance(target, TupleExpr) and not isinstance(whole, TupleExpr):
            yield from ((item, (whole, i)) for i, item in enumerate(target.items) if _may_be_declared(item))
        else:
            pairs = paired(target, whole)
            yield from ((place, value) for place, value in pairs if value is not None and _may_be_declared(place))


def _may_be_declared(place: Expression) -> TypeGuard[Place]:
    if isinstance(place, NameExpr):
        return isinstance(place.node, Var) and not place.node.is_inferred
    return isinstance(place, MemberExpr)


def keep_filled(checker: Any, filled: Filled, encoder: Encoder) -> None:
    """After an assignment: of a declared union, a place holds what the value may be."""
    for place, value in zip(filled.places, filled.values, strict=True):
        asked = type_of(checker, place)
        if asked is None or not isinstance(get_proper_type(asked), UnionType) or not mentions_shapes(asked):
            continue
        given, held = _type_given(checker, value), held_type(checker, place)
        left = [] if given is None else _members_left(_declared(checker, place), given, Erasure(encoder))
        if left and not (held is not None and is_compatible(held, UnionType.make_union(left))):
            assign(checker, place, UnionType.make_union(left))


def _declared(checker: Any, place: Place) -> Type:
    """What is declared for a variable; for a field, what reading it gives."""
    if isinstance(place, NameExpr):
        return place.node.type if isinstance(place.node, Var) and place.node.type is not None else any_type()
    return read_again(checker, place)


def _type_given(checker: Any, value: Expression | tuple[Expression, int]) -> Type | None:
    if isinstance(value, Expression):
        return type_of(checker, value)
    found, at = get_proper_type(type_of(checker, value[0])), value[1]
    return found.items[at] if isinstance(found, TupleType) and at < len(found.items) else None


def _members_left(declared: Type, given: Type, erasure: Erasure) -> list[Type]:
    """The members of a type that a value of another may be, whatever the axes; none where that is not known."""
    values = [member.accept(erasure) for member in members_of(given)]
    if any(isinstance(get_proper_type(value), AnyType) for value in values):
        return []
    kinds = [(member, member.accept(erasure)) for member in members_of(declared)]
    if not all(any(is_compatible(value, kind) for _, kind in kinds) for value in values):
        return []
    return [member for member, kind in kinds if any(is_compatible(value, kind) for value in values)]

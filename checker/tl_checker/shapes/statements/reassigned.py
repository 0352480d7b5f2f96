"""Variables to which a function assigns more than once.

For mypy, such a variable has the union of all types that it was given, and what it holds at a place is the meet of that
union with the type that was assigned last. A size that is not known meets every other: of `t = x` and then `t = y`,
with `[n, 4]` and `[?, 4]`, it would make `[n, 4] | [?, 4]`. So a variable that may hold such a type counts as declared
with Any, and what was assigned last is all that is known of it. A marker after each later assignment sees to that.

A function inside reads a variable as it is declared, so that one which such a function reads is left to mypy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from mypy.nodes import (
    LDEF,
    AssignmentStmt,
    Block,
    ClassDef,
    Decorator,
    Expression,
    ForStmt,
    FuncDef,
    NameExpr,
    OperatorAssignmentStmt,
    OverloadedFuncDef,
    Statement,
    Var,
)
from mypy.types import AnyType, Instance, TupleType, Type, UnpackType, get_proper_type

from tl_checker.shapes.annotations.assignments import targets_in
from tl_checker.shapes.annotations.encoding import SYMINT, as_array, members_of
from tl_checker.shapes.host.internals import (
    Checker,
    declared_and_held,
    for_this_round,
    hold_what_is_assigned,
    notice,
)
from tl_checker.shapes.host.markers import blocks, meaning_of, put_marker
from tl_checker.shapes.statements.captured import Changed, captured_names, names_of_others
from tl_checker.shapes.statements.joined import lose_beside


class Again(NamedTuple):
    """Variables to which something was assigned that were assigned to before."""

    names: tuple[NameExpr, ...]
    inside: bool
    """Whether that is inside a statement, after which a variable may hold what it held before."""


def mark_reassigned(body: Block, function: FuncDef) -> None:
    """Put markers after the assignments of a function to variables that have more of them, or that are parameters."""
    found = [*assignments(body)]
    times = Counter(name.name for _, _, names in found for name in names)
    times.update(argument.variable.name for argument in function.arguments)
    others = names_of_others(body)
    if not others and not any(times[name.name] > 1 for _, _, names in found for name in names):
        return
    captured = captured_names(body)
    for block, at, names in reversed(found):
        again = tuple(n for n in names if times[n.name] > 1 and n.name not in captured and n.name not in others)
        if again and not (at < len(block.body) and isinstance(meaning_of(block.body[at]), Again)):
            put_marker(block, at, Again(again, block is not body), again[0])
        under = {name for name, line in captured.items() if times[name] > 1 and line <= names[0].line}
        if changed := tuple(name for name in names if name.name in under or name.name in others):
            put_marker(block, at, Changed(changed), changed[0])


def assignments(block: Block) -> Iterator[tuple[Block, int, list[NameExpr]]]:
    """Where variables have just got a value, in a block of a function and in those inside it; and the variables."""
    for at, statement in enumerate(block.body):
        if isinstance(statement, (FuncDef, Decorator, OverloadedFuncDef, ClassDef)):
            continue
        if names := [name for target in _targets(statement) for name in _variables(target)]:
            yield block, at + 1, names
        inner = blocks(statement)
        if inner and isinstance(statement, ForStmt) and (names := [*_variables(statement.index)]):
            yield inner[0], 0, names
        for each in inner:
            yield from assignments(each)


def _targets(statement: Statement) -> list[Expression]:
    match statement:
        case AssignmentStmt(lvalues=targets, type=None):
            return [*targets]
        case OperatorAssignmentStmt(lvalue=target):
            return [target]
    return []


def _variables(target: Expression) -> Iterator[NameExpr]:
    for single in targets_in(target):
        if isinstance(single, NameExpr) and single.kind == LDEF and isinstance(single.node, Var):
            yield single


def forget_declarations(checker: Checker, again: Again) -> None:
    """After an assignment: where sizes are not known, variables are no longer what they were before."""
    for name in again.names:
        found = declared_and_held(checker, name)
        if any(map(_meets_others, found)):
            _lose_beside_earlier(checker, name, found, again.inside)
            hold_what_is_assigned(checker, name)


def _lose_beside_earlier(checker: Checker, name: NameExpr, found: list[Type], inside: bool) -> None:
    notice(checker)
    assert isinstance(name.node, Var)
    _, earlier = _held.setdefault(id(name.node), (name.node, []))
    before, now = found
    if not earlier:
        earlier.append(before)
    if inside:
        lose_beside(checker, name, now, earlier)
        earlier.append(now)
    else:
        earlier[:] = [now]


_held: dict[int, tuple[Var, list[Type]]] = for_this_round({})
"""What variables with axes that are not known have held so far."""


def _meets_others(t: Type) -> bool:
    """Whether a type is, or has a member that is, one of an array or a size of which something is not known."""
    return any(_has_any(member) for member in members_of(t) if as_array(member) is not None or _is_size(member))


def _is_size(t: Type) -> bool:
    return isinstance(t, Instance) and t.type.fullname == SYMINT


def _has_any(t: Type) -> bool:
    match get_proper_type(t):
        case AnyType():
            return True
        case Instance(args=parts) | TupleType(items=parts):
            return any(map(_has_any, parts))
        case UnpackType(type=run):
            return _has_any(run)
    return False

"""Assignments to several targets at once: `a, b = b, a`.

mypy checks such a statement as `a = b` and then `b = a`, where a has the new type already. As a value that is one
expression, the tuple is inferred as a whole before anything is assigned: `a, b = ((b, a),)[0]`. Values whose types mypy
takes from their targets (`[]`, a lambda) would lose that, so there the statement stays as it is.
"""

from __future__ import annotations

from typing import Final

from mypy.nodes import (
    AssignmentStmt,
    Block,
    CallExpr,
    Expression,
    FloatExpr,
    IndexExpr,
    IntExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    StarExpr,
    StrExpr,
    TupleExpr,
    UnaryExpr,
)

from tl_checker.shapes.annotations.assignments import targets_in
from tl_checker.shapes.host.walking import walk

_PLAIN: Final = (NameExpr, MemberExpr, OpExpr, UnaryExpr, IndexExpr, CallExpr, IntExpr, FloatExpr, StrExpr, StarExpr)


def assign_at_once(block: Block) -> None:
    """Make each such assignment of a block one whose value is inferred before its targets change."""
    for statement in block.body:
        if not isinstance(statement, AssignmentStmt) or not isinstance(value := statement.rvalue, TupleExpr):
            continue
        if any(_reads_what_changes(target, value) for target in statement.lvalues) and _says_its_type(value):
            statement.rvalue = _as_one(value)


def as_written(value: Expression) -> Expression:
    """The value of an assignment as the program has it."""
    match value:
        case IndexExpr(base=TupleExpr(items=[TupleExpr() as inner])):
            return inner
    return value


def _says_its_type(value: Expression) -> bool:
    """Whether the type of a value does not depend on where it goes."""
    match value:
        case TupleExpr(items=items):
            return all(map(_says_its_type, items))
        case CallExpr(callee=NameExpr(), args=[]) | CallExpr(callee=NameExpr(name="defaultdict")):
            return False
        case NameExpr(fullname="builtins.None"):
            return False
    return isinstance(value, _PLAIN)


def _reads_what_changes(target: Expression, value: TupleExpr) -> bool:
    """Whether a later part of the value reads a variable that an earlier part is assigned to."""
    if not isinstance(target, (TupleExpr, ListExpr)):
        return False
    changed = {_variable(single) for single in targets_in(target)}
    read = (node.name for item in value.items[1:] for node in walk(item) if isinstance(node, NameExpr))
    return any(name in changed for name in read)


def _variable(target: Expression) -> str:
    """The variable that a target is, or that holds what changes: `self` of `self.w`."""
    while isinstance(target, MemberExpr):
        target = target.expr
    return target.name if isinstance(target, NameExpr) else ""


def _as_one(value: TupleExpr) -> IndexExpr:
    outer, first = TupleExpr([value]), IntExpr(0)
    whole = IndexExpr(outer, first)
    for node in (outer, first, whole):
        node.set_line(value)
    return whole

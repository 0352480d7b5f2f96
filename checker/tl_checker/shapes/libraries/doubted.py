"""Arrays that got, in place, what does not fit: `total[i] = x`, `total += x`.

Either the value is wrong or the array was made with wrong sizes, and only the program's author knows. It was said; from
there on nothing is held against the array, as mypy takes Any for what an expression gives in which it found an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mypy.nodes import AssignmentStmt, Expression, IndexExpr, NameExpr, OperatorAssignmentStmt

from tl_checker.shapes.annotations.encoding import LOST, array_dtype, as_array, encoder_of
from tl_checker.shapes.host.internals import declared_and_held, hold_what_is_assigned, narrow
from tl_dsl.shapes import UNKNOWN_SHAPE


def doubt(ctx: Any, name: str) -> None:
    """After a call of a method that a rule refuses: forget the shape of the array, if the method writes into it."""
    array = as_array(ctx.type) if hasattr(ctx, "type") else None
    if array is None:
        return
    unknown = encoder_of(ctx.api, LOST).array(array.type, array_dtype(array), UNKNOWN_SHAPE)
    for written in _written(ctx.context, name):
        if isinstance(written, NameExpr) and declared_and_held(ctx.api, written):
            hold_what_is_assigned(ctx.api, written)
        narrow(ctx.api, written, unknown)


def _written(place: object, name: str) -> Iterator[Expression]:
    """The arrays into which the statement writes for which mypy asks about the method."""
    match place:
        case OperatorAssignmentStmt(lvalue=target):
            yield target.base if isinstance(target, IndexExpr) else target
        case AssignmentStmt(lvalues=targets) if name == "setitem":
            yield from (target.base for target in targets if isinstance(target, IndexExpr))
        case IndexExpr(base=base) if name == "setitem":
            yield base

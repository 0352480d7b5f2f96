"""Assignments such as `x += y`, which change an array in place: what it holds, not its shape."""

from __future__ import annotations

from typing import Any

from mypy.nodes import OperatorAssignmentStmt
from mypy.types import Instance

from tl_checker.shapes.annotations.encoding import NDARRAY, members_of
from tl_checker.shapes.facts.around import statement_checked
from tl_checker.shapes.host.internals import narrowed_type


def changes_an_array(checker: Any, line: int) -> bool:
    """Whether the statement at a line changes an array of numpy in place."""
    statement = statement_checked(checker, line)
    t = narrowed_type(checker, statement.lvalue) if isinstance(statement, OperatorAssignmentStmt) else None
    members = members_of(t) if t is not None else []
    return bool(members) and all(isinstance(m, Instance) and m.type.fullname == NDARRAY for m in members)

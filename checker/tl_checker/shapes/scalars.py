"""Indices of numpy's scalars: numpy lets None and `...` stand there, and no index that takes an axis."""

from __future__ import annotations

from typing import Any

from mypy.nodes import Expression, IndexExpr, SliceExpr, TupleExpr
from mypy.types import Instance, get_proper_type

from tl_checker.shapes.encoding import members_of, shape_of
from tl_checker.shapes.internals import inferred, scopes_around, type_of
from tl_checker.shapes.walking import walk
from tl_dsl.errors import IndexingError
from tl_dsl.shapes import Star


def index_of_scalar(checker: Any, line: int, column: int) -> IndexingError | None:
    """What is wrong with the index of a scalar at a place, where mypy says that no index is allowed.

    None where only numpy's types refuse it, or too little is known of the index.
    """
    for node in walk(scopes_around(checker)[0]):
        if not isinstance(node, IndexExpr) or (node.line, node.column) != (line, column):
            continue
        if _may_be_scalar(checker, node.base):
            parts = node.index.items if isinstance(node.index, TupleExpr) else [node.index]
            taking = sum(_takes_an_axis(checker, part) for part in parts)
            if taking:
                got = f"{taking} indices for [], a result without axes"
                return IndexingError("an array has at most one index for each axis", got=got)
    return None


def _may_be_scalar(checker: Any, expression: Expression) -> bool:
    t = type_of(checker, expression) or inferred(checker, expression)  # mypy may be in the middle of it
    return any(isinstance(member, Instance) and member.type.has_base("numpy.generic") for member in members_of(t))


def _takes_an_axis(checker: Any, part: Expression) -> bool:
    if isinstance(part, SliceExpr):
        return True
    t = get_proper_type(inferred(checker, part))
    if isinstance(t, Instance) and t.type.fullname == "builtins.int":
        return True
    shape = shape_of(t)
    return bool(shape) and not all(isinstance(axis, Star) for axis in shape or ())

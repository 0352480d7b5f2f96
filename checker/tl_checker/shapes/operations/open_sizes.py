"""What is read of an array that may not have so many axes: `len(x)`, `for row in x`, `x.shape[1]`, `n, d = x.shape`.

For an array of some axes, `"*b n"`, mypy itself refuses an index among the sizes that may not be there; the sizes of
`"..."` are a tuple of any length for it, of which every item may be read.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import AssignmentStmt, Context, Expression, IndexExpr, ListExpr, SliceExpr, StarExpr, TupleExpr
from mypy.types import Type

from tl_checker.shapes.annotations.encoding import members_of, shape_of
from tl_checker.shapes.facts.around import Region, conditions_around, statement_at
from tl_checker.shapes.facts.reading import is_rank
from tl_checker.shapes.host.internals import current_body
from tl_checker.shapes.host.walking import walk
from tl_checker.shapes.messages.report import lost, reports_losses
from tl_dsl.shapes import Star, is_nameless, show_shape


def lose_first_axis(checker: Any, place: Context, t: Type) -> None:
    """Report that an array is taken along its first axis, which it may not have."""
    for shape in map(shape_of, members_of(t)):
        if shape and len(shape) == 1 and isinstance(shape[0], Star):
            lost(checker, place, f"{show_shape(shape)} may have no first axis", t)


def lose_read_sizes(checker: Any, sizes: Expression, t: Type) -> None:
    """Report items of `sizes`, the `x.shape` of an array of type t, that may not be there."""
    function = current_body(checker) if reports_losses() else None
    shapes = map(shape_of, members_of(t))
    if function is None or not any(shape and len(shape) == 1 and is_nameless(shape[0]) for shape in shapes):
        return
    statement = statement_at(function.body, sizes.line)
    if statement is None or any(map(_speaks_of_rank, conditions_around(function, sizes))):
        return
    for node in walk(statement):
        match node:
            case IndexExpr(base=base, index=index) if base is sizes and not isinstance(index, SliceExpr):
                lost(checker, node, "an index among the sizes of any number of axes", t)
            case AssignmentStmt(lvalues=targets, rvalue=value) if value is sizes and any(map(_is_fixed, targets)):
                lost(checker, sizes, "so many names for the sizes of any number of axes", t)


def _speaks_of_rank(region: Region) -> bool:
    return any(isinstance(node, Expression) and is_rank(node) for node in walk(region.condition))


def _is_fixed(target: Expression) -> bool:
    """Whether a target takes a certain number of items."""
    return isinstance(target, (TupleExpr, ListExpr)) and not any(isinstance(item, StarExpr) for item in target.items)

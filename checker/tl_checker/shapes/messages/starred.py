"""What mypy says of `cls(*arrays)`: the items of a list are held against parameters before which it may end."""

from __future__ import annotations

from typing import Any

from mypy.nodes import ARG_STAR, CallExpr, FuncDef, NameExpr
from mypy.types import CallableType, get_proper_type

from tl_checker.shapes.annotations.encoding import as_array, members_of
from tl_checker.shapes.host.internals import current_function
from tl_checker.shapes.host.walking import walk


def may_end_before(checker: Any, line: int, column: int) -> bool:
    """Whether the list that is spread at a place, in a construction by `cls`, may end before what is no array."""
    function = current_function(checker)
    if function is None or not function.is_class or not function.arguments:
        return False
    for call in walk(function.body):
        if isinstance(call, CallExpr) and isinstance(call.callee, NameExpr):
            of_class = call.callee.node is function.arguments[0].variable
            at = [i for i, given in enumerate(call.args) if (given.line, given.column) == (line, column)]
            if of_class and at and call.arg_kinds[at[0]] == ARG_STAR:
                return _ends_with_optional(function.info.get_method("__init__"), at[0] + 1)
    return False


def _ends_with_optional(constructor: object, start: int) -> bool:
    """Whether the parameters from one on are arrays first, and need no value after them."""
    signature = get_proper_type(constructor.type) if isinstance(constructor, FuncDef) and constructor.type else None
    if not isinstance(signature, CallableType) or start >= len(signature.arg_types):
        return False
    are_arrays = [any(as_array(t) is not None for t in members_of(wanted)) for wanted in signature.arg_types[start:]]
    kinds = signature.arg_kinds[start:]
    return are_arrays[0] and all(
        of_array or kind.is_optional() for of_array, kind in zip(are_arrays, kinds, strict=True)
    )

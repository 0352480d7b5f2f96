"""Lists that get arrays of other shapes than the first: `out = [x]`, then `out.append(x[::2])`.

mypy takes the type of the items from where the list is made. That they have other shapes is no fault as long as the
program does not make one array of them; so from there on, the list holds arrays of which only is known what they agree
on.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.nodes import CallExpr, ExpressionStmt, FuncItem, MemberExpr, NameExpr, Var
from mypy.types import Instance, Type, get_proper_type

from tl_checker.shapes.annotations.encoding import any_type, array_dtype, as_array, encoder_of, members_of, shape_of
from tl_checker.shapes.facts.around import statement_checked
from tl_checker.shapes.facts.values import agreed_shape
from tl_checker.shapes.host.internals import (
    assign_throughout,
    hold_what_is_assigned,
    narrowed_type,
    outermost_function,
    type_of,
)
from tl_checker.shapes.host.walking import walk

_LIST: Final = "builtins.list"
_OF_ONE_SHAPE: Final = frozenset({"stack", "array", "asarray", "tensor"})
"""The functions that make one array of a list, whose items have one shape."""


def widen(checker: Any, line: int) -> bool:
    """Whether the statement at a line gives a list an array of another shape, which is what the list holds then."""
    function, statement = outermost_function(checker), statement_checked(checker, line)
    call = statement.expr if isinstance(statement, ExpressionStmt) else None
    match call:
        case CallExpr(callee=MemberExpr(expr=NameExpr(node=Var() as variable) as name), args=[*_, added]):
            pass
        case _:
            return False
    if variable.is_argument or not variable.is_inferred or function is None or _becomes_one_array(function, variable):
        return False
    lists = members_of(narrowed_type(checker, name) or any_type())
    given = [array for t in members_of(type_of(checker, added) or any_type()) if (array := as_array(t))]
    if not given or not all(map(_is_list_of_arrays, lists)):
        return False
    hold_what_is_assigned(checker, name)
    assign_throughout(checker, name, _widened(checker, lists[-1], given))
    return True


def _is_list_of_arrays(t: Type) -> bool:
    t = get_proper_type(t)
    return isinstance(t, Instance) and t.type.fullname == _LIST and as_array(get_proper_type(t.args[0])) is not None


def _widened(checker: Any, held: Type, given: list[Instance]) -> Type:
    held = get_proper_type(held)
    assert isinstance(held, Instance)
    item = as_array(get_proper_type(held.args[0]))
    assert item is not None
    shape = shape_of(item) or ()
    for array in given:
        shape = agreed_shape(shape, shape_of(array) or ())
    return held.copy_modified(args=[encoder_of(checker).array(item.type, array_dtype(item), shape)])


def _becomes_one_array(function: FuncItem, variable: Var) -> bool:
    """Whether a function stacks what a variable holds."""
    calls = (node for node in walk(function.body) if isinstance(node, CallExpr))
    makers = (call for call in calls if getattr(call.callee, "name", "") in _OF_ONE_SHAPE)
    return any(isinstance(given, NameExpr) and given.node is variable for call in makers for given in call.args)

"""Which methods of a class mean its axes: those that have to do with its arrays."""

from __future__ import annotations

from typing import Final

from mypy.nodes import ExpressionStmt, FuncDef, MemberExpr, NameExpr, PassStmt, RaiseStmt, SuperExpr, TypeInfo

from tl_checker.shapes.annotations.axes import class_axes
from tl_checker.shapes.annotations.fields import fields_of
from tl_checker.shapes.host.memory import Memory
from tl_checker.shapes.host.walking import walk

_SAYING_NOTHING: Final = (ExpressionStmt, PassStmt, RaiseStmt)
_using = Memory[bool]()


def axes_seen_by(function: FuncDef | None, info: TypeInfo) -> dict[str, str]:
    """The axes of a class, as far as an annotation in a method means them.

    A method that has to do with nothing of its object but numbers has names of its own: what it is given need not fit
    the fields. Axes that the body of a class declares (a dataclass, a Module) are those of all its methods, as they are
    at run time.
    """
    found = class_axes(info)
    if not found or function is None or any(fields_of(base).declares_axes for base in info.mro):
        return found
    return found if _uses_object(function, info) else {}


def _uses_object(function: FuncDef, info: TypeInfo) -> bool:
    """Whether a method reads or gives more of its object than numbers; one that only says what it takes counts."""
    known = _using.of(function)
    if known is None:
        owner = function.arguments[0].variable.name if function.arguments else ""
        scalars = {name for base in info.mro for name in fields_of(base).scalars}
        nodes = [*walk(function.body)]
        plain = {id(node.expr) for node in nodes if isinstance(node, MemberExpr) and node.name in scalars}
        used = any(isinstance(node, NameExpr) and node.name == owner and id(node) not in plain for node in nodes)
        is_contract = all(isinstance(statement, _SAYING_NOTHING) for statement in function.body.body)
        known = used or is_contract or function.is_static or any(isinstance(node, SuperExpr) for node in nodes)
        _using.note(function, known)
    return known

"""Which names a function assigns to after its parameters were bound."""

from __future__ import annotations

from collections.abc import Iterator

from mypy.nodes import (
    AssignmentExpr,
    AssignmentStmt,
    ClassDef,
    DelStmt,
    Expression,
    ForStmt,
    FuncDef,
    Import,
    ImportFrom,
    ListExpr,
    MemberExpr,
    NameExpr,
    Node,
    NonlocalDecl,
    OperatorAssignmentStmt,
    StarExpr,
    TryStmt,
    TupleExpr,
    WithStmt,
)
from mypy.patterns import AsPattern, MappingPattern, StarredPattern

from tl_checker.shapes.walking import children

_assigned: dict[int, tuple[FuncDef, frozenset[str]]] = {}


def assigned_names(function: FuncDef) -> frozenset[str]:
    """The names to which the body of a function assigns anywhere, a function inside it included (`nonlocal`)."""
    found = _assigned.get(id(function))
    if found is None or found[0] is not function:
        found = _assigned[id(function)] = (function, frozenset(_bound_in(function.body)))
    return found[1]


def stored_parameters(function: FuncDef) -> dict[str, str]:
    """The fields to which an `__init__` assigns a parameter as it is: `self.width = w` gives {"w": "width"}."""
    if function.name != "__init__" or not function.arguments:
        return {}
    owner = function.arguments[0].variable.name
    parameters = {argument.variable.name for argument in function.arguments[1:]} - assigned_names(function)
    stored: dict[str, str] = {}
    for statement in function.body.body:
        if not isinstance(statement, AssignmentStmt) or not isinstance(statement.rvalue, NameExpr):
            continue
        for target in statement.lvalues:
            of_self = isinstance(target, MemberExpr) and isinstance(target.expr, NameExpr) and target.expr.name == owner
            if of_self and isinstance(target, MemberExpr) and statement.rvalue.name in parameters:
                stored[statement.rvalue.name] = target.name
    return stored


def _bound_in(node: Node) -> Iterator[str]:
    yield from _bound_by(node)
    if isinstance(node, FuncDef):
        yield node.name
        yield from _nonlocal(node.body)
    elif isinstance(node, ClassDef):
        yield node.name
    else:
        for child in children(node):
            yield from _bound_in(child)


def _nonlocal(node: Node) -> Iterator[str]:
    if isinstance(node, NonlocalDecl):
        yield from node.names
    for child in children(node):
        yield from _nonlocal(child)


def _bound_by(node: Node) -> Iterator[str]:
    """What a statement, an expression or a pattern binds by itself."""
    match node:
        case AssignmentStmt():
            for target in node.lvalues:
                yield from _names(target)
        case OperatorAssignmentStmt():
            yield from _names(node.lvalue)
        case AssignmentExpr():
            yield from _names(node.target)
        case ForStmt():
            yield from _names(node.index)
        case WithStmt():
            for target in node.target:
                yield from _names(target)
        case TryStmt():
            for target in node.vars:
                yield from _names(target)
        case DelStmt():
            yield from _names(node.expr)
        case AsPattern():
            yield from _names(node.name)
        case StarredPattern():
            yield from _names(node.capture)
        case MappingPattern():
            yield from _names(node.rest)
        case Import():
            yield from (alias or name.partition(".")[0] for name, alias in node.ids)
        case ImportFrom():
            yield from (alias or name for name, alias in node.names)


def _names(target: Expression | None) -> Iterator[str]:
    if isinstance(target, NameExpr):
        yield target.name
    elif isinstance(target, StarExpr):
        yield from _names(target.expr)
    elif isinstance(target, (TupleExpr, ListExpr)):
        for item in target.items:
            yield from _names(item)

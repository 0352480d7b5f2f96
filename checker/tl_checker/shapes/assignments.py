"""Which names a function assigns to after its parameters were bound."""

from __future__ import annotations

from collections.abc import Iterator

from mypy.nodes import (
    AssignmentStmt,
    Block,
    Expression,
    ForStmt,
    FuncDef,
    IfStmt,
    ListExpr,
    MemberExpr,
    NameExpr,
    OperatorAssignmentStmt,
    StarExpr,
    Statement,
    TryStmt,
    TupleExpr,
    WhileStmt,
    WithStmt,
)

_assigned: dict[int, tuple[FuncDef, frozenset[str]]] = {}


def assigned_names(function: FuncDef) -> frozenset[str]:
    """The names to which the body of a function assigns anywhere."""
    found = _assigned.get(id(function))
    if found is None or found[0] is not function:
        names = frozenset(name for target in _targets(function.body.body) for name in _names(target))
        found = _assigned[id(function)] = (function, names)
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


def _targets(statements: list[Statement]) -> Iterator[Expression]:
    for statement in statements:
        match statement:
            case AssignmentStmt():
                yield from statement.lvalues
            case OperatorAssignmentStmt():
                yield statement.lvalue
            case ForStmt():
                yield statement.index
            case WithStmt():
                yield from (target for target in statement.target if target is not None)
        for block in _blocks(statement):
            yield from _targets(block.body)


def _blocks(statement: Statement) -> list[Block]:
    match statement:
        case IfStmt():
            return [*statement.body, *([statement.else_body] if statement.else_body else [])]
        case ForStmt() | WhileStmt():
            return [statement.body, *([statement.else_body] if statement.else_body else [])]
        case WithStmt():
            return [statement.body]
        case TryStmt():
            optional = [statement.else_body, statement.finally_body]
            return [statement.body, *statement.handlers, *(block for block in optional if block)]
    return []


def _names(target: Expression) -> Iterator[str]:
    if isinstance(target, NameExpr):
        yield target.name
    elif isinstance(target, StarExpr):
        yield from _names(target.expr)
    elif isinstance(target, (TupleExpr, ListExpr)):
        for item in target.items:
            yield from _names(item)

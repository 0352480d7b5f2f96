"""What a function assigns to after its parameters were bound: which names, and which of them are constants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set

from mypy.nodes import (
    AssignmentExpr,
    AssignmentStmt,
    Block,
    ClassDef,
    DelStmt,
    Expression,
    ForStmt,
    FuncDef,
    GlobalDecl,
    Import,
    ImportFrom,
    IntExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    Node,
    NonlocalDecl,
    OperatorAssignmentStmt,
    StarExpr,
    TryStmt,
    TupleExpr,
    UnaryExpr,
    Var,
    WithStmt,
)
from mypy.patterns import AsPattern, MappingPattern, StarredPattern

from tl_checker.shapes.memory import Memory
from tl_checker.shapes.walking import children, walk

_assigned = Memory[Counter[str]]()
_constants = Memory[dict[Var, int]]()


def assigned_names(function: FuncDef) -> Set[str]:
    """The names to which the body of a function assigns anywhere, a function inside it included (`nonlocal`)."""
    return _times_assigned(function).keys()


def _times_assigned(function: FuncDef) -> Counter[str]:
    found = _assigned.of(function.body)
    if found is None:
        found = Counter(_bound_in(function.body))
        _assigned.note(function.body, found)
    return found


def local_constants(function: FuncDef) -> dict[Var, int]:
    """The local variables to which a function assigns a number, and nothing else anywhere: `heads = 8`.

    mypy forgets the number where a variable takes it.
    """
    found = _constants.of(function.body)
    if found is None:
        times, outer = _times_assigned(function), set(_not_local(function.body))
        outer.update(argument.variable.name for argument in function.arguments)
        given = [pair for s in walk(function.body) if isinstance(s, AssignmentStmt) for pair in _numbers(s)]
        found = {v: number for v, number in given if times[v.name] == 1 and v.name not in outer}
        _constants.note(function.body, found)
    return found


def _numbers(statement: AssignmentStmt) -> Iterator[tuple[Var, int]]:
    for target in statement.lvalues:
        for name, value in _paired(target, statement.rvalue):
            if isinstance(name, NameExpr) and isinstance(name.node, Var) and (number := _number(value)) is not None:
                yield name.node, number


def _number(value: Expression | None) -> int | None:
    match value:
        case IntExpr(value=number):
            return number
        case UnaryExpr(op="-", expr=IntExpr(value=number)):
            return -number
    return None


def _paired(target: Expression, value: Expression | None) -> Iterator[tuple[Expression, Expression | None]]:
    """Each single target of an assignment, and what it is given, as far as that is written out."""
    if not isinstance(target, (TupleExpr, ListExpr)):
        yield target, value
        return
    items = value.items if isinstance(value, (TupleExpr, ListExpr)) else []
    values = items if len(items) == len(target.items) else [None] * len(target.items)
    for item, each in zip(target.items, values, strict=True):
        yield from _paired(item, each)


def stored_parameters(function: FuncDef) -> dict[str, str]:
    """The fields to which an `__init__` assigns a parameter as it is, and nothing else: `self.width = w`."""
    if function.name != "__init__" or not function.arguments:
        return {}
    owner = function.arguments[0].variable.name
    parameters = {argument.variable.name for argument in function.arguments[1:]} - assigned_names(function)
    given: list[tuple[str, str | None]] = []
    for statement in walk(function.body):
        if isinstance(statement, AssignmentStmt):
            for target in statement.lvalues:
                given += _given(target, statement.rvalue, owner)
        elif isinstance(statement, OperatorAssignmentStmt):
            given += _given(statement.lvalue, None, owner)
    fields = [field for field, _ in given]
    return {value: field for field, value in given if value in parameters and fields.count(field) == 1}


def _given(target: Expression, value: Expression | None, owner: str) -> Iterator[tuple[str, str | None]]:
    """The fields of self that an assignment gives values, and the names of these values."""
    for field, each in _paired(target, value):
        if isinstance(field, MemberExpr) and isinstance(field.expr, NameExpr) and field.expr.name == owner:
            yield field.name, each.name if isinstance(each, NameExpr) else None


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


def _not_local(body: Block) -> Iterator[str]:
    """The names of other scopes that a body assigns to."""
    for statement in walk(body):
        if isinstance(statement, (NonlocalDecl, GlobalDecl)):
            yield from statement.names


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

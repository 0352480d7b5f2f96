"""What a function assigns to after its parameters were bound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set
from typing import Any, Final

from mypy.nodes import (
    AssignmentExpr,
    AssignmentStmt,
    Block,
    ClassDef,
    DelStmt,
    Expression,
    ExpressionStmt,
    ForStmt,
    FuncDef,
    GlobalDecl,
    Import,
    ImportFrom,
    ListExpr,
    MemberExpr,
    NameExpr,
    Node,
    NonlocalDecl,
    OperatorAssignmentStmt,
    ReturnStmt,
    StarExpr,
    TryStmt,
    TupleExpr,
    WithStmt,
)
from mypy.patterns import AsPattern, MappingPattern, StarredPattern

from tl_checker.shapes.host.memory import Memory
from tl_checker.shapes.host.walking import children, walk

_assigned = Memory[Counter[str]]()


def assigned_names(function: FuncDef) -> Set[str]:
    """The names to which the body of a function assigns anywhere, a function inside it included (`nonlocal`)."""
    return times_bound(function.body).keys()


def times_bound(body: Block) -> Counter[str]:
    """How often the body of a function binds each name."""
    found = _assigned.of(body)
    if found is None:
        found = Counter(bound_in(body))
        _assigned.note(body, found)
    return found


def binds_each_once(function: FuncDef) -> bool:
    """Whether a body is a list of statements without blocks, in which each variable is new."""
    names = [argument.variable.name for argument in function.arguments]
    for statement in function.body.body:
        if isinstance(statement, AssignmentStmt):
            for target in statement.lvalues:
                if not isinstance(target, NameExpr):
                    return False
                names.append(target.name)
        elif not isinstance(statement, (ExpressionStmt, ReturnStmt)):
            return False
    return len({*names}) == len(names)


def targets_in(target: Expression | None) -> Iterator[Expression]:
    """The single targets of one that may be a tuple, a list or starred."""
    if isinstance(target, StarExpr):
        yield from targets_in(target.expr)
    elif isinstance(target, (TupleExpr, ListExpr)):
        for item in target.items:
            yield from targets_in(item)
    elif target is not None:
        yield target


def paired(target: Expression, value: Expression | None) -> Iterator[tuple[Expression, Expression | None]]:
    """Each single target of an assignment, and what it is given, as far as that is written out."""
    if not isinstance(target, (TupleExpr, ListExpr)):
        yield target, value
        return
    items = value.items if isinstance(value, (TupleExpr, ListExpr)) else []
    values = items if len(items) == len(target.items) else [None] * len(target.items)
    for item, each in zip(target.items, values, strict=True):
        yield from paired(item, each)


def stored_parameters(function: FuncDef) -> dict[str, str]:
    """The parameters of an `__init__` that a field keeps, and the field: `self.width = w`."""
    return {parameter: field for field, parameter in stored_fields(function).items()}


def stored_fields(function: FuncDef) -> dict[str, str]:
    """The fields to which an `__init__` assigns a parameter as it is, and nothing else, with the parameters."""
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
    return {field: value for field, value in given if value in parameters and fields.count(field) == 1}


def _given(target: Expression, value: Expression | None, owner: str) -> Iterator[tuple[str, str | None]]:
    """The fields of self that an assignment gives values, and the names of these values."""
    for field, each in paired(target, value):
        if isinstance(field, MemberExpr) and isinstance(field.expr, NameExpr) and field.expr.name == owner:
            yield field.name, each.name if isinstance(each, NameExpr) else None


def bound_in(node: Node) -> list[str]:
    """The names that a body binds, once for each place; of the functions in it, what is `nonlocal` there."""
    found: list[str] = []
    stack = [node]
    while stack:
        node = stack.pop()
        bound = _BOUND_BY.get(type(node))
        if bound is not None:
            found += bound(node)
        if not isinstance(node, _NAMED):
            stack += reversed(children(node))
        elif isinstance(node, FuncDef):
            found += _nonlocal(node.body)
    return found


def _nonlocal(node: Node) -> Iterator[str]:
    if isinstance(node, NonlocalDecl):
        yield from node.names
    for child in children(node):
        yield from _nonlocal(child)


def not_local(body: Node) -> Iterator[str]:
    """The names of other scopes that a body assigns to."""
    for statement in walk(body):
        if isinstance(statement, (NonlocalDecl, GlobalDecl)):
            yield from statement.names


def _names(*targets: Expression | None) -> Iterator[str]:
    for target in targets:
        yield from (single.name for single in targets_in(target) if isinstance(single, NameExpr))


_NAMED: Final = (FuncDef, ClassDef)
"""What binds its own name, and has a scope of its own."""
_BOUND_BY: Final[dict[type[Node], Callable[[Any], Iterable[str]]]] = {
    FuncDef: lambda node: [node.name],
    ClassDef: lambda node: [node.name],
    AssignmentStmt: lambda node: _names(*node.lvalues),
    OperatorAssignmentStmt: lambda node: _names(node.lvalue),
    AssignmentExpr: lambda node: _names(node.target),
    ForStmt: lambda node: _names(node.index),
    WithStmt: lambda node: _names(*node.target),
    TryStmt: lambda node: _names(*node.vars),
    DelStmt: lambda node: _names(node.expr),
    AsPattern: lambda node: _names(node.name),
    StarredPattern: lambda node: _names(node.capture),
    MappingPattern: lambda node: _names(node.rest),
    Import: lambda node: [alias or name.partition(".")[0] for name, alias in node.ids],
    ImportFrom: lambda node: [alias or name for name, alias in node.names],
}
"""What a statement, an expression or a pattern binds by itself."""

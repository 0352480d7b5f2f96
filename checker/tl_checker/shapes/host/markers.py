"""Statements that mypy checks and that the program does not have, so that the plugin is asked where mypy has no hook.

A marker is the statement `0 .real`: an attribute for which mypy asks the plugin, in the course of the program, so that
what variables are at that place is known. Each stands for something that its maker wants to know again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from mypy.nodes import (
    AssignmentStmt,
    Block,
    ClassDef,
    Context,
    Decorator,
    ExpressionStmt,
    ForStmt,
    FuncDef,
    IfStmt,
    IntExpr,
    MatchStmt,
    MemberExpr,
    Node,
    OverloadedFuncDef,
    ReturnStmt,
    Statement,
    TryStmt,
    WhileStmt,
    WithStmt,
)

_WITHOUT_BLOCKS: Final = (AssignmentStmt, ExpressionStmt, ReturnStmt)
"""Most statements of a program."""
MARKER_ATTRIBUTE: Final = "builtins.int.real"
_meanings: dict[int, tuple[MemberExpr, object]] = {}


def meaning_of(node: Node | None) -> object:
    """What a marker stands for; None for other expressions and statements."""
    expression = node.expr if isinstance(node, ExpressionStmt) else node
    found = _meanings.get(id(expression))
    return found[1] if found is not None and found[0] is expression else None


def put_marker(block: Block, at: int, meaning: object, place: Context) -> None:
    """Put a marker into a block; what mypy says of the place is the same at the marker."""
    block.body.insert(at, marker(meaning, place))


def marker(meaning: object, place: Context) -> Statement:
    """A marker that is a statement at a place."""
    expression = MemberExpr(IntExpr(0), "real")
    statement = ExpressionStmt(expression)
    for node in (expression.expr, expression, statement):
        node.set_line(place)
    _meanings[id(expression)] = (expression, meaning)
    return statement


def mark_blocks(
    statements: Iterable[Statement], mark: Callable[[Block, FuncDef | None], None], inside: FuncDef | None = None
) -> None:
    """Call `mark` for every block of statements, and for the function that it is part of."""
    for statement in statements:
        if isinstance(statement, _WITHOUT_BLOCKS):
            continue
        for function, block in _blocks(statement, inside):
            mark_blocks([*block.body], mark, function)
            mark(block, function)


def blocks(statement: Statement) -> list[Block]:
    """The blocks right below a statement; expressions have none."""
    if isinstance(statement, _WITHOUT_BLOCKS):
        return []
    return [block for _, block in _blocks(statement, None)]


def _blocks(statement: Statement, inside: FuncDef | None) -> Iterator[tuple[FuncDef | None, Block]]:
    """The blocks right below a statement, and the function that each is part of."""
    match statement:
        case FuncDef():
            yield statement, statement.body
        case Decorator():
            yield statement.func, statement.func.body
        case OverloadedFuncDef():
            for item in statement.items:
                yield from _blocks(item, inside)
            if statement.impl is not None and statement.impl not in statement.items:
                yield from _blocks(statement.impl, inside)
        case _:
            yield from ((inside, block) for block in _inner(statement) if block is not None)


def _inner(statement: Statement) -> list[Block | None]:
    match statement:
        case IfStmt():
            return [*statement.body, statement.else_body]
        case ForStmt() | WhileStmt():
            return [statement.body, statement.else_body]
        case WithStmt():
            return [statement.body]
        case ClassDef():
            return [statement.defs]
        case TryStmt():
            return [statement.body, *statement.handlers, statement.else_body, statement.finally_body]
        case MatchStmt():
            return [*statement.bodies]
    return []

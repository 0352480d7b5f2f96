"""The conditions of a program that speak of sizes, and the places where they hold.

mypy has no hook for conditions. So a marker is put where one holds: after an assert, at the start of a branch, and,
for its negation, at the start of the other branch. A marker is the statement `0 .real`, an attribute for which mypy
asks the plugin; what the plugin notes then is kept, joined and dropped by mypy's binder along the branches, as the
types of variables are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from mypy.nodes import (
    AssertStmt,
    Block,
    ClassDef,
    ComparisonExpr,
    Context,
    Decorator,
    Expression,
    ExpressionStmt,
    ForStmt,
    FuncDef,
    IfStmt,
    IntExpr,
    MatchStmt,
    MemberExpr,
    NameExpr,
    Node,
    OpExpr,
    Statement,
    StrExpr,
    TryStmt,
    UnaryExpr,
    Var,
    WhileStmt,
    WithStmt,
)

MARKER_ATTRIBUTE: Final = "builtins.int.real"
COMPARED: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
"""The comparisons that are read, each with its negation."""


@dataclass(frozen=True)
class Condition:
    """A condition that holds, or does not, from a marker on. mypy keeps the name as long as that is so."""

    expression: Expression
    holds: bool
    name: Var


_markers: dict[int, tuple[MemberExpr, Condition]] = {}


def condition_at(marker: Node) -> Condition | None:
    """The condition that a marker stands for; None for other expressions."""
    found = _markers.get(id(marker))
    return found[1] if found is not None and found[0] is marker else None


def mark_conditions(statements: Iterable[Statement]) -> None:
    """Put markers into the blocks of statements, functions among them; those that are there already are left."""
    inside = [block for statement in statements for block in blocks(statement)]
    while inside:
        block = inside.pop()
        for statement in block.body:
            inside += blocks(statement)
        _mark_block(block)


def blocks(statement: Statement) -> list[Block]:
    """The blocks right below a statement; expressions have none."""
    found: list[Block | None] = []
    match statement:
        case IfStmt():
            found = [*statement.body, statement.else_body]
        case ForStmt() | WhileStmt():
            found = [statement.body, statement.else_body]
        case WithStmt() | FuncDef():
            found = [statement.body]
        case Decorator():
            found = [statement.func.body]
        case ClassDef():
            found = [statement.defs]
        case TryStmt():
            found = [statement.body, *statement.handlers, statement.else_body, statement.finally_body]
        case MatchStmt():
            found = [*statement.bodies]
    return [block for block in found if block is not None]


def _mark_block(block: Block) -> None:
    for at in range(len(block.body) - 1, -1, -1):
        match block.body[at]:
            case AssertStmt(expr=condition) if speaks_of_sizes(condition):
                _mark(block, at + 1, condition, True)
            case IfStmt(expr=[condition], body=[branch]) as statement if speaks_of_sizes(condition):
                _mark(branch, 0, condition, True)
                if statement.else_body is None:
                    statement.else_body = Block([])
                    statement.else_body.set_line(statement)
                _mark(statement.else_body, 0, condition, False, statement)
            case WhileStmt(expr=condition, body=branch) if speaks_of_sizes(condition):
                _mark(branch, 0, condition, True)


def _mark(block: Block, at: int, condition: Expression, holds: bool, place: Context | None = None) -> None:
    follows = block.body[at] if at < len(block.body) else None
    if isinstance(follows, ExpressionStmt) and condition_at(follows.expr) is not None:
        return
    marker = MemberExpr(IntExpr(0), "real")
    statement = ExpressionStmt(marker)
    for node in (marker.expr, marker, statement):  # a message about what follows is the same at the marker
        node.set_line(follows or place or condition)
    name = Var(f"<condition, line {condition.line}>")
    name.is_inferred = False  # or the binder keeps it when only one of two branches has it
    _markers[id(marker)] = (marker, Condition(condition, holds, name))
    block.body.insert(at, statement)


def speaks_of_sizes(condition: Expression) -> bool:
    """Whether a condition may say something about sizes, by its form."""
    return any(True for _ in leaves(condition, True)) or any(True for _ in leaves(condition, False))


def leaves(condition: Expression, holds: bool) -> Iterator[tuple[Expression, bool]]:
    """The comparisons that hold, or do not, where a condition holds, or does not."""
    match condition:
        case UnaryExpr(op="not", expr=inner):
            yield from leaves(inner, not holds)
        case OpExpr(op="and" | "or" as op, left=left, right=right):
            if (op == "and") == holds:
                yield from leaves(left, holds)
                yield from leaves(right, holds)
        case ComparisonExpr(operators=operators, operands=operands):
            if all(op in COMPARED for op in operators) and not any(map(_is_no_size, operands)):
                yield condition, holds
        case OpExpr(op="%" | "-"):
            yield condition, holds


def _is_no_size(operand: Expression) -> bool:
    return isinstance(operand, StrExpr) or (isinstance(operand, NameExpr) and operand.name in ("None", "True", "False"))

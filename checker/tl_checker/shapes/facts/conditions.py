"""The conditions of a program that speak of sizes, and the places where they hold.

mypy has no hook for conditions. So a marker is put where one holds: after an assert, at the start of a branch, and,
for its negation, at the start of the other branch. What the plugin notes there is kept, joined and dropped by mypy's
binder along the branches, as the types of variables are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from mypy.nodes import (
    AssertStmt,
    Block,
    ComparisonExpr,
    Context,
    Expression,
    FuncDef,
    IfStmt,
    NameExpr,
    OpExpr,
    StrExpr,
    UnaryExpr,
    Var,
    WhileStmt,
)

from tl_checker.shapes.host.markers import meaning_of, put_marker

COMPARED: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
"""The comparisons that are read, each with its negation."""
_CONDITIONAL: Final = frozenset({AssertStmt, IfStmt, WhileStmt})


class Condition(NamedTuple):
    """A condition that holds, or does not, from a marker on. mypy keeps the name as long as that is so."""

    expression: Expression
    holds: bool
    name: Var


def mark_conditions(block: Block, _: FuncDef | None) -> None:
    """Put a marker where a condition of a block holds; those that are there already are left."""
    if _CONDITIONAL.isdisjoint(map(type, block.body)):
        return
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
    if isinstance(meaning_of(follows), Condition):
        return
    name = Var(f"<condition, line {condition.line}>")
    name.is_inferred = False  # or the binder keeps it when only one of two branches has it
    put_marker(block, at, Condition(condition, holds, name), follows or place or condition)


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

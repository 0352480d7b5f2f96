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
    AssignmentExpr,
    AssignmentStmt,
    Block,
    BreakStmt,
    CallExpr,
    ComparisonExpr,
    Context,
    Expression,
    FuncDef,
    FuncItem,
    IfStmt,
    MemberExpr,
    NameExpr,
    Node,
    OpExpr,
    StrExpr,
    UnaryExpr,
    Var,
    WhileStmt,
)

from tl_checker.shapes.facts.constants import value_given
from tl_checker.shapes.host.markers import meaning_of, put_marker
from tl_checker.shapes.host.walking import walk

COMPARED: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
"""The comparisons that are read, each with its negation."""
_CONDITIONAL: Final = frozenset({AssertStmt, AssignmentStmt, IfStmt, WhileStmt})


class Condition(NamedTuple):
    """A condition that holds, or does not, from a marker on. mypy keeps the name as long as that is so."""

    expression: Expression
    holds: bool
    name: Var


class NamedCondition(NamedTuple):
    """A condition that a variable has for its value: `same = x.shape == y.shape`. mypy keeps the name from there on."""

    expression: Expression
    variable: Var
    name: Var


def mark_conditions(block: Block, function: FuncDef | None) -> None:
    """Put a marker where a condition of a block holds, or is given a name; those that are there already are left."""
    if _CONDITIONAL.isdisjoint(map(type, block.body)):
        return
    for at in range(len(block.body) - 1, -1, -1):
        match block.body[at]:
            case AssignmentStmt(lvalues=[NameExpr(node=Var() as variable)], rvalue=condition) if (
                _is_condition(condition) and _named_condition(variable, function) is condition
            ):
                put_marker(block, at + 1, NamedCondition(condition, variable, _kept_name(condition)), condition)
            case AssertStmt(expr=condition) if speaks_of_sizes(condition, function):
                _mark(block, at + 1, condition, True)
            case IfStmt(expr=[condition], body=[branch]) as statement if speaks_of_sizes(condition, function):
                _mark(branch, 0, condition, True)
                if statement.else_body is None:
                    statement.else_body = Block([])
                    statement.else_body.set_line(statement)
                _mark(statement.else_body, 0, condition, False, statement)
            case WhileStmt(expr=condition, body=branch) if speaks_of_sizes(condition, function):
                if not any(isinstance(node, BreakStmt) for node in walk(branch)):
                    _mark(block, at + 1, condition, False)
                _mark(branch, 0, condition, True)


def _mark(block: Block, at: int, condition: Expression, holds: bool, place: Context | None = None) -> None:
    follows = block.body[at] if at < len(block.body) else None
    if isinstance(meaning_of(follows), Condition):
        return
    put_marker(block, at, Condition(condition, holds, _kept_name(condition)), follows or place or condition)


def _kept_name(condition: Expression) -> Var:
    name = Var(f"<condition, line {condition.line}>")
    name.is_inferred = False  # or the binder keeps it when only one of two branches has it
    return name


def _named_condition(variable: Node | None, function: FuncItem | None) -> Expression | None:
    """The condition that a variable of a function has for its only value, if it speaks of sizes."""
    if not isinstance(function, FuncDef) or not isinstance(variable, Var):
        return None
    value = value_given(variable, function)
    return value if value is not None and _is_condition(value) and speaks_of_sizes(value, None) else None


def _is_condition(value: Expression) -> bool:
    """Whether a value is a condition, by its form alone."""
    return isinstance(value, ComparisonExpr) or (
        isinstance(value, (OpExpr, UnaryExpr)) and value.op in ("and", "or", "not")
    )


def speaks_of_sizes(condition: Expression, function: FuncItem | None) -> bool:
    """Whether a condition may say something about sizes, by its form; of variables, those of this function."""
    return any(
        not isinstance(leaf, NameExpr) or _named_condition(leaf.node, function) is not None
        for holds in (True, False)
        for leaf, _ in leaves(condition, holds)
    )


def leaves(condition: Expression, holds: bool) -> Iterator[tuple[Expression, bool]]:
    """The comparisons, and variables, that hold, or do not, where a condition holds, or does not."""
    match condition:
        case UnaryExpr(op="not", expr=inner):
            yield from leaves(inner, not holds)
        case AssignmentExpr(value=inner):
            yield from leaves(inner, holds)
        case OpExpr(op="and" | "or" as op, left=left, right=right):
            if (op == "and") == holds:
                yield from leaves(left, holds)
                yield from leaves(right, holds)
        case ComparisonExpr(operators=operators, operands=operands):
            read = all(op in COMPARED for op in operators) or operators in (["in"], ["not in"])
            if read and not any(map(_is_no_size, operands)):
                yield condition, holds
        case OpExpr(op="%" | "-") | NameExpr(node=Var()):
            yield condition, holds
        case CallExpr() if any(
            isinstance(node, MemberExpr) and node.name in ("shape", "size") for node in walk(condition)
        ):
            yield condition, holds


def _is_no_size(operand: Expression) -> bool:
    return isinstance(operand, StrExpr) or (isinstance(operand, NameExpr) and operand.name in ("None", "True", "False"))

"""Finding the annotation behind a type alias: `X = Float[Tensor, "n"]`.

mypy drops the string before any hook runs; the expression is found again in the file by the position of `Tensor`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mypy.nodes import (
    AssignmentStmt,
    ClassDef,
    Expression,
    IfStmt,
    IndexExpr,
    ListExpr,
    MemberExpr,
    MypyFile,
    NameExpr,
    OpExpr,
    Statement,
    StrExpr,
    TupleExpr,
    TypeAliasStmt,
)

Found = dict[tuple[int, int], tuple[str, str]]
_aliases: dict[int, tuple[MypyFile, Found]] = {}


def alias_expression(
    tree: MypyFile, line: int, column: int, is_jaxtyping: Callable[[str, MypyFile], bool]
) -> tuple[str, str] | None:
    """(name of the dtype, shape string) of the annotation whose array type stands at a position."""
    cached = _aliases.get(id(tree))
    if cached is None or cached[0] is not tree:
        found: Found = {}
        for expression in _expressions(tree.defs):
            _collect(expression, tree, is_jaxtyping, found)
        cached = _aliases[id(tree)] = (tree, found)
    return cached[1].get((line, column))


def forget_aliases(tree: MypyFile) -> None:
    """Read the file anew next time; positions may have changed."""
    _aliases.pop(id(tree), None)


def _expressions(statements: list[Statement]) -> Iterator[Expression]:
    for statement in statements:
        if isinstance(statement, AssignmentStmt):
            yield statement.rvalue
        elif isinstance(statement, TypeAliasStmt):
            yield statement.value.expr()
        elif isinstance(statement, ClassDef):
            yield from _expressions(statement.defs.body)
        elif isinstance(statement, IfStmt):
            for block in statement.body:
                yield from _expressions(block.body)


def _collect(
    expression: Expression, tree: MypyFile, is_jaxtyping: Callable[[str, MypyFile], bool], found: Found
) -> None:
    if isinstance(expression, IndexExpr):
        index = expression.index
        if isinstance(index, TupleExpr) and len(index.items) == 2 and isinstance(index.items[1], StrExpr):
            name = dotted(expression.base)
            if name and is_jaxtyping(name, tree):
                found[(index.items[0].line, index.items[0].column)] = (name, index.items[1].value)
                return
        _collect(index, tree, is_jaxtyping, found)
    elif isinstance(expression, (TupleExpr, ListExpr)):
        for item in expression.items:
            _collect(item, tree, is_jaxtyping, found)
    elif isinstance(expression, OpExpr):
        _collect(expression.left, tree, is_jaxtyping, found)
        _collect(expression.right, tree, is_jaxtyping, found)


def dotted(expression: Expression) -> str:
    """`a.b.c` as text; empty for other expressions."""
    if isinstance(expression, NameExpr):
        return expression.name
    if isinstance(expression, MemberExpr):
        head = dotted(expression.expr)
        return f"{head}.{expression.name}" if head else ""
    return ""

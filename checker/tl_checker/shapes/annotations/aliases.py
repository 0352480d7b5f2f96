"""Finding annotations among expressions: `X = Float[Tensor, "n"]`, `cast(Float[Tensor, "n"], x)`.

mypy drops the string of an `Annotated` that is an expression before any hook runs; it is found again in the file, by
the position of `Tensor`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from mypy.nodes import (
    CallExpr,
    ClassDef,
    Expression,
    IndexExpr,
    MemberExpr,
    MypyFile,
    NameExpr,
    Node,
    OpExpr,
    StrExpr,
    TupleExpr,
)

from tl_checker.shapes.host.walking import children


class Written(NamedTuple):
    """One annotation around an array type: jaxtyping's name of the element type, and the shape string."""

    dtype: str
    text: StrExpr | None
    """None for a constraint that is only a name."""
    bound: bool = False
    """Whether it bounds a type variable, so that its axes belong to whoever uses that."""
    constraint: bool = False
    """Whether it is one of the types that a type variable may be; mypy allows no axes there."""


Found = dict[tuple[int, int], list[Written]]
_found: dict[int, tuple[MypyFile, object, Found]] = {}


def annotations_around(tree: MypyFile, line: int, column: int, dtype_of: Callable[[str], str | None]) -> list[Written]:
    """The annotations around the array type at a position, from the inside out."""
    cached = _found.get(id(tree))
    if cached is None or cached[0] is not tree or cached[1] is not tree.defs:
        found: Found = {}
        _collect(tree, dtype_of, found)
        cached = _found[id(tree)] = (tree, tree.defs, found)
    return cached[2].get((line, column), [])


def _collect(node: Node, dtype_of: Callable[[str], str | None], found: Found) -> None:
    stack = [(node, False, False)]
    while stack:
        node, bound, constraint = stack.pop()
        if isinstance(node, CallExpr) and dotted(node.callee).rpartition(".")[2] == "TypeVar":
            stack.extend(
                (arg, name == "bound", name is None) for arg, name in zip(node.args, node.arg_names, strict=True)
            )
            continue
        if isinstance(node, IndexExpr) and (pair := _pair(node, dtype_of)) is not None:
            written = Written(pair[0], pair[2], bound, constraint)
            for leaf in _leaves(pair[1]):
                found.setdefault((leaf.line, leaf.column), []).insert(0, written)
        elif constraint and isinstance(node, (NameExpr, MemberExpr)):
            found.setdefault((node.line, node.column), []).insert(0, Written("", None, constraint=True))
        stack.extend((child, bound, constraint) for child in children(node))


def _pair(node: IndexExpr, dtype_of: Callable[[str], str | None]) -> tuple[str, Expression, StrExpr] | None:
    index = node.index
    if not isinstance(index, TupleExpr) or len(index.items) != 2 or not isinstance(index.items[1], StrExpr):
        return None
    name = dtype_of(dotted(node.base))
    return None if name is None else (name, index.items[0], index.items[1])


def _leaves(expression: Expression) -> Iterator[Expression]:
    """The types that an annotation is spread over: the array type itself, or the members of a union."""
    if isinstance(expression, OpExpr):
        yield from _leaves(expression.left)
        yield from _leaves(expression.right)
    elif isinstance(expression, IndexExpr):
        yield expression
        index = expression.index
        if isinstance(index, TupleExpr):
            for item in index.items:
                yield from _leaves(item)
        else:
            yield from _leaves(index)
    else:
        yield expression


def named_tuple_at(tree: MypyFile, line: int) -> ClassDef | None:
    """The class of named tuples of a file, in whose body a line is."""
    for statement in tree.defs:
        if isinstance(statement, ClassDef) and statement.line <= line <= (statement.end_line or statement.line):
            bases = [dotted(base).rpartition(".")[2] for base in statement.base_type_exprs]
            return statement if "NamedTuple" in bases else None
    return None


def dotted(expression: Expression) -> str:
    """`a.b.c` as text; empty for other expressions."""
    if isinstance(expression, NameExpr):
        return expression.name
    if isinstance(expression, MemberExpr):
        head = dotted(expression.expr)
        return f"{head}.{expression.name}" if head else ""
    return ""

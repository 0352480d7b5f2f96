"""Conditions inside expressions: `x if a else y`, `a and x`, `a or x`, `[x for y in z if a]`.

No marker can stand there, so the conditions around an expression are looked up in the function, once something in it
does not fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mypy.nodes import (
    Block,
    ConditionalExpr,
    Context,
    DictionaryComprehension,
    Expression,
    FuncItem,
    GeneratorExpr,
    Node,
    OpExpr,
    Statement,
)

from tl_checker.shapes.facts.conditions import speaks_of_sizes
from tl_checker.shapes.host.internals import outermost_function
from tl_checker.shapes.host.markers import blocks, meaning_of
from tl_checker.shapes.host.memory import Memory
from tl_checker.shapes.host.walking import walk


class Region(NamedTuple):
    """Expressions that are evaluated only where a condition holds, or does not."""

    condition: Expression
    holds: bool
    inside: frozenset[int]


_regions = Memory[tuple[Region, ...]]()
"""Those of statements."""


def conditions_around(function: FuncItem, place: Context) -> list[Region]:
    """The conditions under which a function evaluates an expression, as far as they stand in expressions."""
    statement = statement_at(function.body, place.line)
    if statement is None:
        return []
    found = _regions.of(statement)
    if found is None:
        found = tuple(_read(statement, function))
        _regions.note(statement, found)
    return [region for region in found if id(place) in region.inside]


def statement_at(block: Block | None, line: int) -> Statement | None:
    """The smallest statement that covers a line."""
    found: Statement | None = None
    while block is not None:
        covering = (item for item in block.body if item.line <= line <= (item.end_line or item.line))
        inner = next((item for item in covering if meaning_of(item) is None), None)  # a marker has another's line
        if inner is None:
            break
        found, block = inner, next((part for part in blocks(inner) if _covers(part, line)), None)
    return found


def statement_checked(checker: Any, line: int) -> Statement | None:
    """The same, in the function whose body is being checked or that is around it."""
    function = outermost_function(checker)
    return None if function is None else statement_at(function.body, line)


def _covers(block: Block, line: int) -> bool:
    last = block.body[-1] if block.body else block
    return bool(block.body) and block.body[0].line <= line <= (last.end_line or last.line)


def _read(statement: Statement, function: FuncItem) -> Iterator[Region]:
    for node in walk(statement):
        for condition, holds, parts in _parts(node) if isinstance(node, _CONDITIONAL) else ():
            if speaks_of_sizes(condition, function):
                yield Region(condition, holds, frozenset(id(inner) for part in parts for inner in walk(part)))


_CONDITIONAL: Final = (ConditionalExpr, OpExpr, GeneratorExpr, DictionaryComprehension)


def _parts(node: Node) -> Iterator[tuple[Expression, bool, list[Expression]]]:
    match node:
        case ConditionalExpr(cond=condition, if_expr=first, else_expr=second):
            yield condition, True, [first]
            yield condition, False, [second]
        case OpExpr(op="and" | "or" as op, left=left, right=right):
            yield left, op == "and", [right]
        case GeneratorExpr(condlists=conditions, left_expr=item):
            yield from ((condition, True, [item]) for each in conditions for condition in each)
        case DictionaryComprehension(condlists=conditions, key=key, value=value):
            parts = [part for part in (key, value) if part is not None]
            yield from ((condition, True, parts) for each in conditions for condition in each)

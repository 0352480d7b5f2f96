"""Runs of any number of axes, `*b`: what a rule that cannot write its result down says of few of them.

A rule that fails for one axis is wrong, whatever its result is else; one that fails for none alone is no fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mypy.nodes import (
    AssertStmt,
    CallExpr,
    ComparisonExpr,
    ConditionalExpr,
    Context,
    Expression,
    FuncDef,
    IfStmt,
    MemberExpr,
    NameExpr,
    Node,
    OpExpr,
    UnaryExpr,
    WhileStmt,
)

from tl_checker.shapes.facts.facts import known_facts
from tl_checker.shapes.facts.values import UNKNOWN_BOOL, TensorValue
from tl_checker.shapes.host.internals import scopes_around
from tl_checker.shapes.host.walking import walk
from tl_checker.shapes.operations.arguments import OPAQUE
from tl_checker.shapes.sizes.unify import FEW
from tl_dsl.dims import Dim, Unknown, collect_assumptions
from tl_dsl.errors import IndexingError, ShapeError, TlError
from tl_dsl.shapes import IndexArray, Shape, Star, axes_of_run

Judge = Callable[[list[Any], dict[str, Any]], object]


def fails_for_few(
    checker: Any, place: Context, judge: Judge, positional: list[Any], named: dict[str, Any]
) -> TlError | None:
    """What a call says when the runs of axes in its arguments have few each; None where it says nothing.

    A call that fails for none alone (`x.max(axis=-1)` of "*b") is no fault: it says that there is an axis. Nothing is
    said where the program asks how many axes an array has, and may have made sure of it, and where another argument is
    not known, such as an axis: it may be one that there is.
    """
    values = [*positional, *named.values()]
    runs = sorted({*_runs_in(values)})
    if not runs or _holds_unknown(values) or not may_be_few(checker, place):
        return None
    found = {count: _error(judge, positional, named, {run: axes_of_run(run, count) for run in runs}) for count in FEW}
    if found[1] is None:
        return None
    count, error = next((count, error) for count, error in found.items() if error is not None)
    short = ", ".join("*" + run.rpartition(":")[2] for run in runs)
    where = f"{short} {'has' if len(runs) == 1 else 'have'} {FEW[count]}"
    return type(error)(error.rule, got=error.got, wanted=error.wanted, bindings=where)


def _error(
    judge: Judge, positional: list[Any], named: dict[str, Any], axes: Mapping[str, Shape]
) -> ShapeError | IndexingError | None:
    """What a call says of shapes when its runs of axes are these."""
    try:
        with collect_assumptions():
            judge([_put(value, axes) for value in positional], {name: _put(v, axes) for name, v in named.items()})
    except (ShapeError, IndexingError) as error:
        return error
    except (TlError, TypeError):
        pass
    return None


def _runs_in(value: Any) -> Iterator[str]:
    if isinstance(value, Star) and value.name is not None:
        yield value.run[0]
    parts = value.shape if isinstance(value, (TensorValue, IndexArray)) else value
    for part in parts if isinstance(parts, (tuple, list)) else ():
        yield from _runs_in(part)


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any(map(_holds_unknown, value))
    given = isinstance(value, Dim) and any("{" in name for name in value.atoms)
    return given or value is OPAQUE or value is UNKNOWN_BOOL or isinstance(value, Unknown)


def _put(value: Any, runs: Mapping[str, Shape]) -> Any:
    """A value in which runs are the axes that are given for them."""
    if isinstance(value, TensorValue):
        return type(value)(_put(value.shape, runs), value.dtype)
    if isinstance(value, IndexArray):
        return IndexArray(_put(value.shape, runs), value.selects)
    if not isinstance(value, (tuple, list)):
        return value
    items: list[Any] = []
    for item in value:
        items += item.put(runs.get(item.run[0])) if isinstance(item, Star) else (_put(item, runs),)
    return type(value)(items)


def may_be_few(checker: Any, place: Context) -> bool:
    """Whether a run may have few axes: no fact speaks of runs, and no function around asks for numbers of axes."""
    facts = known_facts(checker, place)
    if facts is not None and facts.equations.runs:
        return False
    functions = (scope for scope in scopes_around(checker) if isinstance(scope, FuncDef))
    return not any(_asks(node) for function in functions for node in walk(function.body))


def _asks(node: Node) -> bool:
    match node:
        case MemberExpr(name="ndim") | NameExpr(name="ndim"):
            return True
        case IfStmt():
            return any(map(_is_shape, node.expr))
        case AssertStmt() | WhileStmt() | UnaryExpr():
            return _is_shape(node.expr)
        case ConditionalExpr():
            return _is_shape(node.cond)
        case OpExpr():
            return _is_shape(node.left) or _is_shape(node.right)
        case ComparisonExpr():
            return any(map(_is_shape, node.operands))
        case CallExpr(callee=NameExpr(name="len" | "bool")):
            return any(map(_is_shape, node.args))
    return False


def _is_shape(expression: Expression) -> bool:
    return isinstance(expression, MemberExpr) and expression.name == "shape"

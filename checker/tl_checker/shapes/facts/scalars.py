"""What numpy's scalars do not allow: an index that takes an axis (None and `...` may stand there), and `@`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mypy.nodes import (
    AssignmentStmt,
    ComparisonExpr,
    Expression,
    FuncDef,
    IndexExpr,
    IntExpr,
    MemberExpr,
    NameExpr,
    Node,
    OpExpr,
    SliceExpr,
    SymbolNode,
    TupleExpr,
    UnaryExpr,
    Var,
)
from mypy.types import Instance, get_proper_type

from tl_checker.shapes.annotations.assignments import times_bound
from tl_checker.shapes.annotations.encoding import members_of, shape_of
from tl_checker.shapes.host.internals import inferred, scopes_around, type_of
from tl_checker.shapes.host.walking import walk
from tl_dsl.errors import IndexingError, LostShape, ShapeError, TlError
from tl_dsl.shapes import Star, counted


def index_of_scalar(checker: Any, line: int, column: int) -> IndexingError | None:
    """What is wrong with the index of a scalar at a place, where mypy says that no index is allowed.

    None where only numpy's types refuse it, or too little is known of the index.
    """
    for node in walk(scopes_around(checker)[0]):
        if not isinstance(node, IndexExpr) or (node.line, node.column) != (line, column):
            continue
        if _may_be_scalar(checker, node.base):
            taking = sum(_takes_an_axis(checker, part) for part in _parts(node))
            if taking:
                return _no_axis(taking)
    return None


def misuses(checker: Any, function: FuncDef, scalar: Expression) -> Iterator[tuple[Expression, TlError]]:
    """What a function does with a scalar that only an array allows, where mypy sees nothing: the scalar is Any to it.

    The scalar is an expression; where a variable gets it for good, what is done with the variable counts. An array
    that is made of it is Any, too: LostShape.
    """
    variable = _given_for_good(function, scalar)
    for node in walk(function.body):
        operand = _operand(node)
        if operand is not scalar and not (
            variable is not None and isinstance(operand, NameExpr) and operand.node is variable
        ):
            continue
        if isinstance(node, IndexExpr):
            taking = sum(isinstance(part, SliceExpr) or _is_number(part) for part in _parts(node))
            yield (
                node,
                _no_axis(taking) if taking else LostShape("an index makes an array of a scalar that is Any to mypy"),
            )
        elif isinstance(node, OpExpr) and node.op == "@":
            yield node, ShapeError("a scalar has no axis to contract; use *", got="[] on the left of @")
        elif isinstance(node, (OpExpr, ComparisonExpr)) and _is_array(checker, _right(node)):
            yield node, LostShape("the left operand is a scalar that is Any to mypy")
        elif isinstance(node, MemberExpr) and node.name not in _OF_SCALARS:
            yield node, LostShape(f"{node.name} of a scalar that is Any to mypy")


_OF_SCALARS: Final = frozenset(
    {"item", "astype", "dtype", "shape", "ndim", "size", "real", "imag", "round", "tolist", "conj", "conjugate", "T"}
)
"""What gives a scalar, or no array, of a scalar, whatever the arguments."""


def _operand(node: Node) -> Expression | None:
    match node:
        case IndexExpr(base=operand) | OpExpr(left=operand) | MemberExpr(expr=operand):
            return operand
        case ComparisonExpr(operands=[operand, _]):
            return operand
    return None


def _right(node: OpExpr | ComparisonExpr) -> Expression:
    return node.right if isinstance(node, OpExpr) else node.operands[-1]


def _is_array(checker: Any, expression: Expression) -> bool:
    """Whether an expression that mypy has yet to come to is an array with axes; its variables have to have types."""
    names = [part.node for part in walk(expression) if isinstance(part, NameExpr)]
    if any(isinstance(name, Var) and name.type is None for name in names):
        return False
    return bool(shape_of(get_proper_type(inferred(checker, expression))))


def _given_for_good(function: FuncDef, value: Expression) -> SymbolNode | None:
    """The variable of a function that gets a value, and no other."""
    for node in walk(function.body):
        if isinstance(node, AssignmentStmt) and node.rvalue is value:
            target = node.lvalues[0]
            if len(node.lvalues) == 1 and isinstance(target, NameExpr) and target.name not in function.arg_names:
                return target.node if times_bound(function.body)[target.name] == 1 else None
    return None


def _parts(node: IndexExpr) -> list[Expression]:
    return node.index.items if isinstance(node.index, TupleExpr) else [node.index]


def _is_number(part: Expression) -> bool:
    return isinstance(part, IntExpr) or (isinstance(part, UnaryExpr) and isinstance(part.expr, IntExpr))


def _no_axis(taking: int) -> IndexingError:
    got = f"{counted(taking, 'index')} for [], a result without axes"
    return IndexingError("an array has at most one index for each axis", got=got)


def _may_be_scalar(checker: Any, expression: Expression) -> bool:
    t = type_of(checker, expression) or inferred(checker, expression)  # mypy may be in the middle of it
    return any(isinstance(member, Instance) and member.type.has_base("numpy.generic") for member in members_of(t))


def _takes_an_axis(checker: Any, part: Expression) -> bool:
    if isinstance(part, SliceExpr):
        return True
    t = get_proper_type(inferred(checker, part))
    if isinstance(t, Instance) and t.type.fullname == "builtins.int":
        return True
    shape = shape_of(t)
    return bool(shape) and not all(isinstance(axis, Star) for axis in shape or ())

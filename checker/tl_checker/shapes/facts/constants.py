"""Variables that get one value for good, written out as a number, a parameter or a tuple of these: `n, d = 100, width`.

Only the text of the file is read: a variable of another file may be anything there, unless it is Final.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from mypy.nodes import (
    AssignmentStmt,
    ClassDef,
    Expression,
    FuncDef,
    IndexExpr,
    IntExpr,
    MypyFile,
    NameExpr,
    Node,
    OpExpr,
    StarExpr,
    TupleExpr,
    UnaryExpr,
    Var,
)

from tl_checker.shapes.annotations.assignments import bound_in, not_local, paired, times_bound
from tl_checker.shapes.host.internals import for_this_round, module_name, scopes_around
from tl_checker.shapes.host.walking import children
from tl_dsl.dims import UNKNOWN, Axis, Dim

_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
}
_DEEPEST: Final = 8
"""How many variables a value may go through."""
_Given = dict[str, tuple[Var, Expression, int | None]]
"""What a scope gives its variables for good: the value, or the tuple and the place in it."""
_scopes: dict[int, tuple[object, _Given]] = for_this_round({})


def _nothing(expression: Expression) -> Axis:
    return UNKNOWN


def constant(checker: Any, expression: Expression | None, of: Callable[[Expression], Axis] = _nothing) -> Any:
    """The value of an expression of such variables: an int, a tuple, or UNKNOWN.

    `of` says what other expressions are, such as the parameters of a function: then it may be a size.
    """
    if not isinstance(expression, (NameExpr, IndexExpr, OpExpr)):
        return UNKNOWN
    return _Values([_given(scope) for scope in scopes_around(checker)], of).value(expression, _DEEPEST)


def given_for_good(checker: Any, variable: NameExpr) -> tuple[FuncDef | MypyFile, Expression] | None:
    """The scope that gives a variable its only value, and that value."""
    for scope in scopes_around(checker):
        found = _given(scope).get(variable.name)
        if found is not None and found[0] is variable.node:
            return None if found[2] is not None else (scope, found[1])
    return None


def value_given(variable: Var, function: FuncDef) -> Expression | None:
    """The only value that a function gives a variable of its own, where it is written out."""
    found = _given(function).get(variable.name)
    return found[1] if found is not None and found[0] is variable and found[2] is None else None


def default_of(checker: Any, function: object, name: str) -> Any:
    """The number that a parameter has when a call does not give it; UNKNOWN for functions of other files.

    Of those, mypy keeps no defaults when it has read the file before.
    """
    if not isinstance(function, FuncDef) or _module_of(function) != module_name(checker):
        return UNKNOWN
    for argument in function.arguments:
        if argument.variable.name == name and argument.initializer is not None:
            found = _Values([_given(scopes_around(checker)[-1])], _nothing).value(argument.initializer, _DEEPEST)
            return found if isinstance(found, int) else UNKNOWN
    return UNKNOWN


def _module_of(function: FuncDef) -> str:
    return function.info.module_name if function.info else function.fullname.rpartition(".")[0]


class _Values(NamedTuple):
    """The values of expressions in some scopes, from the innermost outwards."""

    scopes: list[_Given]
    of: Callable[[Expression], Axis]

    def value(self, expression: Expression, left: int) -> Any:
        match expression:
            case IntExpr(value=number):
                return number
            case UnaryExpr(op="-", expr=inner):
                number = self.value(inner, left)
                return -number if isinstance(number, (int, Dim)) else UNKNOWN
            case TupleExpr(items=items) if not any(isinstance(item, StarExpr) for item in items):
                return tuple(self.value(item, left) for item in items)
            case OpExpr(op=op) if op in _OPERATORS:
                return _applied(op, self.value(expression.left, left), self.value(expression.right, left))
            case IndexExpr(base=base, index=index):
                return _item(self.value(base, left), self.value(index, left))
            case NameExpr(node=Var() as variable) if left:
                found = self._of_variable(variable, left)
                return self.of(expression) if found is UNKNOWN else found
        return self.of(expression)

    def _of_variable(self, variable: Var, left: int) -> Any:
        if variable.is_final:
            return variable.final_value if type(variable.final_value) is int else UNKNOWN
        for scope in self.scopes:
            if variable.name in scope and scope[variable.name][0] is variable:
                _, value, place = scope[variable.name]
                found = self.value(value, left - 1)
                return found if place is None else _item(found, place)
        return UNKNOWN


def _applied(op: str, x: Any, y: Any) -> Any:
    if isinstance(x, int) and isinstance(y, int):
        return UNKNOWN if y == 0 and op in ("//", "%") else _OPERATORS[op](x, y)
    sizes = isinstance(x, (int, Dim)) and isinstance(y, (int, Dim)) and op in ("+", "-", "*")
    return _OPERATORS[op](x, y) if sizes else UNKNOWN


def _item(values: Any, place: Any) -> Any:
    if isinstance(values, tuple) and isinstance(place, int) and -len(values) <= place < len(values):
        return values[place]
    return UNKNOWN


def _given(scope: FuncDef | MypyFile) -> _Given:
    found = _scopes.get(id(scope))
    if found is None or found[0] is not scope:
        found = _scopes[id(scope)] = (scope, _read(scope))
    return found[1]


def _read(scope: FuncDef | MypyFile) -> _Given:
    if isinstance(scope, FuncDef):
        times = times_bound(scope.body)
        others = {*not_local(scope.body), *(argument.variable.name for argument in scope.arguments)}
    else:
        times = Counter(bound_in(scope))
        others = {*not_local(scope)}
    found: _Given = {}
    for statement in _statements(scope.body if isinstance(scope, FuncDef) else scope):
        for target in statement.lvalues:
            for name, value, place in _pairs(target, statement.rvalue):
                if isinstance(name.node, Var) and times[name.name] == 1 and name.name not in others:
                    found[name.node.name] = (name.node, value, place)
    return found


def _statements(node: Node) -> Iterator[AssignmentStmt]:
    """The assignments of a scope itself."""
    for child in children(node):
        if isinstance(child, AssignmentStmt):
            yield child
        elif not isinstance(child, (Expression, FuncDef, ClassDef)):
            yield from _statements(child)


def _pairs(target: Expression, value: Expression) -> Iterator[tuple[NameExpr, Expression, int | None]]:
    """The variables that get a value, each with its own where that is written out, else with its place in the tuple."""
    if isinstance(target, TupleExpr) and not isinstance(value, TupleExpr):
        if not any(isinstance(item, StarExpr) for item in target.items):
            yield from ((item, value, i) for i, item in enumerate(target.items) if isinstance(item, NameExpr))
        return
    for name, each in paired(target, value):
        if isinstance(name, NameExpr) and each is not None:
            yield name, each, None

"""Lists that a variable gets once, written out or by a comprehension, and that keep their length: `np.stack(rows)`.

A list keeps it where it is only read: as an argument of functions that are known to leave lists as they are, item by
item, or in a loop. Under another name, or in a function of the user's, it may grow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    DelStmt,
    Expression,
    ForStmt,
    FuncDef,
    GeneratorExpr,
    IndexExpr,
    ListComprehension,
    ListExpr,
    MemberExpr,
    MypyFile,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    RefExpr,
    ReturnStmt,
)

from tl_checker.shapes.annotations.assignments import targets_in
from tl_checker.shapes.facts.constants import given_for_good
from tl_checker.shapes.host.internals import for_this_round, scopes_around
from tl_checker.shapes.host.walking import walk

_READING: Final = frozenset({"len", "zip", "enumerate", "reversed", "sum", "list", "tuple", "max", "min", "sorted"})
_LIBRARIES: Final = ("numpy.", "tl_dsl.")
_kept: dict[int, tuple[Node, frozenset[int]]] = for_this_round({})
"""For each scope, where it names lists without changing them."""


def written_list(checker: Any, expression: Expression | None) -> Expression | None:
    """The list that a variable has; an expression of another kind, or a list that may change, as it is."""
    if not isinstance(expression, NameExpr):
        return expression
    found = given_for_good(checker, expression)
    if found is None:
        return expression
    scope, value = found
    if not isinstance(value, (ListExpr, ListComprehension)) or not _is_seen(checker, scope):
        return expression
    kept = _kept.get(id(scope))
    if kept is None or kept[0] is not scope:
        kept = _kept[id(scope)] = (scope, frozenset(map(id, _read_in(scope))))
    named = (node for node in walk(scope) if isinstance(node, NameExpr) and node.name == expression.name)
    return value if all(id(node) in kept[1] for node in named) else expression


def _is_seen(checker: Any, scope: FuncDef | MypyFile) -> bool:
    """Whether all that happens to the variables of a scope until now is seen there; other files may change a file's."""
    return isinstance(scope, FuncDef) or scopes_around(checker) == [scope]


def _read_in(scope: Node) -> Iterator[Expression]:
    """The expressions in a scope whose values are read there and stay what they are."""
    changed = {id(part) for node in walk(scope) for part in _changed_by(node)}
    for node in walk(scope):
        match node:
            case AssignmentStmt(lvalues=targets):
                yield from (single for target in targets for single in targets_in(target))
            case CallExpr(callee=callee, args=arguments) if _leaves_lists(callee):
                yield from arguments
            case IndexExpr(base=base) if id(node) not in changed:
                yield base
            case ForStmt(expr=iterated) | ReturnStmt(expr=Expression() as iterated):
                yield iterated
            case GeneratorExpr(sequences=sequences):
                yield from sequences


def _changed_by(node: Node) -> Iterator[Expression]:
    """What a statement gives new values to, or deletes."""
    match node:
        case AssignmentStmt(lvalues=targets):
            yield from (single for target in targets for single in targets_in(target))
        case OperatorAssignmentStmt(lvalue=target) | DelStmt(expr=target):
            yield from targets_in(target)


def _leaves_lists(callee: Expression) -> bool:
    """Whether a function is one of the libraries that arrays are computed by, or only reads its arguments."""
    if not isinstance(callee, RefExpr):
        return False
    if isinstance(callee, MemberExpr) and not isinstance(callee.expr, RefExpr):
        return False
    return callee.fullname.startswith(_LIBRARIES) or (
        callee.fullname.startswith("builtins.") and callee.fullname.removeprefix("builtins.") in _READING
    )

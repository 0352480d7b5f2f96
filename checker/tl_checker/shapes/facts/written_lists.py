"""Lists whose lengths are seen: `rows = [x, y]`, a comprehension, or `rows = []` and a loop that appends.

A variable gets such a list once. It keeps its length where it is only read: as an argument of functions that are known
to leave lists as they are, item by item, or in a loop. Under another name, or in a function of the user's, it may grow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mypy.nodes import (
    AssignmentStmt,
    Block,
    BreakStmt,
    CallExpr,
    ContinueStmt,
    DelStmt,
    Expression,
    ExpressionStmt,
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
    OpExpr,
    RefExpr,
    ReturnStmt,
    StarExpr,
    Statement,
    TupleExpr,
)
from mypy.types import Instance, get_proper_type

from tl_checker.shapes.annotations.assignments import targets_in
from tl_checker.shapes.annotations.encoding import SYMINT
from tl_checker.shapes.facts.constants import given_for_good
from tl_checker.shapes.host.internals import for_this_round, scopes_around, type_of
from tl_checker.shapes.host.walking import walk
from tl_dsl.dims import UNKNOWN, Axis

_READING: Final = frozenset({"len", "zip", "enumerate", "reversed", "sum", "list", "tuple", "max", "min", "sorted"})
_LIBRARIES: Final = ("numpy.", "tl_dsl.")
_kept: dict[int, tuple[Node, frozenset[int]]] = for_this_round({})
"""For each scope, where it names lists without changing them."""


class Grown(NamedTuple):
    """A list to which a loop appends an item in each round: how many it had before, and what is gone through."""

    before: int
    iterated: Expression


def written_list(checker: Any, expression: Expression | None) -> Expression | None:
    """The list that a variable has; an expression of another kind, or a list that may change, as it is."""
    found = _list_of(checker, expression)
    if found is None:
        return expression
    return expression if found.changing else found.value


def grown_list(checker: Any, expression: Expression | None) -> Grown | None:
    """The same of a list to which nothing but one loop appends, and that is read after the loop."""
    found = _list_of(checker, expression)
    if found is None or len(found.changing) != 1 or not isinstance(found.value, ListExpr):
        return None
    if any(isinstance(item, StarExpr) for item in found.value.items):
        return None
    for statements in _statements_of(found.scope):
        made = [i for i, s in enumerate(statements) if isinstance(s, AssignmentStmt) and s.rvalue is found.value]
        for at, loop in enumerate(statements) if made else ():
            if at > made[0] and isinstance(loop, ForStmt) and _appends_once(loop, found.changing[0]):
                read = any(node is expression for later in statements[at + 1 :] for node in walk(later))
                return Grown(len(found.value.items), loop.expr) if read else None
    return None


def count_of_ints(checker: Any, expression: Expression) -> Axis | None:
    """How many ints the list of a variable has, which is an index; None where it is none."""
    t = get_proper_type(type_of(checker, expression)) if isinstance(expression, RefExpr) else None
    if not isinstance(t, Instance) or t.type.fullname != "builtins.list" or len(t.args) != 1:
        return None
    item = get_proper_type(t.args[0])
    if not isinstance(item, Instance) or item.type.fullname not in ("builtins.int", SYMINT):
        return None
    written = written_list(checker, expression)
    if not isinstance(written, ListExpr) or any(isinstance(each, StarExpr) for each in written.items):
        return UNKNOWN
    return len(written.items)


def _has_other_names(scope: FuncDef | MypyFile, value: Expression) -> bool:
    """Whether a list gets more than one name at once: `rows = others = [x, y]`."""
    assignments = (node for node in walk(scope) if isinstance(node, AssignmentStmt) and node.rvalue is value)
    return any(len(assignment.lvalues) > 1 for assignment in assignments)


class _Found(NamedTuple):
    scope: FuncDef | MypyFile
    value: Expression
    changing: list[NameExpr]
    """Where the list is named and more may be done than read it."""


def _list_of(checker: Any, expression: Expression | None) -> _Found | None:
    """The only list that a variable gets; none of lists, which may change without it."""
    found = given_for_good(checker, expression) if isinstance(expression, NameExpr) else None
    if found is None or not isinstance(expression, NameExpr):
        return None
    scope, value = found
    if not _is_seen(checker, scope) or _has_other_names(scope, value):
        return None
    lists = [value.left, value.right] if isinstance(value, OpExpr) and value.op in ("+", "*") else [value]
    written = [each for each in lists if isinstance(each, (ListExpr, ListComprehension))]
    items = (item for each in written for item in _items_of(each))
    if not written or any(isinstance(item, (ListExpr, ListComprehension)) for item in items):
        return None
    kept = _kept.get(id(scope))
    if kept is None or kept[0] is not scope:
        kept = _kept[id(scope)] = (scope, frozenset(map(id, _read_in(scope))))
    named = (node for node in walk(scope) if isinstance(node, NameExpr) and node.name == expression.name)
    return _Found(scope, value, [node for node in named if id(node) not in kept[1]])


def _items_of(value: ListExpr | ListComprehension) -> list[Expression]:
    return value.items if isinstance(value, ListExpr) else [value.generator.left_expr]


def _statements_of(scope: FuncDef | MypyFile) -> Iterator[list[Statement]]:
    """The statements of a scope, of which each is run after the one before it."""
    if isinstance(scope, MypyFile):
        yield scope.defs
    yield from (node.body for node in walk(scope) if isinstance(node, Block))


def _appends_once(loop: ForStmt, name: NameExpr) -> bool:
    """Whether each round of a loop appends one item to a list, at a place to which it always comes."""
    if loop.is_async or any(isinstance(node, (BreakStmt, ContinueStmt)) for node in walk(loop.body)):
        return False
    calls = (s.expr for s in loop.body.body if isinstance(s, ExpressionStmt) and isinstance(s.expr, CallExpr))
    return any(
        isinstance(call.callee, MemberExpr) and call.callee.name == "append" and call.callee.expr is name
        for call in calls
    )


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
            case IndexExpr(base=base, index=index):
                yield from index.items if isinstance(index, TupleExpr) else [index]
                if id(node) not in changed:
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

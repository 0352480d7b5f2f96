"""What a class pattern takes apart: in `match layer: case Dense(w=w)`, the parameter `layer`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from mypy.nodes import Expression, FuncDef, MatchStmt, TupleExpr
from mypy.patterns import AsPattern, ClassPattern, OrPattern, Pattern, SequencePattern

from tl_checker.shapes.annotations.assignments import bound_in, times_bound
from tl_checker.shapes.host.internals import for_this_round
from tl_checker.shapes.host.walking import walk

_matched: dict[int, tuple[FuncDef, dict[int, Expression]]] = for_this_round({})


def matched_by(pattern: Pattern, function: FuncDef | None) -> Expression | None:
    """The expression whose field a pattern in a function's body matches, where the program has one.

    Not where other statements bind a name of the pattern, too: for mypy it has one type in all of them.
    """
    if function is None:
        return None
    found = _matched.get(id(function))
    if found is None or found[0] is not function:
        found = _matched[id(function)] = (function, {})
        for statement in walk(function.body):
            if isinstance(statement, MatchStmt):
                found[1].update(_fields(statement, function))
    return found[1].get(id(pattern))


def _fields(statement: MatchStmt, function: FuncDef) -> dict[int, Expression]:
    here = Counter(name for pattern in statement.patterns for name in bound_in(pattern))
    everywhere = times_bound(function.body)
    found: dict[int, Expression] = {}
    for pattern in statement.patterns:
        _note(pattern, statement.subject, found, lambda name: here[name] == everywhere[name])
    return found


def _note(
    pattern: Pattern | None, subject: Expression, found: dict[int, Expression], is_own: Callable[[str], bool]
) -> None:
    match pattern:
        case ClassPattern():
            for field in (*pattern.positionals, *pattern.keyword_values):
                if all(map(is_own, bound_in(field))):
                    found[id(field)] = subject
        case AsPattern():
            _note(pattern.pattern, subject, found, is_own)
        case OrPattern():
            for choice in pattern.patterns:
                _note(choice, subject, found, is_own)
        case SequencePattern() if isinstance(subject, TupleExpr) and len(subject.items) == len(pattern.patterns):
            for part, item in zip(pattern.patterns, subject.items, strict=True):
                _note(part, item, found, is_own)

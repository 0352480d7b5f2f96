"""Loops in which a variable has another shape in each round: `x = np.append(x, 1.0)`.

mypy goes through a loop until what its variables hold does not change any more, and `ROUNDS` times at most: what they
hold then is what a few rounds make of them. So in the last round, variables that have changed since the one before
are lost, and with them all that the loop makes of them; after it, too, however many rounds there were.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from mypy.nodes import (
    AssignmentExpr,
    AssignmentStmt,
    ClassDef,
    Context,
    Decorator,
    Expression,
    ForStmt,
    FuncDef,
    LambdaExpr,
    ListExpr,
    MatchStmt,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    OverloadedFuncDef,
    Statement,
    TupleExpr,
    Var,
    WhileStmt,
    WithStmt,
)
from mypy.patterns import AsPattern, MappingPattern, StarredPattern
from mypy.types import AnyType, Instance, Type, UnionType

from tl_checker.shapes.annotations.assignments import targets_in
from tl_checker.shapes.annotations.axes import mentions_shapes
from tl_checker.shapes.annotations.encoding import (
    LOST,
    SYMINT,
    Encoder,
    any_type,
    array_dtype,
    as_array,
    members_of,
    shape_of,
)
from tl_checker.shapes.facts.values import agreed_shape
from tl_checker.shapes.host.internals import (
    Checker,
    assign,
    declared_and_held,
    float_type,
    for_this_round,
    held_type,
    hold,
    hold_what_is_assigned,
    narrow,
    notice,
)
from tl_checker.shapes.host.markers import marker
from tl_checker.shapes.host.walking import children, walk
from tl_checker.shapes.messages.losses import lost_before
from tl_checker.shapes.messages.report import lost
from tl_checker.shapes.signatures.matching import Erasure
from tl_dsl.shapes import UNKNOWN_SHAPE, is_open

ROUNDS: Final = 4
"""How often mypy goes through a loop whose variables change each time."""


class Loop(NamedTuple):
    """What a loop assigns to, and what of its variables goes into that."""

    statement: Context
    variables: Mapping[str, NameExpr]
    sources: Mapping[str, frozenset[str]]


class Entered(NamedTuple):
    """The program comes to a loop."""

    loop: Loop


class Round(NamedTuple):
    """A round of a loop begins."""

    loop: Loop


class Left(NamedTuple):
    """The program comes out of a loop."""

    loop: Loop


def mark_rounds(statements: list[Statement]) -> None:
    """Put markers around and into the loops among statements that use what a round before has made."""
    for at in range(len(statements) - 1, -1, -1):
        statement = statements[at]
        if isinstance(statement, (ForStmt, WhileStmt)) and (loop := _loop(statement)).variables:
            statement.body.body.insert(0, marker(Round(loop), statement.body))
            if statement.else_body is not None:
                statement.else_body.body.insert(0, marker(Left(loop), statement.else_body))
            statements.insert(at + 1, marker(Left(loop), statement))
            statements.insert(at, marker(Entered(loop), statement))


def _loop(statement: ForStmt | WhileStmt) -> Loop:
    variables: dict[str, NameExpr] = {}
    sources: dict[str, frozenset[str]] = {}
    for target, nodes in _assignments(statement):
        variables.setdefault(target.name, target)
        sources[target.name] = sources.get(target.name, frozenset()) | _names_in(nodes)
    read = frozenset().union(*sources.values())
    return Loop(statement, {name: each for name, each in variables.items() if name in read}, sources)


def _assignments(node: Node) -> Iterator[tuple[NameExpr, list[Node]]]:
    """The variables to which a statement assigns, each with what its value is computed of."""
    targets: list[Expression | None] = []
    sources: list[Node] = []
    match node:
        case AssignmentStmt(lvalues=given, rvalue=source):
            targets, sources = [*given], [source]
        case OperatorAssignmentStmt(lvalue=target):
            targets, sources = [target], [node]
        case AssignmentExpr(target=target, value=source) | ForStmt(index=target, expr=source):
            targets, sources = [target], [source]
        case WithStmt(expr=managers, target=each):
            targets, sources = [*each], [*managers]
        case MatchStmt(subject=source):
            patterns = [part for pattern in node.patterns for part in walk(pattern)]
            targets, sources = [name for part in patterns if (name := _captured_by(part))], [source]
        case FuncDef() | LambdaExpr() | ClassDef() | Decorator() | OverloadedFuncDef():
            return
    for single in (single for target in targets for single in targets_in(target)):
        if isinstance(single, NameExpr) and isinstance(single.node, Var):
            yield single, sources
    for child in children(node):
        yield from _assignments(child)


def _captured_by(pattern: Node) -> NameExpr | None:
    match pattern:
        case AsPattern(name=name) | StarredPattern(capture=name) | MappingPattern(rest=name):
            return name
    return None


def _names_in(nodes: list[Node]) -> frozenset[str]:
    return frozenset(part.name for node in nodes for part in walk(node) if isinstance(part, NameExpr))


class _Course:
    """What the variables of a loop held at the beginnings of its rounds, since the program came to it."""

    def __init__(self) -> None:
        self.rounds: list[dict[str, Type | None]] = []
        self.lost: dict[str, Type] = {}
        self.name = Var("<rounds>")
        """A name that mypy's binder keeps; where its type changes, there is one more round."""


_courses: dict[int, tuple[Loop, _Course]] = for_this_round({})


def enter(checker: Checker, entered: Entered) -> None:
    """Before a loop."""
    notice(checker)
    _courses[id(entered.loop)] = (entered.loop, course := _Course())
    hold(checker, course.name)


def go_on(checker: Checker) -> None:
    """Have mypy go through the loops around once more, where it does not see that something has changed."""
    notice(checker)
    for _, course in _courses.values():
        hold(checker, course.name, float_type(checker))


def begin_round(checker: Checker, begun: Round, encoder: Encoder) -> None:
    """At the beginning of a round; in the last one, variables that change with each round are lost."""
    loop = begun.loop
    known = _courses.get(id(loop))
    if known is None or known[0] is not loop:
        return
    course = known[1]
    course.rounds.append({name: held_type(checker, variable) for name, variable in loop.variables.items()})
    if len(course.rounds) == ROUNDS:
        before, now = course.rounds[-2:]
        changed = {name for name in now if before[name] != now[name]}
        for name in _made_of(loop, changed):
            held = now[name]
            if held is not None and mentions_shapes(held) and not lost_before(held):
                course.lost[name] = _lost(held, encoder)
                lost(checker, loop.variables[name], f"{name} changes with each round of the loop", held)
    _hold_lost(checker, loop, course)


def leave(checker: Checker, left: Left, encoder: Encoder) -> None:
    """After a loop: what was lost in it stays so."""
    known = _courses.get(id(left.loop))
    if known is not None and known[0] is left.loop:
        _hold_lost(checker, left.loop, known[1])
    statement = left.loop.statement
    if isinstance(statement, ForStmt) and any(isinstance(node, (TupleExpr, ListExpr)) for node in walk(statement.expr)):
        for variable in left.loop.variables.values():
            _leave_open(checker, variable, encoder)


def _leave_open(checker: Checker, variable: NameExpr, encoder: Encoder) -> None:
    """After a loop through several things that are written out: `[b, d] | [b, ?]` holds what comes after the last.

    The others are what the variable held before, and between.
    """
    members = members_of(held_type(checker, variable) or any_type())
    first = next((array for member in members if (array := as_array(member)) is not None), None)
    if first is not None and any(isinstance(member, AnyType) for member in members):
        assign(checker, variable, encoder.array(first.type, array_dtype(first), UNKNOWN_SHAPE))
        return
    shapes = [shape for member in members if (shape := shape_of(member)) is not None]
    merged = functools.reduce(agreed_shape, shapes) if len(shapes) == len(members) > 1 else ()
    if merged in shapes and any(map(is_open, merged)):
        arrays = (as_array(member) for member in members)
        new = [encoder.array(array.type, array_dtype(array), merged) for array in arrays if array is not None]
        assign(checker, variable, UnionType.make_union([*dict.fromkeys(new)]))


def _made_of(loop: Loop, changed: set[str]) -> list[str]:
    """The variables of a loop that change where these do."""
    found = set(changed)
    while more := {name for name in loop.variables if name not in found and loop.sources[name] & found}:
        found |= more
    return sorted(found)


def _hold_lost(checker: Checker, loop: Loop, course: _Course) -> None:
    for name, t in course.lost.items():
        variable = loop.variables[name]
        if declared_and_held(checker, variable):
            hold_what_is_assigned(checker, variable)
        narrow(checker, variable, t)


def _is_size(t: Type) -> bool:
    return isinstance(t, Instance) and t.type.fullname == SYMINT


def _lost(t: Type, encoder: Encoder) -> Type:
    """A type of the same kinds of arrays, of whose shapes nothing is known."""
    erasure = Erasure(replace(encoder, unknown=LOST))
    kinds: list[Type] = []
    for member in members_of(t):
        array = as_array(member)
        if array is None and not _is_size(member):
            return AnyType(LOST)
        kinds.append(member.accept(erasure))
    return UnionType.make_union([*dict.fromkeys(kinds)])

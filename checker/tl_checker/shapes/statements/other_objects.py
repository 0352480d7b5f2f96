"""Variables, containers and fields that get objects of other sizes: `a = Layer(x)`, then in a branch `a = Layer(x.T)`.

mypy takes objects of a class for one type, whatever their sizes: after a branch, in the next round of a loop and in a
container it keeps what it has seen first. So where a variable that held an object gets one of other sizes in a branch
or a loop, or a container does, or a field of an object another shape, that is reported as lost, and the sizes are
forgotten where it may matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from mypy.nodes import (
    AssignmentStmt,
    Block,
    CallExpr,
    Expression,
    ForStmt,
    FuncDef,
    IfStmt,
    IndexExpr,
    MemberExpr,
    NameExpr,
    Statement,
    Var,
    WhileStmt,
)
from mypy.types import Instance, TupleType, Type, get_proper_type

from tl_checker.shapes.annotations.assignments import paired
from tl_checker.shapes.annotations.axes import axes_of_object
from tl_checker.shapes.annotations.encoding import members_of, shape_of
from tl_checker.shapes.host.internals import (
    Checker,
    for_this_round,
    forget_parts,
    held_type,
    inferred,
    narrow,
    notice,
    read_again,
    retype,
    type_of,
)
from tl_checker.shapes.host.markers import blocks, put_marker
from tl_checker.shapes.messages.report import is_lost_at, lost
from tl_checker.shapes.objects.inferred_fields import is_unwritten
from tl_checker.shapes.objects.object_sizes import are_confused, sizes_of_object, without_sizes
from tl_checker.shapes.objects.receivers import instance_of
from tl_checker.shapes.statements.reassigned import assignments
from tl_checker.shapes.statements.rounds import go_on
from tl_checker.shapes.statements.simultaneous import as_written


class Given(NamedTuple):
    """Variables that have just got a value, and that get more than one."""

    names: tuple[NameExpr, ...]
    inside: bool
    """Whether that is inside a statement, after which a variable may hold what it held before."""
    in_branch: bool
    """Whether it is in a branch, which has not seen what a variable holds in the other one."""


class Begun(NamedTuple):
    """The body of a function, which mypy may check more than once."""

    names: frozenset[str]


class Rejoined(NamedTuple):
    """Variables that have got a value inside a statement that ends here, or a loop whose round begins."""

    names: tuple[NameExpr, ...]


class OneOf(NamedTuple):
    """A variable that holds one item of a tuple after the other."""

    variable: NameExpr
    values: Expression


class FieldGiven(NamedTuple):
    """Fields of objects that have just got values."""

    fields: tuple[MemberExpr, ...]
    values: tuple[Expression | None, ...]


def mark_given(body: Block, function: FuncDef) -> None:
    """Put markers where variables get other values, and where the statements end inside which they do."""
    found = [*assignments(body)]
    times = Counter(name.name for _, _, names in found for name in names)
    times.update(argument.variable.name for argument in function.arguments)
    inside = {name.name for block, _, names in found if block is not body for name in names}
    again = {name for name in inside if times[name] > 1}
    branches = {*map(id, _branches(body))}
    for block, at, names in reversed(found):
        given = tuple(name for name in names if name.name in again)
        if given:
            put_marker(block, at, Given(given, block is not body, id(block) in branches), given[0])
    of_fields = {owner for each in _inner(body) for owner in _owners_of_fields(each)}
    if again or of_fields:
        _mark_rejoined(body, again | of_fields)
        put_marker(body, 0, Begun(frozenset(again | of_fields)), body)


def _inner(block: Block) -> Iterator[Block]:
    """The blocks inside of one, at any depth."""
    for statement in block.body:
        for each in blocks(statement) if not isinstance(statement, FuncDef) else ():
            yield each
            yield from _inner(each)


def _owners_of_fields(block: Block) -> Iterator[str]:
    """The variables whose fields the statements of a block assign to."""
    for field in (field for statement in block.body for field, _ in _fields_given(statement)):
        if isinstance(field.expr, NameExpr):
            yield field.expr.name


def _fields_given(statement: Statement) -> Iterator[tuple[MemberExpr, Expression | None]]:
    if not isinstance(statement, AssignmentStmt):
        return
    value_of_all = as_written(statement.rvalue)
    for field, value in (pair for target in statement.lvalues for pair in paired(target, value_of_all)):
        owner = field.expr if isinstance(field, MemberExpr) else None
        of_self = isinstance(owner, NameExpr) and isinstance(owner.node, Var) and owner.node.is_self
        if isinstance(field, MemberExpr) and not of_self:
            yield field, value


def _branches(block: Block) -> Iterator[Block]:
    """The blocks under a block that nothing but conditions decide about."""
    for statement in block.body:
        for inner in blocks(statement) if isinstance(statement, IfStmt) else ():
            yield inner
            yield from _branches(inner)


def _mark_rejoined(block: Block, again: set[str]) -> list[NameExpr]:
    """Put markers after the statements of a block that assign to variables inside, and into loops; these variables."""
    every: list[NameExpr] = []
    for at in range(len(block.body) - 1, -1, -1):
        statement = block.body[at]
        inner = [] if isinstance(statement, FuncDef) else blocks(statement)
        found = [name for each in inner for name in _mark_rejoined(each, again)]
        found += [name for each in inner for name in _right_in(each) if name.name in again]
        if found:
            put_marker(block, at + 1, Rejoined(tuple(found)), statement)
            for each in inner if isinstance(statement, (ForStmt, WhileStmt)) else ():
                put_marker(each, 0, Rejoined(tuple(found)), each)
        every += found
    return every


def _right_in(block: Block) -> Iterator[NameExpr]:
    """The variables that a block itself assigns to, or to whose fields it does."""
    yield from (name for found, _, names in assignments(block) if found is block for name in names)
    for field in (field for statement in block.body for field, _ in _fields_given(statement)):
        if isinstance(field.expr, NameExpr):
            yield field.expr


def mark_fields(block: Block, function: FuncDef | None) -> None:
    """Put markers after the statements of a block that assign to fields, and into loops that go through a tuple."""
    for at in range(len(block.body) - 1, -1, -1):
        statement: Statement = block.body[at]
        if given := [*_fields_given(statement)]:
            fields, values = zip(*given, strict=True)
            put_marker(block, at + 1, FieldGiven(fields, values), fields[0])
        elif isinstance(statement, ForStmt) and isinstance(statement.index, NameExpr):
            put_marker(statement.body, 0, OneOf(statement.index, statement.expr), statement.index)


def begin(checker: Checker, begun: Begun) -> None:
    """At the beginning of a function: its variables hold nothing."""
    notice(checker)
    for known in [key for key, kept in _variables.items() if kept.variable.name in begun.names]:
        del _variables[known]


def lose_other_objects(checker: Checker, given: Given) -> None:
    """After an assignment: report an object of other sizes than one that mypy may keep in its place."""
    for name in given.names:
        now = held_type(checker, name)
        if now is None or not isinstance(name.node, Var):
            continue
        kept = _kept(checker, name.node)
        if not given.inside:
            kept.earlier[:], kept.branched[:], kept.forgotten[:] = [now], [], []
            continue
        others = kept.earlier if given.in_branch else [*kept.earlier, *kept.branched]
        if any(are_confused(now, other, own=f"{{{name.name}.") for other in others) and not kept.forgotten:
            kept.forgotten.append(name)
            _lose(checker, name, now)
            go_on(checker)
        (kept.branched if given.in_branch else kept.earlier).append(now)


def forget_rejoined(checker: Checker, rejoined: Rejoined) -> None:
    """After a statement, or in the next round of a loop: nothing is known of the sizes of such objects."""
    for name in rejoined.names:
        if isinstance(name.node, Var):
            kept = _kept(checker, name.node)
            kept.earlier.extend(kept.branched)
            kept.branched.clear()
            if kept.forgotten:
                _strip(checker, name)


class _Kept(NamedTuple):
    variable: Var
    earlier: list[Type]
    """What it has held so far."""
    branched: list[Type]
    """What it holds in the branches of the statement that is being checked."""
    forgotten: list[NameExpr]
    """Where it got an object of other sizes."""


_variables: dict[int, _Kept] = for_this_round({})


def _kept(checker: Checker, variable: Var) -> _Kept:
    notice(checker)
    declared = [variable.type] if variable.is_argument and variable.type is not None else []
    return _variables.setdefault(id(variable), _Kept(variable, declared, [], []))


def lose_one_of(checker: Checker, one: OneOf) -> None:
    """In a loop through a tuple of objects of other sizes: nothing is known of the sizes of one."""
    found = get_proper_type(type_of(checker, one.values))
    items = found.items if isinstance(found, TupleType) else []
    for i, item in enumerate(items):
        if any(are_confused(item, other) or are_confused(other, item) for other in items[:i]):
            _lose(checker, one.values, item)
            _strip(checker, one.variable)
            return


def lose_stored_objects(ctx: Any) -> None:
    """Before a call of a method of a container that holds objects: report one of other sizes."""
    held = get_proper_type(ctx.type)
    if not isinstance(held, Instance) or not held.args or not any(map(sizes_of_object, members_of(held.args[-1]))):
        return
    for given in (each for expressions in ctx.args for each in expressions):
        t = get_proper_type(inferred(ctx.api, given))
        for value in t.args if isinstance(t, Instance) and t.args and not axes_of_object(t) else [t]:
            if are_confused(value, held.args[-1]):
                _lose(ctx.api, given, value)
                container = _container(ctx.context)
                if container is not None:
                    _strip(ctx.api, container)
                return


def _container(call: object) -> NameExpr | None:
    match call:
        case CallExpr(callee=MemberExpr(expr=NameExpr() as container)) | IndexExpr(base=NameExpr() as container):
            return container
    return None


def lose_field(checker: Checker, given: FieldGiven) -> None:
    """After an assignment to a field: where it has another shape, nothing is known of the object's sizes."""
    for field, value in zip(given.fields, given.values, strict=True):
        owner = instance_of(type_of(checker, field.expr))
        before, now = read_again(checker, field), None if value is None else type_of(checker, value)
        shape = next((found for t in members_of(before) if (found := shape_of(t)) is not None), None)
        if owner is None or is_unwritten(owner, field) or shape is None or (now and shape_of(now) == shape):
            continue
        if value is None or not is_lost_at(checker, value):
            lost(checker, field, f"{field.name} gets another shape than the sizes of its object say", before)
        if isinstance(field.expr, NameExpr) and isinstance(field.expr.node, Var):
            _strip(checker, field.expr)
            _kept(checker, field.expr.node).forgotten.append(field.expr)


def _lose(checker: Checker, place: Expression, t: Type) -> None:
    owner = next((found for member in members_of(t) if (found := instance_of(member)) is not None), None)
    name = "a class" if owner is None else owner.type.name
    lost(checker, place, f"objects of {name} of other sizes are not told apart from here on")


def _strip(checker: Checker, variable: NameExpr) -> None:
    """Forget the sizes of the objects that a variable holds, or its items are."""
    node, held = variable.node, held_type(checker, variable)
    if isinstance(node, Var) and node.type is not None and (node.is_inferred or node.is_argument):
        retype(checker, node, without_sizes(node.type))
        held = node.type if held is None else held
    if held is not None:
        narrow(checker, variable, without_sizes(held))
    forget_parts(checker, variable)

"""Objects that a function takes out of a list, an iterator or a call and keeps in one variable: they have axes.

`for fold in folds: fold.x.T @ fold.z` holds n and m of one fold against each other. A variable holds one object until
the program comes to where it gets another, in the next round of a loop or further down. What was computed of the object
before may live on, in a variable or a list: there its axes are no longer those of the variable, and are forgotten. So
they are after a loop, where a branch may have kept those of an earlier round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from mypy.nodes import (
    LDEF,
    AssignmentStmt,
    Block,
    CallExpr,
    ClassDef,
    Decorator,
    Expression,
    ForStmt,
    FuncDef,
    IfStmt,
    IndexExpr,
    MemberExpr,
    NameExpr,
    OverloadedFuncDef,
    RefExpr,
    Statement,
    SymbolNode,
    Var,
    WhileStmt,
    WithStmt,
)
from mypy.types import Type

from tl_checker.shapes.annotations.assignments import bound_in, targets_in, times_bound
from tl_checker.shapes.annotations.axes import dims_in, names_in, spread_in
from tl_checker.shapes.annotations.encoding import Encoder
from tl_checker.shapes.host.internals import Checker, for_this_round, held_type, narrow, retype
from tl_checker.shapes.host.markers import blocks, meaning_of, put_marker
from tl_checker.shapes.host.memory import Memory
from tl_checker.shapes.host.walking import walk
from tl_checker.shapes.signatures.matching import Substitution


class Renewed(NamedTuple):
    """Variables that may hold another object here than before."""

    variables: tuple[NameExpr, ...]
    """Where they are bound: mypy's daemon makes other variables of the same names when it analyses a function again."""
    branched: frozenset[str]
    """The names of variables that have got a value in a branch which may not have been taken in this round: what they
    are where it was is all that mypy knows of them."""
    body: Block
    """That of the function."""


class _Binding(NamedTuple):
    variable: NameExpr
    place: tuple[Block, Statement | None]
    """A block, and the statement in it after which the variable has its value; None for its beginning."""
    loops: tuple[tuple[Block, Statement], ...]
    """The loops around, each with the block in which it stands."""


_bindings = Memory[dict[str, list[_Binding]]]()
_axes: dict[Var, set[str]] = for_this_round({})
"""The axes that were given to the objects of a variable."""


def variable_of_object(expression: NameExpr, function: FuncDef) -> str | None:
    """The name of a variable that a function binds by statements only; None for other variables."""
    found = _local_variables(function).get(expression.name, ())
    is_same = any(binding.variable.node is expression.node for binding in found)
    return expression.name if is_same and expression.name.isidentifier() else None


def note_axes(expression: NameExpr, function: FuncDef, atoms: frozenset[str]) -> None:
    """Note axes that belong to the object which a variable holds."""
    if expression.name in _local_variables(function) and isinstance(expression.node, Var):
        _axes.setdefault(expression.node, set()).update(atoms)


def _local_variables(function: FuncDef) -> dict[str, list[_Binding]]:
    """The variables of a function that are not bound in other ways than those that get a marker."""
    known = _bindings.of(function.body)
    if known is None:
        taken = {argument.variable.name for argument in function.arguments}
        times = times_bound(function.body)
        found = _bindings_of(function)
        known = {name: each for name, each in found.items() if len(each) == times[name] and name not in taken}
        _bindings.note(function.body, known)
    return known


def _bindings_of(function: FuncDef) -> dict[str, list[_Binding]]:
    found: dict[str, list[_Binding]] = {}
    for binding in _bindings_in(function.body, ()):
        found.setdefault(binding.variable.name, []).append(binding)
    return found


def _is_renewed(bindings: list[_Binding]) -> bool:
    """Whether a variable may hold another object than before."""
    return len(bindings) > 1 or any(binding.loops for binding in bindings)


def _bindings_in(block: Block, loops: tuple[tuple[Block, Statement], ...]) -> Iterator[_Binding]:
    for statement in block.body:
        around = loops
        match statement:
            case AssignmentStmt(lvalues=targets):
                yield from _variables(targets, (block, statement), loops)
                continue
            case ForStmt(index=index):
                around = (*loops, (block, statement))
                yield from _variables([index], (statement.body, None), around)
            case WhileStmt():
                around = (*loops, (block, statement))
            case WithStmt(target=targets):
                yield from _variables(targets, (statement.body, None), around)
        if not isinstance(statement, _SCOPES):
            for inner in blocks(statement):
                yield from _bindings_in(inner, around)


def _variables(
    targets: list[Any], place: tuple[Block, Statement | None], loops: tuple[tuple[Block, Statement], ...]
) -> Iterator[_Binding]:
    for target in targets:
        for single in targets_in(target):
            if isinstance(single, NameExpr) and single.kind == LDEF and isinstance(single.node, Var):
                yield _Binding(single, place, loops)


def mark_objects(body: Block, function: FuncDef) -> None:
    """Put markers where variables get another object, and after the loops around."""
    if not any(map(_is_renewed, _bindings_of(function).values())):
        return
    found = [several for several in _local_variables(function).values() if _is_renewed(several)]
    bindings = [each for several in found for each in several if len(several) > 1 or each.loops]
    used = {id(owner.node) for owner in _owners(body)}
    markers = _Markers({})
    for binding in bindings:
        if id(binding.variable.node) in used:
            for place in (binding.place, *binding.loops):
                markers.at(place)[0].append(binding.variable)
    for place, names in _branches(body, set(), in_loop=False) if markers.places else ():
        markers.at(place)[1].update(names)
    markers.put(body)


_Place = tuple[Block, Statement | None]


@dataclass(frozen=True)
class _Markers:
    """The variables that hold other objects at each place, and the names of those that have got a value in a branch."""

    places: dict[tuple[int, int], tuple[_Place, list[NameExpr], set[str]]]

    def at(self, place: _Place) -> tuple[list[NameExpr], set[str]]:
        """What is known of one place."""
        return self.places.setdefault((id(place[0]), id(place[1])), (place, [], set()))[1:]

    def put(self, body: Block) -> None:
        """Put a marker into each place that has none."""
        for (block, statement), renewed, branched in self.places.values():
            at = 0 if statement is None else next(i for i, each in enumerate(block.body) if each is statement) + 1
            while at < len(block.body) and (meaning := meaning_of(block.body[at])) is not None:
                if isinstance(meaning, Renewed):
                    break
                at += 1
            else:
                put_marker(block, at, Renewed(tuple(renewed), frozenset(branched), body), statement or block)


def _branches(block: Block, seen: set[str], *, in_loop: bool) -> Iterator[tuple[_Place, set[str]]]:
    """Where branches end inside loops, with the names that are first bound in some of them and not in all."""
    for statement in block.body:
        inner = [] if isinstance(statement, _SCOPES) else blocks(statement)
        before = {*seen}
        for each in inner:
            yield from _branches(each, seen, in_loop=in_loop or isinstance(statement, (ForStmt, WhileStmt)))
        seen.update(bound_in(statement))
        bound = [{*bound_in(each)} for each in inner]
        whole = isinstance(statement, WithStmt) or (isinstance(statement, IfStmt) and statement.else_body is not None)
        everywhere = set[str].intersection(*bound) if whole and bound else set[str]()
        names = set[str]().union(*bound) - everywhere - before
        if in_loop and names:
            yield (block, statement), names


_SCOPES: Final = (FuncDef, ClassDef, Decorator, OverloadedFuncDef)


def _owners(body: Block) -> Iterator[NameExpr]:
    """The variables of which attributes are read, or that are called."""
    for node in walk(body):
        owner = node.expr if isinstance(node, MemberExpr) else node.callee if isinstance(node, CallExpr) else None
        if isinstance(owner, NameExpr):
            yield owner


def forget_objects(checker: Checker, renewed: Renewed, encoder: Encoder) -> None:
    """What was computed of the objects that variables held before is of sizes that are not known."""
    gone, every = _axes_of(name.node for name in renewed.variables), _axes_of(_axes)
    for place in _places(renewed.body) if every else ():
        is_branched = isinstance(place, NameExpr) and place.name in renewed.branched
        _forget(checker, place, every if is_branched else gone, encoder)


def _axes_of(variables: Iterable[SymbolNode | None]) -> frozenset[str]:
    return frozenset(atom for variable in variables if isinstance(variable, Var) for atom in _axes.get(variable, ()))


def forget_in_container(checker: Checker, container: Expression | None, encoder: Encoder) -> None:
    """A list that gets a value of an object in a loop will have got others there of other objects."""
    gone = _axes_of(_axes)
    while gone and container is not None:
        if isinstance(container, RefExpr):
            _forget(checker, container, gone, encoder)
            return
        container = container.base if isinstance(container, IndexExpr) else None


_held = Memory[list[Expression]]()


def _places(body: Block) -> list[Expression]:
    """The expressions of a function whose types mypy keeps: variables, attributes, items."""
    found = _held.of(body)
    if found is None:
        places: Iterator[Expression] = (
            node for node in walk(body) if isinstance(node, (NameExpr, MemberExpr, IndexExpr))
        )
        found = list(places)
        _held.note(body, found)
    return found


def _forget(checker: Checker, place: Expression, gone: frozenset[str], encoder: Encoder) -> None:
    """Forget axes in the type that a place has, and in the one that mypy has inferred for a variable."""
    node = place.node if isinstance(place, NameExpr) else None
    if isinstance(node, Var) and node.is_inferred and node.type is not None and _mentions(node.type, gone, encoder):
        retype(checker, node, node.type.accept(Substitution({}, {}, encoder, gone)))
    held = held_type(checker, place) if gone else None
    if held is not None and _mentions(held, gone, encoder):
        narrow(checker, place, held.accept(Substitution({}, {}, encoder, gone)))


def _mentions(t: Type, gone: frozenset[str], encoder: Encoder) -> bool:
    return any(names_in(dim) & gone for dim in (*dims_in(t), *spread_in(t, encoder)))

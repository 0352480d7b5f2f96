"""Variables that change where mypy does not look: under the functions that read them, or inside a comprehension.

mypy takes it that a function which stands inside another one finds in a variable what it held when the function was
defined, that a call leaves the variables of its caller alone, and that so does a comprehension. What is known of such a
variable is lost where it gets a value of another shape after such a function (`f = lambda: y`, then `y = x.T`), in one
that has it as `nonlocal`, or by `:=` in a comprehension.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mypy.nodes import (
    LDEF,
    AssignmentExpr,
    Block,
    DictionaryComprehension,
    Expression,
    FuncDef,
    GeneratorExpr,
    LambdaExpr,
    NameExpr,
    Node,
    NonlocalDecl,
    Var,
)
from mypy.types import Instance, Type

from tl_checker.shapes.annotations.axes import axes_of_object
from tl_checker.shapes.annotations.encoding import SYMINT, any_type, decode_axis, members_of, shape_of
from tl_checker.shapes.host.internals import Checker, declared_and_held, held_type, narrow
from tl_checker.shapes.host.markers import blocks, put_marker
from tl_checker.shapes.host.walking import children, walk
from tl_checker.shapes.messages.report import lost
from tl_dsl.dims import Axis
from tl_dsl.shapes import Shape


class Changed(NamedTuple):
    """Variables that a function inside reads, or one around it, and that have just got another value."""

    names: tuple[NameExpr, ...]


class ChangedInside(NamedTuple):
    """Variables that a comprehension has assigned to."""

    names: tuple[NameExpr, ...]


def captured_names(body: Block) -> dict[str, int]:
    """The names that the functions inside a body read, and the line where the first of these functions is."""
    found: dict[str, int] = {}
    for node in walk(body):
        if isinstance(node, (FuncDef, LambdaExpr)):
            for inner in walk(node.body):
                if isinstance(inner, NameExpr):
                    found[inner.name] = min(node.line, found.get(inner.name, node.line))
    return found


def names_of_others(body: Block) -> set[str]:
    """The names that a function has of the function around it, and assigns to."""
    return {name for node in children(body) if isinstance(node, NonlocalDecl) for name in node.names}


def mark_comprehensions(block: Block) -> None:
    """Put markers after the statements of a block whose comprehensions assign to variables."""
    for at in range(len(block.body) - 1, -1, -1):
        parts = [part for part in children(block.body[at]) if isinstance(part, Expression)]
        names = tuple(name for part in parts for name in _assigned_inside(part, False))
        if names:
            put_marker(block, at + 1, ChangedInside(names), names[0])
            for inner in blocks(block.body[at]):
                put_marker(inner, 0, ChangedInside(names), names[0])


def _assigned_inside(node: Node, inside: bool) -> Iterator[NameExpr]:
    if inside and isinstance(node, AssignmentExpr):
        yield node.target
    inside = inside or isinstance(node, (GeneratorExpr, DictionaryComprehension))
    for child in children(node) if not isinstance(node, LambdaExpr) else ():
        yield from _assigned_inside(child, inside)


def lose_changed(checker: Checker, changed: Changed) -> None:
    """After an assignment: report variables that do not hold any more what a function takes them to hold."""
    for name in changed.names:
        found = declared_and_held(checker, name)
        before = [size for t in found[:1] for size in _sizes(t)]
        now = [size for t in found[1:] for size in _sizes(t)]
        if any(size not in now for size in before) or any(size not in before for size in now):
            lost(checker, name, f"a function finds another value in {name.name} from here on", *found)


def lose_changed_inside(checker: Checker, changed: ChangedInside) -> None:
    """After a comprehension: what the variables held that it has assigned to is gone."""
    for name in changed.names:
        held = held_type(checker, name)
        if held is None and isinstance(name.node, Var):
            held = name.node.type
        if name.kind == LDEF and held is not None and _sizes(held):
            lost(checker, name, f"a comprehension assigns to {name.name}", held)
            narrow(checker, name, any_type())


def _sizes(t: Type) -> list[Shape | Axis | str]:
    """The shapes of arrays, and the sizes, that a type speaks of; those of objects as they are printed."""
    found: list[Shape | Axis | str] = []
    for member in members_of(t):
        if (shape := shape_of(member)) is not None:
            found.append(shape)
        elif isinstance(member, Instance) and member.type.fullname == SYMINT:
            found.append(decode_axis(member))
        elif isinstance(member, Instance):
            found += [f"{name} is {size}" for name, size in axes_of_object(member).items()]
    return found

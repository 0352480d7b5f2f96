"""Arrays that the branches of a condition on sizes make fit: `if len(y) > n: y = y[:n]`, else y has n rows already.

Where branches meet, what each of their conditions has said is forgotten. So at the end of a branch, an array that some
branch changes is put in terms of the sizes that the others had before, where the conditions make them equal.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from mypy.nodes import Block, IfStmt, NameExpr, Var
from mypy.types import Instance, Type, UnionType

from tl_checker.shapes.annotations.encoding import ARRAYS, Encoder, any_type, array_dtype, members_of, shape_of
from tl_checker.shapes.facts.conditions import Condition
from tl_checker.shapes.facts.facts import known_facts
from tl_checker.shapes.host.internals import assign, held_type
from tl_checker.shapes.host.markers import meaning_of, put_marker
from tl_checker.shapes.sizes.equations import Equations
from tl_checker.shapes.statements.reassigned import assignments
from tl_dsl.dims import Axis, Dim, atoms, dim_of
from tl_dsl.shapes import Shape, Star


class Settled(NamedTuple):
    """Variables that some branch of a condition changes, at the end of one of them."""

    names: tuple[NameExpr, ...]


def mark_settled(block: Block) -> None:
    """Put markers at the ends of the branches of conditions on sizes, where one of them changes variables."""
    for statement in block.body:
        if not isinstance(statement, IfStmt) or statement.else_body is None:
            continue
        branches = [*statement.body, statement.else_body]
        if not all(branch.body and isinstance(meaning_of(branch.body[0]), Condition) for branch in branches):
            continue
        changed = {name.name: name for branch in branches for *_, names in assignments(branch) for name in names}
        for branch in branches if changed else ():
            if not isinstance(meaning_of(last := branch.body[-1]), Settled):
                put_marker(branch, len(branch.body), Settled(tuple(changed.values())), last)


def settle_shapes(checker: Any, settled: Settled, encoder: Encoder) -> None:
    """At the end of a branch: name the sizes of arrays by what holds outside of it, too."""
    known = known_facts(checker)
    if known is None:
        return
    for name in settled.names:
        members = members_of(held_type(checker, name) or _declared(name))
        if not all(map(_is_array, members)):
            continue
        own = frozenset().union(*map(_names_in, members))
        equations = Equations.of(known.facts, first=own)
        new = [_settled(member, equations, own, encoder) for member in members]
        if new != members:
            assign(checker, name, UnionType.make_union(new))


def _declared(name: NameExpr) -> Type:
    """The type of a parameter that nothing was assigned to as yet."""
    variable = name.node
    return variable.type if isinstance(variable, Var) and variable.is_argument and variable.type else any_type()


def _is_array(t: Type) -> bool:
    return isinstance(t, Instance) and t.type.fullname in ARRAYS and shape_of(t) is not None


def _names_in(t: Type) -> frozenset[str]:
    return frozenset().union(*(atoms(axis) for axis in shape_of(t) or () if not isinstance(axis, Star)))


def _settled(t: Type, equations: Equations, own: frozenset[str], encoder: Encoder) -> Type:
    assert isinstance(t, Instance)
    shape: Shape = shape_of(t) or ()
    new = tuple(axis if isinstance(axis, Star) else _settled_axis(axis, equations, own) for axis in shape)
    return t if new == shape else encoder.array(t.type, array_dtype(t), new)


def _settled_axis(axis: Axis, equations: Equations, own: frozenset[str]) -> Axis:
    """The size by other names than its own, or as one of these: `2*(n//2)+1` of an odd n is n."""
    form = equations.restored(equations.axis(axis))
    if isinstance(form, Dim) and form.only is None:
        return next((name for name in map(dim_of, sorted(own)) if equations.same(axis, name)), form)
    return form

"""What the value of `x.ndim`, of one size, or of all sizes says about a shape of which not everything is known.

No mypy here. Each gives the shape, and facts about the names in it; or None where no array of this shape has the value.
"""

from __future__ import annotations

from typing import TypeAlias

from tl_checker.shapes.sizes.equations import AnyFact, Fact, Run
from tl_checker.shapes.sizes.unify import substitute_shape
from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown, atoms
from tl_dsl.shapes import Shape, Star, axes_of_run, is_nameless, star_at

Refined: TypeAlias = tuple[Shape, list[AnyFact]]


def with_rank(shape: Shape, rank: int, name: str = "") -> Refined | None:
    """A shape that has so many axes: those that `*b` stands for are called b[0], b[1], ...

    `name`, "scope:x", is the array, if it is the same wherever the program comes by: what an annotation leaves open is
    `{x.shape[0]}` then, the value of an int, which as such is not held against other sizes.
    """
    at = star_at(shape)
    more = rank - len(shape) + 1
    if at is None:
        return (shape, []) if len(shape) == rank else None
    if more < 0:
        return None
    star = shape[at]
    assert isinstance(star, Star)
    if star.name is None:
        scope, _, array = name.rpartition(":")
        unknown = [Dim.name(f"{{{array}.shape[{at + i}]}}", scope) if name else UNKNOWN for i in range(more)]
        return (*shape[:at], *unknown, *shape[at + 1 :]), []
    axes = axes_of_run(star.run[0], more)
    return (*shape[:at], *star.put(axes), *shape[at + 1 :]), [Run(Star(star.run[0]), axes)]


def with_axis(shape: Shape, at: int, size: int | Dim) -> Refined | None:
    """A shape one of whose axes is known."""
    star = star_at(shape)
    if star is None and not -len(shape) <= at < len(shape):
        return None
    if star is not None and not (at < star if at >= 0 else len(shape) + at > star):
        return shape, []
    at %= len(shape)
    new, facts = _known(shape[at], size)
    return (*shape[:at], new, *shape[at + 1 :]), facts


def _known(axis: Axis | Star, size: Axis | Star) -> tuple[Axis | Star, list[AnyFact]]:
    """What an axis is called whose size is another one, too; an axis of the function says more than a value."""
    if isinstance(axis, (Unknown, Star)):
        return size, []
    if isinstance(size, (Unknown, Star)) or axis == size:
        return axis, []
    value = any("{" in name for name in atoms(axis))
    return size if value else axis, [Fact(axis, size)]


def in_terms_of(shape: Shape, facts: list[AnyFact]) -> Shape:
    """A shape in which names are replaced by what facts say that they are; the facts hold for this array alone."""
    for fact in facts:
        if isinstance(fact, Fact) and fact.relation == "==":
            for size, other in ((fact.left, fact.right), (fact.right, fact.left)):
                name = size.only if isinstance(size, Dim) else None
                if name is not None and "{" not in name and name not in atoms(other):
                    shape = substitute_shape(shape, {name: other}, {})
                    break
    return shape


def meet(shape: Shape, other: Shape) -> Refined | None:
    """A shape that equals another one."""
    if star_at(other) is not None:
        return shape, []
    ranked = with_rank(shape, len(other))
    if ranked is None:
        return None
    at = star_at(shape)
    known = [_known(x, y) for x, y in zip(ranked[0], other, strict=True)]
    new = tuple(axis for axis, _ in known)
    facts = [fact for _, found in known for fact in found]
    if at is not None and isinstance(star := shape[at], Star) and star.name is not None:
        run = other[at : at + len(other) - len(shape) + 1]
        if not any(isinstance(axis, Unknown) for axis in run):
            return (*new[:at], *run, *new[at + len(run) :]), [Run(star, run)]
        facts += ranked[1]
    return new, facts


def asserted_shape(shape: Shape, wanted: Shape) -> Refined | None:
    """A shape that is asserted to be `wanted`: it goes by the names there."""
    star, at = star_at(wanted), star_at(shape)
    if star is None:
        ranked = with_rank(shape, len(wanted))
        if ranked is None:
            return None
        found = meet(shape, wanted)
        facts = [] if found is None else found[1]
        return tuple(map(_named, wanted, ranked[0])), facts
    tail = len(wanted) - star - 1
    if at is not None and (at < star or len(shape) - at - 1 < tail):
        return wanted, []  # the run of axes that is there may reach into the axes that are asserted
    if at is None and len(shape) < len(wanted) - 1:
        return None
    end = len(shape) - tail
    middle, run = shape[star:end], wanted[star]
    assert isinstance(run, Star)
    known = not any(isinstance(axis, Unknown) or is_nameless(axis) for axis in middle)
    ends = [*zip(shape[:star], wanted[:star], strict=True), *zip(shape[end:], wanted[star + 1 :], strict=True)]
    facts = [fact for x, y in ends for fact in _known(x, y)[1]]
    if run.name is not None and known and middle != (run,):
        facts.append(Run(run, middle))
    named = tuple(_named(y, x) for x, y in ends)
    return (*named[:star], *(middle if known or run.name is None else (run,)), *named[star:]), facts


def _named(wanted: Axis | Star, axis: Axis | Star) -> Axis | Star:
    return axis if isinstance(wanted, Unknown) else wanted

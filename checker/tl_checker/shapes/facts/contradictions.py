"""Sizes that are never held against each other, such as the value of an argument and the axis of another."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Set
from typing import Final, TypeVar

from tl_checker.shapes.sizes.sorts import VALUE, belongs, ints_beside_axes, of_class, of_object, sort_of
from tl_dsl.dims import Dim, assume
from tl_dsl.errors import ShapeError
from tl_dsl.shapes import Star

NUMBERS: Final = Star("<numbers>")
"""Stands for all sizes that are numbers, among sizes to take as unknown."""
T = TypeVar("T")
Forgotten = Set[Dim | Star]


def settle(sizes: Set[Dim | Star], evaluate: Callable[[Forgotten], T], unknowns: Callable[[T], int]) -> T:
    """The result of a rule; when only sizes of different sorts disagree in it, some of them are taken as unknown.

    That they agree is an assumption. Of several such results, the one that knows most; where there is none, raises what
    the rule raised.
    """
    try:
        return evaluate(frozenset())
    except ShapeError as error:
        ints = ints_beside_axes(sizes)
        special = sorted((axis for axis in sizes if sort_of(axis) or axis in ints), key=str)
        objects = {sort_of(axis) for axis in special if of_object(axis)}
        sorts = {sort_of(axis) for axis in sizes}
        alike = len(sorts) < 2 and not ints and not any(VALUE in sort for sort in sorts)
        if alike and not objects:
            raise
        groups = [
            {axis for axis in sizes if sort_of(axis) == sort or all(belongs(axis, each) for each in sort)}
            for sort in objects
        ]
        groups.append({axis for axis in sizes if of_class(axis)})
        for group in groups:
            try:
                evaluate(frozenset({NUMBERS, *(sizes - group)}))
            except ShapeError:
                raise error from None  # axes of one object disagree, whatever all others are
        results = [*_results(special, evaluate)]
        if not results:
            raise
        assume(f"that {error.got} fit")
        return min(results, key=unknowns)


def _results(special: list[Dim | Star], evaluate: Callable[[Forgotten], T]) -> Iterator[T]:
    """The results with one of some sizes forgotten; where there is none, with as few as have to be."""
    found = False
    for axis in special:
        with contextlib.suppress(ShapeError):
            yield evaluate({axis})
            found = True
    forgotten = {*special}
    for kept in special if not found else ():
        with contextlib.suppress(ShapeError):
            evaluate(forgotten - {kept})
            forgotten -= {kept}
    with contextlib.suppress(ShapeError):
        yield evaluate(forgotten)

"""Choosing where to verify: where a function is finite and smooth, and where every argument has influence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from tl_specs import Ambiguous

from tl_checker.gradients.balls import Objects, precision
from tl_checker.gradients.draw import CannotDraw
from tl_checker.gradients.entries import BITS, AtKink, Point
from tl_dsl.errors import DomainError

T = TypeVar("T")


def liveliest(attempts: Iterable[Callable[[], T]], point_of: Callable[[T], Point], known: set[int]) -> T:
    """The first attempt where every leaf has influence that had none before; else one where most of these have.

    ``known`` are the leaves that had influence at the places before; those of this place are added.
    Errors: AtKink or DomainError of the last attempt when all of them raise one; what else an attempt raises.
    """
    best: tuple[T, frozenset[int]] | None = None
    trouble: Exception = CannotDraw("no range of values")
    for attempt in attempts:
        try:
            place = attempt()
            live = influential(point_of(place))
        except (DomainError, AtKink) as error:
            trouble = error
            continue
        if best is None or len(live - known) > len(best[1] - known):
            best = place, live
        if len(known | live) == len(point_of(place).leaves):
            break
    if best is None:
        raise trouble
    known |= best[1]
    return best[0]


def influential(point: Point) -> frozenset[int]:
    """The leaves along which the derivative is not zero; all or none where they are moved together.

    Errors: AtKink where the reference is not differentiable, DomainError where it is not finite.
    """
    count = len(point.leaves)
    each: list[list[Objects | None]] = [
        [point.directions(leaf)[0] if k == leaf else None for k in range(count)] for leaf in range(count)
    ]
    together: list[Objects | None] = [point.directions(leaf)[0] for leaf in range(count)]
    live: set[int] = set()
    with precision(BITS[0]):
        for leaf, direction in enumerate([together] if point.together else each):
            try:
                slopes = point.reference.along(direction).reshape(-1).tolist()
            except Ambiguous as error:
                raise AtKink(str(error)) from error
            if not all(slope.is_finite() for slope in slopes):
                raise DomainError("the function or its derivative is not finite", got=point.label)
            if not all(slope.contains(0) for slope in slopes):
                live |= {*range(count)} if point.together else {leaf}
    return frozenset(live)

"""The rule of reshape: the number of elements stays the same."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import Any

from tl_dsl.dims import Axis, Dim, OneOr, Unknown, assume, assume_division, at_least, exact_div, product, same
from tl_dsl.dims.text import show_dim
from tl_dsl.errors import LostShape, ShapeError
from tl_dsl.shapes.axes import size_of, star_at
from tl_dsl.shapes.divisible import equal_if_divisible
from tl_dsl.shapes.text import Shape, Star, is_nameless, is_open, show_shape


def reshape_shape(shape: Shape, new: Axis | Shape | None) -> Shape:
    """The new shape, its -1 filled in; the number of elements must stay the same.

    >>> from tl_dsl.dims import Dim
    >>> n = Dim.name("n")
    >>> reshape_shape((n, 12), (n, 3, -1)), reshape_shape((2, 3), -1)
    ((n, 3, 4), (6,))
    """
    if new is None:
        raise LostShape("the new shape is not known before the program runs")
    wanted: Shape = new if isinstance(new, tuple) else (new,)
    if _keeps_size(shape, wanted):
        return wanted
    if star_at(wanted) is not None:
        return _reshape_to_runs(shape, wanted)
    for axis in wanted:
        if isinstance(axis, int) and axis < -1:
            raise ShapeError("a size is at least 0", got=f"reshape to {show_shape(wanted)}")
    holes = [i for i, axis in enumerate(wanted) if isinstance(axis, int) and axis == -1]
    if len(holes) > 1:
        raise ShapeError("reshape fills in at most one -1", got=show_shape(wanted))
    count = size_of(shape)
    known = product(axis for axis in wanted if not isinstance(axis, Star) and axis != -1)
    if holes:
        return (*wanted[: holes[0]], _fill(shape, count, wanted, known), *wanted[holes[0] + 1 :])
    if same(count, known) is False and not equal_if_divisible(count, known):
        raise _no_reshape(shape, wanted, count, known)
    star = star_at(shape)
    if star is not None and not is_nameless(shape[star]) and not isinstance(known, Unknown):
        raise _no_reshape(shape, wanted, "any number of", known)
    return wanted


def _keeps_size(shape: tuple[Any, ...], wanted: tuple[Any, ...]) -> bool:
    """Whether both have as many elements, and all sizes are known."""
    sizes = (*shape, *wanted)
    return {*map(type, sizes)} <= {int} and min(sizes, default=0) >= 0 and prod(shape) == prod(wanted)


def _reshape_to_runs(shape: Shape, wanted: Shape) -> Shape:
    """The same, when some of the new axes are a run of another tensor's: what both shapes have of it does not count."""
    shared = Counter(map(_run, shape)) & Counter(map(_run, wanted))
    del shared[None]
    given, others = _without(shape, shared), _without(wanted, shared)
    if star_at(others) is None:
        try:
            filled = [axis for axis in reshape_shape(given, others) if not isinstance(axis, Star)]
        except ShapeError as error:
            beside = ", ".join(f"*{name.rpartition(':')[2]}" for name in shared if name is not None)
            raise ShapeError(error.rule, got=f"{error.got}, beside {beside}", wanted=error.wanted) from error
        return tuple(axis if isinstance(axis, Star) else filled.pop(0) for axis in wanted)
    if any(axis == -1 for axis in others):
        raise LostShape("the size that -1 stands for is not known")
    if not any(is_open(axis) for axis in (*given, *others)):
        raise _no_reshape(shape, wanted, "any number of", "as many")
    return wanted


def _run(axis: Axis | Star) -> str | None:
    return axis.run[0] or None if isinstance(axis, Star) else None  # in the other order, too


def _without(shape: Shape, shared: Counter[str | None]) -> Shape:
    left, kept = Counter(shared), list[Axis | Star]()
    for axis in shape:
        if left[_run(axis)]:
            left[_run(axis)] -= 1
        else:
            kept.append(axis)
    return tuple(kept)


def _fill(shape: Shape, count: Axis, wanted: Shape, known: Axis) -> Axis:
    others = product(axis for axis in shape if isinstance(axis, (int, Dim)))
    varies = star_at(shape) is not None or any(isinstance(axis, OneOr) for axis in shape)
    if varies and known != 1 and not isinstance(exact_div(others, known), (int, Dim)):
        assume(f"{show_dim(known)} divides the number of elements of {show_shape(shape)}")
    if not isinstance(known, (int, Unknown)) and not at_least(known, 1):
        assume(f"{show_dim(known)} >= 1")  # of no elements, -1 may be anything
    filled = exact_div(count, known)
    if filled is not None:
        return filled
    assert not isinstance(count, Unknown) and not isinstance(known, Unknown)
    is_wrong = (isinstance(count, int) and isinstance(known, int)) or at_least(known - count, 0)
    if is_wrong or known == 0:
        raise _no_reshape(shape, wanted, count, known)
    if isinstance(count, int):  # the sizes in the other are those few that divide it, and not free
        raise LostShape(f"-1 is filled in only where {show_dim(known)} divides {count}")
    assume_division(known, count)
    return count // known


def _no_reshape(shape: Shape, wanted: Shape, count: object, known: Axis | str) -> ShapeError:
    known = known if isinstance(known, str) else show_dim(known)
    return ShapeError(
        "reshape keeps the number of elements",
        got=f"{show_shape(shape)} to {show_shape(wanted)}: {count} elements and {known}",
        wanted="equal numbers",
    )

"""The rule that moves axes to other places, and leaves the others in their order."""

from __future__ import annotations

from collections.abc import Sequence

from tl_dsl.errors import LostShape, ShapeError
from tl_dsl.shapes.axes import StaticAxis, normalize_axes, normalize_axis, star_at
from tl_dsl.shapes.text import Shape, show_shape


def moveaxis_shape(
    shape: Shape, source: StaticAxis | Sequence[StaticAxis], destination: StaticAxis | Sequence[StaticAxis]
) -> Shape:
    """The shape with some axes at other places: one axis and its place, or as many places as axes.

    Errors: ShapeError for axes and places that are not there or named twice; LostShape for those among any number.

    >>> from tl_dsl.shapes import Star
    >>> moveaxis_shape((2, 3, 4), 0, -1), moveaxis_shape((Star(":b"), 2, 3), -1, 0)
    ((3, 4, 2), (3, *b, 2))
    """
    sources = tuple(source) if isinstance(source, (tuple, list)) else (source,)
    places = tuple(destination) if isinstance(destination, (tuple, list)) else (destination,)
    normalize_axes(sources, shape)
    if len(sources) != len(places):
        raise ShapeError("each axis moves to one place", got=f"{len(sources)} axes to {len(places)} places")
    taken = [normalize_axis(axis, shape) for axis in sources]
    rest = tuple(axis for i, axis in enumerate(shape) if i - len(shape) not in taken)
    moved = dict(zip(_places(places, shape, rest), (shape[axis] for axis in taken), strict=True))
    left = iter(rest)
    return tuple(moved[i] if i in moved else next(left) for i in range(len(shape)))


def _places(places: tuple[StaticAxis, ...], shape: Shape, rest: Shape) -> tuple[int, ...]:
    """Where the moved axes go, `*b` being one of the axes; before it from the start, behind it from the end."""
    star = star_at(rest)
    if star is None:
        normalize_axes(places, shape)
        return tuple(normalize_axis(place, shape) + len(shape) for place in places)
    known = [place for place in places if isinstance(place, int)]
    before = star + sum(place >= 0 for place in known)
    behind = len(shape) - before - 1
    for place in places:
        if not isinstance(place, int) or not -behind <= place < before:
            normalize_axis(place, shape)  # which may know more of what is wrong
            raise LostShape(f"an axis moves among the axes {rest[star]!r} of {show_shape(shape)}")
    if len(set(known)) < len(known):
        raise ShapeError("an axis may be named only once", got=f"places {places}")
    return tuple(place if place >= 0 else place + len(shape) for place in known)

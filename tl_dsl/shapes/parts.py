"""The rules of operations that cut, repeat or move along axes: split, tile, roll, flip, running sums, orders."""

from __future__ import annotations

from tl_dsl.dims import Axis, Dim, Unknown, assume, assume_division, at_least, exact_div
from tl_dsl.dims.text import show_dim
from tl_dsl.errors import LostShape, ShapeError
from tl_dsl.shapes.axes import StaticAxis, normalize_axis, size_of, star_at
from tl_dsl.shapes.index import index_shape
from tl_dsl.shapes.rules import broadcast_shapes
from tl_dsl.shapes.text import Shape, Star, show_shape


def split_shapes(shape: Shape, indices_or_sections: object, axis: StaticAxis = 0) -> list[Shape]:
    """The shapes of the parts: so many equal ones, or those between the indices.

    >>> n = Dim.name("n")
    >>> split_shapes((2 * n, 3), 2), split_shapes((n, 6), (1, 4), axis=-1)
    ([(n, 3), (n, 3)], [(n, 1), (n, 3), (n, 2)])
    """
    at = normalize_axis(axis, shape) + len(shape)
    size = shape[at]
    assert not isinstance(size, Star)
    match indices_or_sections:
        case int():
            sizes = [_equal_part(size, indices_or_sections)] * indices_or_sections
        case tuple() | list():
            bounds = [None, *indices_or_sections, None]
            cuts = [slice(*bounds[k : k + 2]) for k in range(len(bounds) - 1)]
            sizes = [axis for cut in cuts for axis in index_shape((size,), (cut,)) if not isinstance(axis, Star)]
        case _:
            raise LostShape("the number of parts is not known before the program runs")
    return [(*shape[:at], part, *shape[at + 1 :]) for part in sizes]


def _equal_part(size: Axis, sections: int) -> Axis:
    if sections < 1:
        raise ShapeError("split makes at least one part", got=str(sections))
    part = exact_div(size, sections)
    if part is not None:
        return part
    if isinstance(size, int):
        raise ShapeError("split makes parts of equal size", got=f"{sections} parts of {size} elements",
                         suggestion="the indices at which to cut")  # fmt: skip
    assert isinstance(size, Dim)
    assume_division(sections, size)
    return size // sections


def tile_shape(shape: Shape, repetitions: object) -> Shape:
    """The shape of an array repeated as a whole along its last axes; where there are more numbers, along new ones.

    >>> tile_shape((2, 3), 2), tile_shape((3,), (2, 1)), tile_shape((2, 3), (4, 1))
    ((2, 6), (2, 3), (8, 3))
    """
    if isinstance(repetitions, (int, Dim, Unknown)):
        repetitions = (repetitions,)
    if not isinstance(repetitions, (tuple, list)):
        raise LostShape("the repetitions are not known before the program runs")
    star = star_at(shape)
    if star is not None and len(repetitions) > len(shape) - star - 1:
        raise LostShape(f"the repetitions reach into the axes {shape[star]!r} of {show_shape(shape)}")
    raised: Shape = (1,) * (len(repetitions) - len(shape)) + shape
    start = len(raised) - len(repetitions)
    axes: list[Axis | Star] = list(raised[:start])
    for size, times in zip(raised[start:], repetitions, strict=True):
        assert not isinstance(size, Star)
        if isinstance(times, Star):
            raise LostShape("the number of repetitions is not known")
        if isinstance(times, int) and times < 0:
            raise ShapeError("an array is repeated at least 0 times", got=f"repetitions {repetitions}")
        if not isinstance(times, Unknown) and not at_least(times, 0):
            assume(f"{show_dim(times)} >= 0")
        axes.append(size * times)
    return tuple(axes)


def moved_shape(shape: Shape, axis: object = None) -> Shape:
    """The shape itself, whose axes the operation names: one, several or, by None, all.

    >>> moved_shape((2, 3), -1), moved_shape((2, 3), (0, 1))
    ((2, 3), (2, 3))
    """
    for one in axis if isinstance(axis, (tuple, list)) else () if axis is None else (axis,):
        try:
            normalize_axis(one, shape)
        except LostShape:  # whichever axis it is, the shape stays
            assume(f"{show_shape(shape)} has the axis {one if isinstance(one, int) else 'that is named'}")
    return shape


def roll_shape(shape: Shape, shift: object, axis: object = None) -> Shape:
    """The shape itself; as many shifts as axes.

    >>> roll_shape((2, 3), (1, 2), (0, 1))
    (2, 3)
    """
    several = isinstance(shift, (tuple, list)), isinstance(axis, (tuple, list))
    if axis is None and several[0]:
        raise ShapeError("roll shifts along the axes that it names", got=f"shifts {shift} and no axis")
    if isinstance(shift, (tuple, list)) and isinstance(axis, (tuple, list)) and len(shift) != len(axis):
        raise ShapeError("roll takes a shift for each axis", got=f"shifts {shift}, axes {axis}")
    if isinstance(shift, (tuple, list)) and isinstance(axis, int) and len(shift) != 1:
        raise ShapeError("roll takes a shift for each axis", got=f"shifts {shift}, axis {axis}")
    return moved_shape(shape, axis)


def running_shape(shape: Shape, axis: StaticAxis | None = None) -> Shape:
    """The shape of running sums: along an axis the shape itself, without one a vector of all elements.

    >>> running_shape((2, 3), 1), running_shape((2, 3))
    ((2, 3), (6,))
    """
    if axis is None:
        return (size_of(shape),)
    if not isinstance(axis, int):
        raise LostShape("the axis is not known before the program runs")
    return moved_shape(shape, axis)


def along_shape(shape: Shape, indices: Shape, axis: StaticAxis = -1) -> Shape:
    """The shape of elements picked along an axis, in each row at its own indices; the other axes broadcast.

    >>> along_shape((2, 3), (2, 5)), along_shape((2, 3), (1, 3), axis=0)
    ((2, 5), (1, 3))
    """
    stars = star_at(shape), star_at(indices)
    if len(shape) != len(indices) or stars[0] != stars[1]:
        if stars == (None, None):
            raise ShapeError(
                "take_along_axis takes indices with as many axes as the tensor",
                got=f"{show_shape(shape)} and {show_shape(indices)}",
            )
        raise LostShape(f"{show_shape(shape)} and {show_shape(indices)} need not have equal numbers of axes")
    at = normalize_axis(axis, shape) + len(shape)
    picked = indices[at]
    return broadcast_shapes((*shape[:at], picked, *shape[at + 1 :]), indices)

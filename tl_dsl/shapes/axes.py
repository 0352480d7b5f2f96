"""Which axis is meant, and the rules that take, drop or insert axes."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import TypeAlias

from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown, assume, at_least, product, same
from tl_dsl.dims.text import show_dim
from tl_dsl.errors import LostShape, ShapeError
from tl_dsl.shapes.divisible import common_part
from tl_dsl.shapes.text import Shape, Star, show_shape

StaticAxis: TypeAlias = int | Dim | Unknown
"""An `axis` argument: at run time an int, in the checker possibly a value that is not known."""


def star_at(shape: Shape) -> int | None:
    """The position of the Star in a shape."""
    for position, axis in enumerate(shape):
        if isinstance(axis, Star):
            return position
    return None


def normalize_axis(axis: StaticAxis, shape: Shape) -> int:
    """The axis as a negative int. ShapeError when the shape has no such axis.

    >>> normalize_axis(0, (2, 3)), normalize_axis(-1, (2, 3))
    (-2, -1)
    """
    rank = len(shape)
    if not isinstance(axis, int):
        raise LostShape("the axis is not known before the program runs")
    star = star_at(shape)
    if star is None:
        if not -rank <= axis < rank:
            axes = "the axis" if rank == 1 else f"one of the {rank} axes"
            raise ShapeError(f"the axis must be {axes} of {show_shape(shape)}", got=f"axis {axis}")
        return axis - rank if axis >= 0 else axis
    if axis < 0 and star < rank + axis:
        return axis
    if 0 <= axis < star:
        return axis - rank
    raise LostShape(f"axis {axis} lies among the axes {shape[star]!r} of {show_shape(shape)}")


def normalize_axes(axis: StaticAxis | tuple[StaticAxis, ...] | None, shape: Shape) -> tuple[int, ...]:
    """Axes as negative ints, ascending; None means all. ShapeError when one is repeated or missing.

    >>> normalize_axes((2, 0), (2, 3, 4)), normalize_axes(None, (2, 3))
    ((-3, -1), (-2, -1))
    """
    if axis is None:
        if star_at(shape) is not None:
            raise LostShape(f"the number of axes of {show_shape(shape)} is not known")
        return tuple(range(-len(shape), 0))
    if not isinstance(axis, tuple):
        return (normalize_axis(axis, shape),)
    axes = sorted(normalize_axis(one, shape) for one in axis)
    for left, right in itertools.pairwise(axes):
        if left == right:
            raise ShapeError("an axis may be named only once", got=f"axes {axis}")
    return tuple(axes)


def reduce_shape(
    shape: Shape, axis: StaticAxis | tuple[StaticAxis, ...] | None = None, keepdims: bool | Unknown = False
) -> Shape:
    """The shape without the reduced axes, or with size 1 there.

    >>> reduce_shape((2, 3, 4), axis=(0, -1)), reduce_shape((2, 3), axis=1, keepdims=True)
    ((3,), (2, 1))
    """
    if isinstance(keepdims, Unknown):
        raise LostShape("keepdims is not known before the program runs")
    if axis is None and not keepdims:
        return ()
    drop = normalize_axes(axis, shape)
    rank = len(shape)
    if keepdims:
        return tuple(1 if i - rank in drop else size for i, size in enumerate(shape))
    return tuple(size for i, size in enumerate(shape) if i - rank not in drop)


def extreme_shape(
    shape: Shape, axis: StaticAxis | tuple[StaticAxis, ...] | None = None, keepdims: bool | Unknown = False
) -> Shape:
    """The same for a reduction that needs an element: an axis without any is refused.

    >>> extreme_shape((2, 3), axis=0)
    (3,)
    """
    result = reduce_shape(shape, axis, keepdims)
    axes = range(-len(shape), 0) if axis is None else normalize_axes(axis, shape)
    for size in (shape[position] for position in axes):
        if isinstance(size, int) and size == 0:
            raise ShapeError("there is nothing along the axis", got=show_shape(shape), wanted="one element at least")
        if isinstance(size, Dim) and not at_least(size, 1):
            assume(f"{show_dim(size)} >= 1")
    return result


def permute_shape(shape: Shape, axes: tuple[StaticAxis, ...] | Unknown) -> Shape:
    """The shape with its axes in another order.

    >>> permute_shape((2, 3, 4), (2, 0, 1))
    (4, 2, 3)
    """
    if isinstance(axes, Unknown):
        raise LostShape("the axes are not known before the program runs")
    if star_at(shape) is not None:
        raise LostShape(f"the number of axes of {show_shape(shape)} is not known")
    if len(axes) != len(shape):
        raise ShapeError(
            "permute_dims names each axis once", got=f"axes {axes} for the shape {show_shape(shape)}",
            wanted=f"{len(shape)} axes",
        )  # fmt: skip
    normalize_axes(axes, shape)
    return tuple(shape[normalize_axis(axis, shape)] for axis in axes)


def insert_at(shape: Shape, axis: StaticAxis) -> int:
    """Where a new axis goes so that it is axis `axis` of the result."""
    if not isinstance(axis, int):
        raise LostShape("the axis is not known before the program runs")
    rank = len(shape) + 1
    star = star_at(shape)
    if star is None:
        if not -rank <= axis < rank:
            raise ShapeError(f"the new axis must be one of {rank} axes", got=f"axis {axis} for {show_shape(shape)}")
        return axis % rank
    if axis < 0 and rank + axis > star:
        return rank + axis
    if 0 <= axis <= star:
        return axis
    raise LostShape(f"axis {axis} lies among the axes {shape[star]!r} of {show_shape(shape)}")


def expand_dims_shape(shape: Shape, axis: StaticAxis | tuple[StaticAxis, ...]) -> Shape:
    """The shape with a new axis of size 1.

    >>> expand_dims_shape((2, 3), axis=-1)
    (2, 3, 1)
    """
    if isinstance(axis, tuple):
        full: Shape = (1,) * (len(shape) + len(axis))
        if star_at(shape) is not None:
            raise LostShape(f"the number of axes of {show_shape(shape)} is not known")
        new = normalize_axes(axis, full)
        rest = iter(shape)
        return tuple(1 if i - len(full) in new else next(rest) for i in range(len(full)))
    at = insert_at(shape, axis)
    return (*shape[:at], 1, *shape[at:])


def squeeze_shape(shape: Shape, axis: StaticAxis | tuple[StaticAxis, ...]) -> Shape:
    """The shape without axes of size 1. ShapeError when one of them has another size.

    >>> squeeze_shape((2, 1, 3), 1)
    (2, 3)
    """
    drop = normalize_axes(axis, shape)
    for position in drop:
        size = shape[position]
        if isinstance(size, Unknown):
            assume("a squeezed axis has size 1")
        elif size != 1:
            raise ShapeError(
                "squeeze drops only axes of size 1", got=f"axis {position} of {show_shape(shape)} is {size}"
            )
    rank = len(shape)
    return tuple(size for i, size in enumerate(shape) if i - rank not in drop)


def concat_shape(shapes: Sequence[Shape], axis: StaticAxis | None = 0) -> Shape:
    """Shapes that are equal but for one axis, joined along it; None joins the flattened arrays.

    >>> n = Dim.name("n")
    >>> concat_shape([(n, 3), (2, 3)], axis=0)
    (n+2, 3)
    """
    if not shapes:
        raise ShapeError("concat needs at least one array")
    if axis is None:
        joined: Axis = 0
        for shape in shapes:
            joined = joined + size_of(shape)
        return (joined,)
    first = shapes[0]
    at = normalize_axis(axis, first) + len(first)
    total: Axis = 0
    merged = first
    for shape in shapes:
        size = shape[_same_place(first, shape, at)]
        assert not isinstance(size, Star)
        total = total + size
        merged = _merge(merged, shape, at)
    return (*merged[:at], total, *merged[at + 1 :])


def _same_place(first: Shape, shape: Shape, at: int) -> int:
    stars = star_at(first), star_at(shape)
    if stars == (None, None) or (stars[0] == stars[1] and len(first) == len(shape)):
        if len(first) != len(shape):
            raise ShapeError(
                "concat joins arrays with equal numbers of axes", got=f"{show_shape(first)} and {show_shape(shape)}"
            )
        return at
    raise LostShape(f"{show_shape(first)} and {show_shape(shape)} need not have equal numbers of axes")


def _merge(left: Shape, right: Shape, but: int | None) -> Shape:
    """Two shapes that must agree (except at one place); what one of them knows is known."""
    axes: list[Axis | Star] = []
    for i, (x, y) in enumerate(zip(left, right, strict=True)):
        if isinstance(x, Star) or isinstance(y, Star):
            if not (isinstance(x, Star) and isinstance(y, Star)) or (x != y and x.name and y.name):
                raise _unequal(left, right, i)
            axes.append(x if x.name else y)
        elif i != but and same(x, y) is False:
            part = common_part(x, y)
            if part is None:
                raise _unequal(left, right, i)
            axes.append(part)
        else:
            axes.append(y if isinstance(x, Unknown) else x)
    return tuple(axes)


def _unequal(left: Shape, right: Shape, i: int) -> ShapeError:
    return ShapeError(
        "the arrays must have equal axes",
        got=f"{show_shape(left)} and {show_shape(right)}: axis {i} is {left[i]!r} and {right[i]!r}",
    )


def equal_shape(left: Shape, right: Shape, rule: str) -> Shape:
    """What is known of two shapes that have to be equal. ShapeError, with the rule, where they are not.

    >>> n = Dim.name("n")
    >>> equal_shape((n, 3), (n, UNKNOWN), "the shapes are equal")
    (n, 3)
    """
    if len(left) == len(right) and star_at(left) == star_at(right):
        return _merge(left, right, None)
    if star_at(left) is None and star_at(right) is None:
        raise ShapeError(rule, got=f"{show_shape(left)} and {show_shape(right)}")
    raise LostShape(f"{show_shape(left)} and {show_shape(right)} need not be equal")


def stack_shape(shapes: Sequence[Shape], axis: StaticAxis = 0) -> Shape:
    """Equal shapes joined along a new axis.

    >>> stack_shape([(3, 4), (3, 4)], axis=-1)
    (3, 4, 2)
    """
    if not shapes:
        raise ShapeError("stack needs at least one array")
    merged = functools.reduce(lambda left, right: equal_shape(left, right, "stack joins equal shapes"), shapes)
    at = insert_at(merged, axis)
    return (*merged[:at], len(shapes), *merged[at:])


def size_of(shape: Shape) -> Axis:
    """The number of elements.

    >>> size_of((2, 3)), size_of(())
    (6, 1)
    """
    if star_at(shape) is not None:
        return UNKNOWN
    return product(axis for axis in shape if not isinstance(axis, Star))


def pad_shape(shape: Shape, pad_width: object) -> Shape:
    """The shape with margins: one int, one pair (before, after), or a pair for each axis.

    >>> pad_shape((2, 3), 1), pad_shape((2, 3), ((0, 1), (2, 2)))
    ((4, 5), (3, 7))
    """
    if star_at(shape) is not None:
        raise LostShape(f"the number of axes of {show_shape(shape)} is not known")
    margins = [before + after for before, after in pad_pairs(pad_width, len(shape))]
    return tuple(
        size + margin for size, margin in zip(shape, margins, strict=True) if not isinstance(size, Star)
    )  # fmt: skip


def pad_pairs(pad_width: object, rank: int) -> tuple[tuple[Axis, Axis], ...]:
    """The margin (before, after) of each axis; ShapeError when pad_width does not fit the rank."""
    wrong = ShapeError("pad_width is an int, a pair, or a pair for each axis", got=f"{pad_width!r} for {rank} axes")
    match pad_width:
        case int() | Dim() | Unknown():
            pairs: tuple[tuple[Axis, Axis], ...] = ((pad_width, pad_width),) * rank
        case (int() | Dim() | Unknown() as before, int() | Dim() | Unknown() as after):
            pairs = ((before, after),) * rank
        case tuple() | list():
            if len(pad_width) not in (1, rank):
                raise wrong
            pairs = tuple(_pair(pair, wrong) for pair in pad_width)
            pairs = pairs * rank if len(pairs) != rank else pairs
        case _:
            raise wrong
    if any(isinstance(margin, int) and margin < 0 for pair in pairs for margin in pair):
        raise ShapeError("a margin is at least 0", got=f"pad_width {pad_width!r}")
    return pairs


def _pair(pair: object, wrong: ShapeError) -> tuple[Axis, Axis]:
    match pair:
        case (int() | Dim() | Unknown() as before, int() | Dim() | Unknown() as after):
            return before, after
        case (int() | Dim() | Unknown() as both,):
            return both, both
    raise wrong


def repeat_shape(shape: Shape, repeats: object, axis: StaticAxis | None = None) -> Shape:
    """Each element of an axis repeated: all equally often, or each its own number of times.

    >>> repeat_shape((2, 3), 2, axis=1), repeat_shape((2, 3), (1, 4), axis=0)
    ((2, 6), (5, 3))
    """
    if axis is None:
        shape, axis = (size_of(shape),), 0
    at = normalize_axis(axis, shape) + len(shape)
    size = shape[at]
    assert not isinstance(size, Star)
    match repeats:
        case int() | Dim() | Unknown():
            if isinstance(repeats, int) and repeats < 0:
                raise ShapeError("repeats is at least 0", got=str(repeats))
            if not at_least(repeats, 0):
                assume(f"{show_dim(repeats)} >= 0")
            new: Axis = size * repeats
        case tuple() | list():
            if same(size, len(repeats)) is False and len(repeats) != 1:
                raise ShapeError("repeats has one number for each element", got=f"{len(repeats)} for {size} elements")
            total = sum(repeats)
            new = size * total if len(repeats) == 1 else total
        case _:
            raise LostShape("repeats is not known before the program runs")
    return (*shape[:at], new, *shape[at + 1 :])


def take_shape(shape: Shape, indices_shape: Shape, axis: StaticAxis | None) -> Shape:
    """The shape with one axis replaced by the axes of the indices.

    >>> take_shape((5, 3), (2, 2), axis=0)
    (2, 2, 3)
    """
    if axis is None:
        return indices_shape
    at = normalize_axis(axis, shape) + len(shape)
    taken = (*shape[:at], *indices_shape, *shape[at + 1 :])
    if sum(isinstance(size, Star) for size in taken) > 1:
        raise LostShape("the result has two parts with unknown numbers of axes")
    return taken

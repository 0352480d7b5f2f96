"""The rules that compare sizes: broadcasting and matmul."""

from __future__ import annotations

from collections.abc import Sequence

from tl_dsl.dims import (
    UNKNOWN,
    Axis,
    Dim,
    OneOr,
    Unknown,
    as_size,
    assume,
    at_least,
    same,
)
from tl_dsl.dims.text import show_dim
from tl_dsl.errors import LostShape, ShapeError
from tl_dsl.shapes.axes import star_at
from tl_dsl.shapes.divisible import common_part
from tl_dsl.shapes.text import Shape, Star, show_shape


def broadcast_shapes(*shapes: Shape) -> Shape:
    """The common shape to which the shapes broadcast.

    >>> from tl_dsl.dims import Dim
    >>> n = Dim.name("n")
    >>> broadcast_shapes((n, 1), (3,)), broadcast_shapes((2, 3), (2, 3))
    ((n, 3), (2, 3))
    """
    if not shapes:
        return ()
    result = shapes[0]
    for shape in shapes[1:]:
        if shape != result:
            result = _broadcast_two(result, shape)
    return result


def _broadcast_two(left: Shape, right: Shape) -> Shape:
    if star_at(left) is not None or star_at(right) is not None:
        return _broadcast_stars(left, right)
    if len(left) < len(right):
        left, right = right, left
    extra = len(left) - len(right)
    axes: list[Axis | Star] = list(left[:extra])
    for x, y in zip(left[extra:], right, strict=True):
        if x == y or y == 1:
            axes.append(x)
        elif x == 1:
            axes.append(y)
        elif isinstance(x, int) and isinstance(y, int):
            raise _no_broadcast(left, right, x, y)
        else:
            axes.append(_broadcast_axes(x, y, left, right))
    return tuple(axes)


def _broadcast_axes(x: Axis | Star, y: Axis | Star, left: Shape, right: Shape) -> Axis:
    """One axis of the common shape. An unknown size beside one that is surely not 1 is that size or 1."""
    assert not isinstance(x, Star) and not isinstance(y, Star)
    if x == y or y == 1:
        return x
    if x == 1:
        return y
    if (isinstance(x, OneOr) and x.size == y) or (isinstance(y, OneOr) and y.size == x):
        return y if isinstance(x, OneOr) else x
    if isinstance(x, Unknown) or isinstance(y, Unknown):
        known = y if isinstance(x, Unknown) else x
        return known if at_least(known, 2) else UNKNOWN
    if (part := common_part(x, y)) is not None:
        return part
    raise _no_broadcast(left, right, x, y)


def _no_broadcast(left: Shape, right: Shape, x: object, y: object) -> ShapeError:
    fewer = min(len(left), len(right))
    missing = max(len(left), len(right)) - fewer
    short = "right" if len(right) == fewer else "left"
    return ShapeError(
        "shapes broadcast when their axes, from the last, are equal or 1",
        got=f"{show_shape(left)} and {show_shape(right)}",
        wanted=f"{x!r} and {y!r} equal, or one of them 1",
        suggestion=_kept(missing, short) if fewer and missing and left[:fewer] == right[:fewer] else "",
    )


def _kept(missing: int, operand: str) -> str:
    """How an operand gets the axes that it has lost at its end."""
    index = f"[...{', None' * missing}] on the {operand} operand"
    return f"keepdims=True, or {index}" if missing == 1 else index


def _broadcast_stars(left: Shape, right: Shape) -> Shape:
    i, j = len(left) - 1, len(right) - 1
    axes: list[Axis | Star] = []
    while i >= 0 and j >= 0 and not isinstance(left[i], Star) and not isinstance(right[j], Star):
        axes.append(_broadcast_axes(left[i], right[j], left, right))
        i, j = i - 1, j - 1
    tail = tuple(reversed(axes))
    head, other = left[: i + 1], right[: j + 1]
    if not head or not other:
        return (*head, *other, *tail)
    if not isinstance(head[-1], Star):
        head, other = other, head
    star, rest = head[-1], other[-1]
    assert isinstance(star, Star)
    if star == rest and star.name is not None:
        return (*_broadcast_two(head[:-1], other[:-1]), star, *tail) if head != other else (*head, *tail)
    if isinstance(rest, Star) and len(head) == len(other) == 1:
        if star.spread is not None and star.spread in (rest.spread, rest.name):
            return (rest, *tail)
        if rest.spread is not None and rest.spread == star.name:
            return (star, *tail)
    if star.name is None or (isinstance(rest, Star) and rest.name is None):
        return (Star(), *tail)
    if all(axis == 1 or isinstance(axis, Unknown) for axis in other):
        raise LostShape(f"{show_shape(left)} and {show_shape(right)} broadcast to a shape without a name")
    raise _no_broadcast(left, right, star, rest)


def new_shape(sizes: Sequence[Axis | Star]) -> Shape:
    """The shape that a program makes of sizes; the value of an argument, `{n}`, is taken for a size.

    Errors: ShapeError for negative sizes.

    >>> new_shape([2, 3])
    (2, 3)
    """
    for size in sizes:
        if not isinstance(size, (int, Dim, Unknown, Star)):
            raise LostShape("what stands for a size is none")
        if isinstance(size, (int, Dim)) and size != 0 and at_least(-size, 0):
            raise ShapeError("sizes are not negative", got=show_dim(size))
        if isinstance(size, Dim) and not at_least(as_size(size), 0):
            assume(f"{show_dim(size)} >= 0")
    return tuple(sizes)


def broadcast_to_shape(shape: Shape, new: Shape) -> Shape:
    """`new`, when the shape broadcasts to it; ShapeError otherwise.

    >>> broadcast_to_shape((3, 1), (2, 3, 4))
    (2, 3, 4)
    """
    if len(shape) == len(new) and all([n == m or n == 1 for n, m in zip(shape, new, strict=True)]):
        return new  # what occurs most
    if star_at(shape) is None and star_at(new) is None and len(shape) > len(new):
        raise ShapeError("broadcasting only adds axes", got=f"{show_shape(shape)} to {show_shape(new)}")
    common = broadcast_shapes(shape, new)
    if common != new and star_at(common) is None:
        for axis, wanted in zip(reversed(common), reversed(new), strict=False):
            if not isinstance(axis, Star) and not isinstance(wanted, Star) and same(axis, wanted) is False:
                raise ShapeError("an axis broadcasts only from size 1", got=f"{show_shape(shape)} to {show_shape(new)}")
    return new


def matmul_shape(left: Shape, right: Shape) -> Shape:
    """The shape of `left @ right`: "*b n k", "*b k m" -> "*b n m"; batch axes broadcast, a vector loses its axis.

    >>> from tl_dsl.dims import Dim
    >>> n, m, k = map(Dim.name, "nmk")
    >>> matmul_shape((5, n, m), (m, k)), matmul_shape((n,), (n,))
    ((5, n, k), ())
    """
    if not left or not right:
        raise ShapeError("matmul needs at least one axis", got=f"{show_shape(left)} @ {show_shape(right)}")
    inner = left[-1]
    if isinstance(inner, Star) or isinstance(right[-1], Star):
        raise LostShape(f"the last axis of {show_shape(left)} or {show_shape(right)} is not known")
    rows = right[-2] if len(right) > 1 else right[-1]
    if isinstance(rows, Star):
        raise LostShape(f"the axis before the last of {show_shape(right)} is not known")
    if same(inner, rows) is False and common_part(inner, rows) is None:
        raise _no_matmul(left, right, inner, rows)
    columns = right[-1:] if len(right) > 1 else ()
    if len(right) <= 2 and star_at(right) is None:
        return (*left[:-1], *columns)
    if len(left) == 1:
        return (*right[:-2], *columns)
    if isinstance(left[-2], Star):
        raise LostShape(f"{show_shape(left)} may be a vector")
    return (*broadcast_shapes(left[:-2], right[:-2]), left[-2], *columns)


def _no_matmul(left: Shape, right: Shape, inner: Axis, rows: Axis) -> ShapeError:
    suggestion = ""
    if len(right) > 1 and right[-1] == inner:
        suggestion = "transpose the right operand: .mT"
    elif len(left) > 1 and left[-2] == rows:
        suggestion = "transpose the left operand: .mT"
    return ShapeError(
        "matmul contracts the last axis of the left operand with the axis before the last of the right one",
        got=f"{show_shape(left)} @ {show_shape(right)}: {show_dim(inner)} and {show_dim(rows)}",
        wanted="equal sizes",
        suggestion=suggestion,
    )

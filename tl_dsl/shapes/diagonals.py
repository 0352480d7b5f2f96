"""The rules of diagonals and triangles of matrices."""

from __future__ import annotations

from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown, assume, at_least, atoms, smaller
from tl_dsl.dims.text import show_dim
from tl_dsl.errors import ShapeError
from tl_dsl.shapes.axes import StaticAxis, normalize_axis, star_at
from tl_dsl.shapes.text import Shape, Star, is_nameless, show_shape


def diagonal_shape(shape: Shape, offset: object = 0, axis1: StaticAxis = -2, axis2: StaticAxis = -1) -> Shape:
    """The shape without two axes, and the length of their diagonal as a new last axis.

    >>> from tl_dsl.dims import Dim
    >>> n = Dim.name("n")
    >>> diagonal_shape((5, n, n)), diagonal_shape((3, 4), 1), diagonal_shape((n, n + 1))
    ((5, n), (3,), (n,))
    """
    rows, columns = matrix_axes(shape, axis1, axis2)
    rest = tuple(axis for i, axis in enumerate(shape) if i not in (rows, columns))
    n, m = shape[rows], shape[columns]
    assert not isinstance(n, Star) and not isinstance(m, Star)
    if not isinstance(offset, int):
        return (*rest, UNKNOWN)
    return (*rest, _diagonal(n, m - offset) if offset >= 0 else _diagonal(n + offset, m))


def matrix_axes(shape: Shape, axis1: StaticAxis, axis2: StaticAxis) -> tuple[int, int]:
    """The two axes as positions. ShapeError when they are one, or the shape has too few."""
    star = star_at(shape)
    if star is None and len(shape) < 2:
        raise ShapeError("a diagonal runs along two axes", got=show_shape(shape), wanted="at least two axes")
    first, second = (normalize_axis(axis, shape) + len(shape) for axis in (axis1, axis2))
    if first == second:
        raise ShapeError("a diagonal runs along two axes", got=f"axes {axis1} and {axis2} of {show_shape(shape)}")
    return first, second


def shorter_side(n: Axis, m: Axis) -> Axis:
    """The smaller of two sizes; unknown where that depends on the value of an int, which may have any sign.

    >>> from tl_dsl.dims import Dim
    >>> shorter_side(Dim.name("n"), Dim.name("n") + 1), shorter_side(Dim.name("n"), Dim.name("m"))
    (n, min(m,n))
    """
    if isinstance(n, Unknown) or isinstance(m, Unknown):
        return UNKNOWN
    if at_least(m - n, 0):
        return n
    if at_least(n - m, 0):
        return m
    return UNKNOWN if any("{" in name for name in atoms(n) | atoms(m)) else smaller(n, m)


def _diagonal(n: Axis, m: Axis) -> Axis:
    """The length of the diagonal of a matrix, or 0; what it rests on is an assumption."""
    length = shorter_side(n, m)
    if isinstance(length, int):
        return max(length, 0)
    if isinstance(length, Dim) and not at_least(length, 0):
        assume(f"{show_dim(length)} >= 0")
    return length


def triangle_shape(shape: Shape, k: object = 0) -> Shape:
    """The shape itself, of matrices.

    >>> triangle_shape((5, 2, 3))
    (5, 2, 3)
    """
    star = star_at(shape)
    if len(shape) < 2 and star is None:
        raise ShapeError("a triangle is one of matrices", got=show_shape(shape), wanted="at least two axes")
    if star is not None and len(shape) < 3 and not is_nameless(shape[star]):
        assume(f"{show_shape(shape)} has at least two axes")
    return shape

"""The rules of square matrices and of the equations that they stand for."""

from __future__ import annotations

from tl_dsl.dims import Unknown, same
from tl_dsl.dims.text import show_dim
from tl_dsl.errors import LostShape, ShapeError
from tl_dsl.shapes.axes import star_at
from tl_dsl.shapes.rules import broadcast_shapes
from tl_dsl.shapes.text import Shape, Star, show_shape


def square_shape(shape: Shape, what: str) -> Shape:
    """The shape itself, of square matrices: ``"*b n n"``.

    >>> from tl_dsl.dims import Dim
    >>> n = Dim.name("n")
    >>> square_shape((3, n, n), "inv")
    (3, n, n)
    """
    if star_at(shape) is None and len(shape) < 2:
        raise ShapeError(f"{what} takes square matrices", got=show_shape(shape), wanted="at least two axes")
    rows, columns = shape[-2:] if len(shape) > 1 else (shape[0], shape[0])
    if isinstance(rows, Star) or isinstance(columns, Star):
        raise LostShape(f"the last two axes of {show_shape(shape)} are not known")
    if isinstance(rows, Unknown) or isinstance(columns, Unknown):
        known = columns if isinstance(rows, Unknown) else rows
        return (*shape[:-2], known, known)
    if rows != columns:
        raise ShapeError(
            f"{what} takes square matrices",
            got=f"{show_shape(shape)}: {show_dim(rows)} rows and {show_dim(columns)} columns",
        )
    return shape


def solve_shape(a: Shape, b: Shape) -> Shape:
    """The shape of the x for which a @ x = b: ``"*b n n", "*b n k" -> "*b n k"``, or ``"n"`` for one column.

    >>> from tl_dsl.dims import Dim
    >>> n, k = Dim.name("n"), Dim.name("k")
    >>> solve_shape((5, n, n), (n, k)), solve_shape((n, n), (n,))
    ((5, n, k), (n,))
    """
    matrix = square_shape(a, "solve")
    star = star_at(b)
    if star is None and not b:
        raise ShapeError("solve takes right sides with axes", got=show_shape(b))
    if star is not None and star > len(b) - 3:
        raise LostShape(f"whether {show_shape(b)} is a vector or a matrix is not known")
    rows, size = b[-1] if len(b) == 1 else b[-2], matrix[-1]
    assert not isinstance(rows, Star) and not isinstance(size, Star)
    if same(rows, size) is False:
        raise ShapeError(
            "the right side of solve has a row for each row of the matrix",
            got=f"{show_shape(a)} and {show_shape(b)}: {show_dim(size)} and {show_dim(rows)}",
            wanted="equal sizes",
            suggestion="transpose the right side: .mT" if len(b) > 1 and b[-1] == size else "",
        )
    if len(b) == 1:
        return (*matrix[:-2], rows if isinstance(size, Unknown) else size)
    return (*broadcast_shapes(matrix[:-2], b[:-2]), rows if isinstance(size, Unknown) else size, b[-1])

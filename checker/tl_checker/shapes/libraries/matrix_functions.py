"""What numpy's decompositions, transforms and index functions do to shapes: more names for shape files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.lib import NumpyVersion

from tl_checker.shapes.facts.values import TensorValue
from tl_checker.shapes.libraries.shape_functions import resized, shape, size
from tl_dsl.dims import UNKNOWN, Axis, Dim, assume, at_least, same
from tl_dsl.dims.text import show_dim
from tl_dsl.dtypes import DType
from tl_dsl.errors import LostShape, ShapeError
from tl_dsl.shapes import (
    UNKNOWN_SHAPE,
    Shape,
    Star,
    broadcast_shapes,
    normalize_axis,
    shorter_side,
    show_shape,
    solve_shape,
    square_shape,
    star_at,
)


def square(x: Any) -> TensorValue:
    """The array, when its last two axes are equal."""
    return TensorValue(tuple(square_shape(shape(x), "a decomposition")), DType)


def solved(a: Any, b: Any) -> TensorValue:
    """numpy.linalg.solve."""
    return TensorValue(tuple(solve_shape(shape(a), shape(b))), DType)


def _matrix(x: Any) -> tuple[Shape, Axis, Axis]:
    """The axes before a matrix, its rows and its columns."""
    found = shape(x)
    if star_at(found) is None and len(found) < 2:
        raise ShapeError("a matrix has two axes", got=show_shape(found))
    return found[:-2], size(x, -2), size(x, -1)


def singular(x: Any, full: Any, vectors: Any) -> TensorValue | list[TensorValue]:
    """numpy.linalg.svd."""
    before, rows, columns = _matrix(x)
    inner = shorter_side(rows, columns)
    values = TensorValue((*before, inner), DType)
    if not vectors:
        return values
    left, right = (rows, columns) if full else (inner, inner)
    return [TensorValue((*before, rows, left), DType), values, TensorValue((*before, right, columns), DType)]


def triangular(x: Any, mode: Any) -> TensorValue | list[TensorValue]:
    """numpy.linalg.qr."""
    before, rows, columns = _matrix(x)
    if mode == "raw":
        raise LostShape("qr in raw mode")
    inner = rows if mode == "complete" else shorter_side(rows, columns)
    right = TensorValue((*before, inner, columns), DType)
    return right if mode == "r" else [TensorValue((*before, rows, inner), DType), right]


def covariance(x: Any, other: Any, by_rows: Any) -> TensorValue:
    """numpy.cov and corrcoef: of one variable, a number."""
    given = [shape(x)] if other is None else [shape(x), shape(other)]
    if not isinstance(by_rows, (bool, int)) or any(star_at(found) is not None or len(found) > 2 for found in given):
        return TensorValue(UNKNOWN_SHAPE, DType)
    if len(given) == 2 and not by_rows and any(len(found) == 2 for found in given):
        return TensorValue((UNKNOWN, UNKNOWN), DType)  # one row counts as one variable, here
    count = sum((1 if len(found) < 2 else _axis(found, 0 if by_rows else 1) for found in given), 0)
    if len(given) == 2:
        first, second = (_axis(found, -1) if found else 1 for found in given)
        if same(first, second) is False:
            got = f"{show_dim(first)} and {show_dim(second)}"
            raise ShapeError("two sets of variables have as many values each", got=got)
    if isinstance(count, Dim) and not at_least(count, 2):
        assume(f"{show_dim(count)} >= 2")
    return TensorValue(() if count == 1 else (count, count), DType)


def _axis(found: Shape, at: int) -> Axis:
    one = found[at]
    return UNKNOWN if isinstance(one, Star) else one


_CROSSED: Final = (3,) if NumpyVersion(np.__version__) >= "2.5.0" else (2, 3)


def crossed(a: Any, b: Any, *axes: Any) -> TensorValue:
    """numpy.cross along the last axes: of vectors of three elements; in old versions also of two."""
    left, right = shape(a), shape(b)
    if axes not in ((-1, -1, -1, None), (-1, -1, -1, -1)):
        raise LostShape("cross along other axes than the last")
    lengths = [found[-1] if found and not isinstance(found[-1], Star) else UNKNOWN for found in (left, right)]
    for length, found in zip(lengths, (left, right), strict=True):
        if not found or all(same(length, allowed) is False for allowed in _CROSSED):
            raise ShapeError("cross takes vectors of 3 elements", got=show_shape(found))
    before = tuple(broadcast_shapes(left[:-1], right[:-1]))
    if 3 in lengths:
        return TensorValue((*before, 3), DType)
    return TensorValue(before if lengths == [2, 2] else UNKNOWN_SHAPE, DType)


def fitted(a: Any, b: Any) -> TensorValue:
    """The coefficients that numpy.linalg.lstsq finds."""
    before, rows, columns = _matrix(a)
    right = shape(b)
    if before or star_at(right) is not None:
        raise LostShape("lstsq takes one matrix")
    if not right or same(rows, size(b, 0)) is False:
        got = f"{show_shape(shape(a))} and {show_shape(right)}"
        raise ShapeError("lstsq takes as many rows as values", got=got, wanted=f"{show_dim(rows)} values")
    return TensorValue((columns, *right[1:]), DType)


def transformed(x: Any, sizes: Any, axes: Any) -> TensorValue:
    """numpy.fft.fftn of given sizes."""
    places = range(-len(sizes), 0) if axes is None else axes
    for place, length in zip(places, sizes, strict=True):
        x = resized(x, place, length)
    return TensorValue(shape(x), DType)


def half_transformed(x: Any, sizes: Any, axes: Any) -> TensorValue:
    """numpy.fft.rfftn: of the last axis that is transformed, one more than half is left."""
    whole, last = _along(x, sizes, axes)
    return resized(whole, last, size(whole, last) // 2 + 1)


def from_half(x: Any, sizes: Any, axes: Any) -> TensorValue:
    """numpy.fft.irfftn: the last axis that is transformed has as many as are asked for, or an even number."""
    whole, last = _along(x, sizes, axes)
    return whole if sizes is not None else resized(whole, last, 2 * (size(whole, last) - 1))


def _along(x: Any, sizes: Any, axes: Any) -> tuple[TensorValue, int]:
    """The array with the sizes that are asked for, and the last axis of a transform."""
    found = shape(x)
    places = axes if axes is not None else range(-(len(found) if sizes is None else len(sizes)), 0)
    if star_at(found) is not None:
        raise LostShape(f"the number of axes of {show_shape(found)} is not known")
    if not places:
        raise ShapeError("a transform of real numbers has an axis", got=show_shape(found))
    whole = transformed(x, [size(x, place) for place in places] if sizes is None else sizes, places)
    return whole, places[-1]


def after(first: Any, second: Any) -> TensorValue:
    """The axes of one array, then those of another."""
    return TensorValue((*shape(first), *shape(second)), DType)


def of_scalars(shape: Shape) -> TensorValue:
    """Numbers in this shape; without axes, one that is no array."""
    return TensorValue(shape, DType)


def resized_anyhow(x: Any, axis: Any) -> TensorValue:
    """The array with an unknown size of one axis."""
    return resized(x, axis, UNKNOWN)


def parts_of_one(x: Any, axis: Any) -> list[TensorValue]:
    """The array at each place of an axis."""
    count = size(x, axis)
    if not isinstance(count, int):
        raise LostShape("the number of parts is not known before the program runs")
    found, at = shape(x), normalize_axis(axis, shape(x)) + len(shape(x))
    return [TensorValue((*found[:at], *found[at + 1 :]), DType)] * count


def triangle(rows: Any, diagonal: Any, columns: Any, above: bool = False) -> TensorValue:
    """An index for each entry on a diagonal and to one side of it."""
    return TensorValue((_entries(rows, diagonal, columns, above),), DType)


def _entries(rows: Any, diagonal: Any, columns: Any, above: bool) -> Axis:
    """The number of these, in a square or where all sizes are numbers."""
    columns = rows if columns is None else columns
    if above and isinstance(diagonal, int):
        rows, columns, diagonal = columns, rows, -diagonal
    if all(isinstance(value, int) for value in (rows, diagonal, columns)):
        return sum(max(0, min(int(columns), row + diagonal + 1)) for row in range(rows))
    if columns != rows or not isinstance(diagonal, int) or not isinstance(rows, (int, Dim)):
        return UNKNOWN
    least = rows - abs(diagonal) + (diagonal < 0)
    if not at_least(least, 0):
        assume(f"{show_dim(least)} >= 0")
    left = rows + diagonal if diagonal <= 0 else rows - diagonal - 1
    part: int | Dim = left * (left + 1) // 2
    return part if diagonal <= 0 else rows * rows - part


def matrix(x: Any) -> Shape:
    """The shape of an array with two axes."""
    found = shape(x)
    if star_at(found) is None and len(found) != 2:
        raise ShapeError("a matrix has two axes", got=show_shape(found))
    return (size(x, 0), size(x, 1))


def alone(x: TensorValue, *others: Any) -> TensorValue:
    """What a function gives of which no other results are asked for."""
    if any(other is not False for other in others):
        raise LostShape("the sizes of the results are not known before the program runs")
    return x


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    function.__name__: function
    for function in (
        *(covariance, crossed, square, solved, singular, triangular, fitted, transformed, after, of_scalars),
        *(resized_anyhow, parts_of_one, triangle, matrix, alone, half_transformed, from_half),
    )
}
"""The functions by the names that shape files use."""

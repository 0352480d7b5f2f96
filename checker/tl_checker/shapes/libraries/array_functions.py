"""What numpy's blocks, windows, differences, histograms and polynomials do to shapes: more names for shape files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from tl_checker.shapes.facts.values import TensorValue
from tl_checker.shapes.libraries.shape_functions import UNDECIDED, as_array, at_least, of, resized, shape, size
from tl_dsl import dtypes
from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown, assume, same
from tl_dsl.dims import at_least as known_at_least
from tl_dsl.dims.text import show_dim
from tl_dsl.dtypes import DType
from tl_dsl.errors import LostShape, ShapeError
from tl_dsl.shapes import (
    Shape,
    Star,
    broadcast_shapes,
    concat_shape,
    normalize_axes,
    normalize_axis,
    show_shape,
    star_at,
)

# -- windows and differences


def windows(x: Any, lengths: Any, axis: Any) -> TensorValue:
    """numpy.lib.stride_tricks.sliding_window_view: the places of a window, then the window."""
    found = list(_whole(shape(x)))
    if lengths is UNDECIDED or axis is UNDECIDED:
        raise LostShape("the axes of the windows are not known before the program runs")
    each = list(lengths) if isinstance(lengths, (tuple, list)) else [lengths]
    places = range(len(found)) if axis is None else axis if isinstance(axis, (tuple, list)) else [axis]
    if len(each) != len(places):
        got = f"{len(each)} lengths for {len(places)} axes"
        raise ShapeError("a window has a length for each of its axes", got=got)
    for place, length in zip(places, each, strict=True):
        at = normalize_axis(place, tuple(found)) + len(found)
        left = found[at] - _number(length) + 1
        if isinstance(left, int) and left < 1:
            got = f"{show_dim(length)} in {show_shape(shape(x))}"
            raise ShapeError("a window is not longer than the array", got=got)
        if not known_at_least(left, 1):
            assume(f"{show_dim(left)} >= 1")
        found[at] = left
    return TensorValue((*found, *map(_number, each)), DType)


def differences(x: Any, n: Any, axis: Any, *ends: Any) -> TensorValue:
    """numpy.diff, with what is put before and after the array first."""
    if n == 0:
        return as_array(x)
    whole, at = shape(x), normalize_axis(axis, shape(x))
    parts = [TensorValue((*whole[:at], 1, *whole[at:][1:]), DType) if shape(end) == () else end for end in ends]
    joined = tuple(concat_shape([whole, *map(shape, parts)], axis=axis)) if ends else whole
    return resized(TensorValue(joined, DType), axis, size(TensorValue(joined, DType), axis) - _number(n))


def of_length(count: Any) -> TensorValue:
    """A sequence of so many numbers; of none where the count is negative."""
    return resized(TensorValue((1,), DType), 0, _number(count))


def packed(x: Any, axis: Any) -> TensorValue:
    """numpy.packbits: eight in one."""
    return of(((size(x) + 7) // 8,)) if axis is None else resized(x, axis, (size(x, axis) + 7) // 8)


def _whole(found: Shape) -> tuple[Axis, ...]:
    """The axes of a shape all of which are known by number."""
    if star_at(found) is not None:
        raise LostShape(f"the number of axes of {show_shape(found)} is not known")
    return tuple(axis for axis in found if not isinstance(axis, Star))


def _number(value: Any) -> Axis:
    return value if isinstance(value, (int, Dim)) else UNKNOWN


# -- blocks


def leaves(value: Any) -> list[Any]:
    """The arrays and numbers in nested lists."""
    return [leaf for item in value for leaf in leaves(item)] if isinstance(value, list) else [value]


def blocked(arrays: Any) -> TensorValue:
    """numpy.block: the innermost lists lie along the last axis, those around them along the one before, and so on."""
    if any(leaf is UNDECIDED or isinstance(leaf, tuple) for leaf in leaves(arrays)):
        raise LostShape("the blocks are not written out here")
    depths = set(_depths(arrays))
    if len(depths) > 1 or None in depths:
        raise ShapeError("blocks lie in lists of one depth, none of which is empty")
    depth = depths.pop() or 0
    rank = max([depth, *(len(_whole(shape(leaf))) for leaf in leaves(arrays))])
    return TensorValue(_joined(arrays, depth, rank), DType)


def _depths(value: Any) -> Iterator[int | None]:
    if not isinstance(value, list):
        yield 0
    elif not value:
        yield None
    else:
        for item in value:
            for depth in _depths(item):
                yield None if depth is None else depth + 1


def _joined(value: Any, depth: int, rank: int) -> Shape:
    if not isinstance(value, list):
        return at_least(value, rank).shape
    return tuple(concat_shape([_joined(item, depth - 1, rank) for item in value], axis=-depth))


# -- index arrays


def open_mesh(*arrays: Any) -> list[TensorValue]:
    """numpy.ix_: each sequence along an axis of its own."""
    found = []
    for i, array in enumerate(arrays):
        (length,) = _one_axis(array, "ix_ takes sequences")
        length = UNKNOWN if as_array(array).dtype.__name__ in ("Bool", "DType") else length
        found.append(TensorValue((1,) * i + (length,) + (1,) * (len(arrays) - i - 1), DType))
    return found


def _one_axis(x: Any, rule: str) -> tuple[Axis]:
    found = _whole(shape(x))
    if len(found) != 1:
        raise ShapeError(rule, got=show_shape(found))
    return (found[0],)


def joint_index(index: Any) -> TensorValue:
    """numpy.ravel_multi_index: one index for each place, from one for each axis."""
    if isinstance(index, (tuple, list)):
        return TensorValue(tuple(broadcast_shapes(*map(shape, index))), DType)
    return TensorValue(_whole(shape(index))[1:], DType)


def turned(x: Any, times: Any, axes: Any) -> TensorValue:
    """numpy.rot90."""
    found = list(_whole(shape(x)))
    i, j = (place + len(found) for place in _two(normalize_axes(axes, tuple(found))))
    first, second = found[i], found[j]
    if not isinstance(times, int):
        first = second = first if first == second else UNKNOWN
    elif times % 2:
        first, second = second, first
    found[i], found[j] = first, second
    return TensorValue(tuple(found), DType)


def _two(places: tuple[int, ...]) -> tuple[int, int]:
    if len(places) != 2:
        raise ShapeError("an array is turned in two axes", got=f"{len(places)} axes")
    return places[0], places[1]


def rolled(x: Any, axis: Any, start: Any) -> TensorValue:
    """numpy.rollaxis."""
    found = list(_whole(shape(x)))
    at = normalize_axis(axis, tuple(found)) + len(found)
    if not isinstance(start, int):
        raise LostShape("where the axis goes is not known before the program runs")
    if not -len(found) <= start <= len(found):
        raise ShapeError("an axis is put before another one, or last", got=f"{start} for {show_shape(shape(x))}")
    start += len(found) if start < 0 else 0
    moved = found.pop(at)
    found.insert(start - (at < start), moved)
    return TensorValue(tuple(found), DType)


def unravelled(indices: Any, sizes: Any) -> list[TensorValue]:
    """numpy.unravel_index: an index for each axis."""
    count = len(sizes) if isinstance(sizes, (tuple, list)) else 1 if isinstance(sizes, (int, Dim)) else None
    if count is None or any(isinstance(part, Star) for part in (sizes if isinstance(sizes, (tuple, list)) else ())):
        raise LostShape("the number of axes is not known before the program runs")
    return [TensorValue(shape(indices), DType)] * count


# -- histograms and statistics


def edges(bins: Any) -> Axis:
    """The number of edges of bins: one more than the bins that are asked for, or as many as are given."""
    if isinstance(bins, str) or bins is UNDECIDED:
        return UNKNOWN
    return size(bins) if len(_whole(shape(bins))) == 1 else _number(bins) + 1


def histogram_in_two(bins: Any) -> list[TensorValue]:
    """numpy.histogram2d: the counts and the edges of both axes."""
    if isinstance(bins, (list, tuple)) and len(bins) == 2:
        first, second = map(edges, bins)
    else:
        first = second = edges(bins)
        if isinstance(bins, (TensorValue, list, tuple)) and shape(bins) and not known_at_least(first, 3):
            raise LostShape("two bins may be numbers of bins, or edges")
    counts = TensorValue((first - 1, second - 1), DType)
    return [counts, TensorValue((first,), DType), TensorValue((second,), DType)]


def draws(size: Any, *each: Any) -> TensorValue:
    """Draws of a shape, each of which has the last axis of the parameters."""
    before = () if size is None else of(size).shape
    return TensorValue((*before, *_one_axis(each[0], "the parameters of a draw are a sequence")), DType)


def normal_draws(mean: Any, covariance: Any, size: Any) -> TensorValue:
    """Draws from a normal distribution in several dimensions."""
    (count,) = _one_axis(mean, "a mean is a sequence")
    rows = _whole(shape(covariance))
    if len(rows) != 2 or any(same(count, row) is False for row in rows):
        wanted = show_shape((count, count))
        raise ShapeError("a covariance has a row and a column for each mean", got=show_shape(rows), wanted=wanted)
    return draws(size, mean)


def counted_draws(total: Any, chances: Any, size: Any) -> TensorValue:
    """Draws from a multinomial distribution."""
    found = _whole(shape(chances))
    if not found:
        raise ShapeError("the chances of a draw are a sequence", got=show_shape(found))
    before = tuple(broadcast_shapes(shape(total), found[:-1]))
    if size is not None:
        drawn = of(size).shape
        if len(before) > len(drawn):
            raise ShapeError(
                "draws have the axes of their parameters", got=show_shape(drawn), wanted=show_shape(before)
            )
        before = tuple(broadcast_shapes(drawn, before))
    return TensorValue((*before, found[-1]), DType)


# -- polynomials


def longer(x: Any, y: Any) -> TensorValue:
    """A sum of polynomials has the coefficients of the longer one."""
    first, second = size(at_least(x, 1)), size(at_least(y, 1))
    if known_at_least(first - second, 0):
        return TensorValue((first,), DType)
    return TensorValue((second if known_at_least(second - first, 0) else UNKNOWN,), DType)


def coefficients_at(points: Any, coefficients: Any, crossed: Any) -> TensorValue:
    """Values of polynomials, whose coefficients lie along the first axis."""
    rest = _whole(at_least(coefficients, 1).shape)[1:]
    if crossed is True:
        return TensorValue((*rest, *shape(points)), DType)
    if not isinstance(crossed, bool):
        raise LostShape("an argument is not known before the program runs")
    return TensorValue(tuple(broadcast_shapes(rest, shape(points))), DType)


def viewed(x: Any, dtype: Any) -> TensorValue:
    """numpy.ndarray.view: with elements of another size, the last axis has another one."""
    found, before, after = shape(x), _width(as_array(x).dtype), _width(dtype)
    if dtype is None or (before is not None and before == after):
        return as_array(x)
    if not found or isinstance(found[-1], Star):
        raise LostShape("whether the elements are of another size is not known")
    last = found[-1]
    if before is None or after is None or not isinstance(last, int):
        return TensorValue((*found[:-1], UNKNOWN), DType)
    if last * before % after:
        got = f"{last * before} bits in elements of {after}"
        raise ShapeError("the last axis is a whole number of the new elements", got=got)
    return TensorValue((*found[:-1], last * before // after), DType)


def _width(dtype: Any) -> int | None:
    """How many bits an element has, where that is known."""
    if dtype is dtypes.Bool:
        return 8
    digits = re.search(r"\d+$", getattr(dtype, "__name__", ""))
    return None if digits is None else int(digits[0])


def spaced(count: Any, ends: Any, axis: Any, with_step: Any) -> TensorValue:
    """numpy.linspace: an axis of so many numbers among those of the ends."""
    if with_step:
        raise LostShape("linspace gives the step, too")
    whole = shape(ends)
    at = normalize_axis(axis, (*whole, UNKNOWN)) + len(whole) + 1
    return of((*whole[:at], _number(count), *whole[at:]))


def given_or(count: Any, otherwise: Axis) -> Axis:
    """A size that is given, or that of the input."""
    return otherwise if count is None else _number(count)


def is_negative(value: Any) -> bool:
    """Whether a number is below zero, as -1 for no number at all."""
    if isinstance(value, (Dim, Unknown)):
        return False
    if not isinstance(value, int):
        raise LostShape("an argument is not known before the program runs")
    return value < 0


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    function.__name__: function
    for function in (
        *(windows, differences, of_length, packed, leaves, blocked, open_mesh, joint_index, turned, rolled),
        *(unravelled, edges, histogram_in_two, draws, normal_draws, counted_draws, longer, coefficients_at),
        *(spaced, given_or, is_negative, viewed),
    )
}
"""The functions by the names that shape files use."""

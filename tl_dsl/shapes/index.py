"""The shape of `x[key]`: ints, slices, None, `...` and integer arrays, as in numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import EllipsisType
from typing import Any, TypeAlias

from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown, as_size, assume, assume_order, at_least, lower_bound, same
from tl_dsl.dims.text import show_dim
from tl_dsl.errors import IndexingError, LostShape
from tl_dsl.shapes.axes import star_at
from tl_dsl.shapes.rules import broadcast_shapes
from tl_dsl.shapes.text import Shape, Star, counted, show_shape


@dataclass(frozen=True, slots=True)
class IndexArray:
    """An integer array used as an index; only its shape matters here."""

    shape: Shape
    selects: Axis | None = None
    """The size that the indexed axis must have, where the array stands for a mask."""


@dataclass(frozen=True, slots=True)
class Span:
    """A slice of which only the length is known, such as `x[i : i + 3]`."""

    length: int | Dim


def mask(shape: Shape) -> tuple[IndexArray, ...]:
    """A boolean array used as an index: as many integer arrays as it has axes, of a length that only the data know."""
    if star_at(shape) is not None or not shape:
        raise LostShape("how many axes the mask selects from is not known")
    return tuple(IndexArray((UNKNOWN,), axis) for axis in shape if not isinstance(axis, Star))


KeyPart: TypeAlias = Any
"""int | Dim | UNKNOWN (an int that is not known) | slice | None | Ellipsis | IndexArray"""


def index_shape(shape: Shape, key: tuple[KeyPart, ...]) -> Shape:
    """The shape of an indexed array.

    >>> n = Dim.name("n")
    >>> index_shape((n, 4, 5), (slice(1, None), -1)), index_shape((n, 4), (None, ..., IndexArray((2, 3))))
    ((n-1, 5), (1, n, 2, 3))
    """
    used = sum(part is not None and part is not ... for part in key)
    star = star_at(shape)
    if star is None and used > len(shape):
        raise IndexingError(
            "an array has at most one index for each axis", got=f"{counted(used, 'index')} for {show_shape(shape)}"
        )
    ellipses = [i for i, part in enumerate(key) if part is ...]
    if len(ellipses) > 1:
        raise IndexingError("an index has at most one `...`", got=f"{len(ellipses)} of them")
    split = ellipses[0] if ellipses else len(key)
    before, after = key[:split], key[split + 1 :]
    if star is not None and not ellipses and used < len(shape):
        before = _that_change(before)
    from_left = sum(part is not None for part in before)
    from_right = sum(part is not None for part in after)
    if star is not None and (from_left > star or from_right > len(shape) - star - 1):
        raise LostShape(f"the index reaches into the axes {shape[star]!r} of {show_shape(shape)}")
    middle = shape[from_left : len(shape) - from_right]
    arrays = any(isinstance(part, IndexArray) for part in key)
    head = _apply(before, shape[:from_left], shape, arrays)
    tail = _apply(after, shape[len(shape) - from_right :], shape, arrays)
    return _join_arrays([*head, *([...] if ellipses else []), *middle, *tail])


def _that_change(key: tuple[KeyPart, ...]) -> tuple[KeyPart, ...]:
    """The parts of an index without the last ones that take a whole axis, as `:` and `::-1` do."""
    end = len(key)
    while end and isinstance(part := key[end - 1], slice) and (part.start, part.stop) == (None, None):
        if part.step not in (None, 1, -1):
            break
        end -= 1
    return key[:end]


def _apply(key: Sequence[KeyPart], axes: Shape, shape: Shape, arrays: bool) -> list[Axis | Star | IndexArray]:
    """The axes that the parts of a key leave; an IndexArray marks where it stands."""
    rest = iter(axes)
    left: list[Axis | Star | IndexArray] = []
    for part in key:
        if part is None:
            left.append(1)
            continue
        size = next(rest)
        assert not isinstance(size, Star)
        if isinstance(part, slice):
            left.append(_slice_length(part, size))
        elif isinstance(part, Span):
            assume(f"a slice of {show_dim(part.length)} lies inside an axis of {show_dim(size)}")
            left.append(part.length)
        elif isinstance(part, IndexArray):
            if part.selects is not None and same(part.selects, size) is False:
                got = f"a mask of {show_dim(part.selects)} for an axis of {show_dim(size)} in {show_shape(shape)}"
                raise IndexingError("a mask has the size of the axes that it selects from", got=got)
            left.append(part)
        else:
            _check_index(part, size, shape)
            if arrays:
                left.append(IndexArray(()))  # numpy: beside an array, an int is an array without axes
    return left


def _join_arrays(parts: list[Axis | Star | IndexArray | EllipsisType]) -> Shape:
    """Put the common shape of the index arrays where they stand, or in front when they do not stand together.

    An ellipsis between them parts them, even where it stands for no axis.
    """
    places = [i for i, part in enumerate(parts) if isinstance(part, IndexArray)]
    if not places:
        return _axes(parts)
    common = broadcast_shapes(*(part.shape for part in parts if isinstance(part, IndexArray)))
    adjacent = places == list(range(places[0], places[-1] + 1))
    first = places[0] if adjacent else 0
    before = _axes(parts[:first])
    after = _axes(parts[first:])
    result = (*before, *common, *after)
    if sum(isinstance(axis, Star) for axis in result) > 1:
        raise LostShape("the result has two parts with unknown numbers of axes")
    return result


def _axes(parts: Sequence[Axis | Star | IndexArray | EllipsisType]) -> Shape:
    return tuple(part for part in parts if not isinstance(part, (IndexArray, EllipsisType)))


def _check_index(index: Axis, size: Axis, shape: Shape) -> None:
    if not isinstance(index, int) or isinstance(size, Unknown):
        return
    needed = index + 1 if index >= 0 else -index
    if isinstance(size, int):
        if needed > size:
            raise IndexingError(f"an index here lies in [-{size}, {size})", got=f"{index} in {show_shape(shape)}")
    elif not at_least(size, needed):
        assume_order(needed, size, f"{show_dim(size)} >= {needed}")


def _slice_length(part: slice, size: Axis) -> Axis:
    """The number of elements that a slice takes of an axis."""
    start, stop, step = part.start, part.stop, part.step
    if isinstance(step, int) and step == 0:
        raise IndexingError("the step of a slice is not 0", got=str(part))
    if isinstance(size, int) and all(bound is None or isinstance(bound, int) for bound in (start, stop, step)):
        return len(range(*part.indices(size)))
    if start is None and stop is None and (step is None or isinstance(step, int)):
        every = 1 if step is None else abs(step)
        return size if every == 1 else (size + every - 1) // every
    if isinstance(size, Unknown) or not (step is None or (isinstance(step, int) and step > 0)):
        return UNKNOWN
    first, last = _bound(start, 0, size), _bound(stop, size, size)
    if isinstance(first, Unknown) or isinstance(last, Unknown):
        return UNKNOWN
    length = last - first
    if isinstance(length, int):
        if length < 0:
            return 0
    elif start is not None and stop is not None and first != 0 and not at_least(length, 0):
        assume_order(first, last)
    return length if step is None or step == 1 else (length + step - 1) // step


def _bound(bound: Axis | None, default: int | Dim, size: int | Dim) -> Axis:
    """A bound of a slice as a number of elements from the start, with the assumption that numpy need not clip it."""
    if bound is None:
        return default
    if isinstance(bound, Unknown):
        return UNKNOWN
    if isinstance(bound, int) and bound < 0:
        if isinstance(size, int):
            return max(size + bound, 0)
        if not at_least(size + bound, 0):
            assume_order(-bound, size, f"{show_dim(size)} >= {-bound}")
        return size + bound
    if not at_least(bound, 0):
        if at_least(as_size(-bound), 1):
            return _from_end(bound, size)
        low = as_size(bound)
        if isinstance(low, Unknown) or lower_bound(low) is None:
            return UNKNOWN  # of either sign
        assume(f"{show_dim(bound)} >= 0")
    if at_least(size - bound, 0):
        return bound
    if at_least(bound - size, 0):
        return size
    if not _grows(size - bound) and _grows(bound - size):
        assume_order(size, bound)
        return size
    assume_order(bound, size)
    return bound


def _grows(size: Axis) -> bool:
    """Whether a size has a bound from below; values of arguments in it are sizes, as an axis of theirs is."""
    size = as_size(size) if isinstance(size, Dim) else size
    return not isinstance(size, Unknown) and lower_bound(size) is not None


def _from_end(bound: int | Dim, size: int | Dim) -> Axis:
    """A bound that is negative, `-k`."""
    if not at_least(-bound, 1):
        assume(f"{show_dim(-bound)} >= 1")
    if not at_least(size + bound, 0):
        assume_order(-bound, size)
    return size + bound

"""Operations that cut arrays apart, turn them round and lay copies of them side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from tl_specs.array import Array, Shape, wrap, wrap_axes
from tl_specs.draw import reals
from tl_specs.manipulation import select
from tl_specs.spec import Sample, Spec


def gathered(x: Array, shape: Sequence[int], source: Callable[..., Sequence[int]]) -> Array:
    """The array of that shape whose item at an index is the item of x at `source(*index)`.

    >>> gathered(Array.of([[1, 2], [3, 4]]), (2,), lambda i: (i, i)).items
    [1, 4]
    """
    blank = Array(tuple(shape), [None] * _count(shape))
    return Array(blank.shape, [x[tuple(source(*index))] for index in blank.indices()])


def _count(shape: Sequence[int]) -> int:
    count = 1
    for n in shape:
        count *= n
    return count


def split(x: Array, indices_or_sections: int | Sequence[int], *, axis: int = 0) -> Array:
    """The parts one after the other, the items of each in row-major order, in one row.

    Parts of equal size, or the parts before, between and behind the indices.

    >>> split(Array.of([[1, 2, 3], [4, 5, 6]]), (1,), axis=1).items
    [1, 4, 2, 3, 5, 6]
    """
    n = x.shape[wrap(axis, len(x.shape))]
    if isinstance(indices_or_sections, int):
        if n % indices_or_sections:
            raise ValueError(f"{n} items are not {indices_or_sections} equal parts")
        size = n // indices_or_sections
        ranges = [range(k * size, (k + 1) * size) for k in range(indices_or_sections)]
    else:
        ends = [*indices_or_sections, None]
        ranges = [range(n)[begin:end] for begin, end in zip([0, *indices_or_sections], ends, strict=True)]
    parts = [select(x, axis, Array((len(r),), list(r))) for r in ranges]
    items = [item for part in parts for item in part.items]
    return Array((len(items),), items)


def flip(x: Array, *, axis: int | Sequence[int] | None = None) -> Array:
    """Index i of a flipped axis of size n is index n - 1 - i of x.

    >>> flip(Array.of([[1, 2], [3, 4]])).tolist()
    [[4, 3], [2, 1]]
    """
    axes = wrap_axes(axis, len(x.shape))
    return gathered(x, x.shape, lambda *at: [-1 - i if a in axes else i for a, i in enumerate(at)])


def roll(x: Array, shift: int | Sequence[int], *, axis: int | Sequence[int] | None = None) -> Array:
    """Index i of an axis of size n goes to index (i + shift) mod n; without an axis, in row-major order.

    >>> roll(Array.of([1, 2, 3]), 1).items
    [3, 1, 2]
    """
    if axis is None:
        assert isinstance(shift, int)
        return Array(x.shape, [x.items[(k - shift) % x.size] for k in range(x.size)])
    axes = [axis] if isinstance(axis, int) else axis
    shifts = [shift] * len(axes) if isinstance(shift, int) else shift
    for one, by in zip(axes, shifts, strict=True):
        place = wrap(one, len(x.shape))
        n = x.shape[place]
        x = select(x, place, Array((n,), [(k - by) % n for k in range(n)]))
    return x


def tile(x: Array, repetitions: int | Sequence[int]) -> Array:
    """Index i of an axis is index i mod n of x; missing numbers are 1 in front, and so are missing axes.

    >>> tile(Array.of([1, 2]), (2, 2)).tolist()
    [[1, 2, 1, 2], [1, 2, 1, 2]]
    """
    times = [repetitions] if isinstance(repetitions, int) else list(repetitions)
    rank = max(len(times), len(x.shape))
    times = [1] * (rank - len(times)) + times
    raised = Array((1,) * (rank - len(x.shape)) + x.shape, x.items)
    shape = [n * t for n, t in zip(raised.shape, times, strict=True)]
    return gathered(raised, shape, lambda *at: [i % n for i, n in zip(at, raised.shape, strict=True)])


_SPLITS: tuple[tuple[Shape, Any, Any], ...] = (
    *(((6,), 3, None), ((6,), (1, 4), 0), ((4, 2), 2, 0), ((2, 6), 3, 1), ((2, 6), 2, -1), ((2, 3), (1,), -1)),
    *(((3, 1), 3, 0), ((2, 3, 2), (1, 2), 1), ((1,), 1, 0), ((5,), (3, 2), 0), ((4,), (-1,), 0), ((3,), (0, 3), 0)),
)
_FLIPS: tuple[tuple[Shape, Any], ...] = (
    *(((2, 3), None), ((2, 3), 0), ((2, 3), -1), ((2, 3), (0, 1)), ((2, 3, 2), (0, -1)), ((4,), 0), ((), None)),
    *(((1, 3), 0), ((2, 2), 1)),
)
_ROLLS: tuple[tuple[Shape, Any, Any], ...] = (
    *(((5,), 2, None), ((5,), -1, 0), ((2, 3), 1, None), ((2, 3), 1, 0), ((2, 3), 4, -1), ((2, 3), (1, 2), (0, 1))),
    *(((2, 3, 2), (1, -1), (2, 1)), ((3,), 0, 0), ((1, 3), 5, (0, 1)), ((), 1, None), ((2, 2), (1, 1), (0, 0))),
)
_TILES: tuple[tuple[Shape, Any], ...] = (
    *(((3,), 2), ((2, 3), (2, 1)), ((2, 3), 2), ((3,), (2, 2)), ((2, 2), (2, 1, 2)), ((), 3), ((2, 3), ()), ((1,), 4)),
    *(((1, 2), (3, 2)), ((2, 1, 2), (1, 2, 1))),
)


def _along(axis: Any) -> dict[str, Any]:
    return {} if axis is None else {"axis": axis}


def _split_samples(rng: Random) -> list[Sample]:
    return [Sample(f"{s} at {cuts} of {a}", (reals(rng, s), cuts), _along(a)) for s, cuts, a in _SPLITS]


def _flip_samples(rng: Random) -> list[Sample]:
    return [Sample(f"{s} along {a}", (reals(rng, s),), _along(a)) for s, a in _FLIPS]


def _roll_samples(rng: Random) -> list[Sample]:
    return [Sample(f"{s} by {by} along {a}", (reals(rng, s), by), _along(a)) for s, by, a in _ROLLS]


def _tile_samples(rng: Random) -> list[Sample]:
    return [Sample(f"{s} by {by}", (reals(rng, s), by)) for s, by in _TILES]


PRIMITIVES: dict[str, Spec] = {}
PUBLIC: dict[str, Spec] = {
    "split": Spec(split, (0,), _split_samples),
    "flip": Spec(flip, (0,), _flip_samples),
    "roll": Spec(roll, (0,), _roll_samples),
    "tile": Spec(tile, (0,), _tile_samples),
}

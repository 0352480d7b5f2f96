"""Reading and writing at indices: slices, integer arrays, and the transposes of both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import Any

from tl_specs.array import Array, Shape, positions, strides, wrap
from tl_specs.draw import reals
from tl_specs.manipulation import place, select
from tl_specs.spec import Params, Sample, Spec


def slice_graph(x: Array, *, start: Sequence[int], size: Sequence[int], step: Sequence[int]) -> Array:
    """out[i, ...] = x[start + step * i, ...] on every axis.

    >>> slice_graph(Array.of([1, 2, 3, 4]), start=(3,), size=(2,), step=(-2,)).items
    [4, 2]
    """
    for first, n, stride, extent in zip(start, size, step, x.shape, strict=True):
        if n and not (0 <= first < extent and 0 <= first + (n - 1) * stride < extent):
            raise IndexError(f"a slice from {first}, {n} times by {stride}, leaves an axis of size {extent}")
    steps = strides(x.shape)
    offset = sum(first * stride for first, stride in zip(start, steps, strict=True))
    return x.at(size, positions(size, [s * t for s, t in zip(step, steps, strict=True)], offset))


def embed(x: Array, *, start: Sequence[int], step: Sequence[int], shape: Sequence[int]) -> Array:
    """Zeros of this shape with x written at start + step * index: the transpose of a slice.

    >>> embed(Array.of([1, 2]), start=(0,), step=(2,), shape=(4,)).items
    [1, 0, 2, 0]
    """
    return place(x, shape, start, step, 0)


def take(x: Array, indices: Array, *, axis: int) -> Array:
    """The slices of x at these indices along the axis, in whose place stand the axes of the indices.

    >>> take(Array.of([10, 20, 30]), Array.of([[2, 0], [-1, 0]]), axis=0).tolist()
    [[30, 10], [30, 10]]
    """
    return select(x, axis, indices)


def scatter_add(x: Array, indices: Array, updates: Array, *, axis: int = 0) -> Array:
    """x with the slices of updates added at these indices along the axis; repeated indices add up.

    >>> scatter_add(Array.of([0, 0]), Array.of([1, 1]), Array.of([3, 4])).items
    [0, 7]
    """
    a = wrap(axis, len(x.shape))
    before, n, after = x.shape[:a], x.shape[a], x.shape[a + 1 :]
    if updates.shape != before + indices.shape + after:
        raise ValueError(f"updates have shape {updates.shape}, not {before + indices.shape + after}")
    block, items, source = math.prod(after), list(x.items), iter(updates.items)
    for row in range(math.prod(before)):
        for index in indices.items:
            begin = (row * n + wrap(index, n)) * block
            for position in range(begin, begin + block):
                items[position] = items[position] + next(source)
    return Array(x.shape, items)


def getitem(x: Array, key: Any) -> Array:
    """x[key] for ints, slices, None, `...` and at most one array of ints (then without other ints).

    >>> getitem(Array.of([[1, 2, 3], [4, 5, 6]]), (slice(None, None, -1), None, 1)).tolist()
    [[5], [2]]
    """
    parts = list(key) if isinstance(key, tuple) else [key]
    if sum(isinstance(part, Array) for part in parts) and sum(isinstance(part, Array | int) for part in parts) > 1:
        raise NotImplementedError("several advanced indices")
    missing = len(x.shape) - sum(part is not None and part is not Ellipsis for part in parts)
    gap = next((k for k, part in enumerate(parts) if part is Ellipsis), len(parts))
    parts[gap : gap + 1] = [slice(None)] * missing
    if missing < 0 or Ellipsis in [part for part in parts if not isinstance(part, Array)]:
        raise IndexError(f"{key} has too many indices for shape {x.shape}")
    shape: list[int] = []
    where, axis = [0], 0
    for part in parts:
        if part is None:
            shape.append(1)
            continue
        n, stride = x.shape[axis], strides(x.shape)[axis]
        chosen, sizes = _chosen(part, n)
        where = [position + i * stride for position in where for i in chosen]
        shape += sizes
        axis += 1
    return x.at(shape, where)


def _chosen(part: Any, n: int) -> tuple[list[int], Shape]:
    """The indices that one part of a key picks from an axis of size n, and the axes that stand for it."""
    if isinstance(part, slice):
        picked = list(range(n)[part])
        return picked, (len(picked),)
    if isinstance(part, Array):
        return [wrap(i, n) for i in part.items], part.shape
    return [wrap(part, n)], ()


_SLICES: tuple[tuple[Shape, Params], ...] = (
    ((5,), {"start": (1,), "size": (3,), "step": (1,)}),
    ((5,), {"start": (0,), "size": (3,), "step": (2,)}),
    ((5,), {"start": (4,), "size": (5,), "step": (-1,)}),
    ((2, 3), {"start": (0, 1), "size": (2, 2), "step": (1, 1)}),
    ((2, 3), {"start": (1, 2), "size": (1, 2), "step": (1, -2)}),
    ((2, 2), {"start": (0, 0), "size": (2, 2), "step": (1, 1)}),
    ((1, 3), {"start": (0, 0), "size": (1, 2), "step": (1, 2)}),
    ((2, 3, 2), {"start": (1, 0, 1), "size": (1, 2, 1), "step": (1, 2, 1)}),
    ((3,), {"start": (0,), "size": (0,), "step": (1,)}),
    ((2, 0), {"start": (1, 0), "size": (1, 0), "step": (1, 1)}),
    ((), {"start": (), "size": (), "step": ()}),
)
_TAKES: tuple[tuple[Shape, Any, int], ...] = (
    *(
        ((3,), [0, 2, 2], -1),
        ((3,), 1, -1),
        ((3,), [[0, -1], [2, 0]], -1),
        ((2, 3), [1, 0, 1], -2),
        ((2, 3), [2, 2], -1),
    ),
    *(((2, 2), [1, 1], -2), ((2, 2), [-1, 0], -1), ((1, 3), [0, 0], -2), ((3, 1), [2], -2), ((2, 3, 2), [2, 0], -2)),
    *(((2, 3), [[1], [0]], -1), ((2, 2), 1, -2), ((2, 3, 2), [[2, 0, 1]], -2), ((2, 3, 3), [[2], [0]], -1)),
    *(((3, 3, 2), [[2, 0]], -3), ((2, 3, 2), 1, -2), ((1, 2, 3, 2), [2, 0], -2)),
)
_KEYS: tuple[tuple[Shape, Any], ...] = (
    *(((3,), 1), ((3,), -1), ((3,), slice(1, None)), ((5,), slice(None, None, -2)), ((3,), None), ((3,), Ellipsis)),
    *(((2, 3), 0), ((2, 3), (1, 2)), ((2, 3), (slice(None), 1)), ((2, 3), (..., -1)), ((2, 3), (None, 1, ..., None))),
    *(((2, 3), (slice(None), slice(0, 2))), ((2, 3), (slice(0, 1), None, slice(None, None, 2))), ((2, 2), (..., None))),
    *(((2, 3, 2), (..., 1, slice(None))), ((2, 3, 2), (1, ..., 0)), ((1, 3), (0, slice(-2, None))), ((), ())),
    *(((3,), Array.of([2, 0, 2])), ((2, 3), (slice(None), Array.of([2, -1]))), ((2, 3), Array.of([[1, 0], [1, 1]]))),
)


def _slice_samples(rng: Random) -> list[Sample]:
    return [Sample(f"{shape} at {p}", (reals(rng, shape),), p) for shape, p in _SLICES]


def _embed_samples(rng: Random) -> list[Sample]:
    cases = [(p["size"], {"start": p["start"], "step": p["step"], "shape": shape}) for shape, p in _SLICES]
    return [Sample(f"{size} at {p}", (reals(rng, size),), p) for size, p in cases]


def _take_samples(rng: Random) -> list[Sample]:
    return [Sample(f"{s} at {i} of {a}", (reals(rng, s), Array.of(i)), {"axis": a}) for s, i, a in _TAKES]


def _public_take_samples(rng: Random) -> list[Sample]:
    more = [Sample(f"axis {a}", (reals(rng, (2, 3)), Array.of([1, 0, 1])), {"axis": a}) for a in (0, 1)]
    return _take_samples(rng) + more


def _scatter_samples(rng: Random) -> list[Sample]:
    found = []
    for shape, nested, axis in _TAKES:
        x, indices = reals(rng, shape), Array.of(nested)
        updates = reals(rng, take(x, indices, axis=axis).shape)
        found.append(Sample(f"{shape} at {nested} of {axis}", (x, indices, updates), {"axis": axis}))
    return found


def _public_scatter_samples(rng: Random) -> list[Sample]:
    plain = (reals(rng, (3, 2)), Array.of([2, 0, 2]), reals(rng, (3, 2)))
    return [
        *_scatter_samples(rng),
        Sample("axis left out", plain),
        Sample("axis 1", plain[:1] + _columns(rng), {"axis": 1}),
    ]


def _columns(rng: Random) -> tuple[Array, Array]:
    return Array.of([1, 1]), reals(rng, (3, 2))


PRIMITIVES: dict[str, Spec] = {
    "slice": Spec(slice_graph, (0,), _slice_samples),
    "embed": Spec(embed, (0,), _embed_samples),
    "take": Spec(take, (0,), _take_samples),
    "scatter_add": Spec(scatter_add, (0, 2), _scatter_samples),
}
PUBLIC: dict[str, Spec] = {
    "take": Spec(take, (0,), _public_take_samples),
    "scatter_add": Spec(scatter_add, (0, 2), _public_scatter_samples),
    "getitem": Spec(
        getitem, (0,), lambda rng: [Sample(f"{shape}[{key}]", (reals(rng, shape), key)) for shape, key in _KEYS]
    ),
}

"""Operations that move items about, repeat them or lay them side by side, and compute nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import Any

from tl_specs import scalar as sc
from tl_specs.array import Array, Shape, broadcast, positions, strides, wrap, wrap_axes
from tl_specs.draw import reals
from tl_specs.spec import Sample, Spec


def reshape(x: Array, shape: int | Sequence[int]) -> Array:
    """The same items in the same order; one size may be -1, and is what is left.

    >>> reshape(Array.of([[1, 2], [3, 4]]), (-1,)).items
    [1, 2, 3, 4]
    """
    sizes = [shape] if isinstance(shape, int) else list(shape)
    if -1 in sizes:
        sizes[sizes.index(-1)] = x.size // math.prod(n for n in sizes if n != -1)
    return Array(tuple(sizes), x.items)


def permute_dims(x: Array, axes: Sequence[int]) -> Array:
    """Axis k of the result is axis axes[k] of x.

    >>> permute_dims(Array.of([[1, 2]]), (-1, -2)).tolist()
    [[1], [2]]
    """
    order = [wrap(axis, len(x.shape)) for axis in axes]
    if sorted(order) != list(range(len(x.shape))):
        raise ValueError(f"{tuple(axes)} is no permutation of the axes of {x.shape}")
    shape, steps = tuple(x.shape[a] for a in order), [strides(x.shape)[a] for a in order]
    return x.at(shape, positions(shape, steps))


def expand_dims(x: Array, *, axis: int) -> Array:
    """A new axis of size 1, which is `axis` of the result.

    >>> expand_dims(Array.of([1, 2]), axis=-1).shape
    (2, 1)
    """
    place = wrap(axis, len(x.shape) + 1)
    return Array((*x.shape[:place], 1, *x.shape[place:]), x.items)


def squeeze(x: Array, axis: int | Sequence[int]) -> Array:
    """Without these axes, which have size 1.

    >>> squeeze(Array.of([[1, 2]]), 0).shape
    (2,)
    """
    axes = wrap_axes(axis, len(x.shape))
    if any(x.shape[a] != 1 for a in axes):
        raise ValueError(f"only axes of size 1 are squeezed, not {axis} of {x.shape}")
    return Array(tuple(n for a, n in enumerate(x.shape) if a not in axes), x.items)


def broadcast_to(x: Array, shape: Sequence[int]) -> Array:
    """Repeated along axes of size 1 and along new leading axes.

    >>> broadcast_to(Array.of([1, 2]), (2, 2)).items
    [1, 2, 1, 2]
    """
    return broadcast(x, tuple(shape))


def broadcast_to_graph(x: Array, *, shape: Sequence[int]) -> Array:
    """Repeated along axes of size 1; the rank stays.

    >>> broadcast_to_graph(Array.of([[1, 2]]), shape=(2, 2)).items
    [1, 2, 1, 2]
    """
    if len(x.shape) != len(shape):
        raise ValueError("in a graph broadcast_to keeps the rank")
    return broadcast(x, tuple(shape))


def concat(*arrays: Array, axis: int | None = 0) -> Array:
    """One after another along an axis; flattened first where axis is None.

    >>> concat(Array.of([1, 2]), Array.of([3])).items
    [1, 2, 3]
    """
    if axis is None:
        return concat(*(reshape(x, -1) for x in arrays))
    place = wrap(axis, len(arrays[0].shape))
    if len({x.shape[:place] + x.shape[place + 1 :] for x in arrays}) != 1:
        raise ValueError(f"shapes {[x.shape for x in arrays]} differ beside axis {axis}")
    before, after = arrays[0].shape[:place], arrays[0].shape[place + 1 :]
    blocks = [x.shape[place] * math.prod(after) for x in arrays]
    items: list[Any] = []
    for row in range(math.prod(before)):
        for x, block in zip(arrays, blocks, strict=True):
            items += x.items[row * block : (row + 1) * block]
    return Array((*before, sum(x.shape[place] for x in arrays), *after), items)


def stack(*arrays: Array, axis: int = 0) -> Array:
    """One after another along a new axis.

    >>> stack(Array.of([1, 2]), Array.of([3, 4]), axis=1).tolist()
    [[1, 3], [2, 4]]
    """
    place = wrap(axis, len(arrays[0].shape) + 1)
    return concat(*(expand_dims(x, axis=place) for x in arrays), axis=place)


def pad(x: Array, pad_width: Any, *, constant_values: Any = 0) -> Array:
    """The constant around x: pad_width is one width, one (before, after), or one such pair for each axis.

    >>> pad(Array.of([1, 2]), (1, 2)).items
    [0, 1, 2, 0, 0]
    """
    widths: Any = pad_width
    if isinstance(widths, int):
        widths = (widths, widths)
    if len(widths) == 2 and all(isinstance(width, int) for width in widths):
        widths = [widths] * len(x.shape)
    sizes = [n + before + after for n, (before, after) in zip(x.shape, widths, strict=True)]
    return place(x, sizes, [before for before, _ in widths], [1] * len(sizes), constant_values)


def place(x: Array, shape: Sequence[int], start: Sequence[int], step: Sequence[int], around: Any) -> Array:
    """An array full of a constant, with x at the indices start + step * index."""
    items = [sc.embed(around, x.items[0] if x.items else 0.0)] * math.prod(shape)
    steps = strides(shape)
    offset = sum(s * stride for s, stride in zip(start, steps, strict=True))
    for item, position in zip(
        x.items, positions(x.shape, [s * t for s, t in zip(step, steps, strict=True)], offset), strict=True
    ):
        items[position] = item
    return Array(tuple(shape), items)


def repeat(x: Array, repeats: int | Sequence[int], /, *, axis: int) -> Array:
    """Each slice along the axis, repeated in place: all as often, or each its own number of times.

    >>> repeat(Array.of([1, 2]), 2, axis=0).items, repeat(Array.of([1, 2]), (0, 3), axis=0).items
    ([1, 1, 2, 2], [2, 2, 2])
    """
    n = x.shape[wrap(axis, len(x.shape))]
    times = [repeats] * n if isinstance(repeats, int) else repeats
    return select(x, axis, Array((sum(times),), [i for i, t in zip(range(n), times, strict=True) for _ in range(t)]))


def select(x: Array, axis: int, chosen: Array) -> Array:
    """The slices at these indices along the axis; the indices' axes stand in its place."""
    a = wrap(axis, len(x.shape))
    before, n, after = x.shape[:a], x.shape[a], x.shape[a + 1 :]
    block = math.prod(after)
    items: list[Any] = []
    for row in range(math.prod(before)):
        for index in chosen.items:
            begin = (row * n + wrap(index, n)) * block
            items += x.items[begin : begin + block]
    return Array(before + chosen.shape + after, items)


def _on(cases: Sequence[tuple[Shape, Any]], rng: Random) -> list[Sample]:
    return [Sample(f"{shape} by {how}", (reals(rng, shape), how)) for shape, how in cases]


def _in_graph(cases: Sequence[tuple[Shape, Any]], rng: Random, name: str) -> list[Sample]:
    return [Sample(f"{shape} by {how}", (reals(rng, shape),), {name: how}) for shape, how in cases]


_RESHAPES: list[tuple[Shape, Any]] = [
    *(((2, 3), (3, 2)), ((2, 3), (6,)), ((6,), (2, 3)), ((1,), ()), ((), (1, 1)), ((2, 2), (2, 2)), ((4,), (1, 4))),
    *(((2, 3), (1, 2, 1, 3)), ((2, 1, 3), (3, 2))),
]
_GUESSED: list[tuple[Shape, Any]] = [((2, 3), (-1,)), ((2, 3), (3, -1)), ((4,), (-1, 2)), ((), (-1,))]
_PERMUTED: list[tuple[Shape, Any]] = [
    *(((2, 3), (-1, -2)), ((2, 2), (-1, -2)), ((2, 3), (-2, -1)), ((3,), (-1,)), ((), ()), ((1, 3), (-1, -2))),
    *(
        ((2, 3, 2), (-1, -3, -2)),
        ((2, 3, 2), (-2, -1, -3)),
        ((2, 1, 3), (-1, -2, -3)),
        ((1, 2, 3, 1), (-2, -4, -1, -3)),
        ((2, 0, 3), (-1, -3, -2)),
    ),
]
_PERMUTED_BY: list[tuple[Shape, Any]] = [((2, 3), (1, 0)), ((2, 3, 2), (2, 0, 1)), ((2, 3, 2), (1, 2, 0))]
_GROWN: list[tuple[Shape, Any]] = [
    *(((1, 3), (2, 3)), ((2, 1), (2, 3)), ((1, 1), (2, 2)), ((2, 3), (2, 3)), ((1,), (3,)), ((), ())),
    *(((1, 2, 1), (2, 2, 2)), ((1, 1), (1, 3)), ((2, 1, 2), (2, 3, 2)), ((1, 3), (0, 3)), ((2, 1, 2, 1), (2, 3, 2, 2))),
]
_RAISED: list[tuple[Shape, Any]] = [((3,), (2, 3)), ((), (3,)), ((1,), (2, 2)), ((2, 1), (2, 2, 3)), ((), (2, 2))]
_SQUEEZED: list[tuple[Shape, Any]] = [((1, 3), 0), ((3, 1), -1), ((1, 2, 1), (0, 2)), ((1, 2, 1), (-1,)), ((1,), 0)]
_PADDED: list[tuple[Shape, Any]] = [
    *(((3,), 1), ((2, 2), 1), ((2, 3), ((1, 0), (0, 2))), ((1, 3), ((0, 0), (1, 1))), ((), ()), ((2,), ((0, 0),))),
]
_EXPANDED: list[tuple[Shape, int]] = [((3,), 0), ((3,), -1), ((2, 3), 1), ((2, 3), -3), ((), 0), ((2, 2), -1)]


def _expanded(rng: Random) -> list[Sample]:
    return _in_graph(_EXPANDED, rng, "axis")


def _concat_samples(rng: Random, axes: Sequence[tuple[tuple[Shape, ...], int]]) -> list[Sample]:
    return [Sample(f"{s} along {a}", tuple(reals(rng, one) for one in s), {"axis": a}) for s, a in axes]


_JOINED: tuple[tuple[tuple[Shape, ...], int], ...] = (
    *(
        (((2, 1), (2, 3), (2, 2)), -1),
        (((2, 3), (2, 3)), -2),
        (((2, 3), (1, 3)), -2),
        (((3,),), -1),
        (((1,), (1,)), -1),
        (((2, 0), (2, 3)), -1),
    ),
    *((((2, 2), (2, 2)), -1), (((1, 2, 2), (1, 1, 2)), -2), (((2, 1, 2), (1, 1, 2)), -3)),
)
_STACKED: tuple[tuple[tuple[Shape, ...], int], ...] = (
    *((((2, 3), (2, 3)), 0), (((2, 3), (2, 3)), 1), (((2, 3), (2, 3)), -1), (((3,), (3,), (3,)), -2), (((), ()), 0)),
    *((((2, 2), (2, 2)), -2), (((1,),), 0)),
)


def _joined(rng: Random) -> list[Sample]:
    plain = Sample("axis left out", (reals(rng, (2,)), reals(rng, (3,))))
    return [
        *_concat_samples(rng, _JOINED),
        *_concat_samples(rng, [(((2, 2), (1, 2)), 0), (((2, 2), (2, 1)), 1)]),
        plain,
    ]


def _padded(rng: Random) -> list[Sample]:
    return [*_on(_PADDED, rng), Sample("with 1.5", (reals(rng, (2,)), ((1, 2),)), {"constant_values": 1.5})]


def _repeated(rng: Random) -> list[Sample]:
    cases: list[tuple[Shape, Any, int]] = [
        *(((2, 3), 2, 0), ((2, 3), 2, 1), ((2, 3), 2, -1), ((3,), (1, 2, 3), 0), ((3,), (0, 2, 1), -1)),
        *(((1, 3), 3, 0), ((2, 2), 1, 0), ((2, 2), (2, 1), 1), ((2, 1, 2), 2, -2)),
    ]
    return [Sample(f"{s} by {r} along {a}", (reals(rng, s), r), {"axis": a}) for s, r, a in cases]


PRIMITIVES: dict[str, Spec] = {
    "reshape": Spec(reshape, (0,), lambda rng: _in_graph(_RESHAPES, rng, "shape")),
    "permute_dims": Spec(permute_dims, (0,), lambda rng: _in_graph(_PERMUTED, rng, "axes")),
    "broadcast_to": Spec(broadcast_to_graph, (0,), lambda rng: _in_graph(_GROWN, rng, "shape")),
    "concat": Spec(concat, (), lambda rng: _concat_samples(rng, _JOINED), variadic=True),
}
PUBLIC: dict[str, Spec] = {
    "reshape": Spec(reshape, (0,), lambda rng: _on(_RESHAPES + _GUESSED, rng)),
    "permute_dims": Spec(permute_dims, (0,), lambda rng: _on(_PERMUTED + _PERMUTED_BY, rng)),
    "expand_dims": Spec(expand_dims, (0,), _expanded),
    "squeeze": Spec(squeeze, (0,), lambda rng: _on(_SQUEEZED, rng)),
    "broadcast_to": Spec(broadcast_to, (0,), lambda rng: _on(_GROWN + _RAISED, rng)),
    "concat": Spec(concat, (), _joined, variadic=True),
    "stack": Spec(stack, (), lambda rng: _concat_samples(rng, _STACKED), variadic=True),
    "pad": Spec(pad, (0,), _padded),
    "repeat": Spec(repeat, (0,), _repeated),
}

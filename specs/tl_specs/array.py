"""Arrays for reading, not for speed: a shape and a flat row-major list of scalars of any kind.

Moving data about (slices, transposes, broadcasts, groups to be summed) is always the same thing: the list of the
flat positions that a shape and its strides visit. `positions` makes that list.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Array:
    """A shape and its items in row-major order.

    >>> x = Array((2, 3), [1, 2, 3, 4, 5, 6])
    >>> x[1, -1], x.size, x.map(lambda z: -z).tolist()
    (6, 6, [[-1, -2, -3], [-4, -5, -6]])
    """

    shape: Shape
    items: list[Any]

    def __post_init__(self) -> None:
        if math.prod(self.shape) != len(self.items):
            raise ValueError(f"shape {self.shape} does not hold {len(self.items)} items")

    @classmethod
    def of(cls, nested: Any) -> Array:
        """The array of nested lists.

        >>> Array.of([[1], [2]])
        Array(shape=(2, 1), items=[1, 2])
        """
        if not isinstance(nested, list | tuple):
            return cls((), [nested])
        parts = [cls.of(part) for part in nested]
        inner = parts[0].shape if parts else ()
        if any(part.shape != inner for part in parts):
            raise ValueError("rows of unequal shape")
        return cls((len(parts), *inner), [item for part in parts for item in part.items])

    @property
    def size(self) -> int:
        """The number of items."""
        return len(self.items)

    def __getitem__(self, index: tuple[int, ...]) -> Any:
        offset = 0
        for i, n, stride in zip(index, self.shape, strides(self.shape), strict=True):
            offset += wrap(i, n) * stride
        return self.items[offset]

    def indices(self) -> Iterator[tuple[int, ...]]:
        """Every multi-index, in the order of the items."""
        return itertools.product(*map(range, self.shape))

    def map(self, function: Callable[[Any], Any]) -> Array:
        """The function applied to each item."""
        return Array(self.shape, [function(item) for item in self.items])

    def at(self, shape: Sequence[int], where: Sequence[int]) -> Array:
        """The items at these flat positions, as an array of that shape."""
        items = self.items
        return Array(tuple(shape), [items[position] for position in where])

    def tolist(self) -> Any:
        """Nested lists."""
        if not self.shape:
            return self.items[0]
        step = math.prod(self.shape[1:])
        return [Array(self.shape[1:], self.items[i * step : (i + 1) * step]).tolist() for i in range(self.shape[0])]


def strides(shape: Sequence[int]) -> Shape:
    """How far apart in the flat list neighbours along each axis are.

    >>> strides((2, 3, 4))
    (12, 4, 1)
    """
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def positions(shape: Sequence[int], steps: Sequence[int], start: int = 0) -> list[int]:
    """`start + Σ index[axis] * steps[axis]` for every multi-index of the shape, in row-major order.

    >>> positions((3, 2), (1, 3))  # the transpose of a 2 by 3 array
    [0, 3, 1, 4, 2, 5]
    """
    found = [start]
    for n, step in zip(shape, steps, strict=True):
        found = [position + i * step for position in found for i in range(n)]
    return found


def wrap(index: int, size: int) -> int:
    """An index into an axis of that size, negative ones counted from its end.

    >>> wrap(-1, 3)
    2
    """
    if not -size <= index < size:
        raise IndexError(f"index {index} lies outside an axis of size {size}")
    return index % size


def wrap_axes(axis: int | Sequence[int] | None, rank: int) -> Shape:
    """The axes that an `axis` argument names, ascending and not negative; None names all.

    >>> wrap_axes((-1, 0), 3), wrap_axes(None, 2)
    ((0, 2), (0, 1))
    """
    if axis is None:
        return tuple(range(rank))
    axes = [wrap(a, rank) for a in ([axis] if isinstance(axis, int) else axis)]
    if len(set(axes)) != len(axes):
        raise ValueError(f"an axis is named twice in {axis}")
    return tuple(sorted(axes))


def broadcast(x: Array, shape: Shape) -> Array:
    """The array repeated along its axes of size 1, and along new leading ones.

    >>> broadcast(Array.of([[1], [2]]), (2, 2)).items
    [1, 1, 2, 2]
    """
    if x.shape == shape:
        return x
    own = (1,) * (len(shape) - len(x.shape)) + x.shape
    if len(own) != len(shape) or any(n not in (1, m) for n, m in zip(own, shape, strict=True)):
        raise ValueError(f"shape {x.shape} does not broadcast to {shape}")
    steps = [0 if n == 1 else step for n, step in zip(own, strides(own), strict=True)]
    return x.at(shape, positions(shape, steps))


def common_shape(*shapes: Shape) -> Shape:
    """The shape that all of these broadcast to.

    >>> common_shape((2, 1), (3,), ())
    (2, 3)
    """
    rank = max(map(len, shapes), default=0)
    columns = zip(*((1,) * (rank - len(shape)) + shape for shape in shapes), strict=True)
    sizes = [{n for n in column if n != 1} or {1} for column in columns]
    if any(len(options) > 1 for options in sizes):
        raise ValueError(f"shapes {shapes} do not broadcast together")
    return tuple(options.pop() for options in sizes)

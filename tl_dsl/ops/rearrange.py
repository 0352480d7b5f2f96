"""Operations that cut tensors apart, turn them round and lay copies side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tl_dsl.errors import ArgumentError
from tl_dsl.op import bind, op
from tl_dsl.ops import arguments
from tl_dsl.ops.manipulation import SLICE, concat
from tl_dsl.ops.operands import as_tensor, broadcast, reshaped, same_rule, sizes
from tl_dsl.shapes import moved_shape, normalize_axes, normalize_axis, roll_shape, split_shapes, tile_shape
from tl_dsl.tensor import Tensor, TensorLike

__all__ = ["flip", "roll", "split", "tile"]


def part(x: Tensor, axis: int, start: int, stop: int) -> Tensor:
    """The elements from start to before stop along an axis that is not negative."""
    first, size = [0] * x.ndim, list(x.shape)
    first[axis], size[axis] = start, max(stop - start, 0)
    return bind(SLICE, x, start=tuple(first), size=tuple(size), step=(1,) * x.ndim)


def _split_rule(x: Any, indices_or_sections: Any, /, *, axis: Any = 0) -> list[Any]:
    return split_shapes(x, indices_or_sections, axis)


@op(shape=_split_rule, dtype=same_rule)
def split(x: TensorLike, indices_or_sections: int | Sequence[int], /, *, axis: int = 0) -> tuple[Tensor, ...]:
    """The parts of x along an axis: so many equal ones, or those between the indices, as in numpy.

    Errors: ShapeError when the parts would not be equal; ArgumentError.

    >>> import tl_dsl as tl
    >>> [part.tolist() for part in tl.split(tl.arange(6), 3)]
    [[0, 1], [2, 3], [4, 5]]
    >>> [part.tolist() for part in tl.split(tl.arange(6), [1, 4])]
    [[0], [1, 2, 3], [4, 5]]
    """
    value = as_tensor(x)
    place = normalize_axis(arguments.integer(axis, "an axis"), value.shape) + value.ndim
    cuts = indices_or_sections
    if not isinstance(cuts, (tuple, list)):
        count = arguments.integer(cuts, "the number of parts")
        shapes = split_shapes(value.shape, count, place)
        bounds = [k * sizes(shapes[0])[place] for k in range(count + 1)]
    else:
        at = [arguments.integer(cut, "an index") for cut in cuts]
        bounds = [0, *[slice(cut, None).indices(value.shape[place])[0] for cut in at], value.shape[place]]
    return tuple([part(value, place, *bounds[k : k + 2]) for k in range(len(bounds) - 1)])


@op(shape=lambda x, /, *, axis=None: moved_shape(x, axis), dtype=same_rule)
def flip(x: TensorLike, /, *, axis: int | tuple[int, ...] | None = None) -> Tensor:
    """``"*s" -> "*s"``: the elements in reverse order along axes, all of them by default. Errors: ShapeError.

    >>> import tl_dsl as tl
    >>> tl.flip(tl.tensor([[1, 2], [3, 4]]), axis=1)
    Tensor[int64, 2 2]([[2, 1],
                      [4, 3]])
    """
    value = as_tensor(x)
    axes = [k + value.ndim for k in normalize_axes(arguments.axes(axis), value.shape)]
    turned = [k in axes and n > 0 for k, n in enumerate(value.shape)]
    start = tuple([n - 1 if turn else 0 for n, turn in zip(value.shape, turned, strict=True)])
    step = tuple([-1 if turn else 1 for turn in turned])
    return bind(SLICE, value, start=start, size=value.shape, step=step) if any(turned) else value


@op(shape=lambda x, /, shift, *, axis=None: roll_shape(x, shift, axis), dtype=same_rule)
def roll(x: TensorLike, /, shift: int | tuple[int, ...], *, axis: int | tuple[int, ...] | None = None) -> Tensor:
    """``"*s" -> "*s"``: moved to higher positions along axes; what leaves at the end comes in at the front.

    Without an axis the elements move in row-major order. Errors: ShapeError unless there is a shift for each axis.

    >>> import tl_dsl as tl
    >>> tl.roll(tl.arange(5), 2)
    Tensor[int64, 5]([3, 4, 0, 1, 2])
    """
    value, chosen, shifts = as_tensor(x), arguments.axes(axis), arguments.axes(shift)
    if shifts is None:
        raise ArgumentError("roll takes a shift", got="None")
    roll_shape(value.shape, shifts, chosen)
    if chosen is None:
        assert isinstance(shifts, int)
        return reshaped(_rolled(reshaped(value, (value.size,)), shifts, 0), value.shape)
    axes = chosen if isinstance(chosen, tuple) else (chosen,)
    several = shifts if isinstance(shifts, tuple) else (shifts,) * len(axes)
    for one, by in zip(axes, several, strict=True):
        value = _rolled(value, by, normalize_axis(one, value.shape) + value.ndim)
    return value


def _rolled(x: Tensor, shift: int, axis: int) -> Tensor:
    n = x.shape[axis]
    cut = -shift % n if n else 0
    return concat([part(x, axis, cut, n), part(x, axis, 0, cut)], axis=axis) if cut else x


@op(shape=lambda x, repetitions, /: tile_shape(x, repetitions), dtype=same_rule)
def tile(x: TensorLike, repetitions: int | tuple[int, ...], /) -> Tensor:
    """Copies of x side by side: so many along each of the last axes, with new axes in front for more numbers.

    Errors: ShapeError for negative numbers.

    >>> import tl_dsl as tl
    >>> tl.tile(tl.tensor([1, 2]), (2, 2))
    Tensor[int64, 2 4]([[1, 2, 1, 2],
                      [1, 2, 1, 2]])
    """
    value, times = as_tensor(x), arguments.sizes(repetitions)
    shape = sizes(tile_shape(value.shape, times))
    raised = (1,) * (len(shape) - value.ndim) + value.shape
    all_times = (1,) * (len(shape) - len(times)) + times
    pairs = list(zip(all_times, raised, strict=True))
    apart = tuple([n for time, size in pairs for n in (1, size)])
    spread = tuple([n for pair in pairs for n in pair])
    return reshaped(broadcast(reshaped(value, apart), spread), shape)

"""What numpy makes of slices that stand between brackets, `np.r_[0:n, x]` and `np.mgrid[0:n, 0:m]`: more names for
shape files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tl_checker.shapes.annotations.promotion import promoted
from tl_checker.shapes.facts.values import TensorValue
from tl_checker.shapes.libraries.shape_functions import UNDECIDED, as_array, of, shape, size
from tl_checker.shapes.operations.arguments import for_dtype
from tl_dsl import dtypes
from tl_dsl.dims import UNKNOWN, UNKNOWN_COMPLEX
from tl_dsl.dtypes import DType
from tl_dsl.errors import LostShape
from tl_dsl.op import OPS
from tl_dsl.shapes import Span, concat_shape, star_at


def strings(key: Any) -> list[Any]:
    """What stands between the brackets, slices as the numbers that they count."""
    parts = key if isinstance(key, tuple) else (key,)
    if any(part is UNDECIDED or isinstance(part, (str, type(...), type(None))) for part in parts):
        raise LostShape("what stands between the brackets is not known before the program runs")
    return [_range(part) if isinstance(part, (slice, Span)) else part for part in parts]


def _range(part: slice | Span) -> TensorValue:
    if isinstance(part, Span):
        return TensorValue((part.length,), DType)
    start, stop, step = 0 if part.start is None else part.start, part.stop, 1 if part.step is None else part.step
    given = [start, stop, step]
    if isinstance(step, complex):
        count = int(abs(step)) if step.real == 0 and step is not UNKNOWN_COMPLEX else UNKNOWN
        return TensorValue((count,), dtypes.Float64 if stop is not None else DType)
    if stop is None:
        raise LostShape("a range without an end")
    dtype = promoted([for_dtype(value) for value in given])
    return TensorValue(tuple(OPS["arange"].shape(start, stop, step)), dtype)


def strung(key: Any, rank: int = 1) -> TensorValue:
    """numpy.r_, and with two axes numpy.c_: all parts along the first axis, or the columns side by side."""
    found = []
    for part in strings(key):
        whole = shape(as_array(part))
        if star_at(whole) is not None:
            raise LostShape("the number of axes is not known")
        found.append((*whole, *(1,) * (rank - len(whole))) if whole else (1,) * rank)
    return TensorValue(tuple(concat_shape(found, axis=-1 if rank == 2 else 0)), DType)


def gridded(key: Any) -> TensorValue:
    """numpy.mgrid: of each axis, a grid of all."""
    counts = tuple(size(part) for part in strings(key))
    return of((len(counts), *counts)) if isinstance(key, tuple) else of(counts)


def grids(arrays: Any, is_sparse: Any, order: Any) -> list[TensorValue]:
    """numpy.meshgrid: each sequence along an axis of its own, repeated along the others unless they are sparse."""
    if not isinstance(is_sparse, bool) or order not in ("xy", "ij"):
        raise LostShape("an argument is not known before the program runs")
    counts = [size(array) for array in arrays]
    places = list(range(len(counts)))
    if order == "xy":
        places[:2] = places[:2][::-1]
    if not is_sparse:
        return [TensorValue(tuple(counts[place] for place in places), DType)] * len(counts)
    each = [[counts[i] if place == i else 1 for place in places] for i in range(len(counts))]
    return [TensorValue(tuple(one), DType) for one in each]


def is_tuple(value: Any) -> bool:
    """Whether several things stand between the brackets."""
    return isinstance(value, tuple)


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    function.__name__: function for function in (strings, strung, gridded, grids, is_tuple)
}
"""The functions by the names that shape files use."""

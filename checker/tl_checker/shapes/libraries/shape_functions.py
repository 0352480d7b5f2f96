"""What the functions of array libraries do to shapes, where no operation of the language says it.

They take and give what is known of values: a TensorValue for an array, ints and Dims for sizes.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn

from tl_checker.shapes.annotations import promotion
from tl_checker.shapes.facts.values import UNKNOWN_BOOL, ScalarValue, TensorValue
from tl_checker.shapes.operations.arguments import for_dtype
from tl_dsl import dtypes
from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown, assume, same
from tl_dsl.dims import at_least as known_at_least
from tl_dsl.dims.text import show_dim
from tl_dsl.dtypes import DType
from tl_dsl.errors import DTypeError, LostShape, ShapeError
from tl_dsl.shapes import (
    UNKNOWN_SHAPE,
    Shape,
    Star,
    broadcast_shapes,
    diagonal_shape,
    index_shape,
    is_nameless,
    matmul_shape,
    moveaxis_shape,
    new_shape,
    normalize_axes,
    normalize_axis,
    reversed_shape,
    show_shape,
    size_of,
    star_at,
)


class Undecided:
    """A value of which nothing is known: a branch on it loses the shape."""

    def __bool__(self) -> NoReturn:
        raise LostShape("an argument is not known before the program runs")

    def __eq__(self, other: object) -> NoReturn:
        raise LostShape("an argument is not known before the program runs")

    def __iter__(self) -> NoReturn:
        raise LostShape("an argument is not known before the program runs")

    def __getitem__(self, key: object) -> NoReturn:
        raise LostShape("an argument is not known before the program runs")

    def __len__(self) -> NoReturn:
        raise LostShape("an argument is not known before the program runs")

    __hash__ = None  # type: ignore[assignment]


UNDECIDED: Final = Undecided()


def as_array(value: Any) -> TensorValue:
    """What numpy makes of a value: an array, a number, or nested lists of these."""
    if isinstance(value, TensorValue):
        return value
    if isinstance(value, (tuple, list)):
        items = [as_array(item) for item in value]
        if any(isinstance(item, Star) for item in value):
            return TensorValue((UNKNOWN,), DType)
        dtype = promotion.promoted(item.dtype for item in items) if items else dtypes.Float64
        return TensorValue((len(items), *_common([item.shape for item in items])), dtype)
    if isinstance(value, (bool, int, float, complex, Dim)) or value is UNKNOWN_BOOL:
        return TensorValue((), for_dtype(value))
    return TensorValue((), dtypes.WeakInt) if isinstance(value, Unknown) else TensorValue(UNKNOWN_SHAPE, DType)


def _common(shapes: list[Shape]) -> Shape:
    if not shapes:
        return ()
    first = shapes[0]
    for shape in shapes[1:]:
        if shape != first:
            if any(map(is_nameless, (*shape, *first))):
                return UNKNOWN_SHAPE
            got = f"{show_shape(first)} and {show_shape(shape)}"
            raise ShapeError("the items of an array must have equal shapes", got=got)
    return first


def shape(x: Any) -> Shape:
    return as_array(x).shape


def ndim(x: Any) -> int:
    shape = as_array(x).shape
    if star_at(shape) is not None:
        raise LostShape(f"the number of axes of {show_shape(shape)} is not known")
    return len(shape)


def at_most(x: Any, rank: int) -> bool:
    """Whether a value has so many axes at most."""
    found = shape(x)
    if star_at(found) is not None and len(found) - 1 <= rank:
        raise LostShape(f"the number of axes of {show_shape(found)} is not known")
    return len(found) <= rank


def is_scalar(x: Any) -> bool:
    """Whether a value has no axes."""
    return at_most(x, 0)


def of(shape: Any) -> TensorValue:
    """An array of a shape; without one, a number."""
    if shape is None:
        return ScalarValue((), DType)
    if isinstance(shape, (tuple, list)):
        return TensorValue(new_shape(shape), DType)
    if isinstance(shape, TensorValue) or shape is UNDECIDED:
        raise LostShape("the shape is not known before the program runs")
    return TensorValue(new_shape((shape,)), DType)


def array_of(x: Any) -> TensorValue:
    """An array where a value may be a scalar: `np.asarray(s)`."""
    found = as_array(x)
    return TensorValue(found.shape, found.dtype)


def of_the_kind(x: Any, result: TensorValue) -> TensorValue:
    """The result of a method that scalars have, too, and that gives a scalar for a scalar: `s.reshape(())`."""
    return ScalarValue((), result.dtype) if isinstance(x, ScalarValue) and result.shape == () else result


def indexed(x: TensorValue, key: tuple[Any, ...]) -> TensorValue:
    """An array at an index."""
    return TensorValue(index_shape(x.shape, key), DType)


def spread(sizes: Sequence[Any]) -> Any:
    """`f(2, 3)` and `f((2, 3))` mean the same."""
    return sizes[0] if len(sizes) == 1 else tuple(sizes)


def broadcast(*values: Any) -> TensorValue:
    return TensorValue(tuple(broadcast_shapes(*(as_array(value).shape for value in values))), DType)


def signed(*values: Any) -> TensorValue:
    """The same, of differences and signs. Errors: DTypeError where all are truth values, for which numpy has none."""
    if all(isinstance(value, TensorValue) and value.dtype is dtypes.Bool for value in values):
        raise DTypeError("numpy has no differences and no signs of truth values", suggestion="^, or ~")
    return broadcast(*values)


def one_open(sizes: Any) -> Any:
    """The sizes that an array is reshaped to: numpy takes any negative one as -1."""
    if isinstance(sizes, (tuple, list)):
        return tuple(one_open(size) for size in sizes)
    if isinstance(sizes, Dim) and all(factor < 0 for _, factor in sizes.terms):
        if not known_at_least(-sizes, 1):
            assume(f"{show_dim(-sizes)} >= 1")
        return -1
    return -1 if type(sizes) is int and sizes < 0 else sizes


def swap(x: Any, first: Any, second: Any) -> TensorValue:
    axes = list(shape(x))
    i, j = normalize_axis(first, tuple(axes)), normalize_axis(second, tuple(axes))
    axes[i], axes[j] = axes[j], axes[i]
    return TensorValue(tuple(axes), DType)


def move(x: Any, source: Any, destination: Any) -> TensorValue:
    """numpy.moveaxis."""
    return TensorValue(moveaxis_shape(shape(x), source, destination), DType)


def resized(x: Any, axis: Any, size: Axis) -> TensorValue:
    """The array with another size of one axis."""
    found = shape(x)
    at = normalize_axis(axis, found) + len(found)
    if isinstance(size, int) and size < 0:
        size = 0
    elif isinstance(size, Dim) and not known_at_least(size, 0):
        assume(f"{show_dim(size)} >= 0")
    return TensorValue((*found[:at], size, *found[at + 1 :]), DType)


def convolved(x: Any, y: Any, mode: Any) -> TensorValue:
    """What is left of a product of two sequences, where it is known which is the longer one."""
    first, second = size(x), size(y)
    if mode == "full":
        return TensorValue((first + second - 1,), DType)
    if not known_at_least(first - second, 0):
        first, second = second, first
    if mode not in ("same", "valid") or not known_at_least(first - second, 0):
        return TensorValue((UNKNOWN,), DType)
    return TensorValue((first if mode == "same" else first - second + 1,), DType)


def size(x: Any, axis: Any = None) -> Axis:
    found = shape(x)
    if axis is None:
        return size_of(found)
    one = found[normalize_axis(axis, found)]
    return UNKNOWN if isinstance(one, Star) else one


def at_least(x: Any, rank: int) -> TensorValue:
    """numpy.atleast_1d and atleast_2d."""
    found = shape(x)
    if star_at(found) is not None and len(found) - 1 < rank:
        raise LostShape(f"the number of axes of {show_shape(found)} is not known")
    return TensorValue((1,) * (rank - len(found)) + found, DType)


def without_ones(x: Any) -> TensorValue:
    """numpy.squeeze of no axis in particular."""
    found = shape(x)
    if star_at(found) is not None or not all(isinstance(axis, int) for axis in found):
        raise LostShape("which axes have size 1 is not known before the program runs")
    return TensorValue(tuple(axis for axis in found if axis != 1), DType)


def elements(dtype: Any, default: type[DType]) -> type[DType]:
    """The element type that an argument asks for."""
    if dtype is None:
        return default
    if isinstance(dtype, str):
        return _named_elements(dtype)
    return dtype if isinstance(dtype, type) and issubclass(dtype, DType) else DType


@functools.cache
def _named_elements(text: str) -> type[DType]:
    try:
        return dtypes.of(text)
    except (TypeError, DTypeError):
        return DType


def is_array(x: Any) -> bool:
    return isinstance(x, TensorValue)


def choice(population: Any, size: Any) -> Any:
    """Draws from the rows of an array, or from a range."""
    rest = shape(population)[1:]
    return TensorValue((*of(size).shape, *rest), DType) if rest or size is not None else ScalarValue((), DType)


def drawn(size: Any, *parameters: Any) -> TensorValue:
    """Draws in a shape, or one for each item of the parameters; a single one is a number."""
    if size is not None:
        return of(size)
    found = broadcast(*parameters)
    return found if found.shape else ScalarValue((), DType)


def reversed_axes(x: Any) -> TensorValue:
    """numpy.transpose without axes."""
    return of_the_kind(x, TensorValue(reversed_shape(shape(x)), DType))


def checked(x: Any, axis: Any) -> TensorValue:
    """The array as it is, when it has these axes."""
    if axis is not None:
        normalize_axes(tuple(axis) if isinstance(axis, list) else axis, shape(x))
    return TensorValue(shape(x), DType)


def without(x: Any, first: Any, second: Any) -> Shape:
    """The axes but two."""
    found = shape(x)
    if star_at(found) is None and len(found) < 2:
        raise ShapeError("a diagonal lies in two axes", got=show_shape(found))
    drop = normalize_axes((first, second), found)
    return tuple(axis for i, axis in enumerate(found) if i - len(found) not in drop)


def diagonal_size(x: Any, offset: Any, first: Any, second: Any) -> Shape:
    """The number of elements of a diagonal, as the last axis."""
    return diagonal_shape((size(x, first), size(x, second)), offset)


def contracted(a: Any, b: Any) -> Shape:
    """What numpy.dot leaves of an array with three or more axes."""
    right = shape(b)
    matmul_shape(shape(a)[-1:], right[-2:])
    return (*right[:-2], right[-1])


def against_last(a: Any, b: Any) -> Shape:
    """What numpy.inner leaves of its second operand: its last axis is summed over, too."""
    left, right = shape(a)[-1], shape(b)[-1]
    if not isinstance(left, Star) and not isinstance(right, Star) and same(left, right) is False:
        raise ShapeError("inner sums over the last axes", got=f"{show_dim(left)} and {show_dim(right)}")
    return shape(b)[:-1]


def pairs(left: Shape, right: Shape) -> list[tuple[Axis, Axis]]:
    """Axes side by side, from the last; the shorter shape begins with ones."""
    if star_at(left) is not None or star_at(right) is not None:
        raise LostShape("the number of axes is not known")
    found = itertools.zip_longest(reversed(left), reversed(right), fillvalue=1)
    return [(x, y) for x, y in found if not isinstance(x, Star) and not isinstance(y, Star)][::-1]


def chained(arrays: Sequence[Any]) -> TensorValue:
    """The product of several matrices."""
    if not isinstance(arrays, (tuple, list)) or not arrays:
        raise LostShape("the matrices are not written out here")
    if any(star_at(shape(array)) is not None or ndim(array) > 2 for array in arrays):
        raise LostShape("a product of more than matrices")
    result = shape(arrays[0])
    for array in arrays[1:]:
        result = tuple(matmul_shape(result, shape(array)))
    return TensorValue(result, DType)


def open_ones(x: Any) -> TensorValue:
    """The array for numpy.einsum, which lets an axis of size 1 stand beside another size under one letter."""
    return TensorValue(tuple(UNKNOWN if axis == 1 else axis for axis in shape(x)), DType)


def joined(arrays: Sequence[Any]) -> TensorValue:
    """The elements of all arrays in one axis."""
    total: Axis = 0
    for array in arrays:
        total = total + size_of(shape(array))
    return TensorValue((total,), DType)


def at_least_3d(x: Any) -> TensorValue:
    """numpy.atleast_3d."""
    found = at_least(x, 2).shape if len(shape(x)) > 1 else (1, *at_least(x, 1).shape)
    if star_at(found) is not None:
        raise LostShape(f"the number of axes of {show_shape(found)} is not known")
    return TensorValue((*found, 1) if len(found) == 2 else found, DType)


def uneven_parts(x: Any, sections: Any, axis: Any) -> list[TensorValue]:
    """numpy.array_split: parts that differ by at most one."""
    whole = size(x, axis)
    if not isinstance(sections, int) or sections < 1 or not isinstance(whole, int):
        raise LostShape("the sizes of the parts are not known before the program runs")
    return [resized(x, axis, whole // sections + (i < whole % sections)) for i in range(sections)]


def magnitude(k: Any) -> Axis:
    """The absolute value of an int."""
    return abs(k) if isinstance(k, int) else UNKNOWN


def stripped(value: Any, target: Any) -> TensorValue:
    """A value to assign, without the axes of size 1 in front that numpy drops."""
    found = shape(value)
    while found and found[0] == 1 and len(found) > len(shape(target)) and star_at(found) is None:
        found = found[1:]
    return TensorValue(found, DType)


def dtypes_of(values: Sequence[Any]) -> list[type[DType]]:
    """The element types of values; a type stands for itself."""
    return [value if isinstance(value, type) else as_array(value).dtype for value in values]


def _of_values(rule: Callable[[list[type[DType]]], type[DType]], *values: Any) -> type[DType]:
    return rule(dtypes_of(values))


def own_axis(x: Any, axis: Any) -> Any:
    """The axis of a reduction: numpy lets an array without axes have one, axis 0."""
    return None if type(axis) is int and axis in (0, -1) and shape(x) == () else axis


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    **{
        function.__name__: function
        for function in (
            *(shape, ndim, size, of, spread, one_open, broadcast, signed, swap, move, resized, at_least, at_least_3d),
            *(is_array, is_scalar, own_axis, choice, elements, reversed_axes, checked, without, diagonal_size),
            *(contracted, without_ones, against_last, pairs, chained, joined, uneven_parts, magnitude, open_ones),
            *(stripped, convolved, at_most, array_of, of_the_kind, indexed, drawn),
        )
    },
    "array": as_array,
    **{name: functools.partial(_of_values, rule) for name, rule in promotion.RULES.items()},
}
"""The functions by the names that shape files use."""

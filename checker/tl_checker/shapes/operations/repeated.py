"""Lists of arrays of one shape, of any length: `np.stack([f(row) for row in x])`, `tl.concat(batches)`.

What a function gives for such a list is read off what it gives for one, two and three of the arrays: each axis of the
result stays as it is, or grows by the same size with each of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from mypy.nodes import CallExpr, Expression, GeneratorExpr, ListComprehension, NameExpr
from mypy.types import Instance, Type, get_proper_type

from tl_checker.shapes.annotations.encoding import shape_of
from tl_checker.shapes.facts.values import NotStatic, Reader, TensorValue
from tl_dsl import dtypes
from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown, assume, at_least
from tl_dsl.dims.text import show_dim
from tl_dsl.errors import LostShape, ShapeError
from tl_dsl.shapes import Shape, Star

_LISTS: Final = frozenset({"builtins.list", "builtins.tuple", "typing.Sequence"})
_COPIES: Final = (1, 2, 3)
_MANY: Final = 64
T = TypeVar("T")


@dataclass(frozen=True)
class Repeated:
    """So many values of which the same is known."""

    item: Any
    count: Axis


def repeated(reader: Reader, expression: Expression | None, t: Type) -> Repeated:
    """A list of arrays or floats by its type. Raises NotStatic for other values."""
    t = get_proper_type(t)
    if not isinstance(t, Instance) or t.type.fullname not in _LISTS or len(t.args) != 1:
        raise NotStatic
    count: Axis = UNKNOWN
    of_item, inside = None, t.args[0]
    if isinstance(expression, ListComprehension):  # mypy gives the list the type that the function asks for
        count, of_item = _rounds(reader, expression.generator), expression.generator.left_expr
        inside = reader.type_of(of_item) or inside
    elif (grown := reader.grown(expression)) is not None:
        count = grown.before + _rounds_over(reader, grown.iterated)
    try:
        item = reader.value(of_item, inside)
    except NotStatic:
        item = repeated(reader, of_item, inside)
    if not isinstance(item, (TensorValue, float, Repeated)):
        raise NotStatic
    return Repeated(item, count)


def _rounds(reader: Reader, generator: GeneratorExpr) -> Axis:
    """How many items a comprehension gives."""
    if len(generator.sequences) != 1 or generator.condlists[0] or generator.is_async[0]:
        return UNKNOWN
    return _rounds_over(reader, generator.sequences[0])


def _rounds_over(reader: Reader, sequence: Expression) -> Axis:
    """How many items are gone through."""
    try:
        return _length(reader, sequence)
    except NotStatic:
        return UNKNOWN


def _length(reader: Reader, sequence: Expression) -> Axis:
    callee = sequence.callee if isinstance(sequence, CallExpr) else None
    called = callee.fullname if isinstance(callee, NameExpr) else ""
    if isinstance(sequence, CallExpr) and called == "builtins.range":
        bounds = [reader.value(bound) for bound in sequence.args]
        if not all(isinstance(bound, (int, Dim)) for bound in bounds) or len(bounds) > 2:
            return UNKNOWN
        return bounds[0] if len(bounds) == 1 else bounds[1] - bounds[0]  # type: ignore[no-any-return]
    if isinstance(sequence, CallExpr) and called in ("builtins.enumerate", "builtins.reversed", "builtins.zip"):
        lengths = {_length(reader, argument) for argument in sequence.args}
        return lengths.pop() if len(lengths) == 1 else UNKNOWN
    t = reader.type_of(sequence)
    shape = None if t is None else shape_of(t)
    if shape:
        return UNKNOWN if isinstance(shape[0], Star) else shape[0]
    written = reader.value(sequence, t)
    return len(written) if isinstance(written, (tuple, list)) and Star not in map(type, written) else UNKNOWN


def for_any_number(
    judge: Callable[[list[Any], dict[str, Any]], T],
    positional: list[Any],
    named: dict[str, Any],
    merge: Callable[[Sequence[T], Callable[[Sequence[Shape]], Shape]], T],
) -> T:
    """Judge a call; one that gets a list of any length, for one, two and three items.

    `merge` puts what these give together, with a function that does so for shapes.
    """
    found = [value for value in (*positional, *named.values()) if isinstance(value, Repeated)]
    if not found:
        return judge(positional, named)
    if len(set(found)) > 1:
        raise LostShape("how long several lists are is not known before the program runs")
    count = found[0].count
    judged: list[T] = []
    for n in _COPIES:
        try:
            judged.append(judge(*_changed(positional, named, functools.partial(_copies, count=n))))
        except ShapeError:
            if n == 1:
                raise
            return judge(*as_arrays(positional, named))  # the length is held against another size
    if isinstance(count, Dim) and not at_least(count, 1):
        assume(f"{show_dim(count)} >= 1")
    return merge(judged, lambda shapes: _by_count(shapes, count))


def some_copies(positional: list[Any], named: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Arguments in which lists of any length hold two items."""
    return _changed(positional, named, functools.partial(_copies, count=2))


def is_of_numbers(repeated: Repeated) -> bool:
    """Whether what is repeated has no axes, or is a list of such."""
    item = repeated.item
    return is_of_numbers(item) if isinstance(item, Repeated) else not isinstance(item, TensorValue) or not item.shape


def as_arrays(positional: list[Any], named: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Arguments in which lists of any length are the arrays that they make."""
    return _changed(positional, named, _as_array)


def _changed(
    positional: list[Any], named: dict[str, Any], change: Callable[[Any], Any]
) -> tuple[list[Any], dict[str, Any]]:
    return [*map(change, positional)], {name: change(value) for name, value in named.items()}


def _as_array(value: Any) -> Any:
    """A list of any length as the array that it makes."""
    if not isinstance(value, Repeated):
        return value
    item = _as_array(value.item)
    inner, dtype = (item.shape, item.dtype) if isinstance(item, TensorValue) else ((), dtypes.Float64)
    return TensorValue((value.count, *inner), dtype)


def _copies(value: Any, count: int) -> Any:
    if not isinstance(value, Repeated):
        return value
    return [_written_out(value.item)] * count


def _written_out(value: Any) -> Any:
    """A list inside of a list: its length has to be known."""
    if not isinstance(value, Repeated):
        return value
    if not isinstance(value.count, int) or not 0 < value.count <= _MANY:
        raise LostShape("how long the lists in a list are is not known before the program runs")
    return [_written_out(value.item)] * value.count


def _by_count(shapes: Sequence[Shape], count: Axis) -> Shape:
    """The shape for a number of items by those for one, two and three."""
    if count == 0 or len({len(shape) for shape in shapes}) > 1:
        raise LostShape("the shape depends on how long a list is")
    return tuple([_axis_by_count(axes, count) for axes in zip(*shapes, strict=True)])


def _axis_by_count(axes: Sequence[Axis | Star], count: Axis) -> Axis | Star:
    one, two, three = axes
    if one == two == three:
        return one
    if isinstance(one, (Star, Unknown)) or isinstance(two, (Star, Unknown)) or isinstance(three, (Star, Unknown)):
        return UNKNOWN
    step = two - one
    if isinstance(count, Unknown) or isinstance(step, Unknown) or three - two != step:
        return UNKNOWN
    return one + step * (count - 1)

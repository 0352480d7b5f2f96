"""Where shapes are lost: what has been reported already, and what has not.

A shape is reported as lost once, where it is lost. What the checker writes for it afterwards is an Any of the kind
`LOST`, and says nothing downstream. Every other Any (of an annotation that leaves a part open, of a function
without annotations, of a join) is reported by the first operation that cannot be decided because of it.
"""

from __future__ import annotations

from mypy.types import AnyType, Instance, TupleType, Type, TypeOfAny, UnionType, UnpackType, get_proper_type

from tl_checker.shapes.annotations.element_types import is_open_scalar
from tl_checker.shapes.annotations.encoding import LOST, SYMINT, array_shape, as_array, decode_axis, decode_star, is_dim
from tl_checker.shapes.sizes.forms import form_of
from tl_dsl.dims import Unknown
from tl_dsl.shapes import is_nameless

_SAID = (LOST, TypeOfAny.from_error)
_UNDECIDED_OVERLOAD = TypeOfAny.special_form
"""What mypy gives where it cannot choose among overloads: an argument was not known, and that was reported.

As the axes of an array, it is what a library wrote, `NDArray[float]`, of which nothing was said.
"""


def lost_before(t: Type) -> bool:
    """Whether what is not known of a type was reported where it was lost."""
    t = get_proper_type(t)
    if isinstance(t, AnyType):
        return origin_of_any(t) in (*_SAID, _UNDECIDED_OVERLOAD)
    if isinstance(t, (UnionType, TupleType)):
        return any(lost_before(item) for item in t.items)
    if isinstance(t, Instance) and t.type.fullname in ("builtins.slice", SYMINT):
        return any(lost_before(part) for part in t.args)
    return any(isinstance(axis, AnyType) and origin_of_any(axis) in _SAID for axis in _unknown_axes(t))


def is_known(t: Type) -> bool:
    """Whether the shape of a value is known, or the value has none."""
    t = get_proper_type(t)
    if isinstance(t, AnyType):
        return is_open_scalar(t)
    if isinstance(t, UnionType):
        return all(is_known(item) for item in t.items)
    return not _unknown_axes(t)


def origin_of_any(t: AnyType) -> int:
    """The kind of the Any that an Any comes from."""
    return (t.source_any or t).type_of_any


def _unknown_axes(t: Type) -> list[Type]:
    """What stands in an array's type for axes that are not known."""
    array = as_array(t)
    if array is None or None not in map(form_of, array_shape(array)):
        return []
    return [axis for argument in _axes(array) for axis in _unknown(get_proper_type(argument))]


def _axes(array: Instance) -> list[Type]:
    if array.type.fullname != "numpy.ndarray":
        return list(array.args[1:])
    axes = get_proper_type(array.args[0]) if array.args else None
    return list(axes.items) if isinstance(axes, TupleType) else [axes] if axes is not None else []


def _unknown(argument: Type) -> list[Type]:
    """The unknown axes behind one type argument."""
    inner = get_proper_type(argument.type) if isinstance(argument, UnpackType) else argument
    if isinstance(inner, TupleType):
        return [axis for item in inner.items for axis in _unknown(get_proper_type(item))]
    if isinstance(inner, Instance) and inner.type.fullname == "builtins.tuple":
        return [get_proper_type(inner.args[0])]
    if isinstance(argument, UnpackType):
        return [] if is_dim(inner) or not is_nameless(decode_star(inner)) else [inner]
    return [inner] if isinstance(decode_axis(inner), Unknown) else []

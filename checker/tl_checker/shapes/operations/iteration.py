"""Iterating over an array gives its rows: in a loop, and through `enumerate`, `zip`, `list` and their kin.

For mypy an array iterates as its class says, whatever its shape.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.maptype import map_instance_to_supertype
from mypy.types import Instance, ProperType, TupleType, Type, get_proper_type

from tl_checker.shapes.annotations.axes import mentions_shapes
from tl_checker.shapes.annotations.element_types import dtype_class
from tl_checker.shapes.annotations.encoding import NDARRAY, Encoder, any_type, array_dtype, array_shape, as_array
from tl_dsl.shapes import Star

_OF_ITEMS: Final = ("enumerate", "reversed", "list", "tuple", "iter", "sorted")
ITERATING: Final = frozenset(f"builtins.{name}" for name in (*_OF_ITEMS, "zip"))
"""The functions whose results hold the items of their arguments."""


def row_of(t: Type, encoder: Encoder, like: Type | None = None) -> Type | None:
    """The type of an array's items; None for other types, and where the first axis is not known.

    An item without axes is no array in numpy: it is of the type `like` that numpy says.
    """
    array = as_array(t)
    shape = () if array is None else array_shape(array)
    if not shape or array is None or isinstance(shape[0], Star):
        return None
    if len(shape) == 1 and array.type.fullname == NDARRAY:
        exact = dtype_class(array_dtype(array)).__name__[-1:].isdigit()
        # A number of a kind that only jaxtyping's name says is Any for numpy, as it is without us.
        return like if exact and like is not None else any_type()
    return encoder.array(array.type, array_dtype(array), shape[1:])


def items_result(ctx: Any, encoder: Encoder) -> Type:
    """The result of one of the functions that hold the items of their arguments."""
    default: Type = ctx.default_return_type
    result = _one_of_reversed(get_proper_type(default))
    given = [t for types in ctx.arg_types for t in types]
    rows = [row_of(t, encoder) for t in given]
    if not any(rows) or any(kind.is_star() for kinds in ctx.arg_kinds for kind in kinds):
        return result
    if isinstance(result, TupleType) or not isinstance(result, Instance) or len(result.args) != 1:
        return result
    inside = get_proper_type(result.args[0])
    if result.type.fullname == "builtins.zip":
        if not isinstance(inside, TupleType) or len(inside.items) > len(rows):
            return result
        pairs = zip(inside.items, rows, strict=False)
        return result.copy_modified(args=[inside.copy_modified(items=[row or item for item, row in pairs])])
    return result.copy_modified(args=[rows[0]]) if rows[0] is not None else result


def _one_of_reversed(result: ProperType) -> ProperType:
    """An iterator, as `reversed` has two forms for a list: mypy takes two types of results for Any where arrays are."""
    if not isinstance(result, Instance) or result.type.fullname != "builtins.reversed" or not mentions_shapes(result):
        return result
    iterators = (base for base in result.type.mro if base.fullname == "typing.Iterator")
    return next((map_instance_to_supertype(result, base) for base in iterators), result)

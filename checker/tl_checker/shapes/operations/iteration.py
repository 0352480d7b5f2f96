"""Iterating over an array gives its rows: in a loop, and through `enumerate`, `zip`, `list` and their kin.

For mypy an array iterates as its class says, whatever its shape.
"""

from __future__ import annotations

import functools
from typing import Any, Final

from mypy.maptype import map_instance_to_supertype
from mypy.nodes import (
    Expression,
    GeneratorExpr,
    LambdaExpr,
    ListComprehension,
    ListExpr,
    SetComprehension,
    TupleExpr,
)
from mypy.typeops import make_simplified_union
from mypy.types import Instance, ProperType, TupleType, Type, get_proper_type

from tl_checker.shapes.annotations.axes import mentions_shapes
from tl_checker.shapes.annotations.element_types import dtype_class, scalar_of
from tl_checker.shapes.annotations.encoding import (
    NDARRAY,
    SYMINT,
    Encoder,
    any_type,
    array_dtype,
    array_shape,
    as_array,
    members_of,
    shape_of,
)
from tl_checker.shapes.host.internals import int_type, node_named, type_of
from tl_checker.shapes.messages.report import is_whole, judge_sum, lost
from tl_dsl.shapes import Star, show_shape

_OF_ITEMS: Final = ("enumerate", "reversed", "list", "tuple", "iter", "sorted")
ITERATING: Final = frozenset(f"builtins.{name}" for name in (*_OF_ITEMS, "zip"))
"""The functions whose results hold the items of their arguments."""
SUM: Final = "builtins.sum"


OF_ROWS: Final = ("builtins.map", "builtins.filter", "functools.reduce", "itertools.")
"""What gives the items of its arguments to functions, or in other tuples, without our knowing how."""


def lose_items(ctx: Any, name: str) -> None:
    """Report arrays whose rows mypy does not know in a call of one of these functions."""
    takes_lambda = any(isinstance(each, LambdaExpr) for given in ctx.args for each in given)
    for t in () if takes_lambda else (t for types in ctx.arg_types for t in types):
        shape = shape_of(t)
        if shape is not None and (len(shape) > 1 or any(isinstance(axis, Star) for axis in shape)):
            called = name.rpartition(".")[2]
            lost(ctx.api, ctx.context, f"{called} does not tell what the rows of {show_shape(shape)} are", t)


def row_of(t: Type, encoder: Encoder, checker: Any, like: Type | None = None) -> Type | None:
    """The type of an array's items; None for other types, and where the first axis is not known.

    An item without axes is no array in numpy: where the elements are of one type, it is `like`, which numpy says.
    """
    array = as_array(t)
    shape = () if array is None else array_shape(array)
    if not shape or array is None or isinstance(shape[0], Star):
        return None
    if len(shape) == 1 and array.type.fullname == NDARRAY:
        dtype = dtype_class(array_dtype(array))
        if like is not None and dtype.__name__[-1:].isdigit():
            return like
        return scalar_of(dtype, any_type(), functools.partial(node_named, checker))
    return encoder.array(array.type, array_dtype(array), shape[1:])


def items_result(ctx: Any, encoder: Encoder) -> Type:
    """The result of one of the functions that hold the items of their arguments."""
    default: Type = ctx.default_return_type
    result = _one_of_reversed(get_proper_type(default))
    given = [t for types in ctx.arg_types for t in types]
    rows = [row_of(t, encoder, ctx.api) for t in given]
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


def sum_result(ctx: Any, encoder: Encoder) -> Type | None:
    """`sum(xs)` of arrays is one; None where other things are summed.

    For mypy it may be 0, too, of no arrays; here lists have items, as for `np.stack`.

    Where the place asks for another shape, mypy tries the form for truth values at last, and takes the sum for an int.
    """
    default: Type = ctx.default_return_type
    given = [[*zip(written, types, strict=True)] for written, types in zip(ctx.args, ctx.arg_types, strict=True)]
    if not given or len(given[0]) != 1:
        return None
    summed = _items_of(ctx.api, *given[0][0], encoder)
    if not summed or any(as_array(item) is None for item in summed):
        return None
    if len(given) > 1 and given[1]:
        return _sum_from(ctx, given[1][0][1], summed)
    is_row = row_of(given[0][0][1], encoder, ctx.api) is not None  # mypy does not see that it iterates over these
    members = [item for item in members_of(default) if as_array(item) is not None and not is_row]
    if not members:
        judge_sum(ctx.api, ctx.context)
    return make_simplified_union(members or summed)


def _sum_from(ctx: Any, start: Type, summed: list[ProperType]) -> Type | None:
    """`sum(xs, start)`, where that is an array: it is known if the others are of its shape."""
    first = as_array(start)
    if first is None:
        return None
    shape = array_shape(first)
    others = [each for item in summed if (each := shape_of(item)) != shape or not is_whole(each)]
    if not others:
        return make_simplified_union(summed)
    lost(ctx.api, ctx.context, f"sum: {show_shape(others[0] or ())} is added to {show_shape(shape)}", *summed, start)
    return any_type()


def sum_of_sizes(ctx: Any, found: Type) -> Type:
    """`sum(len(x) for x in xs)` is an int of which nothing is known, where mypy takes it for one of the sizes."""
    sizes = [item for item in members_of(found) if isinstance(item, Instance) and item.type.fullname == SYMINT]
    return int_type(ctx.api) if sizes and found is ctx.default_return_type else found


def _items_of(checker: Any, written: Expression, t: Type, encoder: Encoder) -> list[ProperType]:
    """What is iterated over, as the members of a union; of what is written out, as it is, whatever was asked of it."""
    found = get_proper_type(t)
    if isinstance(written, (ListComprehension, SetComprehension)):
        written = written.generator
    if isinstance(written, GeneratorExpr):
        inside = type_of(checker, written.left_expr)
        return [] if inside is None else members_of(inside)
    if isinstance(written, (ListExpr, TupleExpr)):
        return [member for item in written.items for member in members_of(type_of(checker, item) or any_type())]
    row = row_of(found, encoder, checker)
    if row is not None:
        return members_of(row)
    base = None
    if isinstance(found, Instance):
        base = next((base for base in found.type.mro if base.fullname == "typing.Iterable"), None)
    if not isinstance(found, Instance) or base is None:
        return []
    return members_of(map_instance_to_supertype(found, base).args[0])


def _one_of_reversed(result: ProperType) -> ProperType:
    """An iterator, as `reversed` has two forms for a list: mypy takes two types of results for Any where arrays are."""
    if not isinstance(result, Instance) or result.type.fullname != "builtins.reversed" or not mentions_shapes(result):
        return result
    iterators = (base for base in result.type.mro if base.fullname == "typing.Iterator")
    return next((map_instance_to_supertype(result, base) for base in iterators), result)

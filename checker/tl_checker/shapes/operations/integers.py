"""Sizes as Python ints: `x.shape`, `len(x)`, and arithmetic with them."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any, Final

from mypy.nodes import CallExpr, Expression, IndexExpr, MemberExpr, NameExpr, OpExpr
from mypy.types import AnyType, Instance, LiteralType, TupleType, Type, UnpackType, get_proper_type

from tl_checker.shapes.annotations.element_types import dtype_class, scalar_of
from tl_checker.shapes.annotations.encoding import (
    LOST,
    NDARRAY,
    SYMINT,
    Encoder,
    any_type,
    array_dtype,
    array_shape,
    as_array,
)
from tl_checker.shapes.facts.values import NotStatic, Reader, known_shape
from tl_checker.shapes.host.internals import class_named, float_type, node_named, power_of_ints
from tl_checker.shapes.messages.losses import lost_before
from tl_checker.shapes.messages.report import lost, reports_losses
from tl_checker.shapes.operations.powers import may_be_float
from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown, at_least, product, smaller
from tl_dsl.shapes import Shape, Star, size_of

_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "__add__": operator.add,
    "__sub__": operator.sub,
    "__mul__": operator.mul,
    "__floordiv__": operator.floordiv,
    "__mod__": operator.mod,
    "__radd__": lambda x, y: y + x,
    "__rsub__": lambda x, y: y - x,
    "__rmul__": lambda x, y: y * x,
    "__rfloordiv__": lambda x, y: y // x,
    "__rmod__": lambda x, y: y % x,
}
_POWER: Final = {f"{SYMINT}.__pow__": operator.pow}
INT_OPERATORS: Final = _POWER | {
    f"{cls}.{name}": function for name, function in _OPERATORS.items() for cls in ("builtins.int", SYMINT)
}


def _extreme(choose: Callable[[list[int]], int]) -> Callable[[Any], Any]:
    """max or min of sizes: known where they are numbers, or all the same."""

    def of(values: Any) -> Any:
        values = list(values)
        if all(isinstance(value, int) for value in values):
            return choose(values)
        return values[0] if all(value == values[0] for value in values) else UNKNOWN

    return of


_OF_MANY: Final[dict[str, Callable[[Any], Any]]] = {
    "math.prod": lambda values: product(values),
    "builtins.sum": lambda values: functools.reduce(operator.add, values, 0),
    "builtins.max": _extreme(max),
    "builtins.min": lambda values: functools.reduce(smaller, values),
}
"""Functions of several sizes, or of a tuple of them."""
INT_FUNCTIONS: Final = frozenset({*_OF_MANY, "builtins.int", "builtins.abs"})


class Integers:
    """Writes the values of ints into their types."""

    def __init__(self, checker: Any, encoder: Encoder) -> None:
        self._checker = checker
        self._encoder = encoder

    def of(self, value: Axis) -> Type:
        """The type of an int with this value. Never a bare literal: mypy would narrow comparisons on it."""
        info = class_named(self._checker, SYMINT)
        literal = LiteralType(value, self._encoder.int_type) if isinstance(value, int) else None
        if info is None or isinstance(value, Unknown):
            return self._encoder.int_type.copy_modified(last_known_value=literal)
        # mypy drops the known value where a variable takes it; the argument of SymInt stays.
        return Instance(info, [self._encoder.axis(value)], last_known_value=literal)

    def _open(self, source: Type) -> Type:
        """The type of an int that is not known; it says so, if what it comes from was reported as lost."""
        info = class_named(self._checker, SYMINT) if reports_losses() and lost_before(source) else None
        return self._encoder.int_type if info is None else Instance(info, [AnyType(LOST)])

    def _of_array(self, value: Axis, array: Type) -> Type:
        return self._open(array) if isinstance(value, Unknown) else self.of(value)

    def shape_tuple(self, shape: Shape, array: Type) -> Type:
        """The type of `x.shape`."""
        items: list[Type] = []
        for axis in shape:
            if isinstance(axis, Star):
                ints = self._encoder.tuple_type.copy_modified(args=[self._open(array)])
                items.append(self._encoder.star(axis) if axis.name else UnpackType(ints))
            else:
                items.append(self._of_array(axis, array))
        return TupleType(items, self._encoder.tuple_type.copy_modified(args=[self._encoder.int_type]))

    def size(self, shape: Shape, array: Type) -> Type:
        """The type of `x.size`."""
        return self._of_array(size_of(shape), array)

    def length(self, shape: Shape, array: Type) -> Type:
        """The type of `len(x)`."""
        first = shape[0] if shape else UNKNOWN
        return self._of_array(UNKNOWN if isinstance(first, Star) else first, array)

    def function(self, name: str, ctx: Any) -> Type:
        """The type of `math.prod(x.shape)`, `max(2, 3)`, `int(n)`; as mypy says where the values are not known."""
        default: Type = ctx.default_return_type
        given = [(e, t) for es, ts in zip(ctx.args, ctx.arg_types, strict=True) for e, t in zip(es, ts, strict=True)]
        named = any(name is not None for names in ctx.arg_names for name in names)
        if not given or named or any(kind.is_star() for kinds in ctx.arg_kinds for kind in kinds):
            return default
        try:
            values = [Reader(self._checker).value(expression, t) for expression, t in given]
        except NotStatic:
            return default
        if name in _OF_MANY and len(values) == 1 and isinstance(values[0], (tuple, list)):
            values = list(values[0])
        if not values or not all(isinstance(v, (int, Dim)) and not isinstance(v, bool) for v in values):
            return default
        if name in _OF_MANY:
            found = _OF_MANY[name](values)
        elif len(values) > 1:
            return default
        else:  # a size is at least 0, so that abs changes only numbers
            found = abs(values[0]) if name == "builtins.abs" and isinstance(values[0], int) else values[0]
            if name == "builtins.abs" and isinstance(found, Dim) and not at_least(found, 0):
                return default
        return default if isinstance(found, Unknown) else self.of(found)

    def computed(self, made: Type) -> Type:
        """What `abs(x)` and `sum(rows)` give; of numpy's arrays without axes, scalars."""
        array = as_array(made)
        if array is None or array.type.fullname != NDARRAY or array_shape(array) != ():
            return made
        lookup = functools.partial(node_named, self._checker)
        return scalar_of(dtype_class(array_dtype(array)), any_type(), lookup)

    def root(self, ctx: Any) -> Type:
        """The type of a size to the power of a float."""
        left = getattr(ctx.context, "left", None)
        default: Type = ctx.default_return_type
        known = self._value(left, ctx.arg_types[0][0], ctx.context)
        if (isinstance(known, (int, Dim)) or self._is_size(left)) and isinstance(ctx.type, Instance):
            return ctx.type
        lost(self._checker, ctx.context, "the power of an int that is not known is a float, or a complex number")
        return default

    def power(self, ctx: Any) -> Type:
        """The type of an int to the power of an int."""
        default = power_of_ints(ctx)
        if isinstance(get_proper_type(default), AnyType) and may_be_float(self._checker, ctx.context):
            return float_type(self._checker)
        return default

    def _is_size(self, expression: Expression | None) -> bool:
        """Whether an expression is the size of an axis or of an array, or a number of axes: at least 0, whichever."""
        match expression:
            case CallExpr(callee=NameExpr(fullname="builtins.len")):
                return True
            case IndexExpr(base=MemberExpr(name="shape", expr=array)) | MemberExpr(name="size" | "ndim", expr=array):
                t = Reader(self._checker).type_of(array)
                return t is not None and known_shape(t) is not None
        return False

    def operator(self, function: Callable[[Any, Any], Any], ctx: Any) -> Type:
        """The type of an int operation on known sizes."""
        default: Type = ctx.default_return_type
        if not ctx.arg_types or len(ctx.arg_types[0]) != 1:
            return default
        left = self._value(getattr(ctx.context, "left", None), ctx.type, ctx.context)
        right = self._value(ctx.args[0][0], ctx.arg_types[0][0], ctx.context)
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            sources = [t for t in (ctx.type, ctx.arg_types[0][0]) if lost_before(t)]
            is_int = isinstance(made := get_proper_type(default), Instance) and made.type.fullname == "builtins.int"
            return self._open(sources[0]) if sources and is_int else default
        try:
            return self.of(function(left, right))
        except (ZeroDivisionError, TypeError):
            return default

    def _value(self, expression: Expression | None, t: Type, context: object) -> Axis:
        if not isinstance(context, (OpExpr, IndexExpr)):
            expression = None
        try:
            value = Reader(self._checker).value(expression, t)
        except NotStatic:
            return UNKNOWN
        return value if isinstance(value, (int, Dim)) and not isinstance(value, bool) else UNKNOWN

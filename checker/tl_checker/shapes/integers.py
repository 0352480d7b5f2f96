"""Sizes as Python ints: `x.shape`, `len(x)`, and arithmetic with them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

from mypy.nodes import Expression, IndexExpr, OpExpr
from mypy.types import Instance, LiteralType, TupleType, Type, UnpackType

from tl_checker.shapes.encoding import SYMINT, Encoder
from tl_checker.shapes.internals import class_named
from tl_checker.shapes.values import NotStatic, Reader
from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown
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
_POWER: Final = {f"{SYMINT}.__pow__": operator.pow}  # that of int has a hook of mypy's own
INT_OPERATORS: Final = _POWER | {
    f"{cls}.{name}": function for name, function in _OPERATORS.items() for cls in ("builtins.int", SYMINT)
}


class Integers:
    """Writes the values of ints into their types."""

    def __init__(self, checker: Any, encoder: Encoder) -> None:
        self._checker = checker
        self._encoder = encoder

    def of(self, value: Axis) -> Type:
        """The type of an int with this value. Never a bare literal: mypy would narrow comparisons on it."""
        if isinstance(value, int):
            literal = LiteralType(value, self._encoder.int_type)
            return self._encoder.int_type.copy_modified(last_known_value=literal)
        if isinstance(value, Dim):
            info = class_named(self._checker, SYMINT)
            return self._encoder.int_type if info is None else Instance(info, [self._encoder.axis(value)])
        return self._encoder.int_type

    def shape_tuple(self, shape: Shape) -> Type:
        """The type of `x.shape`."""
        items: list[Type] = []
        for axis in shape:
            if isinstance(axis, Star):
                ints = self._encoder.tuple_type.copy_modified(args=[self._encoder.int_type])
                items.append(self._encoder.star(axis) if axis.name else UnpackType(ints))
            else:
                items.append(self.of(axis))
        return TupleType(items, self._encoder.tuple_type.copy_modified(args=[self._encoder.int_type]))

    def size(self, shape: Shape | None, default: Type) -> Type:
        """The type of `x.size`."""
        return default if shape is None else self.of(size_of(shape))

    def length(self, shape: Shape | None, default: Type) -> Type:
        """The type of `len(x)`."""
        if not shape or isinstance(shape[0], Star):
            return default
        return self.of(shape[0])

    def operator(self, function: Callable[[Any, Any], Any], ctx: Any) -> Type:
        """The type of an int operation on known sizes."""
        default: Type = ctx.default_return_type
        if not ctx.arg_types or len(ctx.arg_types[0]) != 1:
            return default
        left = self._value(getattr(ctx.context, "left", None), ctx.type, ctx.context)
        right = self._value(ctx.args[0][0], ctx.arg_types[0][0], ctx.context)
        if (
            isinstance(left, Unknown)
            or isinstance(right, Unknown)
            or (isinstance(left, int) and isinstance(right, int) and not left)
        ):
            return default
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

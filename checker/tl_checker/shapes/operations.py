"""Calls of the language's operations, as functions, operators, methods and properties of Tensor.

The checker knows no operation by itself: it binds a call's arguments to the parameters of the public function, asks the
operation's own shape and dtype rules, and writes the answer into mypy's type.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import itertools
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final

from mypy.nodes import ARG_NAMED, ARG_NAMED_OPT, ARG_STAR2, ArgKind, Context, Expression, ListExpr, TupleExpr
from mypy.typeops import make_simplified_union
from mypy.types import Instance, Type, UnionType, get_proper_type

from tl_checker.shapes.encoding import TENSOR, Encoder, any_type, encoder_of, shape_of
from tl_checker.shapes.internals import class_named
from tl_checker.shapes.report import fail, remark
from tl_checker.shapes.unify import sort_of
from tl_checker.shapes.values import UNKNOWN_BOOL, NotStatic, Reader, TensorValue
from tl_dsl import dtypes
from tl_dsl.dims import UNKNOWN, Dim, Unknown, collect_assumptions
from tl_dsl.dtypes import DType
from tl_dsl.errors import LostShape, ShapeError, TlError
from tl_dsl.op import OPS, Op
from tl_dsl.shapes import UNKNOWN_SHAPE, Shape, Star
from tl_dsl.tensor import METHODS

ALTERNATIVES = 16
"""How many combinations of the members of unions are tried."""


@lru_cache(maxsize=1)
def by_fullname() -> dict[str, Op]:
    """The operations by the full names of their functions."""
    return {op.fullname: op for op in OPS.values()}


def operation_of_method(name: str) -> tuple[Op, str] | None:
    """The operation behind a method of Tensor, and how its arguments are passed."""
    found = METHODS.get(name)
    return None if found is None or found[0] not in OPS else (OPS[found[0]], found[1])


ALTERNATIVE_RESULTS = 4
"""How many different results a call may have; with more, nothing is known."""


class Arguments:
    """The arguments of a call, bound to the parameters of an operation."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.positional: list[list[Any]] = []
        self.named: dict[str, list[Any]] = {}

    def add(self, expression: Expression | None, t: Type, kind: ArgKind, name: str | None) -> None:
        """One argument; each of its alternatives (a union's members) is tried."""
        values = self._alternatives(expression, t)
        if kind in (ARG_NAMED, ARG_NAMED_OPT) and name is not None:
            self.named[name] = values
        else:
            self.positional.append(values)

    def _alternatives(self, expression: Expression | None, t: Type) -> list[Any]:
        t = get_proper_type(t)
        if isinstance(t, UnionType) and not isinstance(expression, (TupleExpr, ListExpr)):
            return [self._one(None, member) for member in t.items]
        return [self._one(expression, t)]

    def _one(self, expression: Expression | None, t: Type) -> Any:
        try:
            return self._reader.value(expression, t)
        except NotStatic:
            return OPAQUE

    def combinations(self) -> Iterable[tuple[list[Any], dict[str, Any]]]:
        names = list(self.named)
        groups = [*self.positional, *self.named.values()]
        for values in itertools.islice(itertools.product(*groups), ALTERNATIVES):
            at = len(self.positional)
            yield list(values[:at]), dict(zip(names, values[at:], strict=True))


OPAQUE: Final = object()
"""An argument of which nothing is known, not even whether it is a tensor."""


class Operations:
    """Applies the rules of operations to calls."""

    def __init__(self, checker: Any, strict: bool) -> None:
        self._checker = checker
        self._strict = strict
        self._reader = Reader(checker)

    def function(self, op: Op, ctx: Any) -> Type:
        """The result of a call `tl.op(...)`."""
        arguments = Arguments(self._reader)
        for i, types in enumerate(ctx.arg_types):
            for j, t in enumerate(types):
                if ctx.arg_kinds[i][j] == ARG_STAR2 or ctx.arg_kinds[i][j].is_star():
                    return ctx.default_return_type  # type: ignore[no-any-return]
                arguments.add(ctx.args[i][j], t, ctx.arg_kinds[i][j], ctx.arg_names[i][j])
        return self.apply(op, arguments, ctx)

    def method(self, op: Op, how: str, ctx: Any) -> Type:
        """The result of an operator or a method of a Tensor."""
        arguments = Arguments(self._reader)
        if how == "normal":
            arguments.add(None, ctx.type, ArgKind(0), None)
        if op.name == "getitem":
            return self._getitem(op, ctx)
        flat = [
            (ctx.args[i][j], t, ctx.arg_kinds[i][j], ctx.arg_names[i][j])
            for i, types in enumerate(ctx.arg_types)
            for j, t in enumerate(types)
        ]
        if any(kind.is_star() for _, _, kind, _ in flat):
            return ctx.default_return_type  # type: ignore[no-any-return]
        if op.name == "reshape" and len(flat) != 1:
            sizes = Arguments(self._reader)
            for argument in flat:
                sizes.add(*argument)
            arguments.positional.append([tuple(values[0] for values in sizes.positional)])
        else:
            for argument in flat:
                arguments.add(*argument)
        if how == "reflected":
            arguments.add(None, ctx.type, ArgKind(0), None)
        return self.apply(op, arguments, ctx)

    def attribute(self, op: Op, ctx: Any) -> Type:
        """The result of a property such as `.mT`."""
        arguments = Arguments(self._reader)
        arguments.add(None, ctx.type, ArgKind(0), None)
        return self.apply(op, arguments, ctx, ctx.default_attr_type)

    def _getitem(self, op: Op, ctx: Any) -> Type:
        value = shape_of(ctx.type)
        try:
            key = self._reader.key(ctx.args[0][0])
        except NotStatic:
            return self._lost(LostShape("the index is not known"), ctx.context, ctx.default_return_type, value)
        arguments = Arguments(self._reader)
        arguments.add(None, ctx.type, ArgKind(0), None)
        arguments.positional.append([key])
        return self.apply(op, arguments, ctx)

    # -- rules

    def apply(self, op: Op, arguments: Arguments, ctx: Any, default: Type | None = None) -> Type:
        """The type of the result by the operation's rules; errors are reported at the call."""
        default = ctx.default_return_type if default is None else default
        results: list[tuple[Shape, type[DType]]] = []
        with collect_assumptions() as assumed:
            for positional, named in arguments.combinations():
                try:
                    results.append(self._rules(op, positional, named))
                except LostShape as lost:
                    return self._lost(lost, ctx.context, default, _known_shape(positional))
                except TlError as error:
                    fail(self._checker, ctx.context, error, subject=f"{op.name}: ")
                    return self._tensor(default, UNKNOWN_SHAPE, DType)
        for text in assumed:
            remark(self._checker, ctx.context, f"{op.name}: assumes {text}", "tensor-shape-assumed")
        distinct = list(dict.fromkeys(results))
        if len(distinct) > ALTERNATIVE_RESULTS:
            return self._tensor(default, UNKNOWN_SHAPE, DType)
        return make_simplified_union([self._tensor(default, shape, dtype) for shape, dtype in distinct])

    def _rules(self, op: Op, positional: list[Any], named: dict[str, Any]) -> tuple[Shape, type[DType]]:
        bound = _signature(op.function).bind(*positional, **named)
        bound.apply_defaults()
        for name, value in bound.arguments.items():
            if value is OPAQUE:
                annotation = str(bound.signature.parameters[name].annotation)
                if "Sequence" in annotation:
                    raise LostShape(f"{name} is not written out here")
                takes_tensor = "Tensor" in annotation
                bound.arguments[name] = TensorValue(UNKNOWN_SHAPE, DType) if takes_tensor else UNKNOWN
        dtype: type[DType] = _call(op.dtype, bound, _dtype_argument)
        try:
            return tuple(_call(op.shape, bound, _shape_argument)), dtype
        except ShapeError:
            return self._without_contradiction(op, bound), dtype
        except TypeError as error:
            if any(isinstance(value, tuple) and Star in map(type, value) for value in bound.arguments.values()):
                raise LostShape("a size is one of any number of axes") from error
            raise

    def _without_contradiction(self, op: Op, bound: inspect.BoundArguments) -> Shape:
        """The result when only sizes disagree that are not held against each other: one of them is taken as unknown.

        Of several such results, the one that knows most. Raises what the rule raised when there is none.
        """
        sizes = {axis for value in bound.arguments.values() for axis in _sizes(_shape_argument(value))}
        special = sorted((axis for axis in sizes if sort_of(axis)), key=str)
        if len({sort_of(axis) for axis in sizes}) < 2 and not any("{" in sort_of(axis) for axis in special):
            special = []
        results: list[Shape] = []
        for forgotten in [*({axis} for axis in special), set(special)]:
            with contextlib.suppress(ShapeError):
                results.append(tuple(_call(op.shape, bound, functools.partial(_without, forgotten))))
        if not results:
            return tuple(_call(op.shape, bound, _shape_argument))
        return min(results, key=lambda shape: sum(axis is UNKNOWN or axis == Star() for axis in shape))

    def _tensor(self, like: Type, shape: Shape, dtype: type[DType]) -> Type:
        like = get_proper_type(like)
        if not isinstance(like, Instance) or like.type.fullname != TENSOR:
            return like
        return self.encoder().tensor(like.type, self._dtype_type(dtype), shape)

    def _dtype_type(self, dtype: type[DType]) -> Type:
        if dtype in (DType, dtypes.Shaped):
            return any_type()
        info = class_named(self._checker, f"tl_dsl.dtypes.{dtype.__name__}")
        return any_type() if info is None else Instance(info, [])

    def encoder(self) -> Encoder:
        """Writes shapes into this run's types."""
        return encoder_of(self._checker)

    def _lost(self, lost: LostShape, context: Context, default: Type, known: Shape | None) -> Type:
        if self._strict and known is not None and Star() not in known and UNKNOWN not in known:
            remark(self._checker, context, f"The shape is lost: {lost.rule}", "tensor-shape-lost")
        return self._tensor(default, UNKNOWN_SHAPE, DType)


@lru_cache(maxsize=512)
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)


def _call(rule: Callable[..., Any], bound: inspect.BoundArguments, convert: Callable[[Any], Any]) -> Any:
    positional = [convert(value) for value in bound.args]
    named = {name: convert(value) for name, value in bound.kwargs.items()}
    return rule(*positional, **named)


def _shape_argument(value: Any) -> Any:
    if isinstance(value, TensorValue):
        return value.shape
    if value is UNKNOWN_BOOL or value is OPAQUE:
        return UNKNOWN
    if isinstance(value, list):
        return [_shape_argument(item) for item in value]
    if isinstance(value, tuple):
        return tuple(_shape_argument(item) for item in value)
    return value


def _sizes(value: Any) -> set[Dim | Star]:
    """The sizes in an argument that depend on names."""
    if isinstance(value, (tuple, list)):
        return {axis for item in value for axis in _sizes(item)}
    return {value} if isinstance(value, (Dim, Star)) else set()


def _without(forgotten: set[Dim | Star], value: Any) -> Any:
    """An argument for a shape rule, in which some sizes are unknown."""
    return _forget(_shape_argument(value), forgotten)


def _forget(value: Any, forgotten: set[Dim | Star]) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)(_forget(item, forgotten) for item in value)
    if not isinstance(value, (Dim, Star)) or value not in forgotten:
        return value
    return Star() if isinstance(value, Star) else UNKNOWN


def _dtype_argument(value: Any) -> Any:
    if isinstance(value, TensorValue):
        return value.dtype
    if isinstance(value, bool) or value is UNKNOWN_BOOL:
        return dtypes.WeakBool
    if isinstance(value, (int, Dim, Unknown)):
        return dtypes.WeakInt
    if isinstance(value, float):
        return dtypes.WeakFloat
    if isinstance(value, list):
        return [_dtype_argument(item) for item in value]
    if isinstance(value, tuple):
        return tuple(_dtype_argument(item) for item in value)
    return value


def _known_shape(values: list[Any]) -> Shape | None:
    shapes = [value.shape for value in values if isinstance(value, TensorValue)]
    return tuple(axis for shape in shapes for axis in shape) if shapes else None

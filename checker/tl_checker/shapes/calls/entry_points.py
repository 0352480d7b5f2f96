"""The derivatives of functions: `grad(f)`, `hessian(f)` and their kin, from the signature of `f`.

A derived function keeps the parameters of `f`; its result carries the whole signature along, for a call without a name
in between: `grad(f)(x)`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from mypy.nodes import ARG_POS, Expression, LambdaExpr
from mypy.types import (
    CallableType,
    ExtraAttrs,
    Instance,
    TupleType,
    Type,
    TypeVarTupleType,
    TypeVarType,
    get_proper_type,
)

from tl_checker.shapes.annotations.axes import names_in
from tl_checker.shapes.annotations.element_types import dtype_class
from tl_checker.shapes.annotations.encoding import Encoder, any_type, array_dtype, as_array, dtype_of, is_dim, shape_of
from tl_checker.shapes.annotations.function_text import DERIVED
from tl_checker.shapes.annotations.outer_names import of_another_size
from tl_checker.shapes.calls.given import lambda_for
from tl_checker.shapes.facts.facts import facts_at
from tl_checker.shapes.facts.values import NotStatic, Reader
from tl_checker.shapes.messages.report import fail, lost
from tl_checker.shapes.objects.receivers import call_signature, like_argument
from tl_checker.shapes.signatures.late import is_untyped, late_of, postponed
from tl_checker.shapes.signatures.matching import Matcher, Substitution
from tl_checker.shapes.signatures.protocols import free_names
from tl_checker.shapes.sizes.unify import Bindings
from tl_dsl import dtypes
from tl_dsl.dims import Dim
from tl_dsl.errors import DifferentiationError
from tl_dsl.shapes import Shape, Star, show_shape

SIGNATURE = "<signature>"
"""The attribute in which the result of a derived function keeps the function's signature."""


_AT_A_POINT = frozenset({"jvp", "hvp", "vjp", "linearize"})
"""The entry points that take the arguments of the function, too."""


class Unknown(Exception):
    """The derivative's type is not known; nothing is wrong."""


class Reported(Unknown):
    """It is not known because something is wrong, which was said."""


class EntryPoints:
    """The types of derived functions."""

    def __init__(self, ctx: Any, encoder: Encoder) -> None:
        self._ctx = ctx
        self._encoder = encoder
        self._reader = Reader(ctx.api)

    def apply(self, name: str) -> Type:
        """The type of a call of one of the entry points."""
        default: Type = self._ctx.default_return_type
        try:
            if not self._ctx.arg_types or not self._ctx.arg_types[0]:
                raise Unknown
            expression, t = self._ctx.args[0][0], self._ctx.arg_types[0][0]
            function = derived_signature(t) or call_signature(t, self._encoder)
            if function is not None and self._is_late(expression, t):
                if name not in _AT_A_POINT:
                    return postponed(name, self._ctx, expression, function)
                given = self._varargs() if name in ("vjp", "linearize") else self._sequence(1)
                function = self._resolved(expression, t, given)
            return self._rule(name, function)
        except Reported:
            return default
        except (Unknown, NotStatic):
            if isinstance(get_proper_type(default), CallableType) or name in _AT_A_POINT:
                lost(self._ctx.api, self._ctx.context, f"{name} of a function whose signature is not known")
            return default

    def call(self, name: str, ctx: Any) -> Type:
        """The type of a call, elsewhere, of what `apply` postponed."""
        try:
            if any(len(types) != 1 for types in ctx.arg_types):
                raise Unknown
            return self._called(name, [types[0] for types in ctx.arg_types]).ret_type
        except Reported:
            return any_type()
        except (Unknown, NotStatic):
            lost(ctx.api, ctx.context, "the body of a lambda is not checked")
            return any_type()

    def _called(self, name: str, given: list[Type]) -> CallableType:
        parameters = self._examples(given) if name == "vmap" else given
        function = self._resolved(self._ctx.args[0][0], self._ctx.arg_types[0][0], parameters)
        made = get_proper_type(self._rule(name, function))
        if not isinstance(made, CallableType):
            raise Unknown
        return self._at(made, given, "argument")

    def _is_late(self, expression: Expression, t: Type) -> bool:
        return (isinstance(expression, LambdaExpr) and is_untyped(t)) or late_of(self._ctx, t) is not None

    def _resolved(self, expression: Expression, t: Type, parameters: list[Type]) -> CallableType:
        """A function whose parameters are known only now."""
        if isinstance(expression, LambdaExpr):
            found = lambda_for(self._ctx.api, expression, parameters)
            if found is None:
                raise Unknown
            return found
        late = late_of(self._ctx, t)
        if late is None:
            raise Unknown
        return EntryPoints(late.ctx, self._encoder)._called(late.name, parameters)

    def _rule(self, name: str, function: CallableType | None) -> Type:
        rule: Callable[[CallableType], Type] | None = getattr(self, f"_{name}", None)
        if rule is None or function is None or any(kind.is_star() for kind in function.arg_kinds):
            raise Unknown
        return rule(function)

    # -- arguments of the entry points

    def _static(self, name: str, default: Any) -> Any:
        names = self._ctx.callee_arg_names
        if name not in names or not self._ctx.args[names.index(name)]:
            return default
        at = names.index(name)
        return self._reader.value(self._ctx.args[at][0], self._ctx.arg_types[at][0])

    def _wanted(self, function: CallableType) -> list[int]:
        argnums = self._static("argnums", 0)
        chosen = list(argnums) if isinstance(argnums, (tuple, list)) else [argnums]
        if not all(isinstance(n, int) and -len(function.arg_types) <= n < len(function.arg_types) for n in chosen):
            raise Unknown
        return [n % len(function.arg_types) for n in chosen]

    def _results(self, function: CallableType) -> tuple[Type, Type | None]:
        """The result that is differentiated, and the auxiliary one."""
        aux = self._static("has_aux", False)
        result = get_proper_type(function.ret_type)
        if aux is True:
            if not isinstance(result, TupleType) or len(result.items) != 2:
                raise Unknown
            return result.items[0], result.items[1]
        if aux is not False:
            raise Unknown
        return result, None

    def _scalar(self, function: CallableType, result: Type) -> None:
        shape = shape_of(result)
        if shape:
            if any(isinstance(axis, Star) for axis in shape):
                raise Unknown
            self._fail("takes a function with one scalar result", show_shape(shape), "[]", "tl.sum or tl.mean of it")
            raise Reported
        if shape is not None:
            self._floating(result, "result")

    def _floating(self, t: Type, what: str) -> None:
        if issubclass(dtype_class(dtype_of(t)), (dtypes.Integer, dtypes.Bool)):
            got = f"{what} of type {dtype_class(dtype_of(t)).__name__}"
            self._fail("differentiates floating tensors only", got, "Float", "")
            raise Reported

    def _fail(self, rule: str, got: str, wanted: str, suggestion: str) -> None:
        name = getattr(self._ctx.context.callee, "name", "this entry point")
        error = DifferentiationError(f"{name} {rule}", got=got, wanted=wanted, suggestion=suggestion)
        fail(self._ctx.api, self._ctx.context, error)

    def _differentiable(self, function: CallableType, which: list[int]) -> None:
        for n in which:
            if shape_of(function.arg_types[n]) is not None:
                self._floating(function.arg_types[n], f"argument {n}")

    # -- types

    def _pack(self, types: list[Type], single: bool) -> Type:
        return types[0] if single else TupleType(types, self._encoder.tuple_type)

    def _is_single(self) -> bool:
        return not isinstance(self._static("argnums", 0), (tuple, list))

    def _gradient(self, function: CallableType, which: list[int]) -> Type:
        return self._pack([like_argument(function.arg_types[n], n, self._encoder) for n in which], self._is_single())

    def _like(self, t: Type, shape: Shape) -> Type:
        array = as_array(t)
        if array is None:
            raise Unknown
        return self._encoder.array(array.type, array_dtype(array), shape)

    def _derived(self, function: CallableType, result: Type) -> Type:
        return derived(function, result)

    def _joined(self, outer: Type, inner: Type) -> Type:
        first, second = shape_of(outer), shape_of(inner)
        if first is None or second is None:
            raise Unknown
        return self._like(inner, (*first, *second))

    # -- functions to functions

    def _grad(self, function: CallableType) -> Type:
        result, aux = self._results(function)
        which = self._wanted(function)
        self._scalar(function, result)
        self._differentiable(function, which)
        gradient = self._gradient(function, which)
        return self._derived(function, gradient if aux is None else self._pack([gradient, aux], False))

    def _value_and_grad(self, function: CallableType) -> Type:
        result, aux = self._results(function)
        which = self._wanted(function)
        self._scalar(function, result)
        self._differentiable(function, which)
        gradient = self._gradient(function, which)
        value = result if aux is None else self._pack([result, aux], False)
        return self._derived(function, self._pack([value, gradient], False))

    def _jacrev(self, function: CallableType) -> Type:
        result, aux = self._results(function)
        which = self._wanted(function)
        self._differentiable(function, which)
        blocks = self._pack([self._joined(result, function.arg_types[n]) for n in which], self._is_single())
        return self._derived(function, blocks if aux is None else self._pack([blocks, aux], False))

    _jacfwd = _jacrev

    def _hessian(self, function: CallableType) -> Type:
        result, aux = self._results(function)
        which = self._wanted(function)
        self._scalar(function, result)
        self._differentiable(function, which)
        types = [function.arg_types[n] for n in which]
        rows = [self._pack([self._joined(x, y) for y in types], self._is_single()) for x in types]
        blocks = self._pack(rows, self._is_single())
        return self._derived(function, blocks if aux is None else self._pack([blocks, aux], False))

    def _in_axes(self, count: int) -> list[Any]:
        axes = self._static("in_axes", 0)
        each = list(axes) if isinstance(axes, (tuple, list)) else [axes] * count
        if len(each) != count:
            raise Unknown
        return each

    def _examples(self, given: list[Type]) -> list[Type]:
        """The types of the arguments of one example of a batch."""
        return [
            t if axis is None else self._example(t, axis)
            for t, axis in zip(given, self._in_axes(len(given)), strict=True)
        ]

    def _example(self, t: Type, axis: Any) -> Type:
        shape = shape_of(t)
        if shape is None or not isinstance(axis, int):
            raise Unknown
        known = shape[:axis] if axis >= 0 else shape[axis:]
        if not -len(shape) <= axis < len(shape) or any(isinstance(size, Star) for size in (*known, shape[axis])):
            raise Unknown
        at = axis % len(shape)
        return self._like(t, (*shape[:at], *shape[at + 1 :]))

    def _vmap(self, function: CallableType) -> Type:
        out = self._static("out_axes", 0)
        each = self._in_axes(len(function.arg_types))
        if not isinstance(out, int):
            raise Unknown
        place = f"{self._ctx.api.path}:{self._ctx.context.line}:{self._ctx.context.column}"
        batch = Dim.name("batch", f"{function.name or 'vmap'}.vmap{zlib.crc32(place.encode())}")
        parameters = [
            t if axis is None else self._batched(t, axis, batch)
            for t, axis in zip(function.arg_types, each, strict=True)
        ]
        result = self._batched(function.ret_type, out, batch)
        variable = self._encoder.axis(batch)
        assert isinstance(variable, TypeVarType)
        variables = (*function.variables, self._encoder.variable(variable))
        changed = function.copy_modified(arg_types=parameters, variables=variables)
        return self._derived(changed, result)

    def _batched(self, t: Type, axis: Any, batch: Dim) -> Type:
        shape = shape_of(t)
        if shape is None:
            raise Unknown
        if not isinstance(axis, int) or not -len(shape) - 1 <= axis <= len(shape):
            raise Unknown
        at = axis if axis >= 0 else len(shape) + 1 + axis
        if any(isinstance(size, Star) for size in (shape[:at] if axis >= 0 else shape[at:])):
            raise Unknown
        return self._like(t, (*shape[:at], batch, *shape[at:]))

    # -- at a point

    def _at(self, function: CallableType, given: list[Type], word: str) -> CallableType:
        """The function with its axes fixed by the arguments that it gets; what does not fit is reported."""
        if len(given) != len(function.arg_types):
            raise Unknown
        bindings = Bindings(free_names(function), facts=facts_at(self._ctx))
        matcher = Matcher(bindings, self._encoder)
        for i, (wanted, got) in enumerate(zip(function.arg_types, given, strict=True)):
            name = function.arg_names[i]
            matcher.match(wanted, got, f"{word} {i + 1}" + (f" ({name})" if name else ""))
        matcher.finish()
        self._report(bindings)
        if other := of_another_size(function, bindings):
            lost(self._ctx.api, self._ctx.context, other)
        instantiated = function.accept(Substitution(bindings.axes, bindings.runs, self._encoder, bindings.free))
        if not isinstance(instantiated, CallableType):
            raise Unknown
        arguments = [
            got if shape_of(got) is not None else t for t, got in zip(instantiated.arg_types, given, strict=True)
        ]
        return instantiated.copy_modified(arg_types=arguments, variables=[])

    def _report(self, bindings: Bindings) -> None:
        for error in bindings.errors:
            fail(self._ctx.api, self._ctx.context, error)

    def _varargs(self) -> list[Type]:
        if any(kind.is_star() for kinds in self._ctx.arg_kinds for kind in kinds):
            raise Unknown
        return list(self._ctx.arg_types[1])

    def _function(self, parameters: list[Type], result: Type, like: CallableType) -> Type:
        made = CallableType(
            parameters, [ARG_POS] * len(parameters), [None] * len(parameters), result, like.fallback, name=DERIVED
        )
        return derived(made, result)

    def _vjp(self, function: CallableType) -> Type:
        at = self._at(function, self._varargs(), "argument")
        result, aux = self._results(at)
        back = self._function([result], self._pack(list(at.arg_types), False), function)
        return self._pack([result, back] if aux is None else [result, back, aux], False)

    def _linearize(self, function: CallableType) -> Type:
        at = self._at(function, self._varargs(), "argument")
        return self._pack([at.ret_type, self._function(list(at.arg_types), at.ret_type, function)], False)

    def _sequence(self, at: int) -> list[Type]:
        if len(self._ctx.arg_types) <= at or not self._ctx.arg_types[at]:
            raise Unknown
        t = get_proper_type(self._ctx.arg_types[at][0])
        if not isinstance(t, TupleType):
            raise Unknown
        return list(t.items)

    def _jvp(self, function: CallableType) -> Type:
        at = self._at(function, self._sequence(1), "primal")
        self._tangents(at)
        result, aux = self._results(at)
        return self._pack([result, result] if aux is None else [result, result, aux], False)

    def _hvp(self, function: CallableType) -> Type:
        self._scalar(function, function.ret_type)
        at = self._at(function, self._sequence(1), "primal")
        self._tangents(at)
        return self._pack(list(at.arg_types), False)

    def _tangents(self, at: CallableType) -> None:
        given = self._sequence(2)
        for i, (wanted, got) in enumerate(zip(at.arg_types, given, strict=False)):
            match_seed(self._ctx, wanted, got, f"tangent {i + 1}")


def match_seed(ctx: Any, wanted: Type, got: Type, what: str) -> None:
    """Report a tangent or cotangent that has another shape than its primal."""
    shape, given = shape_of(wanted), shape_of(got)
    if shape is not None and given is not None:
        bindings = Bindings(frozenset(), facts=facts_at(ctx))
        bindings.shape(shape, given, what)
        for error in bindings.errors:
            fail(ctx.api, ctx.context, error)


def derived(function: CallableType, result: Type) -> CallableType:
    """A function made by an entry point. Its result carries the signature; composites are left to our own matching."""
    signature = function.copy_modified(ret_type=result, name=DERIVED, definition=None)
    proper = get_proper_type(result)
    if isinstance(proper, Instance):
        proper = carrying(proper, signature)
    elif isinstance(proper, TupleType):
        proper = proper.copy_modified(fallback=carrying(proper.partial_fallback, signature))
    simple = [
        v for v in signature.variables if not is_dim(v) or isinstance(v, TypeVarTupleType) or len(names_in(v)) == 1  # type: ignore[arg-type]
    ]  # fmt: skip
    return signature.copy_modified(ret_type=proper, variables=simple)


def carrying(t: Instance, signature: CallableType) -> Instance:
    """A type that carries a signature along."""
    kept = t.extra_attrs.attrs if t.extra_attrs is not None else {}
    t = t.copy_modified()
    t.extra_attrs = ExtraAttrs({**kept, SIGNATURE: signature})
    return t


def derived_signature(result: Type) -> CallableType | None:
    """The signature that the result of a derived function carries."""
    proper = get_proper_type(result)
    carrier = proper.partial_fallback if isinstance(proper, TupleType) else proper
    if not isinstance(carrier, Instance) or not carrier.extra_attrs:
        return None
    found = get_proper_type(carrier.extra_attrs.attrs.get(SIGNATURE, carrier))
    return found if isinstance(found, CallableType) else None

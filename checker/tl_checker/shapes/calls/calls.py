"""Calls of annotated functions: match the arguments with the signature, instantiate the result.

The signature hook lets mypy check a call without axes and keeps the signature aside; the return hook gets the types
of the arguments, which mypy has inferred once, matches them, and writes what they fix into the type of the result.
"""

from __future__ import annotations

import contextlib
import functools
import re
from dataclasses import replace
from typing import Any

from mypy.nodes import CallExpr, Context, Expression, FuncDef, IndexExpr, IntExpr, MemberExpr, NameExpr, SuperExpr
from mypy.typeops import type_object_type
from mypy.types import (
    AnyType,
    CallableType,
    FunctionLike,
    Instance,
    Overloaded,
    TupleType,
    Type,
    TypeOfAny,
    get_proper_type,
)

from tl_checker.shapes.annotations.axes import dims_in, has_axes, mentions_shapes, names_in, names_of, scope_of
from tl_checker.shapes.annotations.encoding import LOST, Encoder, any_type, as_array, is_int_variable
from tl_checker.shapes.annotations.function_text import DERIVED, DESCRIBED
from tl_checker.shapes.annotations.outer_names import of_another_size
from tl_checker.shapes.calls import given
from tl_checker.shapes.calls.entry_points import EntryPoints, derived_signature
from tl_checker.shapes.calls.starred import where_lists_may_end
from tl_checker.shapes.facts.constants import default_of
from tl_checker.shapes.facts.facts import facts_at
from tl_checker.shapes.facts.values import NotStatic, Reader
from tl_checker.shapes.host.internals import (
    class_named,
    for_this_round,
    in_lambda,
    is_compatible,
    outermost_function,
    type_of,
)
from tl_checker.shapes.messages.losses import is_known, lost_before, origin_of_any
from tl_checker.shapes.messages.report import fail, lost, rely, reports_losses
from tl_checker.shapes.objects.bound_methods import is_method_of_object, lose_methods
from tl_checker.shapes.objects.receivers import (
    Receivers,
    Values,
    instance_of,
    unknown_axes,
    without_axes,
    without_first,
)
from tl_checker.shapes.operations.ranks import may_be_few
from tl_checker.shapes.signatures.decorators import decorated
from tl_checker.shapes.signatures.late import callee_type, late_of
from tl_checker.shapes.signatures.matching import Erasure, Matcher, Substitution
from tl_checker.shapes.signatures.protocols import free_names
from tl_checker.shapes.sizes.unify import Bindings
from tl_checker.shapes.statements.joined import lose_given
from tl_dsl.dims import UNKNOWN, Dim, Unknown, collect_assumptions
from tl_dsl.errors import TlError


class Calls:
    """Checks calls of functions whose signatures hold axes."""

    def __init__(self) -> None:
        self._pending: dict[int, list[tuple[Context, CallableType]]] = for_this_round({})
        self._erased: dict[int, tuple[CallableType, CallableType]] = for_this_round({})
        self._free: dict[int, tuple[CallableType, frozenset[str]]] = for_this_round({})
        self.receivers = Receivers()

    def signature(self, ctx: Any, encoder: Encoder) -> FunctionLike:
        """The signature with which mypy checks the call: without axes."""
        signature: CallableType = ctx.default_signature
        known = self._erased.get(id(signature))
        if known is None or known[0] is not signature:
            erased = self._without_axes(signature, encoder) if _concerns_axes(signature) else signature
            known = self._erased[id(signature)] = (signature, erased)
        if known[1] is signature:
            return signature
        kept = self._pending.setdefault(id(ctx.context), [])
        if kept and kept[0][0] is not ctx.context:
            kept.clear()
        if not any(_alike(signature, other) for _, other in kept):
            kept.append((ctx.context, signature))
        return where_lists_may_end(ctx, known[1])

    def _without_axes(self, signature: CallableType, encoder: Encoder) -> CallableType:
        erasure = Erasure(encoder)
        return signature.copy_modified(
            arg_types=[
                encoder.int_type
                if signature.is_type_obj() and is_int_variable(get_proper_type(t))
                else t.accept(erasure)
                for t in signature.arg_types
            ],
            variables=[erasure.variable(v) for v in signature.variables if not v.fullname.startswith("dim|")],
        )

    def _kept(self, ctx: Any, encoder: Encoder) -> CallableType | None:
        """The signature that the call had; of an overloaded function, the first that fits.

        (mypy chooses among overloads without seeing axes.)
        """
        found = [
            signature
            for context, signature in self._pending.get(id(ctx.context), ())
            if context is ctx.context and signature.arg_names == ctx.callee_arg_names
        ]
        if len(found) > 1:
            found = [signature for signature in found if _takes(ctx, signature)] or found
        for signature in found if len(found) > 1 else ():
            if not self._match(ctx, signature, encoder).errors:
                return signature
        return found[0] if found else None

    def result(self, ctx: Any, encoder: Encoder) -> Type:
        """The type of a call's result, after matching its arguments."""
        signature = self._kept(ctx, encoder)
        result = ctx.default_return_type
        result = without_axes(result, getattr(ctx, "type", None))
        if signature is None:
            signature = derived_signature(result)
            if signature is None:
                called = get_proper_type(callee_type(ctx))
                late = late_of(ctx, called)
                if late is not None:
                    return EntryPoints(late.ctx, encoder).call(late.name, ctx)
                signature = nameless(ctx, called)
                if signature is None:
                    lose_given(ctx, result)
                    lose_methods(ctx, result)
                    return _unannotated(ctx, decorated(ctx, result), called)
            result = signature.ret_type
        elif len(self._pending[id(ctx.context)]) > 1:
            result = signature.ret_type
        found = self.check(ctx, signature, result, encoder)
        if signature.implicit:
            found = _unannotated(ctx, found, signature)
        return self.receivers.with_axes_of_arguments(found, ctx, encoder)

    def _match(self, ctx: Any, signature: CallableType, encoder: Encoder) -> Bindings:
        receiver = getattr(ctx, "type", None)
        object_type = instance_of(receiver)
        mentioned = names_of(signature, object_type.type) if object_type is not None else frozenset()
        owner = instance_of(signature.ret_type) if signature.is_type_obj() else None
        if receiver is not None and object_type is not None:
            fixed, runs = self.receivers.axes(receiver, ctx, mentioned)
        else:
            fixed, runs = self._of_bound_object(ctx, signature) if owner is None else ({}, {})
        free = self._free_names(ctx, signature, owner, bound=object_type is not None)
        known = {name for name, axis in fixed.items() if not isinstance(axis, Unknown)}
        bindings = Bindings(
            free - fixed.keys() - runs.keys() if object_type is None else free | (fixed.keys() - known),
            axes=fixed,
            runs=runs,
            origin=dict.fromkeys(fixed, "the object"),
            facts=facts_at(ctx),
            judges_few=functools.partial(may_be_few, ctx.api, ctx.context),
        )
        matcher = Matcher(bindings, encoder)
        _bind_values(bindings, ctx, signature)
        self.receivers.bind_constructor(signature, ctx, bindings)
        for i, (wanted, each) in enumerate(zip(signature.arg_types, given.arguments(ctx, signature), strict=True)):
            for got in each:
                given.match(matcher, wanted, got, _place(ctx, i), ctx.api)
        matcher.finish()
        return bindings

    def _free_names(self, ctx: Any, signature: CallableType, owner: Instance | None, *, bound: bool) -> frozenset[str]:
        """The names that a call binds."""
        if owner is not None:
            return free_names(signature) | names_of(signature, owner.type)
        callee = getattr(ctx.context, "callee", None)
        if bound or isinstance(callee, SuperExpr) or _is_parameter_of_method(callee, ctx.api):
            return free_names(signature)
        known = self._free.get(id(signature))
        if known is None or known[0] is not signature:
            found = free_names(signature) | _class_names(signature, ctx.api)
            known = self._free[id(signature)] = (signature, found)
        return known[1]

    def _of_bound_object(self, ctx: Any, signature: CallableType) -> Values:
        """The class axes in the signature of a method that is called without an object.

        Of `Mlp.apply(mlp, x)`, they are those of `mlp`; a variable may hold the method of any object.
        """
        callee = getattr(ctx.context, "callee", None)
        if not is_method_of_object(signature) or isinstance(callee, SuperExpr):
            return {}, {}
        names = _class_names(signature, ctx.api)
        if not isinstance(callee, MemberExpr):
            return unknown_axes(names)
        if not ctx.args or len(ctx.args[0]) != 1:
            return {}, {}
        return self.receivers.of_object(ctx.args[0][0], ctx.arg_types[0][0], names, ctx.api)

    def _losses(self, ctx: Any, signature: CallableType, bindings: Bindings, encoder: Encoder) -> Encoder:
        """Report what could not be compared; the encoder for the result, which comes of what was reported or open."""
        sources = [t for types in ctx.arg_types for t in types]
        for why in [*bindings.undecided.values()][:1]:
            lost(ctx.api, ctx.context, _subject(signature, ctx) + why, *sources)
        open_names = [name for name, axis in bindings.axes.items() if axis is UNKNOWN] if reports_losses() else []
        if open_names and not bindings.errors and not bindings.undecided and all(map(is_known, sources)):
            mentioned = {name for dim in dims_in(signature.ret_type) for name in names_in(dim)}
            for name in [name for name in open_names if name in mentioned][:1]:
                text = f"{name.rpartition(':')[2]} of the result is one of several sizes"
                lost(ctx.api, ctx.context, _subject(signature, ctx) + text)
        reported = bindings.errors or bindings.undecided or any(lost_before(t) for t in sources)
        return replace(encoder, unknown=LOST) if reported else encoder

    def match(self, ctx: Any, signature: CallableType, encoder: Encoder) -> Bindings:
        """Match the arguments of a call with a signature, and report what does not fit."""
        with collect_assumptions() as assumed:
            bindings = self._match(ctx, signature, encoder)
        rely(ctx.api, ctx.context, assumed, _subject(signature, ctx))
        other = of_another_size(signature, bindings)
        if other:
            lost(ctx.api, ctx.context, _subject(signature, ctx) + other)
        certain = bool(bindings.errors) and not in_lambda(ctx.api) and not _is_overloaded(ctx)
        for error in bindings.errors:
            subject = _subject(signature, ctx) or _called(ctx)
            fail(ctx.api, _place_of(error, ctx), error, subject=subject, certain=certain)
        return bindings

    def check(self, ctx: Any, signature: CallableType, result: Type, encoder: Encoder) -> Type:
        """Match the arguments of a call with a signature, report, and instantiate the result."""
        owner = instance_of(signature.ret_type) if signature.is_type_obj() else None
        bindings = self.match(ctx, signature, encoder)
        if bindings.errors and _is_overloaded(ctx):
            return any_type()  # mypy took the first form, of which nobody knows whether it was meant
        if _is_of_several(signature):
            lost(ctx.api, ctx.context, "what is called is one of several functions, whose results mypy calls object")
            return any_type()
        if owner is None and any(is_int_variable(variable) for variable in signature.variables):
            result = signature.ret_type  # mypy did not see the axes, and so has not solved these variables
        forgotten = (
            bindings.free
            if self.receivers.is_self(ctx)
            else bindings.free | (_values_of_self(result) - bindings.axes.keys())
        )
        writer = self._losses(ctx, signature, bindings, encoder)
        axes, runs, sizes = bindings.settled(), bindings.runs, bindings.taken
        if bindings.errors:  # what comes of a wrong call is not held against anything
            axes, runs, sizes, forgotten = {}, {}, {}, forgotten | axes.keys() | runs.keys()
        new = result.accept(Substitution(axes, runs, writer, forgotten, sizes))
        if owner is None:
            return new
        made = get_proper_type(new)
        if isinstance(made, TupleType):  # mypy would hold the items against those of the class
            fallback = self.receivers.constructed(made.partial_fallback, bindings, encoder)
            erased = result.accept(Substitution({}, {}, writer, forgotten))
            return erased.copy_modified(fallback=fallback) if isinstance(erased, TupleType) else made
        return self.receivers.constructed(made, bindings, encoder) if isinstance(made, Instance) else new


def _is_of_several(signature: CallableType) -> bool:
    """Whether mypy has made one function of several that take arrays, and did not find what their results share."""
    result = get_proper_type(signature.ret_type)
    joined = signature.name is None and isinstance(result, Instance) and result.type.fullname == "builtins.object"
    return joined and bool(signature.variables) and any(map(mentions_shapes, signature.arg_types))


def nameless(ctx: Any, called: Type | None) -> CallableType | None:
    """The signature of what is called in `functions[0](x)`, `cls(x)` and `super().f(x)`.

    mypy asks no one before it checks them.
    """
    callee = getattr(ctx.context, "callee", None)
    if isinstance(callee, SuperExpr):
        return _of_base(callee)
    if isinstance(called, CallableType) and called.name == DESCRIBED:
        return called
    if isinstance(called, CallableType) and called.from_type_type:
        return _constructor(called)
    if not isinstance(callee, IndexExpr):
        return None
    base, found = get_proper_type(type_of(ctx.api, callee.base)), None
    if isinstance(base, TupleType):
        at = callee.index.value if isinstance(callee.index, IntExpr) else len(base.items)
        found = get_proper_type(base.items[at]) if at < len(base.items) else None
    elif isinstance(base, Instance) and base.args and base.type.fullname in _HOLDERS:
        found = get_proper_type(base.args[-1])
    if not isinstance(found, CallableType) or not dims_in(found) or found.arg_names != list(ctx.callee_arg_names):
        return None
    return found


def _of_base(method: SuperExpr) -> CallableType | None:
    """The signature of a base class's method whose result mypy does not solve: it knows no `n+1`."""
    bases = method.info.mro[1:] if method.info else []
    node = next((base.names[method.name].node for base in bases if method.name in base.names), None)
    signature = get_proper_type(node.type) if isinstance(node, FuncDef) and node.type is not None else None
    if not isinstance(node, FuncDef) or not isinstance(signature, CallableType):
        return None
    if {*dims_in(signature.ret_type)} <= {dim for t in signature.arg_types for dim in dims_in(t)}:
        return None
    return signature if node.is_static else without_first(signature)


def _constructor(called: CallableType) -> CallableType | None:
    """The signature of a class that is called by a variable, as `cls` in a class method; mypy drops its axes."""
    made = get_proper_type(called.ret_type)
    owner = instance_of(made.partial_fallback if isinstance(made, TupleType) else made)
    found = None if owner is None else get_proper_type(type_object_type(owner.type))
    return found if isinstance(found, CallableType) and (dims_in(found) or _makes_axes(found)) else None


_HOLDERS = frozenset({"builtins.list", "builtins.dict", "builtins.tuple", "typing.Sequence", "typing.Mapping"})


def _place(ctx: Any, i: int) -> str:
    name = ctx.callee_arg_names[i]
    return f"argument {i + 1}" + (f" ({name})" if name else "")


def _unannotated(ctx: Any, result: Type, called: Type | None) -> Type:
    """The result of a function without annotations: from here on nothing is known of what was given to it."""
    found = get_proper_type(result)
    untyped = isinstance(called, CallableType) and called.implicit
    if isinstance(found, AnyType):
        nothing = untyped or origin_of_any(found) == TypeOfAny.unannotated
        concerns = any(_may_give_arrays(t, untyped) for types in ctx.arg_types for t in types)
        if not (nothing and concerns):
            return result
    elif not untyped or not ctx.arg_types or as_array(found) is None or is_known(found):
        return result
    lost(ctx.api, ctx.context, "the function that is called has no annotations")
    return any_type()


def _may_give_arrays(given: Type, untyped: bool) -> bool:
    """Whether what is given to a function is an array, an object that holds some, or a function that may make one."""
    found = get_proper_type(given)
    is_function = untyped and isinstance(found, (CallableType, Overloaded))
    holds_some = isinstance(found, Instance) and (as_array(found) is not None or has_axes(found.type))
    return is_function or holds_some or bool(dims_in(given))


def _bind_values(bindings: Bindings, ctx: Any, signature: CallableType) -> None:
    """`{n}` is the value of the argument n, or its default."""
    values = {name.rpartition(":")[2]: name for name in bindings.free if "{" in name}
    if not values:
        return
    reader = Reader(ctx.api)
    for i, name in enumerate(ctx.callee_arg_names):
        atom = values.get(f"{{{name}}}")
        if atom is None or len(ctx.args[i]) != 1:
            default = UNKNOWN if atom is None or ctx.args[i] else default_of(ctx.api, signature.definition, name)
            if atom is not None and default is not UNKNOWN:
                bindings.axes[atom], bindings.origin[atom] = default, f"the default of {name}"
            continue
        with contextlib.suppress(NotStatic):
            value = reader.value(ctx.args[i][0], ctx.arg_types[i][0])
            if isinstance(value, (int, Dim)) and not isinstance(value, bool):
                bindings.axes[atom], bindings.origin[atom] = value, f"argument {i + 1} ({name})"


def _class_names(signature: CallableType, checker: Any) -> frozenset[str]:
    """The class axes in a signature that is called without an object (`Mlp.fixed(x)`): there they are free."""
    names = frozenset(name for dim in dims_in(signature) for name in names_in(dim))
    return frozenset(name for name in names if class_named(checker, scope_of(name.lstrip("*"))) is not None)


def _is_parameter_of_method(callee: Any, checker: Any) -> bool:
    """Whether a parameter of a method is called: the class axes in its signature are those of `self`."""
    function = outermost_function(checker)
    if not isinstance(function, FuncDef) or not function.info or not isinstance(callee, NameExpr):
        return False
    return any(argument.variable is callee.node for argument in function.arguments)


def _values_of_self(t: Type) -> frozenset[str]:
    """The names `{self.width}` in a type: of another object, nothing is known of them."""
    return frozenset(name for dim in dims_in(t) for name in names_in(dim) if ":{self." in name)


def _concerns_axes(signature: CallableType) -> bool:
    return mentions_shapes(signature) or _makes_axes(signature)


def _makes_axes(signature: CallableType) -> bool:
    """Whether a constructor fixes axes of the object."""
    made = instance_of(signature.ret_type) if signature.is_type_obj() else None
    return made is not None and (has_axes(made.type) or any(map(is_int_variable, made.type.defn.type_vars)))


def _alike(left: CallableType, right: CallableType) -> bool:
    return left.arg_names == right.arg_names and left.arg_types == right.arg_types


def _is_overloaded(ctx: Any) -> bool:
    callee = getattr(ctx.context, "callee", None)
    return not isinstance(callee, Expression) or isinstance(get_proper_type(callee_type(ctx)), Overloaded)


_ARGUMENT = r"\bargument (\d+)\b"


def _place_of(error: TlError, ctx: Any) -> Context:
    """Where an error is reported: at the argument that it is about, when that stands in a line of its own."""
    match = re.search(_ARGUMENT, error.rule)
    given = ctx.args[int(match[1]) - 1] if match is not None and int(match[1]) <= len(ctx.args) else []
    context: Context = ctx.context
    return given[0] if len(given) == 1 and given[0].line > context.line else context


def _takes(ctx: Any, signature: CallableType) -> bool:
    """Whether one of several signatures takes the arguments of a call that are no arrays: a number, a literal."""
    pairs = zip(signature.arg_types, signature.arg_kinds, ctx.arg_types, strict=False)
    return all(
        (bool(types) or not kind.is_required()) and (mentions_shapes(asked) or all(_is_taken(t, asked) for t in types))
        for asked, kind, types in pairs
    )


def _is_taken(given: Type, asked: Type) -> bool:
    given = get_proper_type(given)
    literal = given.last_known_value if isinstance(given, Instance) else None
    return is_compatible(given, asked) or (literal is not None and is_compatible(literal, asked))


def _called(ctx: Any) -> str:
    """What is called when its signature has no name: a variable, a field, or what `tl.vmap(f)` makes."""
    callee = getattr(ctx.context, "callee", None)
    callee = callee.callee if isinstance(callee, CallExpr) else callee
    return f"{callee.name}: " if isinstance(callee, (NameExpr, MemberExpr)) else ""


def _subject(signature: CallableType, ctx: Any) -> str:
    name, _, owner = (signature.name or "").partition(" of ")
    if name == DERIVED and (called := _called(ctx)):
        return called
    name = owner.strip('"') if name == "__call__" else name
    return f"{name}: " if name and not name.startswith("<") else ""

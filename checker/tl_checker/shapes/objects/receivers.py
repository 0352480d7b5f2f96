"""The axes of one object: those that its constructor fixed, or fresh ones for a parameter of which nothing is known.

They travel in the type of the object: as type arguments where the class is generic in them (`Linear[784, 128]`), and
else in `extra_attrs`, which mypy keeps through variables, attributes and its cache.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from typing import Any

from mypy.maptype import map_instance_to_supertype
from mypy.nodes import Expression, FuncDef, FuncItem, MemberExpr, NameExpr, RefExpr, SuperExpr, TypeInfo, Var
from mypy.patterns import Pattern
from mypy.types import (
    CallableType,
    ExtraAttrs,
    Instance,
    Overloaded,
    TupleType,
    Type,
    TypeVarType,
    get_proper_type,
)

from tl_checker.shapes.annotations.assignments import assigned_names
from tl_checker.shapes.annotations.axes import (
    AXIS,
    axes_of_object,
    changing_axes,
    dims_in,
    names_in,
    names_of,
    scope_of,
    stored_axes,
)
from tl_checker.shapes.annotations.encoding import Encoder, decode_axes, decode_axis, is_int_variable
from tl_checker.shapes.annotations.fields import CONSTRUCTORS, value_of_field, values_in
from tl_checker.shapes.annotations.patterns import matched_by
from tl_checker.shapes.facts.constants import default_of
from tl_checker.shapes.facts.results import TUPLE
from tl_checker.shapes.facts.values import NotStatic, Reader
from tl_checker.shapes.host.internals import current_function, outermost_function, type_of
from tl_checker.shapes.objects.local_objects import note_axes, variable_of_object
from tl_checker.shapes.signatures.matching import Substitution
from tl_checker.shapes.sizes.unify import Bindings
from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown, atoms
from tl_dsl.shapes import Shape, Star, is_nameless

Values = tuple[dict[str, Axis], dict[str, Shape]]
"""The values of an object's axes "class:name", and of its runs of axes "*class:name"."""


def instance_of(t: Type | None) -> Instance | None:
    """The type of an object; of `Self` and the like, their bound, and of a named tuple its class."""
    t = get_proper_type(t)
    if isinstance(t, TypeVarType):
        t = get_proper_type(t.upper_bound)
    if isinstance(t, TupleType):
        t = t.partial_fallback
    return t if isinstance(t, Instance) else None


def known_axes(t: Instance) -> Values:
    """The values of an object's axes that its type tells."""
    axes: dict[str, Axis] = {}
    runs: dict[str, Shape] = {}
    for base in t.type.mro:
        if base.type_vars and any(map(is_int_variable, base.defn.type_vars)):
            for variable, argument in zip(base.defn.type_vars, map_instance_to_supertype(t, base).args, strict=False):
                if is_int_variable(variable):
                    axes[f"{base.fullname}:{variable.name}"] = decode_axis(argument)
    for name, kept in axes_of_object(t).items():
        value = get_proper_type(kept)
        if isinstance(value, TupleType):
            runs[name] = decode_axes(value.items)
        else:
            axes[name] = decode_axis(value)
    return axes, runs


def object_axes(t: Instance, names: Iterable[str]) -> Values:
    """The values of some of an object's axes; what its type does not tell is unknown."""
    axes, runs = known_axes(t)
    changing = changing_axes(t.type)
    told = {name for name in names if name not in changing}
    return (
        {name: axes.get(name, UNKNOWN) if name in told else UNKNOWN for name in names if not name.startswith("*")},
        {name: runs.get(name, (Star(),)) if name in told else (Star(),) for name in names if name.startswith("*")},
    )


def unknown_axes(names: Iterable[str]) -> Values:
    """The values of axes of an object of which nothing is known."""
    return (
        {name: UNKNOWN for name in names if not name.startswith("*")},
        {name: (Star(),) for name in names if name.startswith("*")},
    )


def call_signature(t: Type, encoder: Encoder) -> CallableType | None:
    """The signature of calling a value: a function, or an object with `__call__`, whose axes are put in."""
    t = get_proper_type(t)
    if isinstance(t, CallableType):
        return t
    if isinstance(t, Overloaded) or not isinstance(t, Instance):
        return None
    method = t.type.get_method("__call__")
    signature = get_proper_type(method.type) if isinstance(method, FuncDef) and method.type is not None else None
    if not isinstance(signature, CallableType) or not signature.arg_types:
        return None
    bound = without_first(signature)
    substituted = bound.accept(Substitution(*object_axes(t, names_of(bound, t.type)), encoder))
    return substituted if isinstance(substituted, CallableType) else None


def without_first(signature: CallableType) -> CallableType:
    """The signature of a method, without the parameter for its object."""
    return signature.copy_modified(
        arg_types=signature.arg_types[1:], arg_kinds=signature.arg_kinds[1:], arg_names=signature.arg_names[1:]
    )


class Receivers:
    """What is known of the axes of the objects in a program."""

    def axes(self, receiver: Type, ctx: Any, names: frozenset[str]) -> Values:
        """The values of some class axes of a receiver; inside the class they are what they are."""
        expression = None if self.is_self(ctx) else _receiver_expression(ctx)
        return self.of_object(expression, receiver, names, ctx.api, is_self=self.is_self(ctx))

    def of_object(
        self, expression: Expression | None, t: Type, names: frozenset[str], checker: Any, *, is_self: bool = False
    ) -> Values:
        """The same for an object that is the value of an expression."""
        owner = instance_of(t)
        if owner is None or not names:
            return {}, {}
        if is_self or _names_self(expression):
            chosen = _chosen_here(names, current_function(checker))
            axes, runs = _stored_here(names, owner.type, outermost_function(checker))
            return (
                axes | {name: UNKNOWN for name in chosen if not name.startswith("*")},
                runs | {name: (Star(),) for name in chosen if name.startswith("*")},
            )
        axes, runs = object_axes(owner, names)
        changing = changing_axes(owner.type)
        fresh = {
            name: _fresh(expression, name, checker) for name in axes if axes[name] is UNKNOWN and name not in changing
        }
        return {**axes, **fresh}, runs

    def is_self(self, ctx: Any) -> bool:
        """Whether the receiver is the first parameter of a method: its axes are the class's own."""
        if isinstance(ctx.context, SuperExpr) or isinstance(getattr(ctx.context, "callee", None), SuperExpr):
            return True
        return _names_self(_receiver_expression(ctx))

    def bind_constructor(self, signature: CallableType, ctx: Any, bindings: Bindings) -> None:
        """Int arguments that the object keeps: in a field, or as an int-bound type variable of its class."""
        owner = instance_of(signature.ret_type)
        if owner is None:
            return
        values = _values(owner.type)
        for i, wanted in enumerate(signature.arg_types):
            wanted = get_proper_type(wanted)
            name = ctx.callee_arg_names[i] if i < len(ctx.callee_arg_names) else None
            of_type = isinstance(wanted, TypeVarType) and is_int_variable(wanted)
            kept = values.get(name or "")
            if len(ctx.args[i]) > 1 or not (of_type or kept is not None):
                continue
            try:
                if ctx.args[i]:
                    value = Reader(ctx.api).value(ctx.args[i][0], ctx.arg_types[i][0])
                else:
                    value = default_of(ctx.api, owner.type.get_method("__init__"), name or "")
            except NotStatic:
                continue
            if isinstance(value, (int, Dim)) and not isinstance(value, bool):
                where = f"argument {i + 1} ({name})"
                if isinstance(wanted, TypeVarType) and of_type:
                    bindings.axes[f"{owner.type.fullname}:{wanted.name}"] = value
                if kept is not None:
                    (atom,) = atoms(kept)
                    bindings.axes[atom], bindings.origin[atom] = value, where

    def constructed(self, new: Instance, bindings: Bindings, encoder: Encoder) -> Instance:
        """The type of a new object, with the axes that its construction fixed."""
        classes = {base.fullname for base in new.type.mro}
        known = {name: axis for name, axis in bindings.axes.items() if not isinstance(axis, Unknown)}
        arguments = list(new.args)
        for i, variable in enumerate(new.type.defn.type_vars):
            axis = known.pop(f"{new.type.fullname}:{variable.name}", None)
            if is_int_variable(variable) and len(arguments) == len(new.type.defn.type_vars):
                arguments[i] = encoder.size(UNKNOWN if axis is None else axis)
        runs = {name: run for name, run in bindings.runs.items() if scope_of(name[1:]) in classes}
        known = {name: axis for name, axis in known.items() if scope_of(name) in classes}
        return _keeping(new.copy_modified(args=arguments), known, runs, encoder)

    def with_axes_of_arguments(self, t: Type, ctx: Any, encoder: Encoder) -> Type:
        """The result of a derivative: what is `like_argument` has the axes of the object that was given for it."""
        t = get_proper_type(t)
        if isinstance(t, TupleType) and t.partial_fallback.type.fullname == TUPLE:
            items = [self.with_axes_of_arguments(item, ctx, encoder) for item in t.items]
            return t if all(map(operator.is_, items, map(get_proper_type, t.items))) else t.copy_modified(items=items)
        made = t.partial_fallback if isinstance(t, TupleType) else t
        if not isinstance(made, Instance) or made.extra_attrs is None or _LIKE not in made.extra_attrs.attrs:
            return t
        at = decode_axis(made.extra_attrs.attrs[_LIKE])
        axes: dict[str, Axis] = {}
        runs: dict[str, Shape] = {}
        if isinstance(at, int) and at < len(ctx.args) and len(ctx.args[at]) == 1:
            found = self.of_object(ctx.args[at][0], ctx.arg_types[at][0], names_of_class(made.type), ctx.api)
            axes = {name: axis for name, axis in found[0].items() if not isinstance(axis, Unknown)}
            runs = {name: run for name, run in found[1].items() if not any(map(is_nameless, run))}
        plain = made.copy_modified()
        plain.extra_attrs = None
        kept = _keeping(plain, axes, runs, encoder)
        return t.copy_modified(fallback=kept) if isinstance(t, TupleType) else kept


_LIKE = "<like>"
"""The attribute of a gradient's type in which stands the position of the argument whose axes it has."""


def like_argument(t: Type, position: int, encoder: Encoder) -> Type:
    """The type of a gradient with respect to an object: its axes are those of the argument at this position."""
    proper = get_proper_type(t)
    made = proper.partial_fallback if isinstance(proper, TupleType) else proper
    if not isinstance(made, Instance) or not names_of_class(made.type):
        return t
    marked = made.copy_modified()
    marked.extra_attrs = ExtraAttrs({_LIKE: encoder.size(position)})
    return proper.copy_modified(fallback=marked) if isinstance(proper, TupleType) else marked


def names_of_class(info: TypeInfo) -> frozenset[str]:
    """The axes that the fields of a class mention, "pkg.Base:n" and "*pkg.Base:b" for runs."""
    kept = [symbol.node for base in info.mro for symbol in base.names.values()]
    return frozenset(
        name for node in kept if isinstance(node, Var) and node.type is not None for name in names_of(node.type, info)
    )


def _keeping(new: Instance, axes: Mapping[str, Axis], runs: Mapping[str, Shape], encoder: Encoder) -> Instance:
    """The type with the values of its axes."""
    attributes: dict[str, Type] = {AXIS + name: encoder.axis(axis) for name, axis in axes.items()}
    attributes |= {AXIS + name: TupleType(encoder.arguments(run), encoder.tuple_type) for name, run in runs.items()}
    if attributes:
        new.extra_attrs = ExtraAttrs(attributes)
    return new


def without_axes(t: Type, receiver: Type | None) -> Type:
    """The result of a method that gives an object of its own class (`Self`): another object, with other axes."""
    proper, owner = get_proper_type(t), get_proper_type(receiver)
    if not isinstance(proper, Instance) or not isinstance(owner, Instance) or proper.extra_attrs is None:
        return t
    if proper.type is not owner.type or proper.extra_attrs != owner.extra_attrs:
        return t
    kept = {name: value for name, value in proper.extra_attrs.attrs.items() if not name.startswith(AXIS)}
    new = proper.copy_modified()
    new.extra_attrs = ExtraAttrs(kept, proper.extra_attrs.immutable, proper.extra_attrs.mod_name) if kept else None
    return new


def _values(info: TypeInfo) -> dict[str, Dim]:
    """What the parameters of a class's constructor stand for."""
    for base in info.mro:
        symbol = base.names.get("__init__")
        if symbol is not None and not symbol.plugin_generated:
            return values_in(symbol.node) if isinstance(symbol.node, FuncDef) else {}
        if symbol is not None:
            fields = {name for owner in info.mro for name, kept in owner.names.items() if isinstance(kept.node, Var)}
            return {name: value for name in fields if (value := value_of_field(info, name)) is not None}
    return {}


def _chosen_here(names: frozenset[str], function: FuncDef | None) -> frozenset[str]:
    """Those class axes that a constructor chooses in its body: no parameter fixes them."""
    if function is None or function.name not in CONSTRUCTORS or not function.info:
        return frozenset()
    made = function.info.get_method("__init__")
    signature = get_proper_type(made.type) if made is not None else None
    for t in signature.arg_types if isinstance(signature, CallableType) else ():
        names -= names_of(t, function.info)
    kept = {atom for value in values_in(function).values() for atom in atoms(value)}
    own = function.info.fullname
    return frozenset(name for name in names if "{" not in name or (scope_of(name) != own and name not in kept))


def _stored_here(names: frozenset[str], info: TypeInfo, method: FuncItem | None) -> Values:
    """In a method, what the axes of arrays are that the constructor took and kept.

    A method that has an axis of that name in its signature means the same; in others, they are values of the object.
    """
    stored = set(stored_axes(info).values()) & names
    if method is None or not stored or method.name in CONSTRUCTORS:
        return {}, {}
    own = {name for dim in dims_in(method.type) for name in names_in(dim)} if method.type is not None else set()
    axes: dict[str, Axis] = {}
    runs: dict[str, Shape] = {}
    for atom in stored:
        name = atom.rpartition(":")[2]
        local = f"{method.fullname}:{name}"
        if atom.startswith("*"):
            runs[atom] = (Star(local),) if f"*{local}" in own else (Star(),)
        elif local in own:
            axes[atom] = Dim.name(name, method.fullname)
        else:
            axes[atom] = UNKNOWN if info.get(name) is not None else Dim.name(f"{{self.{name}}}", scope_of(atom))
    return axes, runs


def _names_self(expression: Expression | None) -> bool:
    return isinstance(expression, NameExpr) and isinstance(expression.node, Var) and expression.node.is_self


def _fresh(expression: Expression | None, name: str, checker: Any) -> Axis:
    """An axis of its own for the object of a variable and for what hangs on it; two objects do not share axes.

    Like the value of an int argument it contradicts no axis but others of the object, in operations: a caller may give
    a fitting one.
    """
    function = current_function(checker)
    found = None if function is None else _path(expression, function)
    if found is None:
        return UNKNOWN
    short = name.rpartition(":")[2].strip("{}").rpartition(".")[2]
    axis = Dim.name(f"{{{found[0]}.{short}}}", found[1])
    if (root := _root(expression)) is not None and function is not None:
        note_axes(root, function, axis.atoms)
    return axis


def _root(expression: Expression | None) -> NameExpr | None:
    """The variable at the beginning of `p.layer.inner`."""
    while isinstance(expression, MemberExpr):
        expression = expression.expr
    return expression if isinstance(expression, NameExpr) else None


def _path(expression: Expression | None, function: FuncDef) -> tuple[str, str] | None:
    """`p.layer` and the scope of its name, when it is one object throughout a function."""
    if isinstance(expression, MemberExpr):
        inner = _path(expression.expr, function)
        if _names_self(expression.expr):
            kept = function.info and value_of_field(function.info, expression.name) is not None
            return (f"self.{expression.name}", function.info.fullname) if kept else None
        return None if inner is None else (f"{inner[0]}.{expression.name}", inner[1])
    if not isinstance(expression, NameExpr):
        return None
    if expression.name in assigned_names(function):
        held = variable_of_object(expression, function)
        return None if held is None else (held, function.fullname)
    is_parameter = any(argument.variable is expression.node for argument in function.arguments)
    return (expression.name, function.fullname) if is_parameter else None


def _receiver_expression(ctx: Any) -> Any:
    """The expression whose field is read, whose method is called, or that is called itself."""
    if isinstance(ctx.context, MemberExpr):
        return ctx.context.expr
    if isinstance(ctx.context, Pattern):
        return matched_by(ctx.context, current_function(ctx.api))
    callee = getattr(ctx.context, "callee", None)
    if isinstance(callee, MemberExpr):
        owner = get_proper_type(type_of(ctx.api, callee.expr))
        is_method = isinstance(owner, Instance) and owner.type.get_method(callee.name) is not None
        return callee.expr if is_method else callee
    return callee if isinstance(callee, RefExpr) else None

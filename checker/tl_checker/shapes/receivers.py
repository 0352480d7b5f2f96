"""The axes of one object: those that its constructor fixed, or fresh ones for a parameter of which nothing is known.

They travel in the type of the object: as type arguments where the class is generic in them (`Linear[784, 128]`), and
else in `extra_attrs`, which mypy keeps through variables, attributes and its cache.
"""

from __future__ import annotations

from typing import Any

from mypy.maptype import map_instance_to_supertype
from mypy.nodes import FuncDef, MemberExpr, NameExpr, RefExpr, TypeInfo, Var
from mypy.types import CallableType, ExtraAttrs, Instance, Overloaded, ProperType, Type, TypeVarType, get_proper_type

from tl_checker.shapes.assignments import assigned_names
from tl_checker.shapes.axes import class_axes, is_module
from tl_checker.shapes.encoding import Encoder, decode_axis, is_int_variable
from tl_checker.shapes.internals import current_function, type_of
from tl_checker.shapes.matching import Substitution
from tl_checker.shapes.unify import Bindings
from tl_checker.shapes.values import NotStatic, Reader
from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown, atoms

AXIS = "<axis "


def own_axes(info: TypeInfo) -> frozenset[str]:
    """The axes of a Module class and its bases, as atoms "class:name"."""
    return frozenset().union(*(atoms(dim) for dim in class_axes(info).values()))


def known_axes(t: Instance) -> dict[str, Axis]:
    """The values of an object's axes that its type tells."""
    found: dict[str, Axis] = {}
    for base in t.type.mro:
        if base.type_vars and is_module(base):
            for variable, argument in zip(base.defn.type_vars, map_instance_to_supertype(t, base).args, strict=False):
                if is_int_variable(variable):
                    found[f"{base.fullname}:{variable.name}"] = decode_axis(argument)
    for name, axis in (t.extra_attrs.attrs if t.extra_attrs else {}).items():
        if name.startswith(AXIS):
            found[name[len(AXIS) :]] = decode_axis(axis)
    return found


def object_axes(t: Instance) -> dict[str, Axis]:
    """The values of all axes of an object; what its type does not tell is unknown."""
    return {**dict.fromkeys(own_axes(t.type), UNKNOWN), **known_axes(t)}


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
    bound = signature.copy_modified(
        arg_types=signature.arg_types[1:], arg_kinds=signature.arg_kinds[1:], arg_names=signature.arg_names[1:]
    )
    substituted = bound.accept(Substitution(object_axes(t), {}, encoder))
    return substituted if isinstance(substituted, CallableType) else None


class Receivers:
    """What is known of the axes of the objects in a program."""

    def axes(self, receiver: Type, ctx: Any, encoder: Encoder) -> dict[str, Axis]:
        """The values of a receiver's class axes."""
        receiver = get_proper_type(receiver)
        if not isinstance(receiver, Instance):
            return {}
        names = own_axes(receiver.type)
        if not names or self.is_self(ctx):
            return {}
        known = known_axes(receiver)
        return {name: known[name] if name in known else self._fresh(ctx, name) for name in names}

    def is_self(self, ctx: Any) -> bool:
        """Whether the receiver is the first parameter of a method: its axes are the class's own."""
        expression = _receiver_expression(ctx)
        return isinstance(expression, NameExpr) and isinstance(expression.node, Var) and expression.node.is_self

    def _fresh(self, ctx: Any, name: str) -> Axis:
        """An axis of its own for a parameter; two parameters do not share axes, nor does anything unknown.

        Like the value of an int argument it never contradicts another axis: a caller may give a fitting object.
        """
        expression = _receiver_expression(ctx)
        function = current_function(ctx.api)
        if isinstance(expression, NameExpr) and function is not None:
            parameters = [argument.variable for argument in function.arguments]
            if expression.node in parameters and expression.name not in assigned_names(function):
                return Dim.name(f"{{{expression.name}.{name.rpartition(':')[2]}}}", function.fullname)
        return UNKNOWN

    def bind_constructor(self, owner: ProperType | None, signature: CallableType, ctx: Any, bindings: Bindings) -> None:
        """An int parameter whose type is an int-bound type variable of the class gives that axis its value."""
        if not isinstance(owner, Instance):
            return
        for i, wanted in enumerate(signature.arg_types):
            wanted = get_proper_type(wanted)
            if not isinstance(wanted, TypeVarType) or not is_int_variable(wanted) or not ctx.args[i]:
                continue
            try:
                value = Reader(ctx.api).value(ctx.args[i][0], ctx.arg_types[i][0])
            except NotStatic:
                continue
            if isinstance(value, (int, Dim)) and not isinstance(value, bool):
                bindings.axes[f"{owner.type.fullname}:{wanted.name}"] = value

    def constructed(self, new: Instance, bindings: Bindings, encoder: Encoder) -> Instance:
        """The type of a new object, with the axes that its construction fixed."""
        own = own_axes(new.type)
        known = {name: axis for name, axis in bindings.axes.items() if not isinstance(axis, Unknown)}
        arguments = list(new.args)
        for i, variable in enumerate(new.type.defn.type_vars):
            axis = known.pop(f"{new.type.fullname}:{variable.name}", None)
            if is_int_variable(variable) and len(arguments) == len(new.type.defn.type_vars):
                arguments[i] = encoder.axis(UNKNOWN if axis is None else axis)
        attributes: dict[str, Type] = {AXIS + name: encoder.axis(axis) for name, axis in known.items() if name in own}
        new = new.copy_modified(args=arguments)
        if attributes:
            new.extra_attrs = ExtraAttrs(attributes)
        return new


def _receiver_expression(ctx: Any) -> Any:
    """The expression whose field is read, whose method is called, or that is called itself."""
    if isinstance(ctx.context, MemberExpr):
        return ctx.context.expr
    callee = getattr(ctx.context, "callee", None)
    if isinstance(callee, MemberExpr):
        owner = get_proper_type(type_of(ctx.api, callee.expr))
        is_method = isinstance(owner, Instance) and owner.type.get_method(callee.name) is not None
        return callee.expr if is_method else callee
    return callee if isinstance(callee, RefExpr) else None

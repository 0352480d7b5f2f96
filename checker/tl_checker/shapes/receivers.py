"""The axes of one object: those that its constructor fixed, or fresh ones for a parameter of which nothing is known.

They travel in the type of the object (`extra_attrs`), which mypy keeps through variables, attributes and its cache.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import FuncDef, MemberExpr, NameExpr, RefExpr, TypeInfo, Var
from mypy.types import CallableType, ExtraAttrs, Instance, ProperType, Type, get_proper_type

from tl_checker.shapes.axes import class_axes, dims_in, names_in, scope_of
from tl_checker.shapes.encoding import Encoder, decode_axis
from tl_checker.shapes.unify import Bindings
from tl_checker.shapes.values import NotStatic, Reader
from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown

AXIS = "<axis "


def constructor_axes(info: TypeInfo) -> frozenset[str]:
    """The class axes that a constructor binds, as atoms."""
    return frozenset(f"{scope_of(_atom(dim))}:{name}" for name, dim in class_axes(info).items())


def _atom(dim: Dim) -> str:
    (name,) = dim_atoms(dim)
    return name


def dim_atoms(dim: Dim) -> frozenset[str]:
    """The atoms of a size."""
    from tl_dsl.dims import atoms

    return atoms(dim)


class Receivers:
    """What is known of the axes of objects."""

    def axes(self, receiver: Type, ctx: Any, encoder: Encoder) -> dict[str, Axis]:
        """The values of a receiver's class axes."""
        receiver = get_proper_type(receiver)
        if not isinstance(receiver, Instance):
            return {}
        names = constructor_axes(receiver.type)
        if not names or self._is_self(ctx):
            return {}
        known = receiver.extra_attrs.attrs if receiver.extra_attrs else {}
        found: dict[str, Axis] = {}
        for name in names:
            if AXIS + name in known:
                found[name] = decode_axis(known[AXIS + name])
            else:
                found[name] = self._fresh(ctx, name)
        return found

    def _is_self(self, ctx: Any) -> bool:
        """Whether the receiver is the first parameter of a method: its axes are the class's own."""
        expression = _receiver_expression(ctx.context)
        if not (isinstance(expression, NameExpr) and isinstance(expression.node, Var)):
            return False
        return bool(expression.node.is_self)

    def _fresh(self, ctx: Any, name: str) -> Axis:
        """An axis of its own for a parameter; two parameters do not share axes, nor does anything unknown."""
        expression = _receiver_expression(ctx.context)
        if isinstance(expression, NameExpr) and isinstance(expression.node, Var) and expression.node.is_argument:
            function = _function(ctx.api)
            if function is not None and expression.node in [a.variable for a in function.arguments]:
                return Dim.name(name.rpartition(":")[2], f"{function.fullname}.{expression.name}")
        return UNKNOWN

    def bind_constructor(self, owner: ProperType | None, signature: CallableType, ctx: Any, bindings: Bindings) -> None:
        """An int parameter of a constructor that has the name of a class axis gives that axis its value."""
        if not isinstance(owner, Instance):
            return
        axes = class_axes(owner.type)
        for i, name in enumerate(signature.arg_names):
            if name not in axes or not ctx.args[i]:
                continue
            atom = _atom(axes[name])
            try:
                value = Reader(ctx.api).value(ctx.args[i][0], ctx.arg_types[i][0])
            except NotStatic:
                continue
            if isinstance(value, (int, Dim)) and not isinstance(value, bool) and atom not in bindings.axes:
                bindings.axes[atom] = value

    def constructed(self, new: Instance, bindings: Bindings, encoder: Encoder) -> Instance:
        """The type of a new object, with the axes that its construction fixed."""
        own = constructor_axes(new.type)
        attributes: dict[str, Type] = {
            AXIS + name: encoder.axis(value)
            for name, value in bindings.axes.items()
            if name in own and not isinstance(value, Unknown)
        }
        if not attributes:
            return new
        new = new.copy_modified()
        new.extra_attrs = ExtraAttrs(attributes)
        return new


def _receiver_expression(context: Any) -> Any:
    if isinstance(context, MemberExpr):
        return context.expr
    callee = getattr(context, "callee", None)
    if isinstance(callee, MemberExpr):
        return callee.expr
    return callee if isinstance(callee, RefExpr) else None


def _function(checker: Any) -> FuncDef | None:
    found = checker.scope.current_function()
    return found if isinstance(found, FuncDef) else None


__all__ = ["Receivers", "constructor_axes", "dims_in", "names_in"]

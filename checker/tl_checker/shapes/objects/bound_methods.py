"""Methods and objects that are given to a function which calls them: there, their axes are those of the object.

mypy's type of `layer.apply` speaks of the axes of the class, and has forgotten of which object; the expression tells.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import Expression, FuncDef, MemberExpr
from mypy.types import CallableType, Instance, Type, get_proper_type

from tl_checker.shapes.annotations.axes import mentions_shapes, names_of
from tl_checker.shapes.annotations.encoding import Encoder, as_array
from tl_checker.shapes.host.internals import Checker, type_of
from tl_checker.shapes.messages.report import lost, reports_losses
from tl_checker.shapes.objects.receivers import Receivers, unknown_axes, without_first
from tl_checker.shapes.signatures.matching import Substitution


def is_method_of_object(function: CallableType) -> bool:
    """Whether a function is a method that needs an object."""
    method = function.definition
    return isinstance(method, FuncDef) and bool(method.info) and not (method.is_static or method.is_class)


def of_its_object(t: Type, expression: Expression | None, checker: Checker, encoder: Encoder) -> Type:
    """The type of a method, or the signature of an object that can be called, with the axes of the object.

    Of a method that is kept in a variable, nothing is known of the object. Every other type stays what it is.
    """
    found = get_proper_type(t)
    if isinstance(found, CallableType) and is_method_of_object(found):
        function, owner = found, expression.expr if isinstance(expression, MemberExpr) else None
        assert isinstance(found.definition, FuncDef)
        names = names_of(function, found.definition.info)
    elif isinstance(found, Instance) and as_array(found) is None and (signature := _signature(found)) is not None:
        function, owner = signature, expression
        names = names_of(function, found.type)
    else:
        return t
    held = None if owner is None else type_of(checker, owner)
    if owner is None or held is None:
        axes, runs = unknown_axes(names)
    else:
        axes, runs = Receivers().of_object(owner, held, names, checker)
    return function.accept(Substitution(axes, runs, encoder)) if axes or runs else function


def _signature(t: Instance) -> CallableType | None:
    """The signature of calling an object."""
    method = t.type.get_method("__call__")
    signature = get_proper_type(method.type) if isinstance(method, FuncDef) and method.type is not None else None
    return without_first(signature) if isinstance(signature, CallableType) and signature.arg_types else None


def lose_methods(ctx: Any, result: Type) -> None:
    """After a call of a generic function: report methods that are given to it, whose object its type does not tell."""
    given = (get_proper_type(t) for types in ctx.arg_types for t in types) if reports_losses() else ()
    for t in given:
        if mentions_shapes(result) and forgets_its_object(t):
            lost(ctx.api, ctx.context, "of which object a method is, is not known to the function that it is given to")


def forgets_its_object(t: Type) -> bool:
    """Whether a type is of a method that speaks of the axes of its object."""
    found = get_proper_type(t)
    if not isinstance(found, CallableType) or not is_method_of_object(found):
        return False
    assert isinstance(found.definition, FuncDef)
    return bool(names_of(found, found.definition.info))

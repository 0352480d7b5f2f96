"""The names that a call of a function binds, and the methods of what is given for a protocol."""

from __future__ import annotations

from collections.abc import Iterator

from mypy.nodes import FuncDef
from mypy.types import (
    CallableType,
    Instance,
    Type,
    TypeVarTupleType,
    TypeVarType,
    get_proper_type,
)

from tl_checker.shapes.annotations.axes import described_names, dims_in, names_in, names_of_parameters
from tl_checker.shapes.annotations.encoding import is_dim, is_int_variable


def protocol_methods(wanted: Instance, got: Type) -> Iterator[tuple[str, CallableType, CallableType]]:
    """The methods of a protocol, and those of a function or an object that stand for them.

    Only those whose axes are all their own: of the axes of an object it is not known which ones it was made with.
    """
    for name, symbol in wanted.type.names.items():
        asked = _method(symbol.node)
        given = _given(get_proper_type(got), name)
        if asked is not None and given is not None and _is_general(given):
            yield name, asked, given


def _given(got: Type, name: str) -> CallableType | None:
    if isinstance(got, CallableType):
        return got if name == "__call__" and not got.is_type_obj() else None
    return _method(got.type.get_method(name)) if isinstance(got, Instance) else None


def _method(node: object) -> CallableType | None:
    signature = get_proper_type(node.type) if isinstance(node, FuncDef) and node.type is not None else None
    if not isinstance(node, FuncDef) or node.is_static or not isinstance(signature, CallableType):
        return None
    if not signature.arg_types:
        return None
    return signature.copy_modified(
        arg_types=signature.arg_types[1:], arg_kinds=signature.arg_kinds[1:], arg_names=signature.arg_names[1:]
    )


def _is_general(signature: CallableType) -> bool:
    free = free_names(signature)
    names = [names_in(dim) for dim in dims_in(signature)]
    return bool(names) and all(each <= free for each in names)


def free_names(signature: CallableType) -> frozenset[str]:
    """The axes that a call of this function binds."""
    dims = [v for v in signature.variables if isinstance(v, (TypeVarType, TypeVarTupleType)) and is_dim(v)]
    of_user = {int_variable_name(variable) for variable in signature.variables if is_int_variable(variable)}
    own = described_names(signature) | names_of_parameters(signature)
    return own.union(of_user, *(names_in(dim) for dim in dims))


def int_variable_name(variable: Type) -> str:
    """The atom of an int-bound type variable of the user."""
    assert isinstance(variable, TypeVarType)
    return f"{variable.id.namespace}:{variable.name}"

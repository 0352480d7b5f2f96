"""The axes of functions and classes: which ones a type mentions, and those that a Module's fields declare."""

from __future__ import annotations

from mypy.nodes import FuncDef, TypeInfo, Var
from mypy.type_visitor import TypeQuery
from mypy.types import CallableType, Instance, LiteralType, Type, TypeVarTupleType, TypeVarType, UnpackType

from tl_checker.shapes.encoding import ARRAYS, PREFIX, STAR_PREFIX, SYMINT, decode_axis, is_dim
from tl_dsl.dims import Dim, atoms


class _Dims(TypeQuery[list[TypeVarType | TypeVarTupleType]]):
    """Every axis that a type mentions."""

    def strategy(self, items: list[list[TypeVarType | TypeVarTupleType]]) -> list[TypeVarType | TypeVarTupleType]:
        return [dim for item in items for dim in item]

    def visit_type_var(self, t: TypeVarType) -> list[TypeVarType | TypeVarTupleType]:
        return [t] if is_dim(t) else []

    def visit_type_var_tuple(self, t: TypeVarTupleType) -> list[TypeVarType | TypeVarTupleType]:
        return [t] if is_dim(t) else []

    def visit_unpack_type(self, t: UnpackType) -> list[TypeVarType | TypeVarTupleType]:
        return t.type.accept(self)


def dims_in(t: Type) -> list[TypeVarType | TypeVarTupleType]:
    """The axes that a type mentions, in order."""
    return t.accept(_Dims())


def scope_of(name: str) -> str:
    """The scope of an atom "scope:name"."""
    return name.rpartition(":")[0]


def names_in(t: TypeVarType | TypeVarTupleType) -> frozenset[str]:
    """The atoms of one axis; of `*name`, "*scope:name"."""
    if isinstance(t, TypeVarTupleType):
        return frozenset({t.fullname[len(STAR_PREFIX) - 1 :]})
    return atoms(decode_axis(t))


class _OwnOfCallables(TypeQuery[frozenset[str]]):
    """The axes that the functions in a type bind for themselves."""

    def strategy(self, items: list[frozenset[str]]) -> frozenset[str]:
        return frozenset().union(*items)

    def visit_callable_type(self, t: CallableType) -> frozenset[str]:
        own = [names_in(v) for v in t.variables if isinstance(v, (TypeVarType, TypeVarTupleType)) and is_dim(v)]
        return super().visit_callable_type(t).union(*own)


def names_of_callables(t: Type) -> frozenset[str]:
    """The axes that the functions in a type bind for themselves: a call of them gives each a value anew."""
    return t.accept(_OwnOfCallables())


def own_dims(t: Type, scope: str) -> list[TypeVarType | TypeVarTupleType]:
    """The axes that a type mentions and that belong to one function."""
    return [dim for dim in dims_in(t) if any(scope_of(name.lstrip("*")) == scope for name in names_in(dim))]


class _MentionsShapes(TypeQuery[bool]):
    """Whether a type says something about a shape."""

    def strategy(self, items: list[bool]) -> bool:
        return any(items)

    def visit_instance(self, t: Instance) -> bool:
        if t.type.fullname in ARRAYS or t.type.fullname == SYMINT or any(a.accept(self) for a in t.args):
            return True
        return t.type.is_protocol and protocol_mentions_shapes(t.type)

    def visit_type_var(self, t: TypeVarType) -> bool:
        return t.fullname.startswith(PREFIX)

    def visit_type_var_tuple(self, t: TypeVarTupleType) -> bool:
        return t.fullname.startswith(PREFIX)

    def visit_literal_type(self, t: LiteralType) -> bool:
        return False


_mentions = _MentionsShapes()
_protocols: dict[int, tuple[TypeInfo, bool]] = {}


def protocol_mentions_shapes(info: TypeInfo) -> bool:
    """Whether a method of a user's protocol has a signature with axes."""
    if info.fullname.startswith(("typing.", "_typeshed.", "collections.", "numpy.")):
        return False
    found = _protocols.get(id(info))
    if found is None or found[0] is not info:
        _protocols[id(info)] = (info, False)  # a protocol may mention itself
        types = [symbol.node.type for symbol in info.names.values() if isinstance(symbol.node, (FuncDef, Var))]
        mentioned = any(t is not None and bool(dims_in(t)) for t in types)
        found = _protocols[id(info)] = (info, mentioned)
    return found[1]


def mentions_shapes(t: Type) -> bool:
    """Whether a type holds a Tensor or a size."""
    return bool(t.accept(_mentions))


def is_module(info: TypeInfo) -> bool:
    """Whether a class is a Module of the language: its fields' axes are the class's own."""
    return any(base.name == "Module" and base.fullname.startswith("tl_dsl.nn.") for base in info.mro)


def class_axes(info: TypeInfo) -> dict[str, Dim]:
    """The axes that the fields of a Module and of its bases declare, by name."""
    found: dict[str, Dim] = {}
    if not is_module(info):
        return found
    for base in reversed(info.mro):
        for symbol in base.names.values():
            if isinstance(symbol.node, Var) and symbol.node.type is not None:
                for name in class_names(symbol.node.type, base.fullname):
                    short = name.rpartition(":")[2]
                    found.setdefault(short, Dim.name(short, base.fullname))
    return found


def class_names(t: Type, scope: str) -> list[str]:
    """The atoms of one class that a type mentions."""
    return [name for dim in dims_in(t) for name in sorted(names_in(dim)) if scope_of(name) == scope]

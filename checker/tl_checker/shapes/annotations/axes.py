"""The axes of functions and classes: which ones a type mentions, and those that a class's fields declare."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Set
from functools import lru_cache
from typing import Final

from mypy.nodes import Decorator, FuncDef, MemberExpr, OverloadedFuncDef, TypeInfo, Var
from mypy.type_visitor import TypeQuery
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    LiteralType,
    TupleType,
    Type,
    TypeVarId,
    TypeVarTupleType,
    TypeVarType,
    UnpackType,
)

from tl_checker.shapes.annotations.encoding import (
    ARRAYS,
    PREFIX,
    SYMINT,
    Encoder,
    array_shape,
    as_array,
    decode_axis,
    is_dim,
    is_int_variable,
    run_named,
)
from tl_checker.shapes.annotations.fields import KEY, fields_of, value_of_field
from tl_checker.shapes.host.internals import for_this_round
from tl_checker.shapes.host.memory import Memory
from tl_checker.shapes.sizes.forms import form_of
from tl_dsl.dims import UNKNOWN, Axis, Dim, OneOr, atoms, dim_of
from tl_dsl.shapes import Shape, Star, parse_shape

AXIS: Final = "<axis "
"""Under this name, the type of an object keeps the value of an axis."""


def axes_of_object(t: Instance) -> dict[str, Type]:
    """The axes that the type of an object keeps: "class:name", and "*class:name" for runs."""
    if t.extra_attrs is None:
        return {}
    return {name[len(AXIS) :]: value for name, value in t.extra_attrs.attrs.items() if name.startswith(AXIS)}


class _Dims(TypeQuery[list[TypeVarType | TypeVarTupleType]]):
    """Every axis that a type mentions."""

    def strategy(self, items: list[list[TypeVarType | TypeVarTupleType]]) -> list[TypeVarType | TypeVarTupleType]:
        return [dim for item in items for dim in item]

    def visit_type_var(self, t: TypeVarType) -> list[TypeVarType | TypeVarTupleType]:
        return [t] if is_dim(t) else dims_in(t.upper_bound) if as_array(t) is not None else []

    def visit_type_var_tuple(self, t: TypeVarTupleType) -> list[TypeVarType | TypeVarTupleType]:
        return [t] if is_dim(t) else []

    def visit_unpack_type(self, t: UnpackType) -> list[TypeVarType | TypeVarTupleType]:
        return t.type.accept(self)

    def visit_instance(self, t: Instance) -> list[TypeVarType | TypeVarTupleType]:
        if t.extra_attrs is None and t.type.fullname in ARRAYS:
            return _axes(t)
        return super().visit_instance(t) + self.query_types(list(axes_of_object(t).values()))


def _axes(array: Instance) -> list[TypeVarType | TypeVarTupleType]:
    """The axes in an array's type of which nothing else is known."""
    found = _of_arrays.of(array)
    if found is None:
        found = []
        for argument in array.args:
            for item in argument.items if isinstance(argument, TupleType) else (argument,):
                inner = item.type if isinstance(item, UnpackType) else item
                if isinstance(inner, (TypeVarType, TypeVarTupleType)) and is_dim(inner):
                    found.append(inner)
                elif not isinstance(inner, (AnyType, LiteralType)) and (not isinstance(inner, Instance) or inner.args):
                    found += dims_in(inner)
        _of_arrays.note(array, found)
    return found


_of_arrays = Memory[list[TypeVarType | TypeVarTupleType]]()


def dims_in(t: Type) -> list[TypeVarType | TypeVarTupleType]:
    """The axes that a type mentions, in order."""
    if isinstance(t, Instance) and t.extra_attrs is None and t.type.fullname in ARRAYS:
        return _axes(t)
    return t.accept(_Dims())


class _Spread(TypeQuery[list[Axis | Star]]):
    """Every `#n` and `*#b` that a type mentions."""

    def strategy(self, items: list[list[Axis | Star]]) -> list[Axis | Star]:
        return [axis for item in items for axis in item]

    def visit_instance(self, t: Instance) -> list[Axis | Star]:
        if t.type.fullname not in ARRAYS:
            return self.query_types(t.args)
        axes: list[Axis | Star] = []
        for axis in array_shape(t):
            if isinstance(axis, OneOr):
                axes.append(axis.size)
            elif isinstance(axis, Star) and axis.spread is not None:
                axes.append(Star(axis.spread))
        return axes


def may_broadcast(t: Type) -> bool:
    """Whether a type mentions an axis that may be broadcast: `#n`, `*#b`."""
    return bool(t.accept(_Spread()))


def spread_in(t: Type, encoder: Encoder) -> list[TypeVarType | TypeVarTupleType]:
    """The sizes n of `#n` and the runs `*b` of `*#b` that a type mentions, as type variables."""
    spread = t.accept(_Spread())
    if not spread:
        return []
    found = (encoder.star(axis).type if isinstance(axis, Star) else encoder.axis(axis) for axis in spread)
    return [t for t in found if isinstance(t, (TypeVarType, TypeVarTupleType))]


def scope_of(name: str) -> str:
    """The scope of an atom "scope:name"."""
    return name.rpartition(":")[0]


def names_in(t: TypeVarType | TypeVarTupleType) -> frozenset[str]:
    """The atoms of one axis; of `*name`, "*scope:name"."""
    return _names_of_run(t.fullname) if isinstance(t, TypeVarTupleType) else atoms(decode_axis(t))


@lru_cache(maxsize=2048)
def _names_of_run(fullname: str) -> frozenset[str]:
    return frozenset({f"*{run_named(fullname).run[0]}"})


OF_CALLABLE: Final = "<callable_"
"""In the scope of names that a described function (`Callable[...]`) binds at each of its calls."""
OF_PARAMETER: Final = f"{OF_CALLABLE}parameter>"
"""The end of that scope for a function that is a parameter: a call that gives the function binds them too."""


class _OuterDims(_Dims):
    """The same without those inside functions."""

    def visit_callable_type(self, t: CallableType) -> list[TypeVarType | TypeVarTupleType]:
        return []


def described_names(t: CallableType) -> frozenset[str]:
    """The names that a described function binds at each of its calls."""
    dims = [dim for part in (*t.arg_types, t.ret_type) for dim in part.accept(_OuterDims())]
    return frozenset(name for dim in dims for name in names_in(dim) if OF_CALLABLE in scope_of(name))


def names_of_parameters(t: CallableType) -> frozenset[str]:
    """The names that functions among the parameters have for themselves: they fit a function for some sizes only."""
    names = (name for parameter in t.arg_types for dim in dims_in(parameter) for name in names_in(dim))
    return frozenset(name for name in names if scope_of(name.lstrip("*")).endswith(OF_PARAMETER))


class _Functions(TypeQuery[list[CallableType]]):
    """The functions that a type describes, without those inside them."""

    def strategy(self, items: list[list[CallableType]]) -> list[CallableType]:
        return [function for item in items for function in item]

    def visit_callable_type(self, t: CallableType) -> list[CallableType]:
        return [t]


def names_of_single_parameters(signature: CallableType, scope: str) -> frozenset[str]:
    """The names of a scope that only functions among the parameters mention, each among its own parameters."""
    others = [t for t in signature.arg_types if as_array(t) is None]  # in arrays are no functions
    functions = [function for parameter in others for function in parameter.accept(_Functions())]
    if not functions:
        return frozenset()
    outside = Counter(_all_names(signature))
    bound: set[str] = set()
    not_bound: set[str] = set()
    for function in functions:
        names = _all_names(function)
        outside.subtract(names)
        bindable = {name for t in function.arg_types for name in _all_names(t)}
        bound |= bindable
        not_bound |= set(names) - bindable
    return frozenset(
        name
        for name in bound - not_bound
        if scope_of(name.lstrip("*")) == scope and not outside[name] and "{" not in name
    )


def _all_names(t: Type) -> list[str]:
    return [name for dim in dims_in(t) for name in names_in(dim)]


class _OwnOfCallables(TypeQuery[frozenset[str]]):
    """The axes that the functions in a type bind for themselves."""

    def strategy(self, items: list[frozenset[str]]) -> frozenset[str]:
        return frozenset().union(*items)

    def visit_callable_type(self, t: CallableType) -> frozenset[str]:
        own = [names_in(v) for v in t.variables if isinstance(v, (TypeVarType, TypeVarTupleType)) and is_dim(v)]
        return super().visit_callable_type(t).union(described_names(t), *own)


def names_of_callables(t: Type) -> frozenset[str]:
    """The axes that the functions in a type bind for themselves: a call of them gives each a value anew."""
    return t.accept(_OwnOfCallables())


def _own_dims(t: Type, scope: str, encoder: Encoder, also: Set[str]) -> list[TypeVarType | TypeVarTupleType]:
    """The axes that a type mentions and that belong to one function, those of functions that it takes included."""
    dims = [*dims_in(t), *spread_in(t, encoder)]
    return [
        dim
        for dim in dims
        if any(name in also or _belongs(scope_of(name.lstrip("*")), scope) for name in names_in(dim))
    ]


def plain_shape(t: Type | None) -> Shape | None:
    """The shape of an array's type in which there are but numbers and names, as in most; None for other types."""
    if not isinstance(t, Instance) or t.extra_attrs is not None or t.type.fullname not in ARRAYS:
        return None
    shape = array_shape(t)
    return None if None in map(form_of, shape) else shape


def own_dims_of(
    types: Iterable[Type], scope: str, encoder: Encoder, also: Set[str] = frozenset()
) -> list[TypeVarType | TypeVarTupleType]:
    """The same for several types, each axis once. `also` are atoms of the function around it, which calls bind, too."""
    found: dict[TypeVarId, TypeVarType | TypeVarTupleType] = {}
    met: set[Axis | Star] = set()
    for t in types:
        shape = None if also else plain_shape(t)
        for dim in _own_dims(t, scope, encoder, also) if shape is None else ():
            found.setdefault(dim.id, dim)
        for axis in shape or ():
            if axis not in met:
                met.add(axis)
                own = _own(axis, scope, encoder)
                if own is not None:
                    found.setdefault(own.id, own)
    return [*found.values()]


def _own(axis: Axis | Star, scope: str, encoder: Encoder) -> TypeVarType | TypeVarTupleType | None:
    """The type variable of an axis that is known, if it belongs to a function."""
    if isinstance(axis, Dim):
        if any([_belongs(scope_of(atom), scope) for atom in axis.atoms]):
            dim = encoder.axis(axis)
            assert isinstance(dim, TypeVarType)
            return dim
    elif isinstance(axis, Star) and _belongs(scope_of(axis.run[0]), scope):
        run = encoder.star(axis).type
        assert isinstance(run, TypeVarTupleType)
        return run
    return None


def _belongs(own: str, scope: str) -> bool:
    return own == scope or (own.endswith(OF_PARAMETER) and own.startswith(f"{scope}."))


class _MentionsShapes(TypeQuery[bool]):
    """Whether a type says something about a shape."""

    def strategy(self, items: list[bool]) -> bool:
        return any(items)

    def visit_instance(self, t: Instance) -> bool:
        if t.type.fullname in ARRAYS or t.type.fullname == SYMINT or any(a.accept(self) for a in t.args):
            return True
        if axes_of_object(t) or any(map(is_int_variable, t.type.defn.type_vars)):
            return True
        return t.type.is_protocol and protocol_mentions_shapes(t.type)

    def visit_type_var(self, t: TypeVarType) -> bool:
        return t.fullname.startswith(PREFIX) or as_array(t) is not None

    def visit_type_var_tuple(self, t: TypeVarTupleType) -> bool:
        return t.fullname.startswith(PREFIX)

    def visit_literal_type(self, t: LiteralType) -> bool:
        return False


_mentions = _MentionsShapes()
_protocols: dict[int, tuple[TypeInfo, bool]] = for_this_round({})


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


def class_axes(info: TypeInfo) -> dict[str, str]:
    """The axes that the fields of a class and of its bases declare: {"n": "pkg.Base:n", "*b": "*pkg.Base:b"}."""
    found: dict[str, str] = {}
    for base in reversed(info.mro):
        found.update(_axes_of_items(base))
        for name in fields_of(base).axes:
            star = "*" * name.startswith("*")
            own = f"{star}{base.fullname}:{name.removeprefix('*')}"
            found.setdefault(name, dict(fields_of(base).renamed).get(name, own))
    return found


def value_of_attribute(info: TypeInfo, name: str, asking: Set[str] = frozenset()) -> Dim | int | None:
    """The size that `self.name` is: what a property computes, or the value `{self.name}` that a field keeps.

    `asking` are the properties that are computed of it.
    """
    owner = next((base for base in info.mro if name in base.names), info)
    text = dict(fields_of(owner).computed).get(name)
    if text is None or name in asking:
        return value_of_field(info, name)
    spec = parse_shape(text)
    changing, of_class = changing_axes(info), class_axes(info)
    known: dict[str, Axis] = {}
    for read in {name for token in spec.tokens for name in token.names}:
        atom = of_class.get(read)
        known[read] = UNKNOWN if atom is None or atom in changing else dim_of(atom)
    for field in re.findall(r"\{self\.(\w+)\}", text):
        value = value_of_attribute(info, field, {*asking, name})
        known[f"{{self.{field}}}"] = UNKNOWN if value is None else value
    (size,) = spec.shape(known, values=True)
    return size if isinstance(size, (Dim, int)) else value_of_field(info, name)


def computed_values(info: TypeInfo) -> frozenset[str]:
    """The atoms `{self.name}` of properties: their values follow from others, and nobody chooses them."""
    names = {name for base in info.mro for name in base.names if is_computed(info, name)}
    values = [value_of_field(info, name) for name in names]
    return frozenset(atom for value in values if value is not None for atom in atoms(value))


def is_computed(info: TypeInfo, name: str) -> bool:
    """Whether an attribute is a property."""
    symbol = info.get(name)
    node = symbol.node if symbol is not None else None
    node = node.func if isinstance(node, Decorator) else node
    return isinstance(node, (FuncDef, OverloadedFuncDef)) and node.is_property


def stored_axes(info: TypeInfo) -> dict[str, str]:
    """The axes of arrays that the constructors of a class and of its bases take and keep: {"n": "pkg.Base:n"}.

    Fields of these arrays have them, whose annotations the class does not repeat. In methods, the names are free.
    """
    found: dict[str, str] = {}
    for base in reversed(info.mro):
        for name in fields_of(base).stored:
            found[name] = "*" * name.startswith("*") + f"{base.fullname}:{name.removeprefix('*')}"
    return found


def of_self(atom: str) -> str:
    """The atom that such an axis is in a method which does not name it: "pkg.Base:{self.n}"."""
    scope, _, name = atom.rpartition(":")
    return f"{scope}:{{self.{name}}}"


def _axes_of_items(info: TypeInfo) -> dict[str, str]:
    """The axes of a named tuple, which stand in the types of its items: {"n": "pkg.Params:{Params.n}"}."""
    items = info.tuple_type.items if info.is_named_tuple and info.tuple_type is not None else ()
    names = (name for item in items for dim in dims_in(item) for name in names_in(dim))
    own = dict.fromkeys(name for name in names if scope_of(name.lstrip("*")) == info.fullname)
    return {"*" * name.startswith("*") + name.rstrip("}").rpartition(".")[2]: name for name in own}


def names_of(t: Type, info: TypeInfo) -> frozenset[str]:
    """The atoms of a class and its bases that a type mentions, "*pkg.Base:b" for runs."""
    classes = {base.fullname for base in info.mro}
    names = (name for dim in dims_in(t) for name in names_in(dim))
    return frozenset(name for name in names if scope_of(name.lstrip("*")) in classes)


def changes(info: TypeInfo, access: object) -> bool:
    """Whether methods of the class give the field that is named here values of other shapes."""
    name = access.name if isinstance(access, MemberExpr) else ""
    return any(name in fields_of(base).changing for base in info.mro)


def changing_axes(info: TypeInfo) -> frozenset[str]:
    """The axes of fields to which methods give values of other shapes."""
    found: frozenset[str] = frozenset()
    for base in info.mro:
        for field in fields_of(base).changing:
            symbol = info.get(field)
            node = symbol.node if symbol is not None else None
            is_declared = isinstance(node, Var) and (not node.is_inferred or node.explicit_self_type)
            if isinstance(node, Var) and node.type is not None and is_declared:
                found |= names_of(node.type, info)
    return found


def shared_axes(info: TypeInfo, access: object) -> frozenset[str]:
    """The axes that other fields mention than the one named here: a new value of it has to keep them."""
    name = access.name if isinstance(access, MemberExpr) else ""
    found: frozenset[str] = frozenset()
    for base in info.mro:
        for other, symbol in base.names.items():
            if other != name and isinstance(symbol.node, Var) and symbol.node.type is not None:
                found |= names_of(symbol.node.type, info)
    return found


def has_axes(info: TypeInfo) -> bool:
    """Whether anything is known of the axes of a class."""
    return any(KEY in base.metadata for base in info.mro) or bool(_axes_of_items(info))

"""Overrides whose axes have names: `k -> k+1` may override `n -> n+1`, and `k -> k+2` may not.

mypy compares the methods, but takes an expression for one more type variable that may be anything, and says of
functions whose axes do not fit only that the signatures are incompatible.
"""

from __future__ import annotations

from collections.abc import Iterator

from mypy.nodes import Decorator, FuncDef
from mypy.types import CallableType

from tl_checker.shapes.annotations.axes import dims_in, names_in, names_of, scope_of
from tl_checker.shapes.annotations.encoding import Encoder
from tl_checker.shapes.signatures.matching import Matcher, Substitution
from tl_checker.shapes.signatures.protocols import free_names
from tl_checker.shapes.sizes.unify import Bindings
from tl_dsl.errors import ShapeError

_NEVER: frozenset[str] = frozenset({"__init__", "__new__", "__init_subclass__", "__post_init__"})


def override_errors(function: FuncDef, encoder: Encoder) -> Iterator[tuple[ShapeError, str]]:
    """What is wrong with a method that overrides another, and whose; all signatures are known by then."""
    signature = function.type
    if function.name in _NEVER or not isinstance(signature, CallableType):
        return
    for base in function.info.mro[1:]:
        symbol = base.names.get(function.name)
        node = symbol.node if symbol is not None else None
        node = node.func if isinstance(node, Decorator) else node
        if isinstance(node, FuncDef) and isinstance(node.type, CallableType):
            if dims_in(signature) or dims_in(node.type):
                of_object = not (function.is_static or node.is_static)
                own = names_of(signature, function.info)
                found = misfits(_bound(node.type, of_object), _bound(signature, of_object), encoder, own)
                yield from ((error, base.name) for error in found)
            return


def is_of_object(function: FuncDef) -> bool:
    """Whether a method has axes of its object: it may override one that takes any, for objects that fit."""
    return isinstance(function.type, CallableType) and bool(names_of(function.type, function.info))


def misfits(
    base: CallableType, override: CallableType, encoder: Encoder, of_object: frozenset[str] = frozenset()
) -> list[ShapeError]:
    """Why a method cannot stand where another does: it has to take what that takes, and give what that gives.

    The axes `of_object` are those of some object.
    """
    names = {name for t in (base, override) for dim in dims_in(t) for name in names_in(dim)} - of_object
    owners = {scope_of(name.lstrip("*")) for name in names}
    if len(base.arg_types) != len(override.arg_types) or len(owners) > 2:
        return []  # mypy says the first; of the axes of objects nothing is known
    own = Bindings(free_names(override) | of_object)
    parameters = Matcher(own, encoder)
    for i, (wanted, given) in enumerate(zip(override.arg_types, base.arg_types, strict=True)):
        parameters.match(wanted, given, f"argument {i + 1}")
    parameters.finish()
    result = Matcher(Bindings(frozenset()), encoder)
    put_in = Substitution(own.axes, own.runs, encoder, own.free)
    result.match(base.ret_type, override.ret_type.accept(put_in), "the result")
    result.finish()
    return [*own.errors, *result.bindings.errors]


def _bound(signature: CallableType, of_object: bool) -> CallableType:
    if not of_object or not signature.arg_types:
        return signature
    return signature.copy_modified(
        arg_types=signature.arg_types[1:], arg_kinds=signature.arg_kinds[1:], arg_names=signature.arg_names[1:]
    )

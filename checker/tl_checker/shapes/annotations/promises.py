"""Values in braces that a signature promises for all sizes, and those that are only what some caller gives.

In `def f(n: int, x: Float[Array, "{n} m"])` the body has to hold for every n and m, as if n were an axis. An int that
no annotation mentions is no promise: a caller may well give the size of an axis there. What the fields and the methods
of a class mention is promised among such values: `"{self.i} {self.o}"` says that i and o may differ. An axis that a
field declares by a name is one in the methods, though the constructor took an int for it.
"""

from __future__ import annotations

import functools
from typing import Any

from mypy.nodes import FuncDef, FuncItem, Var
from mypy.types import CallableType, Type, TypeVarTupleType, TypeVarType

from tl_checker.shapes.annotations.axes import (
    class_axes,
    computed_values,
    dims_in,
    names_in,
    names_of,
    of_self,
    plain_shape,
    scope_of,
    stored_axes,
)
from tl_checker.shapes.annotations.fields import CONSTRUCTORS
from tl_checker.shapes.annotations.outer_names import free_names
from tl_checker.shapes.host.internals import current_body, for_this_round
from tl_checker.shapes.host.memory import Memory
from tl_checker.shapes.sizes.sorts import AXIS, FIELD, PROMISED, STORED, VALUE, hold, of_named_tuple

_last: dict[str, FuncItem | None] = for_this_round({})
"""The function or lambda that was checked when somebody asked before."""
_known: dict[int, tuple[FuncDef, dict[str, str]]] = for_this_round({})


def keep_promises(checker: Any) -> None:
    """From now on, sizes are held against each other as the function that is being checked promises."""
    body = current_body(checker)
    if _last.get("body", ...) is not body:
        _last["body"] = body
        hold(functools.partial(_promises, body) if isinstance(body, FuncDef) else dict)


def _promises(function: FuncDef) -> dict[str, str]:
    found = _known.get(id(function))
    if found is None or found[0] is not function:
        promises: dict[str, str] = {}
        for base in function.info.mro if function.info else ():
            for symbol in base.names.values():
                if isinstance(symbol.node, (Var, FuncDef)) and _has_braces(symbol.node.type):
                    assert symbol.node.type is not None
                    promises.update((name, FIELD) for name in names_of(symbol.node.type, base) if "{" in name)
        for name, atom in stored_axes(function.info).items() if function.info else ():
            if not name.startswith("*"):
                promises[of_self(atom)] = promises[f"{function.fullname}:{name}"] = STORED + scope_of(atom)
        if function.info and function.name not in CONSTRUCTORS:  # to methods, the axes that fields declare are axes
            of_class = class_axes(function.info).values()
            promises.update((atom, PROMISED if "{" in atom else AXIS) for atom in of_class)
        own = (name.lstrip("*") for name in free_names(function))
        promises.update((f"{function.fullname}:{name}@{function.name}", PROMISED) for name in own)
        for dim in _dims_of(function.type):
            if "{" in dim.fullname:
                promises.update((name, PROMISED) for name in names_in(dim) if "{" in name and not of_named_tuple(name))
        promises.update((atom, VALUE) for atom in (computed_values(function.info) if function.info else ()))
        found = _known[id(function)] = (function, promises)
    return found[1]


def _has_braces(t: Type | None) -> bool:
    """Whether a type mentions a value in braces."""
    if t is None:
        return False
    found = _braces.of(t)
    if found is None:
        found = any("{" in dim.fullname for dim in dims_in(t))
        _braces.note(t, found)
    return found


_braces = Memory[bool]()


def _dims_of(signature: Type | None) -> list[TypeVarType | TypeVarTupleType]:
    """The axes that a signature mentions; nothing where all that it has are names."""
    parts = [*signature.arg_types, signature.ret_type] if isinstance(signature, CallableType) else [signature]
    return [] if signature is None or None not in map(plain_shape, parts) else dims_in(signature)

"""`Pair(*arrays)`, where the last parameters of Pair are no arrays and have values without an argument.

mypy holds the items of a list against each parameter that is left, as it does not know where the list ends. Without
axes it often knows nothing of the items, either, and is silent.
"""

from __future__ import annotations

from typing import Any

from mypy.nodes import ARG_STAR, CallExpr
from mypy.types import CallableType, Instance, Type, get_proper_type

from tl_checker.shapes.annotations.encoding import ARRAYS, any_type, as_array, members_of
from tl_checker.shapes.calls.given import item_of
from tl_checker.shapes.host.internals import inferred


def where_lists_may_end(ctx: Any, signature: CallableType) -> CallableType:
    """The signature with which mypy checks a call: a list of arrays may end before a parameter that needs no value."""
    call = ctx.context
    if not isinstance(call, CallExpr) or ARG_STAR not in call.arg_kinds:
        return signature
    starred = {id(given) for given, kind in zip(call.args, call.arg_kinds, strict=True) if kind == ARG_STAR}
    begun: set[int] = set()
    wanted = list(signature.arg_types)
    for i, given in enumerate(ctx.args):
        for each in (each for each in given if id(each) in starred):
            if any(map(_is_array, members_of(wanted[i]))):
                begun.add(id(each))
            elif id(each) in begun and signature.arg_kinds[i].is_optional() and _is_list_of_arrays(each, ctx.api):
                wanted[i] = any_type()
    return signature.copy_modified(arg_types=wanted)


def _is_list_of_arrays(given: Any, checker: Any) -> bool:
    found = get_proper_type(inferred(checker, given))
    return isinstance(found, Instance) and all(map(_is_array, members_of(item_of(found))))


def _is_array(t: Type) -> bool:
    array = as_array(t)
    return array is not None and array.type.fullname in ARRAYS

"""`functools.cache` and `lru_cache`: their type in mypy forgets the parameters of the function; ours carries them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final

from mypy.argmap import map_actuals_to_formals
from mypy.types import CallableType, Instance, Type, get_proper_type

from tl_checker.shapes.annotations.axes import dims_in
from tl_checker.shapes.annotations.encoding import Encoder
from tl_checker.shapes.calls.calls import Calls
from tl_checker.shapes.calls.entry_points import carrying, derived_signature

MADE: Final = "<cache>"
"""The name of what `lru_cache(maxsize=8)` gives, under which the plugin is asked about its call."""
CACHES: Final = frozenset({"functools.cache", "functools.lru_cache", MADE})
CACHED_CALL: Final = "functools._lru_cache_wrapper.__call__"


def cached(ctx: Any) -> Type:
    """The type of a function whose results are kept, or of what makes one."""
    default: Type = ctx.default_return_type
    result = get_proper_type(default)
    if isinstance(result, CallableType):
        return result.copy_modified(name=MADE)
    given = [get_proper_type(t) for types in ctx.arg_types for t in types]
    function = given[0] if given else None
    if isinstance(result, Instance) and isinstance(function, CallableType) and dims_in(function):
        return carrying(result, function)
    return result


def cached_call(ctx: Any, calls: Calls, encoder: Encoder) -> Type:
    """The result of a call, which mypy checks no arguments of."""
    signature = derived_signature(ctx.type)
    if signature is None:
        return ctx.default_return_type  # type: ignore[no-any-return]
    call = arranged(ctx, signature)
    return signature.ret_type if call is None else calls.check(call, signature, signature.ret_type, encoder)


def arranged(ctx: Any, signature: CallableType) -> Any:
    """The call as one of the function itself; None where mypy would refuse it."""
    flat = [
        (expression, t, kind, name)
        for columns in zip(ctx.args, ctx.arg_types, ctx.arg_kinds, ctx.arg_names, strict=True)
        for expression, t, kind, name in zip(*columns, strict=True)
    ]
    if any(kind.is_star() for _, _, kind, _ in flat):
        return None
    places = map_actuals_to_formals(
        [kind for _, _, kind, _ in flat],
        [name for _, _, _, name in flat],
        signature.arg_kinds,
        signature.arg_names,
        lambda i: flat[i][1],
    )
    if sorted(i for given in places for i in given) != list(range(len(flat))):
        return None
    return SimpleNamespace(
        api=ctx.api,
        context=ctx.context,
        args=[[flat[i][0] for i in given] for given in places],
        arg_types=[[flat[i][1] for i in given] for given in places],
        arg_kinds=[[flat[i][2] for i in given] for given in places],
        arg_names=[[flat[i][3] for i in given] for given in places],
        callee_arg_names=signature.arg_names,
    )

"""Lambdas without types: their bodies are checked where they are called, with the arguments that they get.

`tl.grad(lambda v: v @ w)` says nothing of `v`. Its type is a function under a name that tells the place; a call of it
finds the lambda there, and mypy checks its body once more, now with a type for `v`.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from mypy.nodes import Expression
from mypy.types import AnyType, CallableType, ExtraAttrs, Type, get_proper_type

from tl_checker.shapes.annotations.encoding import any_type
from tl_checker.shapes.host.internals import type_of

LATE: Final = "<late "
"""The attribute of a function's type that tells where it was made; its name would be lost in a variable."""


class Late(NamedTuple):
    """A call of an entry point on a function whose parameters are not known yet."""

    name: str
    ctx: Any
    function: Expression


_late: dict[tuple[str, str], Late] = {}


def is_untyped(t: Type) -> bool:
    """Whether a function's parameters have no types."""
    t = get_proper_type(t)
    if not isinstance(t, CallableType):
        return False
    return all(isinstance(get_proper_type(x), AnyType) for x in t.arg_types)


def postponed(name: str, ctx: Any, function: Expression, like: CallableType) -> CallableType:
    """The type of `grad(lambda ...)`: a function that is found again by its name."""
    place = f"{LATE}{ctx.context.line}:{ctx.context.column}>"
    _late[ctx.api.path, place] = Late(name, ctx, function)
    fallback = like.fallback.copy_modified()
    fallback.extra_attrs = ExtraAttrs({place: any_type()})
    return like.copy_modified(fallback=fallback, name=place, definition=None, variables=[], ret_type=any_type())


def late_of(ctx: Any, t: Type | None) -> Late | None:
    """The call of an entry point behind a function, in the file that is being checked."""
    t = get_proper_type(t)
    if not isinstance(t, CallableType) or not t.fallback.extra_attrs:
        return None
    places = [place for place in t.fallback.extra_attrs.attrs if place.startswith(LATE)]
    return _late.get((ctx.api.path, places[0])) if places else None


def callee_type(ctx: Any) -> Type | None:
    """The type of what is called."""
    callee = getattr(ctx.context, "callee", None)
    return None if callee is None else type_of(ctx.api, callee)

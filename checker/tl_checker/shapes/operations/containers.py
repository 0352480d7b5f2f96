"""Lists, sets and dictionaries of sizes.

mypy infers `list[SymInt[n]]` of `[x.shape[0]]`, and would refuse every other int from then on. A program may put any
in: so any is taken, and what is taken out is an int of which nothing is known.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.nodes import Expression, IndexExpr, MemberExpr
from mypy.types import FunctionLike, Instance, Type, get_proper_type

from tl_checker.shapes.annotations.encoding import SYMINT, Encoder
from tl_checker.shapes.objects.local_objects import forget_in_container
from tl_checker.shapes.signatures.matching import Erasure

_METHODS: Final = {
    "builtins.list": (
        "append",
        "extend",
        "insert",
        "pop",
        "__add__",
        "__iadd__",
        "__getitem__",
        "__iter__",
        "__setitem__",
    ),
    "builtins.set": ("add", "update", "pop", "__iter__"),
    "builtins.dict": ("get", "pop", "setdefault", "update", "values", "items", "__getitem__", "__setitem__"),
}
CONTAINER_METHODS: Final = frozenset(f"{owner}.{name}" for owner, names in _METHODS.items() for name in names)


def holds_sizes(container: Type) -> bool:
    """Whether what a container holds is inferred to be sizes."""
    container = get_proper_type(container)
    items = get_proper_type(container.args[-1]) if isinstance(container, Instance) and container.args else None
    return isinstance(items, Instance) and items.type.fullname == SYMINT


def _container(place: Any) -> Expression | None:
    """The container of which a method is called, or an item set."""
    if isinstance(place, IndexExpr):
        return place.base
    callee = getattr(place, "callee", None)
    return callee.expr if isinstance(callee, MemberExpr) else None


def taking_ints(ctx: Any, encoder: Encoder) -> FunctionLike:
    """The signature of a method of a container, which takes any int for a size."""
    signature: Any = ctx.default_signature
    forget_in_container(ctx.api, _container(ctx.context), encoder)
    if not holds_sizes(ctx.type):
        return signature  # type: ignore[no-any-return]
    erasure = Erasure(encoder)
    return signature.copy_modified(  # type: ignore[no-any-return]
        arg_types=[t.accept(erasure) for t in signature.arg_types], ret_type=signature.ret_type.accept(erasure)
    )

"""Lists, sets and dictionaries of sizes.

mypy infers `list[SymInt[n]]` of `[x.shape[0]]`, and would refuse every other int from then on. A program may put any
in: so any is taken, and what is taken out is an int of which nothing is known. The same holds of what has sizes in it,
`[(x.shape[0], "rows")]`; there, a variable holds plain ints from where something is put in.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.nodes import Expression, IndexExpr, MemberExpr, NameExpr, OperatorAssignmentStmt, Var
from mypy.type_visitor import TypeTranslator
from mypy.types import CallableType, FunctionLike, Instance, Type, TypeAliasType, UnionType, get_proper_type

from tl_checker.shapes.annotations.encoding import SYMINT, Encoder
from tl_checker.shapes.host.internals import narrow, retype
from tl_checker.shapes.objects.local_objects import forget_in_container
from tl_checker.shapes.signatures.matching import Erasure
from tl_checker.shapes.statements.rounds import go_on

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
        "index",
        "count",
        "remove",
        "copy",
    ),
    "builtins.set": ("add", "update", "pop", "__iter__", "remove", "discard", "copy"),
    "builtins.dict": (
        "get",
        "pop",
        "setdefault",
        "update",
        "keys",
        "values",
        "items",
        "popitem",
        "copy",
        "__iter__",
        "__getitem__",
        "__setitem__",
    ),
}
_OF_CONTAINERS: Final = ("builtins.", "typing.", "itertools.", "collections.")
_PUTTING: Final = frozenset({"append", "extend", "insert", "add", "update", "setdefault"})
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
    if isinstance(place, OperatorAssignmentStmt):
        return place.lvalue
    callee = getattr(place, "callee", None)
    return callee.expr if isinstance(callee, MemberExpr) else None


def taking_ints(ctx: Any, encoder: Encoder) -> FunctionLike:
    """The signature of a method of a container, which takes any int for a size."""
    signature: Any = ctx.default_signature
    forget_in_container(ctx.api, _container(ctx.context), encoder)
    ints = _PlainInts(encoder)
    plain = ctx.type.accept(ints)
    if plain == ctx.type:
        return signature  # type: ignore[no-any-return]
    erasure = Erasure(encoder) if holds_sizes(ctx.type) else ints
    if _puts(ctx.context, signature):
        _hold_plain_ints(ctx.api, _container(ctx.context), plain)
    if isinstance(ctx.context, OperatorAssignmentStmt):  # which gives what it has got, for mypy
        return signature.copy_modified(arg_types=[t.accept(erasure) for t in signature.arg_types])  # type: ignore[no-any-return]
    return signature.copy_modified(  # type: ignore[no-any-return]
        arg_types=[t.accept(erasure) for t in signature.arg_types], ret_type=signature.ret_type.accept(erasure)
    )


def out_of_containers(found: Type, ctx: Any, encoder: Encoder) -> Type:
    """The result of a call of a function that takes something out of a container, as `max` does: with plain ints."""
    given = [get_proper_type(t) for types in ctx.arg_types for t in types]
    containers = [t for t in given if isinstance(t, Instance) and t.type.fullname in _METHODS]
    if not containers:
        return found
    ints = _PlainInts(encoder)
    return found.accept(ints) if any(t.accept(ints) != t for t in containers) else found


class _PlainInts(TypeTranslator):
    """Puts plain ints in the place of sizes in containers and tuples; arrays and objects keep theirs."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self._encoder = encoder

    def visit_type_alias_type(self, t: TypeAliasType) -> Type:
        return t if t.is_recursive else get_proper_type(t).accept(self)

    def visit_instance(self, t: Instance) -> Type:
        if t.type.fullname == SYMINT:
            return self._encoder.int_type
        return (
            super().visit_instance(t)
            if t.type.fullname.startswith(("builtins.", "typing.", "itertools.", "collections."))
            else t
        )

    def visit_union_type(self, t: UnionType) -> Type:
        return UnionType.make_union([get_proper_type(item.accept(self)) for item in t.items])


def _puts(place: Any, signature: CallableType) -> bool:
    """Whether a call of a method of a container, or an item that is set, puts something in."""
    if isinstance(place, IndexExpr):
        return len(signature.arg_types) == 2
    if isinstance(place, OperatorAssignmentStmt):
        return True
    return isinstance(getattr(place, "callee", None), MemberExpr) and place.callee.name in _PUTTING


def _hold_plain_ints(checker: Any, container: Expression | None, plain: Type) -> None:
    """From here on, and in the next rounds of a loop, nothing is known of the ints that a variable has in it."""
    node = container.node if isinstance(container, NameExpr) else None
    if isinstance(container, NameExpr) and isinstance(node, Var) and node.is_inferred:
        retype(checker, node, plain)
        narrow(checker, container, plain)
        go_on(checker)

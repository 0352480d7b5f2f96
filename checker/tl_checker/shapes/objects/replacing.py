"""`dataclasses.replace(layer, w=...)`, `pair._replace(w=...)` and the like: another object, with some fields changed.

An axis that an unchanged field mentions stays; the others are those of the new values.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mypy.expandtype import expand_type_by_instance
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import ARG_NAMED, ARG_NAMED_OPT, ARG_STAR2, CallExpr, Var
from mypy.types import CallableType, Instance, TupleType, Type, get_proper_type

from tl_checker.shapes.annotations.axes import names_of
from tl_checker.shapes.annotations.encoding import Encoder
from tl_checker.shapes.messages.report import fail
from tl_checker.shapes.objects.receivers import Receivers, instance_of
from tl_checker.shapes.signatures.matching import Erasure, Matcher
from tl_checker.shapes.sizes.unify import Bindings

REPLACE: Final = frozenset({"dataclasses.replace", "attr.evolve", "attrs.evolve", "attr._next_gen.evolve"})
REPLACE_METHODS: Final = frozenset({"replace", "_replace"})
"""The names of methods that may do it; mypy asks by the class of the object, which need not define them."""
_MODULE: Final = "tl_dsl.nn.module.Module"


def replaces(owner: Type, name: str) -> bool:
    """Whether a method of this name of an object gives another one with other values in its fields."""
    instance = instance_of(owner)
    if instance is None:
        return False
    if name == "_replace":
        return any(base.is_named_tuple for base in instance.type.mro)
    defined = instance.type.get_containing_type_info(name)
    return defined is not None and defined.fullname == _MODULE


def taking_fields(ctx: Any, encoder: Encoder) -> CallableType | None:
    """The signature of `replace` of a Module: it takes its fields by name; None where mypy's own will do.

    What a dictionary gives (`**values`) is not known to be in every field.
    """
    signature: CallableType = ctx.default_signature
    owner, call = instance_of(ctx.type), ctx.context
    if owner is None or not isinstance(call, CallExpr) or ARG_STAR2 in call.arg_kinds:
        return None
    fields, erasure = _fields(owner), Erasure(encoder)
    attributes = owner.type.metadata.get("dataclass", {}).get("attributes", ())
    declared = [each["name"] for each in attributes if not each["is_init_var"]]
    if not all(name in fields for name in declared):
        return None
    return signature.copy_modified(
        arg_names=declared,
        arg_kinds=[ARG_NAMED_OPT] * len(declared),
        arg_types=[fields[name].accept(erasure) for name in declared],
        name=f"replace of {owner.type.name}",
    )


def replaced(ctx: Any, encoder: Encoder, receivers: Receivers) -> Type:
    """The type of the new object; reports values that do not fit the fields that stay."""
    result: Type = ctx.default_return_type
    is_method = hasattr(ctx, "type")
    old = ctx.type if is_method else next((types[0] for types in ctx.arg_types if types), None)
    expression = getattr(getattr(ctx.context, "callee", None), "expr", None) if is_method else ctx.args[0][0]
    owner, new = instance_of(old), instance_of(result)
    if old is None or owner is None or new is None or new.type is not owner.type:
        return result
    given = dict(sorted(_given(ctx), key=lambda each: each[0]))
    fields = _fields(owner)
    changed = {name for _, name in given}
    names: frozenset[str] = frozenset().union(*(names_of(t, owner.type) for t in fields.values()))
    kept: frozenset[str] = frozenset().union(
        *(names_of(t, owner.type) for name, t in fields.items() if name not in changed)
    )
    axes, runs = receivers.of_object(expression, old, kept, ctx.api)
    bindings = Bindings((names - kept) | axes.keys(), axes=axes, runs=runs, origin=dict.fromkeys(axes, "the object"))
    matcher = Matcher(bindings, encoder)
    for (place, name), t in given.items():
        if name in fields:
            matcher.match(fields[name], t, f"argument {place} ({name})")
    matcher.finish()
    for error in bindings.errors:
        fail(ctx.api, ctx.context, error, subject="replace: ")
    made, proper = receivers.constructed(new, bindings, encoder), get_proper_type(result)
    if isinstance(proper, TupleType):
        return proper.copy_modified(fallback=made)
    return made if proper is new else result


def _given(ctx: Any) -> Iterator[tuple[tuple[int, str], Type]]:
    """The fields that a call names, each with its place among the arguments, and the types of their values."""
    for names, kinds, types, expressions in zip(ctx.arg_names, ctx.arg_kinds, ctx.arg_types, ctx.args, strict=True):
        for name, kind, t, expression in zip(names, kinds, types, expressions, strict=True):
            if kind in (ARG_NAMED, ARG_NAMED_OPT) and name is not None:
                place = next((i for i, each in enumerate(ctx.context.args) if each is expression), 0)
                yield (place + 1, name), t


def _fields(owner: Instance) -> dict[str, Type]:
    """The types of the variables of an object of a class, those of its bases in what the object makes of them."""
    found: dict[str, Type] = {}
    for base in reversed(owner.type.mro):
        for name, symbol in base.names.items():
            # A named tuple has its fields once more, under names such as `w-redefinition`.
            if isinstance(symbol.node, Var) and symbol.node.type is not None and name.isidentifier():
                found[name] = expand_type_by_instance(symbol.node.type, map_instance_to_supertype(owner, base))
    return found

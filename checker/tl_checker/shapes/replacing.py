"""`dataclasses.replace(layer, w=...)`, `pair._replace(w=...)` and the like: another object, with some fields changed.

An axis that an unchanged field mentions stays; the others are those of the new values.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from mypy.nodes import ARG_NAMED, ARG_NAMED_OPT, Expression, Var
from mypy.types import Instance, TupleType, Type, get_proper_type

from tl_checker.shapes.axes import names_of
from tl_checker.shapes.encoding import Encoder
from tl_checker.shapes.matching import Matcher
from tl_checker.shapes.receivers import Receivers, instance_of
from tl_checker.shapes.report import fail
from tl_checker.shapes.unify import Bindings

REPLACE: Final = frozenset({"dataclasses.replace", "attr.evolve", "attrs.evolve", "attr._next_gen.evolve"})
REPLACE_METHODS: Final = frozenset({"tl_dsl.nn.module.Module.replace"})


def replaced(ctx: Any, encoder: Encoder, receivers: Receivers) -> Type:
    """The type of the new object; reports values that do not fit the fields that stay."""
    result: Type = ctx.default_return_type
    is_method = hasattr(ctx, "type")
    old = ctx.type if is_method else next((types[0] for types in ctx.arg_types if types), None)
    expression = getattr(getattr(ctx.context, "callee", None), "expr", None) if is_method else ctx.args[0][0]
    owner, new = instance_of(old), instance_of(result)
    if old is None or owner is None or new is None or new.type is not owner.type:
        return result
    given = list(_given(ctx))
    fields = _fields(owner)
    changed = {name for name, _, _ in given}
    names: frozenset[str] = frozenset().union(*(names_of(t, owner.type) for t in fields.values()))
    kept: frozenset[str] = frozenset().union(
        *(names_of(t, owner.type) for name, t in fields.items() if name not in changed)
    )
    axes, runs = receivers.of_object(expression, old, kept, ctx.api)
    bindings = Bindings(names - kept, axes=axes, runs=runs, origin=dict.fromkeys(axes, "the object"))
    matcher = Matcher(bindings, encoder)
    for i, (name, t, _) in enumerate(given):
        if name in fields:
            matcher.match(fields[name], t, f"argument {i + 2 - is_method} ({name})")
    matcher.finish()
    for error in bindings.errors:
        fail(ctx.api, ctx.context, error, subject="replace: ")
    made, proper = receivers.constructed(new, bindings, encoder), get_proper_type(result)
    if isinstance(proper, TupleType):
        return proper.copy_modified(fallback=made)
    return made if proper is new else result


def _given(ctx: Any) -> Iterator[tuple[str, Type, Expression]]:
    for i, types in enumerate(ctx.arg_types):
        for j, t in enumerate(types):
            if ctx.arg_kinds[i][j] in (ARG_NAMED, ARG_NAMED_OPT) and ctx.arg_names[i][j] is not None:
                yield ctx.arg_names[i][j], t, ctx.args[i][j]


def _fields(owner: Instance) -> dict[str, Type]:
    found: dict[str, Type] = {}
    for base in reversed(owner.type.mro):
        for name, symbol in base.names.items():
            if isinstance(symbol.node, Var) and symbol.node.type is not None:
                found[name] = symbol.node.type
    return found

"""`tl.assert_shape(x, "n 4")`: from here on x has the shape, and what that says about other sizes holds.

The names are the axes of the enclosing function, as in the annotations of its parameters; a new name is a new axis of
the function. Where there is no function, in a lambda or at the top of a module, each string has names of its own.
"""

from __future__ import annotations

import re
from typing import Any, Final

from mypy.nodes import FuncDef
from mypy.types import Instance, Type, UnionType, get_proper_type

from tl_checker.shapes.annotations.axes import value_of_attribute
from tl_checker.shapes.annotations.encoding import ARRAYS, Encoder, array_dtype, array_shape
from tl_checker.shapes.annotations.outer_names import outer_names
from tl_checker.shapes.annotations.seen_axes import axes_seen_by
from tl_checker.shapes.facts.facts import keep_from
from tl_checker.shapes.facts.values import NotStatic, Reader
from tl_checker.shapes.host.internals import current_function, is_local, module_name, narrow
from tl_checker.shapes.messages.report import fail, watch
from tl_checker.shapes.sizes.equations import AnyFact, Fact
from tl_checker.shapes.sizes.refinements import asserted_shape
from tl_dsl.dims import UNKNOWN, Axis, Dim
from tl_dsl.errors import AnnotationError, ShapeError
from tl_dsl.shapes import Shape, Star, parse_shape, show_shape

ASSERT_SHAPE: Final = "tl_dsl.assertions.assert_shape"


def assert_shape(ctx: Any, encoder: Encoder) -> Type:
    """The type of the call, which the variable gets too."""
    watch(ctx.api)
    default: Type = ctx.default_return_type
    if [len(given) for given in ctx.args] != [1, 1]:
        return default
    array, text = ctx.args[0][0], _text(ctx)
    if text is None:
        return default
    try:
        wanted = _shape(text, ctx)
    except AnnotationError as error:
        fail(ctx.api, ctx.args[1][0], error)
        return default
    t = get_proper_type(ctx.arg_types[0][0])
    members = [get_proper_type(item) for item in t.items] if isinstance(t, UnionType) else [t]
    kept: list[Type] = []
    facts: list[AnyFact] = []
    for member in members:
        if not isinstance(member, Instance) or member.type.fullname not in ARRAYS:
            return default
        found = asserted_shape(array_shape(member), wanted)
        if found is not None and not any(_never(fact) for fact in found[1]):
            kept.append(encoder.array(member.type, array_dtype(member), found[0]))
            facts = found[1]
    if not kept:
        shapes = " or ".join(show_shape(array_shape(item)) for item in members if isinstance(item, Instance))
        wrong = ShapeError("the value never has the asserted shape", got=shapes, wanted=show_shape(wanted))
        fail(ctx.api, ctx.context, wrong, subject="assert_shape: ")
        return default
    new = UnionType.make_union(kept)
    narrow(ctx.api, array, new)
    if len(kept) == 1:
        keep_from(ctx.api, ctx.context, facts)
    return new


def _text(ctx: Any) -> str | None:
    try:
        text = Reader(ctx.api).value(ctx.args[1][0], ctx.arg_types[1][0])
    except NotStatic:
        return None
    return text if isinstance(text, str) else None


def _never(fact: AnyFact) -> bool:
    return isinstance(fact, Fact) and isinstance(fact.left, int) and isinstance(fact.right, int)


def _shape(text: str, ctx: Any) -> Shape:
    """The string as a shape in the axes of the enclosing function and of its class."""
    function = current_function(ctx.api)
    scope = f"{module_name(ctx.api)}.line{ctx.context.line}" if function is None else function.fullname
    own = f"@{function.name}" if function is not None and is_local(ctx.api) else ""
    of_class = axes_seen_by(function, function.info) if function is not None and function.info else {}
    if own and function is not None:
        of_class |= outer_names(function)

    def atom(name: str) -> str:
        star = "*" * name.startswith("*")
        return of_class.get(name, f"{star}{scope}:{name.removeprefix('*')}{own}")

    spec = parse_shape(text, scope)
    names: dict[str, Axis] = {}
    for token in spec.tokens:
        for name in token.names:
            within, _, short = atom(name).rpartition(":")
            names[name] = Dim.name(short, within)
        for value in re.findall(r"\{([\w.]+)\}", token.text) if token.braces else ():
            names[f"{{{value}}}"] = _value(value, function, Reader(ctx.api))
    shape = spec.shape(names, values=True)
    return tuple(
        Star(atom("*" + axis.name.rpartition(":")[2])[1:]) if isinstance(axis, Star) and axis.name else axis
        for axis in shape
    )


def _value(name: str, function: FuncDef | None, reader: Reader) -> Axis:
    """`{k}`, the value of a parameter; `{self.k}`, that of a field."""
    if function is None:
        return UNKNOWN
    if name.startswith("self.") and function.info:
        field = value_of_attribute(function.info, name.removeprefix("self."))
        return UNKNOWN if field is None else field
    variables = [argument.variable for argument in function.arguments if argument.variable.name == name]
    return reader.parameter(variables[0]) if variables else UNKNOWN

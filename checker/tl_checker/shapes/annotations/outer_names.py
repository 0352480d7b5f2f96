"""Names of a function inside another one that are axes of the outer one.

jaxtyping gives each function names of its own, and a helper may well call rows `n` that are the columns outside. In

    def loss_of(x: Float[Array, "n d"], y: Float[Array, "n"]) -> Callable[[Float[Array, "d"]], float]:
        def loss(w: Float[Array, "d"]) -> float:
            return ((x @ w - y) ** 2).sum()
        return loss

`d` is one axis, though: the signature says what the function that is given back is called with. So a name is that of
the outer function where a parameter has the shape string of what such a function takes; or of a parameter of the outer
one, when no call there gives it anything else that can be seen. Calls bind the name as before.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping

from mypy.nodes import CallExpr, Expression, FuncDef, NameExpr, ReturnStmt
from mypy.types import CallableType, Type, TypeList, UnboundType, UnionType

from tl_checker.shapes.annotations.assignments import assigned_names
from tl_checker.shapes.annotations.fields import shape_text
from tl_checker.shapes.host.memory import Memory
from tl_checker.shapes.host.walking import walk
from tl_dsl.errors import AnnotationError
from tl_dsl.shapes import parse_shape

IsJaxtyping = Callable[[str], bool]
_known = Memory[dict[str, str]]()


def outer_names(inner: FuncDef) -> Mapping[str, str]:
    """The names of a function that are axes of the one around it, "n" or "*b", with the atoms that they are."""
    return _known.of(inner) or {}


def note_outer_names(
    inner: FuncDef, outer: FuncDef, atom: Callable[[str], str], is_jaxtyping: IsJaxtyping
) -> Mapping[str, str]:
    """Find them; `atom` is what a name is in the outer function."""
    found = _known.of(inner)
    if found is None:
        found = {name: atom(name) for name in sorted(_shared(inner, outer, is_jaxtyping))}
        _known.note(inner, found)
    return found


def _shared(inner: FuncDef, outer: FuncDef, is_jaxtyping: IsJaxtyping) -> set[str]:
    own, around = inner.unanalyzed_type, outer.unanalyzed_type
    if not isinstance(own, CallableType) or not isinstance(around, CallableType):
        return set()
    given = [[*_texts(t, is_jaxtyping)] for t in around.arg_types]
    taken = [[*_texts(t, is_jaxtyping)] for t in own.arg_types]
    asked = {text for texts in taken for text in texts}
    described = [*_described(around.ret_type, is_jaxtyping)] if _is_given_back(inner, outer) else []
    told = asked & {text for takes, _ in described for text in takes}
    results = {text for takes, gives in described if takes & told for text in gives}
    if not told and _fit(inner, outer, taken, given):
        told = asked & {text for texts in given for text in texts}
    of_result = results & {*_texts(own.ret_type, is_jaxtyping)}
    bound = _names(text for texts in given for text in texts)
    return bound & (_names(told) | (_names(of_result) - _names(asked)))


def _is_given_back(inner: FuncDef, outer: FuncDef) -> bool:
    return any(
        isinstance(statement, ReturnStmt)
        and statement.expr is not None
        and any(isinstance(node, NameExpr) and node.name == inner.name for node in walk(statement.expr))
        for statement in walk(outer.body)
    )


def _fit(inner: FuncDef, outer: FuncDef, taken: list[list[str]], given: list[list[str]]) -> bool:
    """Whether calls inside the outer function give nothing that is, to the eye, of another shape."""
    parameters = {argument.variable.name: texts for argument, texts in zip(outer.arguments, given, strict=True)}
    changed = assigned_names(outer)
    places = {argument.variable.name: texts for argument, texts in zip(inner.arguments, taken, strict=True)}

    def fits(value: Expression, texts: list[str]) -> bool:
        if not texts:
            return True
        if not isinstance(value, NameExpr):
            return False
        return value.name in changed or parameters.get(value.name, texts) == texts

    for call in walk(outer.body):
        if isinstance(call, CallExpr) and isinstance(call.callee, NameExpr) and call.callee.name == inner.name:
            for i, (value, name) in enumerate(zip(call.args, call.arg_names, strict=True)):
                texts = places.get(name, []) if name is not None else taken[i] if i < len(taken) else []
                if not fits(value, texts):
                    return False
    return True


def _texts(t: Type | None, is_jaxtyping: IsJaxtyping) -> Iterator[str]:
    """The shape strings in a type, but for those of functions."""
    if isinstance(t, UnboundType) and len(t.args) == 2 and is_jaxtyping(t.name):
        text = shape_text(t.args[1])
        if text is not None:
            yield " ".join(text.split())
        return
    if isinstance(t, UnboundType) and t.name.rpartition(".")[2] == "Callable":
        return
    for part in t.args if isinstance(t, UnboundType) else t.items if isinstance(t, (UnionType, TypeList)) else ():
        yield from _texts(part, is_jaxtyping)


def _described(t: Type | None, is_jaxtyping: IsJaxtyping) -> Iterator[tuple[set[str], set[str]]]:
    """The shape strings in what the functions in a type take, and in what they give."""
    if isinstance(t, UnboundType) and t.name.rpartition(".")[2] == "Callable":
        if len(t.args) == 2:
            takes, gives = t.args
            yield {*_texts(takes, is_jaxtyping)}, {*_texts(gives, is_jaxtyping)}
        return
    for part in t.args if isinstance(t, UnboundType) else t.items if isinstance(t, UnionType) else ():
        yield from _described(part, is_jaxtyping)


def _names(texts: Iterable[str]) -> set[str]:
    """The names that shape strings bind, "*b" for runs."""
    found: set[str] = set()
    for text in texts:
        with contextlib.suppress(AnnotationError):
            named = [token for token in parse_shape(text).tokens if not token.broadcasts and not token.per_leaf]
            found.update(token.text for token in named if token.kind == "name")
            found.update("*" + token.text for token in named if token.kind == "star")
    return found

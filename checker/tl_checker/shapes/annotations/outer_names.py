"""Names of a function inside another one that are axes of the outer one.

jaxtyping gives each function names of its own, and a helper may well call rows `n` that are the columns outside. In

    def loss_of(x: Float[Array, "n d"], y: Float[Array, "n"]) -> Callable[[Float[Array, "d"]], float]:
        def loss(w: Float[Array, "d"]) -> float:
            return ((x @ w - y) ** 2).sum()
        return loss

`d` is one axis, though: the signature says what the function that is given back is called with. So a name is that of
the outer function where a parameter has the shape string of what such a function takes; or of a parameter of the outer
one, when no call there gives it anything else that can be seen. The function has to be used in no way that is not seen:
under another name, or by a function of which nothing is known. Calls bind the name as before; one that gives it another
size than that of the outer function is reported as lost. A name in what the function that is given back takes, and that
the outer one does not have, is any size: whoever gets the function chooses it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from mypy.nodes import CallExpr, Decorator, Expression, FuncDef, MemberExpr, NameExpr, Node, ReturnStmt, TupleExpr
from mypy.types import CallableType

from tl_checker.shapes.annotations.assignments import assigned_names
from tl_checker.shapes.annotations.function_text import DERIVED
from tl_checker.shapes.annotations.written_shapes import WrittenNames, functions_in, written_shapes
from tl_checker.shapes.host.memory import Memory
from tl_checker.shapes.host.walking import walk
from tl_checker.shapes.sizes.unify import Bindings
from tl_dsl.dims import UNKNOWN, dim_of
from tl_dsl.errors import AnnotationError
from tl_dsl.shapes import Shape, Star, is_open, parse_shape, show_shape

_known = Memory["_Meant"]()
_shared_atoms: set[str] = set()
"""The axes of outer functions that some function inside means."""
_TRANSFORMS: Final = frozenset({"grad", "value_and_grad", "jacrev", "jacfwd", "hessian", "vmap", "partial"})
"""What gives a function; a call of it is seen where it is made, and not of a variable that keeps it."""
_AT_A_POINT: Final = frozenset({"vjp", "jvp", "hvp"})
"""What calls a function."""


class _Meant(NamedTuple):
    """What the names of a function inside another one mean."""

    outer: dict[str, str]
    """Those that are axes of the function around it, "n" or "*b", with the atoms that they are."""
    free: frozenset[str]
    """Those of its own that whoever gets the function may choose: it is given back as one that takes any."""


def outer_names(inner: FuncDef) -> Mapping[str, str]:
    """The names of a function that are axes of the one around it, "n" or "*b", with the atoms that they are."""
    found = _known.of(inner)
    return {} if found is None else found.outer


def free_names(inner: FuncDef) -> frozenset[str]:
    """The names of a function that the one around it gives back as one that takes any size for them."""
    found = _known.of(inner)
    return frozenset() if found is None else found.free


def note_outer_names(
    inner: FuncDef, outer: FuncDef, atom: Callable[[str], str], names: WrittenNames
) -> Mapping[str, str]:
    """Find them; `atom` is what a name is in the outer function."""
    found = _known.of(inner)
    if found is None:
        shared, free = _shared(inner, outer, names)
        found = _Meant({name: atom(name) for name in sorted(shared)}, frozenset(free))
        _known.note(inner, found)
        _shared_atoms.update(found.outer.values())
    return found.outer


def of_another_size(signature: CallableType, bindings: Bindings) -> str:
    """What a call gives for an axis of the function around the one that is called, when it may not be its size."""
    function = signature.definition
    function = function.func if isinstance(function, Decorator) else function
    if isinstance(function, FuncDef):
        meant = {*outer_names(function).values()}
    else:
        meant = bindings.free & _shared_atoms if signature.name == DERIVED else set()
    for atom in sorted(meant):
        own: Shape = (Star(atom[1:]),) if atom[0] == "*" else (dim_of(atom),)
        given = bindings.runs.get(atom) if atom[0] == "*" else (bindings.axes.get(atom, UNKNOWN),)
        if given is None or any(is_open(axis) for axis in given):
            continue
        check = Bindings(frozenset(), facts=bindings.facts)
        check.shape(own, given, "the call")
        check.solve(last=True)
        if check.errors or check.undecided:
            return f"{show_shape(given)} is given for {show_shape(own)} of the function around"
    return ""


def _shared(inner: FuncDef, outer: FuncDef, names: WrittenNames) -> tuple[set[str], set[str]]:
    """The names that are axes of the outer function, and those that are free."""
    own, around = inner.unanalyzed_type, outer.unanalyzed_type
    if not isinstance(own, CallableType) or not isinstance(around, CallableType):
        return set(), set()
    if not _mentions(inner, outer) or not _is_seen(inner, outer):
        return set(), set()
    given = [[*written_shapes(t, names)] for t in around.arg_types]
    taken = [[*written_shapes(t, names)] for t in own.arg_types]
    asked = {text for texts in taken for text in texts}
    described = [*functions_in(around.ret_type, names)] if _is_given_back(inner, outer) else []
    told = asked & {text for takes, _ in described for text in takes}
    promised = _names(told)
    results = {text for takes, gives in described if takes & told for text in gives}
    if not told and _fit(inner, outer, taken, given):
        told = asked & {text for texts in given for text in texts}
    of_result = results & {*written_shapes(own.ret_type, names)}
    of_callables = (takes | gives for t in around.arg_types for takes, gives in functions_in(t, names))
    bound = _names(text for texts in (*given, *of_callables) for text in texts)
    return bound & (_names(told) | (_names(of_result) - _names(asked))), promised - bound


def _mentions(inner: FuncDef, outer: FuncDef) -> bool:
    """Whether there is anything of the outer function in it, which its names could be held against."""
    of_outer = {*outer.arg_names, *assigned_names(outer)} - {*inner.arg_names, *assigned_names(inner)}
    return any(isinstance(node, NameExpr) and node.name in of_outer for node in walk(inner.body))


def _is_seen(inner: FuncDef, outer: FuncDef) -> bool:
    """Whether the outer function calls it, or what a transform makes of it, gives it back, and nothing else."""
    used: list[Expression] = []
    for node in walk(outer.body):
        if isinstance(node, CallExpr):
            used += [node.callee, node] if _callee(node) in _AT_A_POINT else [node.callee]
        elif isinstance(node, ReturnStmt) and node.expr is not None:
            used += node.expr.items if isinstance(node.expr, TupleExpr) else [node.expr]
    seen = {id(_transformed(each)) for each in used}
    return all(id(name) in seen for name in _mentioned(inner, outer.body))


def _transformed(used: Expression) -> Expression:
    """An expression, or the function of which a transform in it makes another one."""
    if isinstance(used, CallExpr) and used.args and _callee(used) in _TRANSFORMS | _AT_A_POINT:
        return _transformed(used.args[0])
    return used


def _mentioned(function: FuncDef, part: Node) -> list[NameExpr]:
    """Where a part of a program names a function."""
    return [node for node in walk(part) if isinstance(node, NameExpr) and node.name == function.name]


def _callee(call: CallExpr) -> str:
    return call.callee.name if isinstance(call.callee, (NameExpr, MemberExpr)) else ""


def _is_given_back(inner: FuncDef, outer: FuncDef) -> bool:
    returned = [node.expr for node in walk(outer.body) if isinstance(node, ReturnStmt) and node.expr is not None]
    return any(_mentioned(inner, expression) for expression in returned)


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


def _names(texts: Iterable[str]) -> set[str]:
    """The names that shape strings bind, "*b" for runs."""
    found: set[str] = set()
    for text in texts:
        with contextlib.suppress(AnnotationError):
            named = [token for token in parse_shape(text).tokens if not token.broadcasts and not token.per_leaf]
            found.update(token.text for token in named if token.kind == "name")
            found.update("*" + token.text for token in named if token.kind == "star")
    return found

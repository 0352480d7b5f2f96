"""The shape strings in types as they are written, before mypy analyses them; aliases and protocols are looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from mypy.nodes import FuncDef, SymbolNode, TypeAlias, TypeInfo
from mypy.types import (
    CallableType,
    Instance,
    TupleType,
    Type,
    TypeAliasType,
    TypeList,
    UnboundType,
    UnionType,
    get_proper_type,
)

from tl_checker.shapes.annotations.encoding import as_array, shape_of
from tl_checker.shapes.annotations.fields import shape_text
from tl_dsl.dims import Unknown
from tl_dsl.shapes import UNKNOWN_SHAPE, Shape, Star


class WrittenNames(NamedTuple):
    """What names mean where a type is written."""

    is_jaxtyping: Callable[[str], bool]
    lookup: Callable[[UnboundType], SymbolNode | None]


def written_shapes(t: Type | None, names: WrittenNames) -> Iterator[str]:
    """The shape strings in a type, but for those of functions."""
    if isinstance(t, UnboundType) and len(t.args) == 2 and names.is_jaxtyping(t.name):
        text = shape_text(t.args[1])
        if text is not None:
            yield " ".join([*text.split(), *written_shapes(t.args[0], names)])
        return
    if isinstance(t, UnboundType) and _is_callable(t):
        return
    if isinstance(t, UnboundType) and (meant := _alias(t, names)) is not None:
        yield from _texts_of_analysed(meant)
    for part in _parts(t):
        yield from written_shapes(part, names)


def functions_in(t: Type | None, names: WrittenNames) -> Iterator[tuple[set[str], set[str]]]:
    """The shape strings in what the functions in a type take, and in what they give."""
    if isinstance(t, UnboundType) and _is_callable(t):
        if len(t.args) == 2:
            takes, gives = t.args
            yield {*written_shapes(takes, names)}, {*written_shapes(gives, names)}
        return
    if isinstance(t, UnboundType):
        yield from _described_by(names.lookup(t))
    for part in _parts(t):
        yield from functions_in(part, names)


def _is_callable(t: UnboundType) -> bool:
    return t.name.rpartition(".")[2] == "Callable"


def _parts(t: Type | None) -> Iterable[Type]:
    return t.args if isinstance(t, UnboundType) else t.items if isinstance(t, (UnionType, TypeList)) else ()


def _alias(t: UnboundType, names: WrittenNames) -> Type | None:
    found = names.lookup(t)
    return found.target if isinstance(found, TypeAlias) else None


def _described_by(node: SymbolNode | None) -> Iterator[tuple[set[str], set[str]]]:
    """The same of an alias, and of a protocol's `__call__`."""
    if isinstance(node, TypeAlias):
        for part in _parts_of_analysed(node.target):
            signature = get_proper_type(part)
            if isinstance(signature, CallableType):
                takes = {text for taken in signature.arg_types for text in _texts_of_analysed(taken)}
                yield takes, {*_texts_of_analysed(signature.ret_type)}
    elif isinstance(node, TypeInfo) and node.is_protocol:
        method = node.get_method("__call__")
        signature = get_proper_type(method.type) if isinstance(method, FuncDef) else None
        if isinstance(signature, CallableType):
            takes = {text for taken in signature.arg_types[1:] for text in _texts_of_analysed(taken)}
            yield takes, {*_texts_of_analysed(signature.ret_type)}


def _texts_of_analysed(t: Type) -> Iterator[str]:
    """The shapes in a type that mypy has analysed, as strings."""
    for part in _parts_of_analysed(t):
        array = as_array(part)
        shape = None if array is None else shape_of(array)
        if shape is not None and shape != UNKNOWN_SHAPE:
            yield _text_of(shape)


def _parts_of_analysed(t: Type) -> Iterator[Type]:
    """A type and what it is made of, but for functions."""
    if isinstance(t, TypeAliasType) and t.is_recursive:
        return
    t = get_proper_type(t)
    yield t
    if isinstance(t, (UnionType, TupleType)):
        for item in t.items:
            yield from _parts_of_analysed(item)
    elif isinstance(t, Instance) and as_array(t) is None:
        for argument in t.args:
            yield from _parts_of_analysed(argument)


def _text_of(shape: Shape) -> str:
    words = ("..." if axis == Star() else "_" if isinstance(axis, Unknown) else repr(axis) for axis in shape)
    return " ".join(words)

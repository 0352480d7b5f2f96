"""Walking a syntax tree of mypy's; its own visitors are compiled and cannot be subclassed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from mypy.nodes import Block, Expression, MypyFile, Node, Statement
from mypy.patterns import Pattern

_PARTS = (Expression, Statement, Block, Pattern)
_LINKS = frozenset({"setter", "node", "info", "analyzed", "original_def", "corresponding_argument", "expanded"})
"""What leads out of the tree, or to a second reading of the same code."""
_TEXTS: Final = frozenset(
    {
        "line",
        "column",
        "end_line",
        "end_column",
        "name",
        "fullname",
        "kind",
        "op",
        "operators",
        "arg_kinds",
        "arg_names",
    }
    | {"type", "unanalyzed_type", "as_type", "method_type", "method_types", "type_guard", "type_is", "def_var"}
    | {"right_always", "right_unreachable", "new_syntax", "invalid_recursive_alias", "has_surrogates"}
)
"""What holds numbers, text and types."""


def walk(node: Node) -> Iterator[Node]:
    """A node and everything below it, each once, in the order of the text as far as it matters."""
    seen: set[int] = set()
    stack: list[Node] = [node]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        stack.extend(reversed(children(node)))


def children(node: Node) -> list[Node]:
    """The statements, expressions and patterns right below a node."""
    found: list[Node] = []
    names = _known.get(type(node))
    for name in _attributes(type(node)) if names is None else names:
        value = getattr(node, name, None)
        if isinstance(value, _PARTS):
            found.append(value)
        elif isinstance(value, (list, tuple)) and value:
            _collect(value, found)
    return found


def _collect(values: Iterable[object], found: list[Node]) -> None:
    for value in values:
        if isinstance(value, _PARTS):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            _collect(value, found)


_known: dict[type[Node], tuple[str, ...]] = {MypyFile: ("defs",)}


def _attributes(cls: type[Node]) -> tuple[str, ...]:
    return _known.setdefault(cls, _read_attributes(cls))


def _read_attributes(cls: type[Node]) -> tuple[str, ...]:
    names: list[str] = []
    for base in cls.__mro__:
        for name, value in vars(base).items():
            data = hasattr(type(value), "__set__") and not isinstance(value, property)
            if data and not name.startswith(("_", "is_")) and name not in _LINKS | _TEXTS and name not in names:
                names.append(name)
    return tuple(names)

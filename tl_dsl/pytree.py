"""Trees of containers with tensors at their leaves: tuples, lists, dicts, NamedTuples, None and registered classes.

A tree is taken apart into a list of leaves and a ``TreeDef``, which is hashable and puts a tree of the same structure
together again. Whatever is not a container is a leaf.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from tl_dsl.errors import ArgumentError

T = TypeVar("T")

Parts = tuple[tuple[str, ...], tuple[Any, ...], Hashable]
"""A registered object taken apart: the names of its children, the children, and what else it needs."""


class TreeDef:
    """The structure of a tree: everything but its leaves. Hashable; equal for trees of equal structure."""

    __slots__ = ("_hash", "children", "data", "kind", "names", "rigid", "size")

    def __init__(
        self,
        kind: type | None,
        data: Hashable = (),
        names: tuple[Hashable, ...] = (),
        children: tuple[TreeDef, ...] = (),
    ) -> None:
        self.kind = kind
        self.data = data
        self.names = names
        self.children = children
        self.size: int = 1 if kind is None else sum([child.size for child in children])
        self.rigid: bool = kind not in (list, dict) and all(child.rigid for child in children)
        self._hash = hash((kind, data, names, children))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, TreeDef)
            and self._hash == other._hash
            and self.kind is other.kind
            and self.names == other.names
            and self.data == other.data
            and self.children == other.children
        )

    def __repr__(self) -> str:
        return f"TreeDef({_describe(self)})"

    def paths(self) -> list[str]:
        """Where each leaf is, written as Python would: ``[0].weight``.

        >>> tree_flatten({"a": 1, "b": (2, 3)})[1].paths()
        ["['a']", "['b'][0]", "['b'][1]"]
        """
        return list(_paths(self, ""))


@dataclass(frozen=True)
class Static:
    """A value inside a registered object that is part of the structure. Compared with its type, and floats bit by bit.

    Unflattening gives back the value itself.

    >>> Static(1) == Static(1.0), Static(0.0) == Static(-0.0), Static((1,)) == Static((1,))
    (False, False, True)
    """

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Static) and (self.value is other.value or _exact(self.value) == _exact(other.value))

    def __hash__(self) -> int:
        return hash(self.value)


@dataclass(frozen=True)
class _Registered:
    take_apart: Callable[[Any], Parts]
    put_together: Callable[[type, Hashable, tuple[str, ...], tuple[Any, ...]], Any]


_REGISTERED: dict[type, _Registered] = {}


def register(
    cls: type,
    take_apart: Callable[[Any], Parts],
    put_together: Callable[[type, Hashable, tuple[str, ...], tuple[Any, ...]], Any],
) -> None:
    """Make the immutable objects of a class containers.

    ``take_apart(object)`` gives ``(names, children, data)``; ``put_together(cls, data, names, children)`` inverts it
    and checks nothing, since children may be placeholders. An object remembers in its ``__dict__`` how it was
    flattened.
    """
    _REGISTERED[cls] = _Registered(take_apart, put_together)


def tree_flatten(tree: Any) -> tuple[list[Any], TreeDef]:
    """The leaves of a tree, from left to right, and its structure.

    >>> leaves, treedef = tree_flatten({"w": [1.0, 2.0], "b": None})
    >>> leaves
    [1.0, 2.0]
    >>> tree_unflatten(treedef, ["x", "y"])
    {'b': None, 'w': ['x', 'y']}
    """
    leaves: list[Any] = []
    return leaves, _flatten(tree, leaves)


def tree_unflatten(treedef: TreeDef, leaves: Iterable[Any]) -> Any:
    """The tree of that structure with these leaves. Errors: ArgumentError when their number is wrong."""
    given = leaves if isinstance(leaves, (list, tuple)) else list(leaves)
    if len(given) != treedef.size:
        raise ArgumentError("a tree has a leaf for each place", got=f"{len(given)} leaves", wanted=f"{treedef.size}")
    return _unflatten(treedef, iter(given))


def tree_leaves(tree: Any) -> list[Any]:
    """The leaves of a tree, from left to right."""
    return tree_flatten(tree)[0]


def tree_map(function: Callable[..., Any], tree: T, *others: Any) -> T:
    """Apply a function to the leaves of trees of one structure.

    Errors: ArgumentError when the structures differ, naming the first place.

    >>> tree_map(lambda x, y: x + y, (1, [2]), (10, [20]))
    (11, [22])
    """
    leaves, treedef = tree_flatten(tree)
    columns = [leaves, *[flatten_as(treedef, other) for other in others]]
    result: T = tree_unflatten(treedef, [function(*row) for row in zip(*columns, strict=True)])
    return result


def flatten_as(treedef: TreeDef, tree: Any, what: str = "trees that are used together") -> list[Any]:
    """The leaves of a tree that must have the given structure. Errors: ArgumentError, naming the first difference.

    >>> flatten_as(tree_flatten({"a": (1, 2)})[1], {"a": (1, 2, 3)})
    Traceback (most recent call last):
    ...
    tl_dsl.errors.ArgumentError: trees that are used together have one structure
      got: a tuple of 3 at ['a']
      wanted: a tuple of 2
      [tensor-argument]
    """
    leaves, found = tree_flatten(tree)
    if found == treedef:
        return leaves
    path, got, wanted = first_difference(found, treedef)
    raise ArgumentError(f"{what} have one structure", got=f"{got} at {path or 'the root'}", wanted=wanted)


def first_difference(a: TreeDef, b: TreeDef, path: str = "") -> tuple[str, str, str]:
    """The path of the first place where two different structures differ, and what either has there."""
    same_kind = a.kind is b.kind and a.names == b.names and a.data == b.data and len(a.children) == len(b.children)
    if same_kind:
        for step, left, right in zip(_steps(a), a.children, b.children, strict=True):
            if left != right:
                return first_difference(left, right, path + step)
    return path, _describe(a), _describe(b)


def _flatten(tree: Any, leaves: list[Any]) -> TreeDef:
    kind = type(tree)
    if kind is tuple or kind is list:
        return TreeDef(kind, len(tree), (), tuple([_flatten(child, leaves) for child in tree]))
    if kind is dict:
        keys = _ordered(tree)
        return TreeDef(dict, (), keys, tuple([_flatten(tree[key], leaves) for key in keys]))
    if tree is None:
        return _NONE
    if kind is Static:
        return TreeDef(Static, tree)
    entry = _REGISTERED.get(kind)
    if entry is not None:
        return _flatten_registered(tree, entry, leaves)
    if isinstance(tree, tuple) and hasattr(kind, "_fields"):
        return TreeDef(kind, (), kind._fields, tuple([_flatten(child, leaves) for child in tree]))
    leaves.append(tree)
    return _LEAF


def _flatten_registered(tree: Any, entry: _Registered, leaves: list[Any]) -> TreeDef:
    known = tree.__dict__.get("_flat")
    if known is not None:
        leaves.extend(known[0])
        treedef: TreeDef = known[1]
        return treedef
    names, children, data = entry.take_apart(tree)
    own: list[Any] = []
    treedef = TreeDef(type(tree), data, names, tuple([_flatten(child, own) for child in children]))
    _remember(tree, own, treedef)
    leaves.extend(own)
    return treedef


def _remember(tree: Any, leaves: list[Any], treedef: TreeDef) -> None:
    if treedef.rigid:  # a list or dict inside could change after this
        tree.__dict__["_flat"] = (tuple(leaves), treedef)


def _are_leaves(values: list[Any]) -> bool:
    kinds = set(map(type, values))
    return not any([k in _CONTAINERS or k in _REGISTERED or hasattr(k, "_fields") for k in kinds])


_CONTAINERS = frozenset({tuple, list, dict, Static})


def _unflatten(treedef: TreeDef, leaves: Iterator[Any]) -> Any:
    kind = treedef.kind
    if kind is None:
        return next(leaves)
    if kind is Static:
        assert isinstance(treedef.data, Static)
        return treedef.data.value
    if treedef.kind is type(None):
        return None
    if kind in _REGISTERED:
        own = [next(leaves) for _ in range(treedef.size)]
        places = iter(own)
        children = tuple([_unflatten(child, places) for child in treedef.children])
        names: Any = treedef.names
        made = _REGISTERED[kind].put_together(kind, treedef.data, names, children)
        if _are_leaves(own):  # a Jacobian has trees in their places
            _remember(made, own, treedef)
        return made
    parts = [_unflatten(child, leaves) for child in treedef.children]
    if kind is tuple:
        return tuple(parts)
    if kind is list:
        return parts
    if kind is dict:
        return dict(zip(treedef.names, parts, strict=True))
    return kind(*parts)


def _ordered(tree: dict[Any, Any]) -> tuple[Any, ...]:
    try:
        return tuple(sorted(tree))
    except TypeError:  # keys that do not compare keep their order
        return tuple(tree)


def _steps(treedef: TreeDef) -> list[str]:
    if treedef.kind is dict:
        return [f"[{name!r}]" for name in treedef.names]
    if treedef.names:
        return [f".{name}" if name else "" for name in treedef.names]
    return [f"[{k}]" for k in range(len(treedef.children))]


def _paths(treedef: TreeDef, path: str) -> Iterator[str]:
    if treedef.kind is None:
        yield path
    for step, child in zip(_steps(treedef), treedef.children, strict=True):
        yield from _paths(child, path + step)


def _describe(treedef: TreeDef) -> str:
    if treedef.kind is None:
        return "a leaf"
    if treedef.kind is type(None):
        return "None"
    if isinstance(treedef.data, Static):
        return f"the static value {treedef.data.value!r}"
    if treedef.kind is dict:
        return f"a dict with keys {', '.join(map(repr, treedef.names))}" if treedef.names else "an empty dict"
    if treedef.names:
        return f"a {treedef.kind.__name__}({', '.join(map(str, treedef.names))})"
    return f"a {treedef.kind.__name__} of {len(treedef.children)}"


def _exact(value: Any) -> Hashable:
    if type(value) is float:
        return "float", value.hex()
    if type(value) is complex:
        return "complex", value.real.hex(), value.imag.hex()
    if isinstance(value, np.generic):
        return value.dtype.str, value.tobytes()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return type(value), tuple([_exact(getattr(value, field.name)) for field in dataclasses.fields(value)])
    if isinstance(value, (tuple, frozenset)):
        items = [_exact(item) for item in value]
        return type(value), tuple(items) if isinstance(value, tuple) else frozenset(items)
    return type(value), value


_LEAF = TreeDef(None)
_NONE = TreeDef(type(None))

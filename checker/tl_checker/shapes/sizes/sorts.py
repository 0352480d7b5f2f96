"""Which sizes are held against each other: those of one function or class, not what a caller may choose. No mypy here.

A size is of a sort: the value of an argument, an axis of an object, a value that the objects of a class keep, an axis
of a function inside another one. Two different sizes contradict each other when they are of one sort that says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from tl_dsl.dims import Axis, Dim, atoms
from tl_dsl.shapes import Star

VALUE: Final = "{"
"""The sort of values that some caller gives: held against nothing."""
FIELD: Final = "{self"
"""The sort of values that the fields of a class mention: held against each other."""
STORED: Final = "{self of "
"""With the name of a class: the sort of the axes of arrays that an object of it keeps, and of those that a method means
by the same name."""
AXIS: Final = "axis"
"""No sort either: the axes that the arrays of an object have. Its ints may follow from them, or they from its ints."""
PROMISED: Final = ""
"""No sort: a signature promises that these values may be any."""
_BRACES: Final = r"\{[\w.]+\}"
_OF_TUPLE: Final = r"\b(\w+):\{\1\.\w+\}$"
_OF_OBJECT: Final = r"(\{[\w.]+)\.\w+\}$"
_ARGUMENT: Final = r"\{\w+\}"
_NO_SORT: Final[frozenset[str]] = frozenset()
_held: list[Callable[[], Mapping[str, str]]] = []


def hold(promises: Callable[[], Mapping[str, str]]) -> None:
    """From now on, the values in braces that this gives have these sorts, and all others are VALUE.

    It is asked when two sizes differ, as in most functions none do.
    """
    _held[:] = [promises]


def _promises() -> Mapping[str, str]:
    return _held[0]() if _held else {}


def is_promised(text: str) -> bool:
    """Whether a printed size holds for all the values in braces in it."""
    promised = {name.rpartition(":")[2] for name, sort in _promises().items() if sort == PROMISED}
    return promised.issuperset(re.findall(_BRACES, text))


def has_any_value(text: str) -> bool:
    """Whether a printed size depends on a value `{self.d}` that may be any: a property computes it."""
    computed = {name.rpartition(":")[2] for name, sort in _promises().items() if sort == VALUE}
    return bool(computed) and not computed.isdisjoint(re.findall(_BRACES, text))


def may_follow(left: str, right: str) -> bool:
    """Whether one printed size is made of ints of an object, `{self.d}`, and the other of the axes of its arrays."""
    names = {name.rpartition(":")[2] for name, sort in _promises().items() if sort == AXIS}
    return any(
        "{self." in one and "{self." not in other and not names.isdisjoint(re.findall(r"\w+", other))
        for one, other in ((left, right), (right, left))
    )


def ints_beside_axes(sizes: Iterable[Axis | Star]) -> set[Axis | Star]:
    """The sizes made of ints of an object, `{self.d}`, where others are made of the axes of its arrays."""
    among = [*sizes]
    of_ints = {axis for axis in among if any("{self." in name for name in _names_of(axis))}
    return of_ints if any(map(_has_axes, among)) else set()


def _names_of(axis: Axis | Star) -> Iterable[str]:
    return [axis.name or ""] if isinstance(axis, Star) else atoms(axis)


def _has_axes(axis: Axis | Star) -> bool:
    return any(_promises().get(name) == AXIS for name in _names_of(axis))


def without_free(text: str) -> str:
    """A printed size in which the names of a function inside another one that may be any size are plain names."""
    return re.sub(r"\w+@\w+", lambda name: name[0].partition("@")[0] if _is_free(name[0]) else name[0], text)


def _is_free(text: str) -> bool:
    return any(name.rpartition(":")[2] == text and sort == PROMISED for name, sort in _promises().items())


def sort_of(axis: Axis | Star) -> frozenset[str]:
    """What keeps a size from being held against others; empty for the axes of a function or a class.

    `{n}` is the value of an argument: a caller may well give the size of an axis there, unless the signature promises
    to take any. `n@inner` is an axis of a function defined inside another one, where the names of the outer one need
    not mean something else, unless the outer one promises that the inner one takes any.
    """
    names = [axis.name or ""] if isinstance(axis, Star) else atoms(axis)
    if not any("{" in name or "@" in name for name in names):
        return _NO_SORT
    promises = _promises()
    local = {name.rpartition("@")[2] for name in names if "@" in name and name not in promises}
    values = {promises[name] if name in promises else _object_of(name) for name in names if "{" in name}
    return frozenset(local | values - {PROMISED})


def _object_of(name: str) -> str:
    """The sort of the axes of a parameter that is an object, `{data.n}`.

    Operations hold them against each other, as in its class; calls do not: `layer(layer(x))` asks for a fitting layer.
    """
    match = re.search(_OF_OBJECT, name)
    return VALUE if match is None or match[1] == "{self" or of_named_tuple(name) else match[1]


def of_named_tuple(name: str) -> bool:
    """Whether an atom is an axis of a class of named tuples, `{Params.n}`: of any tuple of the class."""
    return re.search(_OF_TUPLE, name) is not None


def of_object(axis: Axis | Star) -> bool:
    """Whether a size depends on the axes of a parameter that is an object."""
    return any(sort.startswith(VALUE) and sort not in (VALUE, FIELD) for sort in sort_of(axis))


def of_one(left: Axis | Star, right: Axis | Star) -> bool:
    """Whether two sizes are made of the axes of one object, which is a parameter.

    `ridge(f.x, f.z)` asks for one n, as an operation does, and got two axes of f.
    """
    sorts = {sort for sort in sort_of(left) | sort_of(right) if of_object(left) or of_object(right)}
    return len(sorts) == 1 and all(belongs(axis, sort) for axis in (left, right) for sort in sorts)


def belongs(axis: Axis | Star, sort: str) -> bool:
    """Whether a size is made of the axes of one object alone, or of names by which a method calls those."""
    names, promises = frozenset() if isinstance(axis, Star) else atoms(axis), _promises()
    return bool(names) and all(promises.get(name, _object_of(name) if "{" in name else "") == sort for name in names)


def comparable(left: Axis | Star, right: Axis | Star) -> bool:
    """Whether two different sizes contradict each other."""
    if not isinstance(left, Star) and not isinstance(right, Star) and isinstance(apart := left - right, int) and apart:
        return True
    if len(ints_beside_axes((left, right))) == 1:
        return False
    x, y = sort_of(left), sort_of(right)
    if (of_class(left) and of_class(right)) or _are_two_arguments(left, right):
        return True
    if isinstance(left, int) or isinstance(right, int):
        return not any(sort.startswith(VALUE) for sort in x | y)
    return x == y and not any(sort.startswith(VALUE) and sort != FIELD for sort in x)


def of_class(axis: Axis | Star) -> bool:
    """Whether a size is made of values that objects are made with or keep, `{self.width}`, and annotations mention."""
    names = axis.atoms if isinstance(axis, Dim) else ()
    if not names or not sort_of(axis) <= {FIELD}:
        return False
    promises = _promises()
    return all(promises.get(name) == FIELD or ":{self." in name for name in names)


def _are_two_arguments(left: Axis | Star, right: Axis | Star) -> bool:
    """Whether two sizes are ints that a function takes: it would take one if they were to be equal."""
    names = [axis.only for axis in (left, right) if isinstance(axis, Dim) and axis.only is not None]
    return len(names) == 2 and all(re.fullmatch(_ARGUMENT, name.rpartition(":")[2]) for name in names) and (
        names[0].rpartition(":")[0] == names[1].rpartition(":")[0]
    )  # fmt: skip

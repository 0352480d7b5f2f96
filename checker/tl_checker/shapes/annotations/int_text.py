"""Printed types whose ints carry sizes, told from others. No mypy here.

mypy takes an int of which a size is known for another type than a plain int, where a type may not vary (in lists, as
keys). Which int it is, nobody has declared: a message whose types differ only there says nothing of the program.
"""

from __future__ import annotations

import re
from typing import Final

from tl_checker.shapes.annotations.type_text import closing, split

_SIZED: Final = r"\b(?:tl_checker\.symint\.)?SymInt\["
_HEAD: Final = r"([\w.]+)\[(.*)\]"


def holds_sized_ints(text: str) -> bool:
    """Whether a type has ints in it of which the sizes are known."""
    return re.search(_SIZED, text) is not None


def without_sizes_of_ints(text: str) -> str:
    """A type in which such ints are plain ones.

    >>> without_sizes_of_ints("tuple[SymInt[{n}-1] | SymInt[{n}], ndarray[Float, b]]")
    'tuple[int, ndarray[Float, b]]'
    """
    parts, at = [], 0
    for match in re.finditer(_SIZED, text):
        if match.start() >= at:
            parts.append(text[at : match.start()] + "int")
            at = closing(text, match.end()) + 1
    return _merged("".join([*parts, text[at:]])) if parts else text


def _merged(text: str) -> str:
    """A type in which no member of a union stands twice."""
    if len(members := split(text, "|")) > 1:
        return " | ".join(dict.fromkeys(map(_merged, members)))
    match = re.fullmatch(_HEAD, text, re.DOTALL)
    return f"{match[1]}[{', '.join(map(_merged, split(match[2], ',')))}]" if match else text


def differ_in_ints_alone(got: str, wanted: str) -> bool:
    """Whether two types differ only in the sizes that ints carry; any number of ints may be those of a shape.

    >>> differ_in_ints_alone("list[tuple[SymInt[a], SymInt[b]]]", "list[tuple[int, int]]")
    True
    >>> differ_in_ints_alone("tuple[SymInt[a], str]", "tuple[SymInt[b], int]")
    False
    """
    sized = holds_sized_ints(got) or holds_sized_ints(wanted)
    return sized and _fits(without_sizes_of_ints(got), without_sizes_of_ints(wanted))


def _fits(got: str, wanted: str) -> bool:
    if got == wanted:
        return True
    members, places = split(got, "|"), split(wanted, "|")
    if len(members) > 1 or len(places) > 1:
        return all(any(_fits(member, place) for place in places) for member in members)
    x, y = re.fullmatch(_HEAD, got, re.DOTALL), re.fullmatch(_HEAD, wanted, re.DOTALL)
    if x is None or y is None or x[1] != y[1]:
        return False
    items, asked = split(x[2], ","), split(y[2], ",")
    if x[1].endswith("tuple") and asked[1:] == ["..."]:
        return all(item == "..." or _fits(item, asked[0]) for item in items)
    return len(items) == len(asked) and all(map(_fits, items, asked))

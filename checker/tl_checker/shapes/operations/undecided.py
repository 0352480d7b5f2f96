"""What a rule leaves undecided because sizes are not known: it would refuse some of the sizes that they may be."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Set
from typing import Any, Final, TypeAlias

from tl_checker.shapes.facts.values import TensorValue
from tl_checker.shapes.operations.alternatives import combinations
from tl_checker.shapes.operations.arguments import Arguments, IllTyped
from tl_checker.shapes.operations.repeated import Repeated, as_arrays, is_of_numbers, some_copies
from tl_dsl.dims import Axis, Dim, OneOr, Unknown, collect_assumptions
from tl_dsl.errors import LostShape, ShapeError
from tl_dsl.shapes import Star

_FEW: Final = 4
Reading: TypeAlias = Callable[[list[Any], dict[str, Any]], tuple[list[Any], dict[str, Any]]]


def undecided(arguments: Arguments, judge: Callable[[list[Any], dict[str, Any]], object]) -> str:
    """Why a rule cannot be decided; empty when it holds whatever the sizes are that nothing is known of.

    `judge` applies the rule to arguments by position and by name.
    """
    why = _undecided(arguments, judge, some_copies)
    return _undecided(arguments, judge, as_arrays) if why and _lists_of_numbers(arguments) else why


def _lists_of_numbers(arguments: Arguments) -> bool:
    """Whether lists of any length are among some arguments, all of numbers: there, the length is all that is known."""
    given = itertools.chain(*arguments.positional, *arguments.named.values())
    lists = [value for value in given if isinstance(value, Repeated)]
    return bool(lists) and all(is_of_numbers(value) for value in lists)


def _undecided(arguments: Arguments, judge: Callable[[list[Any], dict[str, Any]], object], read: Reading) -> str:
    for positional, named, ones in _readings(arguments, read):
        values = [_distinguish(value, f"{i}", ones) for i, value in enumerate(positional)]
        others = {name: _distinguish(value, name, ones) for name, value in named.items()}
        try:
            with collect_assumptions() as assumed:
                judge(values, others)
        except (ShapeError, LostShape) as why:
            return _undistinguished(why.got or why.rule)
        except (TypeError, IllTyped):
            return ""
        for assumption in assumed:
            if "?" in assumption.text:
                return f"whether {_undistinguished(assumption.text)}"
    return ""


def _readings(arguments: Arguments, read: Reading) -> Iterator[tuple[list[Any], dict[str, Any], frozenset[str]]]:
    """The arguments with each choice of the sizes `#n` in them: n, or 1."""
    for given, by_name, _ in combinations(arguments):
        positional, named = read(given, by_name)
        values = {**{f"{i}": value for i, value in enumerate(positional)}, **named}
        for ones in _choices_of_ones(values):
            yield positional, named, ones


def _distinguish(value: Any, place: str, ones: Set[str] = frozenset()) -> Any:
    """An argument in which each size that is not known is one of its own: what holds for it holds for all sizes.

    A size `#n` is 1 at the places in `ones`, and n at others.
    """
    if isinstance(value, (tuple, list)):
        return type(value)(_distinguish(item, f"{place}.{i}", ones) for i, item in enumerate(value))
    if isinstance(value, Unknown):
        return Dim.name(f"?{place}")
    if not isinstance(value, TensorValue):
        return value
    shape = [_distinct(axis, f"{place}.{i}", ones) for i, axis in enumerate(value.shape)]
    return TensorValue(tuple(shape), value.dtype)


def _distinct(axis: Axis | Star, place: str, ones: Set[str]) -> Axis | Star:
    if isinstance(axis, OneOr):
        return 1 if place in ones else axis.size
    if isinstance(axis, Unknown):
        return Dim.name(f"?{place}")
    return Star(f":?{place}") if axis == Star() else axis


def _choices_of_ones(values: dict[str, Any]) -> list[frozenset[str]]:
    """The places of sizes `#n` in arguments at which to try 1: all sets of them, when there are few."""
    places = [place for name, value in values.items() for place in _places_of_ones(value, name)]
    if len(places) > _FEW:
        return [frozenset(), frozenset(places), *(frozenset({place}) for place in places)]
    chosen = itertools.product((False, True), repeat=len(places))
    return [frozenset(itertools.compress(places, choice)) for choice in chosen]


def _places_of_ones(value: Any, place: str) -> Iterator[str]:
    parts = value.shape if isinstance(value, TensorValue) else value if isinstance(value, (tuple, list)) else ()
    for i, part in enumerate(parts):
        if isinstance(part, OneOr):
            yield f"{place}.{i}"
        elif isinstance(part, (TensorValue, tuple, list)):
            yield from _places_of_ones(part, f"{place}.{i}")


def _undistinguished(text: str) -> str:
    """A message about such sizes as one about unknown ones."""
    return re.sub(r"\?[\w.]+", "?", re.sub(r"\*\?[\w.]+", "...", text))

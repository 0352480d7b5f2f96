"""What a rule gives for arguments that differ only in the names of their axes, found out once.

A rule that holds for all sizes n and m holds for all sizes k and d. So where it gave a result for some names, and
nothing was assumed or left open, it gives the same result, in their names, for any others.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final, TypeVar

from tl_checker.shapes.memory import Recent
from tl_checker.shapes.values import ScalarValue, TensorValue
from tl_dsl.dims import Dim
from tl_dsl.shapes import Star

T = TypeVar("T")
_PLAIN: Final = frozenset({bool, int, float, complex, str, type(None), type(...)})


class Patterns:
    """The results of rules, with numbers for the names of axes."""

    def __init__(self) -> None:
        self._known = Recent[Hashable, Any]()

    def result(
        self,
        rule: str,
        positional: list[Any],
        named: dict[str, Any],
        judge: Callable[[Callable[[T], None]], T],
    ) -> T:
        """What a rule gives. `judge` finds it out, and hands it to its argument where it holds without a doubt."""
        numbers = _Numbers()
        try:
            pattern = (rule, numbers.form(positional), numbers.form(tuple(named.items())))
        except _Unnamed:
            return judge(_drop)
        before = self._known.get(pattern)
        if before is not None:
            return numbers.named(before)  # type: ignore[no-any-return]

        def note(found: T) -> None:
            with contextlib.suppress(_Unnamed):
                self._known.put(pattern, numbers.numbered(found))

        return judge(note)


def _drop(found: object) -> None:
    pass


class _Unnamed(Exception):
    """A value is more than names and numbers."""


class _Numbers:
    """Numbers for the names of axes, in the order in which one call mentions them."""

    def __init__(self) -> None:
        self._places: dict[Dim | Star, str] = {}

    def form(self, value: Any) -> Hashable:
        """A value with numbers for names; values of equal forms are equal but for names."""
        kind = type(value)
        if kind is TensorValue:
            return tuple([axis if type(axis) is int else self._place(axis) for axis in value.shape]), value.dtype
        if kind in _PLAIN or isinstance(value, type):
            return kind, value
        if kind is tuple or kind is list:
            return kind, tuple([self.form(item) for item in value])
        if kind is slice:
            return kind, self.form(value.start), self.form(value.stop), self.form(value.step)
        if kind is ScalarValue:
            return kind, value.dtype
        return kind, self._place(value)

    def _place(self, axis: Any) -> str:
        kind = type(axis)
        place = self._places.get(axis) if kind is Dim or kind is Star else None
        if place is None:
            name = axis.only if kind is Dim else axis.name if kind is Star else None
            if name is None or "{" in name:
                raise _Unnamed
            place = self._places[axis] = f"{kind.__name__} {len(self._places)}"
        return place

    def numbered(self, result: Any) -> Any:
        """A result with numbers for names."""
        return _with(self._places, result)

    def named(self, numbered: Any) -> Any:
        """Such a result in the names of this call."""
        return _with({place: axis for axis, place in self._places.items()}, numbered)


def _with(places: Mapping[Any, Any], value: Any) -> Any:
    """A result, with something else for each of its sizes that is no number."""
    kind = type(value)
    if kind is int or kind is bool or isinstance(value, type):
        return value
    if kind is tuple or kind is list:
        return kind([_with(places, item) for item in value])
    if kind is TensorValue:
        return TensorValue(_with(places, value.shape), value.dtype)
    if kind is Dim or kind is Star or kind is str:
        found = places.get(value)
        if found is not None:
            return found
    raise _Unnamed  # sizes that are not among those of the arguments

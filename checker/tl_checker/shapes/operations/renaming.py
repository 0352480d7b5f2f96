"""What a rule gives for arguments that differ only in the names of their axes, found out once.

A rule that holds for all sizes n and m holds for all sizes k and d. So where it gave a result for some names, and
nothing was assumed or left open, it gives the same result, in their names, for any others.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeAlias, TypeVar

from tl_checker.shapes.facts.values import ScalarValue, TensorValue
from tl_checker.shapes.host.memory import Recent
from tl_checker.shapes.sizes.forms import Name, form_of
from tl_dsl.dims import Dim, substitute
from tl_dsl.shapes import Star

T = TypeVar("T")
Names: TypeAlias = Sequence[Name]
"""The axes that a call mentions, each once, in the order in which it does."""
_PLAIN: Final = frozenset({bool, int, float, complex, str, type(None), type(...)})
_NAMES: Final = frozenset({Dim, Star})


class Patterns:
    """The results of rules, each as a function of the names that a call mentions."""

    def __init__(self) -> None:
        self._known = Recent[Hashable, Callable[[Names], Any]]()

    def known(self, rule: str, positional: list[Any], named: dict[str, Any]) -> Any:
        """What is known of a call before any rule is asked; it holds without a doubt. None where nothing is."""
        try:
            pattern, names = _pattern(rule, positional, named)
        except _Unnamed:
            return None
        made = self._known.get(pattern)
        return None if made is None else made(names)

    def result(
        self,
        rule: str,
        positional: list[Any],
        named: dict[str, Any],
        judge: Callable[[Callable[[T], None]], T],
    ) -> T:
        """What a rule gives. `judge` finds it out, and hands it to its argument where it holds without a doubt."""
        try:
            pattern, names = _pattern(rule, positional, named)
        except _Unnamed:
            return judge(_drop)
        made = self._known.get(pattern)
        if made is not None:
            return made(names)  # type: ignore[no-any-return]

        def note(found: T) -> None:
            made = _made_of({name: i for i, name in enumerate(names)}, found)
            if made is not None:
                self._known.put(pattern, made)

        return judge(note)


def _drop(found: object) -> None:
    pass


class _Unnamed(Exception):
    """A value is more than names and numbers."""


def _pattern(rule: str, positional: list[Any], named: dict[str, Any]) -> tuple[Hashable, Names]:
    """What calls have in common that differ in the names of axes only, and the names of this one."""
    mentioned: list[Name] = []
    forms: list[Hashable] = []
    for value in positional:
        if type(value) is TensorValue:  # as most are
            form, names = value.pattern or value.find_pattern()
            if names is None:
                raise _Unnamed
            mentioned += names
            forms.append(form)
        else:
            forms.append(_form(value, mentioned))
    given = [(name, _form(value, mentioned)) for name, value in named.items()] if named else ()
    numbers: dict[Name, int] = {}
    firsts = tuple(map(numbers.setdefault, mentioned, range(len(mentioned))))  # where each is mentioned first
    return (rule, tuple(forms), tuple(given), firsts), tuple(numbers)


def _form(value: Any, mentioned: list[Name]) -> Any:
    """A value without the names of its axes, which are added to those that are mentioned."""
    kind = type(value)
    if kind is TensorValue:
        form, names = value.pattern or value.find_pattern()
        if names is None:
            raise _Unnamed
        mentioned += names
        return form
    if kind in _PLAIN or isinstance(value, type):
        return kind, value
    if kind is tuple or kind is list:
        return kind, tuple([_form(item, mentioned) for item in value])
    if kind is slice:
        return kind, tuple([_form(part, mentioned) for part in (value.start, value.stop, value.step)])
    if kind is ScalarValue:
        return kind, value.dtype
    found = form_of(value) if kind in _NAMES else None
    if found is None:
        raise _Unnamed
    mentioned += found[1]
    return found[0]


def _made_of(numbers: Mapping[Name, int], value: Any) -> Callable[[Names], Any] | None:
    """A result as a function of the names of a call; None where it is made of more than these."""
    kind = type(value)
    if kind is int or kind is bool or isinstance(value, type):
        return lambda names: value
    if kind is TensorValue:
        shape = _made_of(numbers, value.shape)
        return None if shape is None else lambda names: TensorValue(shape(names), value.dtype)
    if kind is tuple and len(value) > 1 and all([type(item) in _NAMES and item in numbers for item in value]):
        return itemgetter(*[numbers[item] for item in value])  # a shape of names only
    if kind is tuple or kind is list:
        found = [_made_of(numbers, item) for item in value]
        parts = [part for part in found if part is not None]
        return None if len(parts) < len(found) else _together(kind, parts)
    if kind in _NAMES:
        return itemgetter(numbers[value]) if value in numbers else _expression(numbers, value)
    return None


def _together(kind: Callable[[Any], Any], parts: list[Callable[[Names], Any]]) -> Callable[[Names], Any]:
    if kind is tuple and len(parts) == 2:  # the shape and the elements of a result
        first, second = parts
        return lambda names: (first(names), second(names))
    return lambda names: kind([part(names) for part in parts])


def _expression(numbers: Mapping[Name, int], value: Any) -> Callable[[Any], Any] | None:
    """A size such as n+k of the names n and k."""
    places = {name.only: i for name, i in numbers.items() if isinstance(name, Dim) and name.only is not None}
    if not isinstance(value, Dim) or not value.atoms <= places.keys():
        return None
    return lambda names: substitute(value, {atom: names[i] for atom, i in places.items()})

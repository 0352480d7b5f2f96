"""What the checker remembers, so as not to find it out twice. Without it, it would say the same."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
MANY: Final = 500
"""So much is kept for certain: more than what is asked for again while one file is checked."""
MANY_OBJECTS: Final = 4 * MANY
"""What is known of so many objects is let go at once: that is rare, and asking is quicker for it."""


class Recent(Generic[K, V]):
    """What was put in or asked for lately; the rest is let go.

    >>> squares = Recent[int, int](many=2)
    >>> for n in range(6):
    ...     squares.put(n, n * n)
    >>> [squares.get(n) for n in (0, 3, 5)]
    [None, 9, 25]
    """

    __slots__ = ("_before", "_many", "_now")

    def __init__(self, many: int = MANY) -> None:
        self._many = many
        self._now: dict[K, V] = {}
        self._before: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """What is kept under a key."""
        found = self._now.get(key)
        if found is None and (found := self._before.get(key)) is not None:
            self.put(key, found)
        return found

    def put(self, key: K, value: V) -> None:
        """Keep a value."""
        if len(self._now) >= self._many:
            self._now, self._before = {}, self._now
        self._now[key] = value


class Memory(dict[int, tuple[object, V]]):
    """What is known of objects of mypy's, by which object it is; of an equal one it may not hold.

    >>> lengths = Memory[int]()
    >>> one, other = [1, 2], [1, 2]
    >>> lengths.note(one, 2)
    >>> lengths.of(one), lengths.of(other)
    (2, None)
    """

    __slots__ = ()

    def of(self, thing: object) -> V | None:
        """What is kept of an object."""
        found = self.get(id(thing))
        return found[1] if found is not None and found[0] is thing else None

    def note(self, thing: object, value: V) -> None:
        """Keep something of an object, which lives on for as long: no later one can be taken for it."""
        if len(self) >= MANY_OBJECTS:
            self.clear()
        self[id(thing)] = (thing, value)

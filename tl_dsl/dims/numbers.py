"""Numbers that are no sizes, of which a shape rule knows the kind alone: a float that a function is given."""

from __future__ import annotations

from typing import Final, Self


class _Unknown:
    """Equal to itself alone, or what was found for one number would be taken for another's."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def __neg__(self) -> Self:
        return self


class UnknownFloat(_Unknown, float):
    """Some float.

    >>> UNKNOWN_FLOAT == 0.5, -UNKNOWN_FLOAT is UNKNOWN_FLOAT, isinstance(UNKNOWN_FLOAT, float)
    (False, True, True)
    """

    __slots__ = ()


class UnknownComplex(_Unknown, complex):
    """Some complex number."""

    __slots__ = ()


UNKNOWN_FLOAT: Final = UnknownFloat(0.5)
UNKNOWN_COMPLEX: Final = UnknownComplex(0.5j)

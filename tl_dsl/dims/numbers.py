"""Numbers that are no sizes, of which a shape rule knows the kind alone: a float that a function is given."""

from __future__ import annotations

from typing import Final


class UnknownFloat(float):
    """Some float. It is equal to itself alone, or what was found for one number would be taken for another's.

    >>> UNKNOWN_FLOAT == 0.5, -UNKNOWN_FLOAT is UNKNOWN_FLOAT, isinstance(UNKNOWN_FLOAT, float)
    (False, True, True)
    """

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def __neg__(self) -> UnknownFloat:
        return self


class UnknownComplex(complex):
    """Some complex number."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def __neg__(self) -> UnknownComplex:
        return self


UNKNOWN_FLOAT: Final = UnknownFloat(0.5)
UNKNOWN_COMPLEX: Final = UnknownComplex(0.5j)

"""The static type of a size: `x.shape[0]` is a `SymInt` of its axis for the checker, and a plain int at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar, overload

N = TypeVar("N", covariant=True)


class SymInt(int, Generic[N]):
    """An int whose value is known to be the size `N`. Only the checker makes them."""

    if TYPE_CHECKING:
        # Its own comparison keeps mypy from narrowing on `==` (and from calling the rest of a function unreachable).
        def __eq__(self, other: object, /) -> bool: ...
        def __ne__(self, other: object, /) -> bool: ...

        # For mypy, `n ** 0.5` on an int is Any, and what is divided by it would be lost.
        @overload  # type: ignore[override]
        def __pow__(self, other: int, /) -> int: ...
        @overload
        def __pow__(self, other: float, /) -> float: ...
        def __pow__(self, other: float, /) -> float: ...

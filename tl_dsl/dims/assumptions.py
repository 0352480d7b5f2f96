"""What a shape rule relies on beyond what it can prove: `n >= 2`, `3 divides n`."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from tl_dsl.dims.dim import Dim


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is relied on, as a text; of a division without remainder, and of an order, the sizes too."""

    text: str
    divisor: int | Dim = 1
    dividend: int | Dim = 0
    smaller: int | Dim = 0
    larger: int | Dim = 0

    def __str__(self) -> str:
        return self.text


_assumptions: ContextVar[list[Assumption] | None] = ContextVar("assumptions", default=None)


def assume(what: str | Assumption) -> None:
    """Note that a shape rule relies on something; nothing happens unless `collect_assumptions` is active."""
    active = _assumptions.get()
    if active is None:
        return
    assumption = Assumption(what) if isinstance(what, str) else what
    if assumption not in active:
        active.append(assumption)


def assume_division(divisor: int | Dim, dividend: int | Dim) -> None:
    """Note that a shape rule relies on a division that leaves no remainder.

    >>> with collect_assumptions() as found:
    ...     assume_division(2, Dim.name("n"))
    >>> print(found[0])
    2 divides n
    """
    assume(Assumption(f"{divisor} divides {dividend}", divisor, dividend))


def assume_order(smaller: int | Dim, larger: int | Dim, text: str = "") -> None:
    """Note that a shape rule relies on one size being at most another.

    >>> with collect_assumptions() as found:
    ...     assume_order(2, Dim.name("n"))
    >>> print(found[0])
    2 <= n
    """
    assume(Assumption(text or f"{smaller} <= {larger}", smaller=smaller, larger=larger))


class collect_assumptions:  # a class, since every rule is applied inside one: contextlib is many times slower
    """The list to which `assume` appends inside the block.

    >>> with collect_assumptions() as found:
    ...     assume("n >= 2")
    >>> found
    [Assumption(text='n >= 2', divisor=1, dividend=0, smaller=0, larger=0)]
    """

    def __enter__(self) -> list[Assumption]:
        found: list[Assumption] = []
        self._token = _assumptions.set(found)
        return found

    def __exit__(self, *error: object) -> None:
        _assumptions.reset(self._token)

"""What a shape rule relies on beyond what it can prove: `n >= 2`, `3 divides n`."""

from __future__ import annotations

from contextvars import ContextVar

_assumptions: ContextVar[list[str] | None] = ContextVar("assumptions", default=None)


def assume(text: str) -> None:
    """Note that a shape rule relies on `text`; nothing happens unless `collect_assumptions` is active."""
    active = _assumptions.get()
    if active is not None and text not in active:
        active.append(text)


class collect_assumptions:  # a class, since every rule is applied inside one: contextlib is many times slower
    """The list to which `assume` appends inside the block.

    >>> with collect_assumptions() as found:
    ...     assume("n >= 2")
    >>> found
    ['n >= 2']
    """

    def __enter__(self) -> list[str]:
        found: list[str] = []
        self._token = _assumptions.set(found)
        return found

    def __exit__(self, *error: object) -> None:
        _assumptions.reset(self._token)

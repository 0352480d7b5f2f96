"""What is known of sizes in a part of a program: that some are equal, as `assert x.shape == y.shape` says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tl_dsl.dims.dim import Dim

_forms: ContextVar[Callable[[int | Dim], int | Dim] | None] = ContextVar("forms", default=None)


@contextmanager
def knowing(form: Callable[[int | Dim], int | Dim]) -> Iterator[None]:
    """Inside the block, sizes are equal when their forms are: something is known that makes them so.

    >>> from tl_dsl.dims import Dim, at_least, same, substitute
    >>> n, m = Dim.name("n"), Dim.name("m")
    >>> with knowing(lambda size: substitute(size, {":n": m + 1})):
    ...     same(n * m, m * m + m), at_least(n, 2), same(n, m)
    (True, True, False)
    """
    token = _forms.set(form)
    try:
        yield
    finally:
        _forms.reset(token)


def is_known() -> bool:
    """Whether something is known of sizes here."""
    return _forms.get() is not None


def form_of(dim: int | Dim) -> int | Dim:
    """The form of a size; the size itself where nothing is known."""
    form = _forms.get()
    return dim if form is None or isinstance(dim, int) else form(dim)

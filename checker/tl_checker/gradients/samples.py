"""Points of a user's own: for functions and models with a narrow domain, or without annotations to draw from.

A module gives them by name, without an import: ``__tl_samples__ = {"energy": [(x, y)], "Model": [(x,)]}``; or the
function is decorated with ``samples``. Each is a list of tuples of arguments, or a function that draws such a tuple.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

from tl_dsl.errors import ArgumentError

F = TypeVar("F")
Samples = Sequence[Sequence[Any]] | Callable[[Random], Sequence[Any]]


def samples(given: Samples) -> Callable[[F], F]:
    """Let a function, or a class of Modules, be verified at these arguments instead of drawn ones.

    ``given`` is a list of tuples of positional arguments, or a function of a ``random.Random`` that draws one.

    >>> import tl_dsl as tl
    >>> @samples(lambda rng: (tl.tensor([rng.uniform(2, 3), 1.0]),))
    ... def outside(x):
    ...     return tl.sum(tl.log(x * x - 0.5))
    >>> len(samples_of(outside, seed=0, count=2))
    2
    """

    def mark(target: F) -> F:
        target.__tl_samples__ = given  # type: ignore[attr-defined]
        return target

    return mark


def samples_of(target: Any, *, seed: int, count: int) -> list[tuple[Any, ...]]:
    """The arguments that a user gave for a function, or for the class of a model; none when there are none.

    Errors: ArgumentError when they are not tuples of arguments.
    """
    given = _given(target if hasattr(target, "__qualname__") else type(target))
    if given is None:
        return []
    name = getattr(target, "__qualname__", type(target).__qualname__)
    found = [given(Random(f"{seed} {name} {k}")) for k in range(count)] if callable(given) else list(given)
    if not found or not all(isinstance(one, (tuple, list)) for one in found):
        raise ArgumentError(
            f"samples of {name} are tuples of its arguments",
            got=", ".join(type(one).__name__ for one in found) or "none",
            suggestion=f'__tl_samples__ = {{"{name}": [(x,)]}}',
        )
    return [tuple(one) for one in found]


def has_samples(target: Any) -> bool:
    """Whether a user gave points for a function or a model."""
    return _given(target if hasattr(target, "__qualname__") else type(target)) is not None


def _given(target: Any) -> Samples | None:
    own: Samples | None = vars(target).get("__tl_samples__") if hasattr(target, "__dict__") else None
    if own is not None:
        return own
    module = sys.modules.get(getattr(target, "__module__", "") or "")
    by_name: dict[str, Samples] = getattr(module, "__tl_samples__", {})
    return by_name.get(getattr(target, "__qualname__", ""))

"""Sizes and runs of axes without the names in them: what n+k and d+h have in common."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import TypeAlias

from tl_dsl.dims import Axis, Dim, dim_of
from tl_dsl.dims.polynomial import Atom, Minimum, Terms
from tl_dsl.shapes import Star

Name: TypeAlias = Dim | Star
"""An axis, or a run of axes, that is no more than a name."""


@lru_cache(maxsize=2048)
def form_of(axis: Axis | Star) -> tuple[Hashable, tuple[Name, ...]] | None:
    """An axis without its names, and these; axes of one form are equal but for names, and a number is its own form.

    None where it is not known, or is the value of an argument or of a field, which is not as free as a name.

    >>> n, k = Dim.name("n"), Dim.name("k")
    >>> form_of(n + k)[0] == form_of(k + n)[0], form_of(n + 2 * k)[0] == form_of(n + k)[0], form_of(n + k)[1]
    (True, False, (k, n))
    """
    if isinstance(axis, Star):
        return None if axis.name is None or "{" in axis.name else (Star, (axis,))
    if isinstance(axis, int):
        return axis, ()
    if not isinstance(axis, Dim) or "{" in axis.key:
        return None
    if axis.only is not None:
        return Dim, (axis,)
    numbers: dict[str, int] = {}
    structure = _structure(axis.terms, numbers)
    return (Dim, structure), tuple([dim_of(atom) for atom in numbers])


def _structure(terms: Terms, numbers: dict[str, int]) -> Hashable:
    """A polynomial with numbers for its names, in the order in which it mentions them."""
    return tuple([(tuple([(_number(atom, numbers), power) for atom, power in monomial]), c) for monomial, c in terms])


def _number(atom: Atom, numbers: dict[str, int]) -> Hashable:
    if isinstance(atom, str):
        return numbers.setdefault(atom, len(numbers))
    if isinstance(atom, Minimum):
        return "min", tuple([_structure(part, numbers) for part in atom.parts])
    return _structure(atom.left, numbers), _structure(atom.right, numbers)

"""Bounds of sizes: that `n - n // 2` is at least 0."""

from __future__ import annotations

from typing import Final

from tl_dsl.dims import polynomial
from tl_dsl.dims.dim import Axis, Dim, Unknown, atoms, size, substitute
from tl_dsl.dims.knowledge import form_of
from tl_dsl.dims.least import least
from tl_dsl.dims.polynomial import Quotient


def lower_bound(dim: int | Dim) -> int | None:
    """A bound that the size never falls below, or None when none was found. Names are >= 1.

    A name in braces, `{n}`, stands for the value of an int that may be negative.

    >>> lower_bound(Dim.name("n") - 1), lower_bound(Dim.name("n") - Dim.name("m"))
    (0, None)
    >>> lower_bound(Dim.name("n") - Dim.name("n") // 2)
    0
    """
    dim = form_of(dim)
    if isinstance(dim, int):
        return dim
    if any("{" in name for name in dim.atoms):
        return None
    if dim.only is not None:
        return 1
    low = least(dim.terms)
    return _by_remainders(dim) if low is None else low


_FEW: Final = 4


def _by_remainders(dim: Dim) -> int | None:
    """A bound from each remainder of a name that the size divides: n is 2k or 2k + 1, and n // 2 is k."""
    for monomial, _ in dim.terms:
        for atom, _power in monomial:
            name = polynomial.single_atom(atom.left) if isinstance(atom, Quotient) else None
            divisor = size(atom.right) if isinstance(atom, Quotient) else None
            if isinstance(name, str) and isinstance(divisor, int) and 2 <= divisor <= _FEW:
                whole = Dim.name(f"{name} whole") * divisor
                values = [*range(1, divisor), *(whole + rest for rest in range(divisor))]
                bounds = [_bound_of(substitute(dim, {name: value})) for value in values]
                return None if None in bounds else min(bound for bound in bounds if bound is not None)
    return None


def _bound_of(dim: Axis) -> int | None:
    return None if isinstance(dim, Unknown) else lower_bound(dim)


def as_size(dim: int | Dim) -> Axis:
    """A size in which the values of arguments, `{n}`, are taken for sizes, which are at least 1.

    >>> lower_bound(Dim.name("{n}")), lower_bound(as_size(Dim.name("{n}")))
    (None, 1)
    """
    return substitute(
        dim, {atom: Dim.name(atom.replace("{", "").replace("}", "")) for atom in atoms(dim) if "{" in atom}
    )


def at_least(dim: Axis, bound: int) -> bool:
    """Whether the size is known to be at least `bound` always."""
    low = None if isinstance(dim, Unknown) else lower_bound(dim)
    return low is not None and low >= bound

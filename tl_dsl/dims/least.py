"""Lower bounds of polynomials whose names are at least 1, and the smallest of several."""

from __future__ import annotations

import functools

from tl_dsl.dims import polynomial
from tl_dsl.dims.polynomial import Atom, Minimum, Terms, add, constant, key_of, multiply, single_atom, variable


@functools.lru_cache(maxsize=4096)
def least(terms: Terms) -> int | None:
    """A bound that the polynomial never falls below, None when none was found.

    >>> n, m = variable(":n"), variable(":m")
    >>> least(multiply(n, m)), least(add(n, m, -1)), least(add(n, minimum(n, m), -1))
    (1, None, 0)
    """
    value = polynomial.value_of(terms)
    if value is not None:
        return value
    if any("{" in name for name in polynomial.names(terms)):  # an int, which may be negative
        return None
    if any(isinstance(atom, Minimum) for monomial, _ in terms for atom, _power in monomial):
        return _by_parts(terms)
    total = 0
    for monomial, c in _shift(_less(terms)):  # in names that range over >= 0
        if not monomial:
            total += c
        elif c < 0 or not all(isinstance(atom, str) or _natural(atom) for atom, _ in monomial):
            return None
    return total


def minimum(left: Terms, right: Terms) -> Terms:
    """The smaller of two; those that cannot be ordered are an atom.

    >>> n, m = variable(":n"), variable(":m")
    >>> minimum(n, multiply(n, m)) == n, minimum(n, m) == minimum(m, minimum(m, n))
    (True, True)
    """
    found: list[Terms] = []
    for part in sorted({*_parts(left), *_parts(right)}, key=key_of):
        if not any(_is_natural(add(part, other, -1)) for other in found):
            found = [other for other in found if not _is_natural(add(other, part, -1))] + [part]
    if len(found) == 1:
        return found[0]
    return variable(Minimum(f"({' & '.join(map(key_of, found))})", tuple(found)))


def _parts(terms: Terms) -> tuple[Terms, ...]:
    """What a polynomial is the smallest of."""
    atom = single_atom(terms)
    return atom.parts if isinstance(atom, Minimum) else (terms,)


def _is_natural(terms: Terms) -> bool:
    low = least(terms)
    return low is not None and low >= 0


def _by_parts(terms: Terms) -> int | None:
    """A bound from what a minimum is the smallest of: it is one of them, and none exceeds one that is subtracted."""
    for monomial, c in terms:
        for atom, power in monomial:
            if isinstance(atom, Minimum):
                bounds = [least(polynomial.replace_atom(terms, atom, part)) for part in atom.parts]
                known = [bound for bound in bounds if bound is not None]
                if c < 0 and len(monomial) == power == 1:
                    return max(known, default=None)
                return min(known) if len(known) == len(bounds) else None
    return None


def _shift(terms: Terms) -> Terms:
    """The polynomial with n + 1 for each name n; the names within a quotient keep their meaning (>= 1)."""
    total: Terms = ()
    for monomial, c in terms:
        term = constant(c)
        for atom, power in monomial:
            factor = variable(atom)
            if isinstance(atom, str):
                factor = add(factor, constant(1))
            for _ in range(power):
                term = multiply(term, factor)
        total = add(total, term)
    return total


def _less(terms: Terms) -> Terms:
    """A lower bound of the polynomial: p // q is at most p where it is subtracted, times what is not negative."""
    total: Terms = ()
    for monomial, c in terms:
        term = constant(c)
        smaller = c < 0 and all(_natural(atom) for atom, _ in monomial if not isinstance(atom, str))
        for atom, power in monomial:
            factor = atom.left if smaller and isinstance(atom, polynomial.Quotient) else variable(atom)
            for _ in range(power):
                term = multiply(term, factor)
        total = add(total, term)
    return total


def _natural(atom: Atom) -> bool:
    """Whether a quotient is of what is at least 0; of other atoms, that is not asked."""
    if not isinstance(atom, polynomial.Quotient):
        return False
    divisor = least(atom.right)
    return _is_natural(atom.left) and divisor is not None and divisor >= 1

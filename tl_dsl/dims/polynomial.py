"""Polynomials with integer coefficients in normal form: the arithmetic behind sizes.

A polynomial is a sorted tuple of terms, a term a monomial and its coefficient, a monomial a sorted tuple of atoms and
their powers. An atom is a name, the quotient of two polynomials that do not divide exactly, or the smallest of several
that cannot be ordered. Equal polynomials are equal tuples. The rules of division hold where the divisor is not zero.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Monomial: TypeAlias = "tuple[tuple[Atom, int], ...]"
Terms: TypeAlias = "tuple[tuple[Monomial, int], ...]"


@dataclass(frozen=True, slots=True)
class Quotient:
    """The atom `left // right`; `key` names it, and equal quotients have equal keys."""

    key: str
    left: Terms
    right: Terms


@dataclass(frozen=True, slots=True)
class Minimum:
    """The atom `min(...)` of polynomials of which none is always the smallest, in the order of their keys."""

    key: str
    parts: tuple[Terms, ...]


Atom: TypeAlias = str | Quotient | Minimum


def constant(value: int) -> Terms:
    """The polynomial of a number."""
    return (((), value),) if value else ()


def variable(name: Atom) -> Terms:
    """The polynomial of one atom."""
    return ((((name, 1),), 1),)


def key_of_variable(name: str) -> str:
    """The same as `key_of` of its polynomial."""
    return f"1*{name}"


def value_of(terms: Terms) -> int | None:
    """The number that a polynomial is, None when it depends on a name."""
    if not terms:
        return 0
    return terms[0][1] if len(terms) == 1 and not terms[0][0] else None


def names(terms: Terms) -> frozenset[str]:
    """The names that a polynomial mentions."""
    found: set[str] = set()
    for monomial, _ in terms:
        for atom, _power in monomial:
            if isinstance(atom, str):
                found.add(atom)
            else:
                found.update(*map(names, atom.parts if isinstance(atom, Minimum) else (atom.left, atom.right)))
    return frozenset(found)


def atom_key(atom: Atom) -> str:
    """A text that names the atom."""
    return atom if isinstance(atom, str) else atom.key


def key_of(terms: Terms) -> str:
    """A text that names the polynomial: sums of `c*atom*atom^power`, quotients as `(left // right)`."""
    return "+".join(f"{c}*{_monomial_key(monomial)}" if monomial else str(c) for monomial, c in terms) or "0"


@functools.lru_cache(maxsize=4096)
def _monomial_key(monomial: Monomial) -> str:
    return "*".join(atom_key(atom) if power == 1 else f"{atom_key(atom)}^{power}" for atom, power in monomial)


def _normal(coefficients: Mapping[Monomial, int]) -> Terms:
    terms = [(monomial, c) for monomial, c in coefficients.items() if c]
    return tuple(sorted(terms, key=lambda term: _monomial_key(term[0])))


def _times(left: Monomial, right: Monomial) -> Monomial:
    powers: dict[Atom, int] = dict(left)
    for atom, power in right:
        powers[atom] = powers.get(atom, 0) + power
    return tuple(sorted(powers.items(), key=lambda factor: atom_key(factor[0])))


def _over(left: Monomial, right: Monomial) -> Monomial | None:
    """The monomial left / right, or None when right does not divide left."""
    powers: dict[Atom, int] = dict(left)
    for atom, power in right:
        remaining = powers.get(atom, 0) - power
        if remaining < 0:
            return None
        powers[atom] = remaining
    return tuple((atom, power) for atom, power in powers.items() if power)


def rename(terms: Terms, names: Mapping[str, str]) -> Terms | None:
    """The polynomial of other names; None where it has an atom that is no name, and may be no longer one.

    >>> rename(add(variable("n"), variable("m")), {"n": "k", "m": "k"}) == multiply(constant(2), variable("k"))
    True
    """
    coefficients: dict[Monomial, int] = {}
    for monomial, c in terms:
        powers: dict[str, int] = {}
        for atom, power in monomial:
            if not isinstance(atom, str):
                return None
            name = names.get(atom, atom)
            powers[name] = powers.get(name, 0) + power
        renamed = tuple(sorted(powers.items()))
        coefficients[renamed] = coefficients.get(renamed, 0) + c
    return _normal(coefficients)


@functools.lru_cache(maxsize=4096)
def add(left: Terms, right: Terms, sign: int = 1) -> Terms:
    """left + sign * right."""
    coefficients = dict(left)
    for monomial, c in right:
        coefficients[monomial] = coefficients.get(monomial, 0) + sign * c
    return _normal(coefficients)


@functools.lru_cache(maxsize=4096)
def multiply(left: Terms, right: Terms) -> Terms:
    """left * right."""
    coefficients: dict[Monomial, int] = {}
    for left_monomial, left_c in left:
        for right_monomial, right_c in right:
            monomial = _times(left_monomial, right_monomial)
            coefficients[monomial] = coefficients.get(monomial, 0) + left_c * right_c
    return _normal(coefficients)


@functools.lru_cache(maxsize=4096)
def divide_exactly(dividend: Terms, divisor: Terms) -> Terms | None:
    """dividend / divisor by long division, None where that is not a polynomial with integer coefficients."""
    if not divisor:
        return None
    names = sorted({atom_key(atom) for terms in (dividend, divisor) for monomial, _ in terms for atom, _ in monomial})

    def exponents(term: tuple[Monomial, int]) -> list[int]:
        powers = {atom_key(atom): power for atom, power in term[0]}
        return [powers.get(name, 0) for name in names]

    lead_monomial, lead_c = max(divisor, key=exponents)
    quotient: Terms = ()
    while dividend:
        monomial, c = max(dividend, key=exponents)
        ratio = _over(monomial, lead_monomial)
        if ratio is None or c % lead_c:
            return None
        step = _normal({ratio: c // lead_c})
        quotient = add(quotient, step)
        dividend = add(dividend, multiply(step, divisor), -1)
    return quotient


@functools.lru_cache(maxsize=4096)
def floor_divide(dividend: Terms, divisor: Terms) -> Terms:
    """dividend // divisor. Raises ZeroDivisionError when the divisor is 0."""
    if not divisor:
        raise ZeroDivisionError("integer division by zero")
    exact = divide_exactly(dividend, divisor)
    if exact is not None:
        return exact
    dividend, divisor = _cancel(dividend, divisor)
    by = value_of(divisor)
    content = math.gcd(*(c for _, c in divisor))
    if by is None and content > 1:
        quotient = divide_exactly(dividend, _normal({monomial: c // content for monomial, c in divisor}))
        if quotient is not None:
            return floor_divide(quotient, constant(content))
    if by is not None and by < 0:
        return floor_divide(multiply(dividend, constant(-1)), constant(-by))
    whole, rest = _pull_out(dividend, divisor)
    if not rest:
        return whole
    return add(whole, _quotient(rest, divisor) if by is None else _floor_by_number(rest, by))


def _cancel(dividend: Terms, divisor: Terms) -> tuple[Terms, Terms]:
    """Both without the factors that all their terms share; these are not 0 where the divisor is not."""
    terms = (*dividend, *divisor)
    shared = dict(divisor[0][0])
    for monomial, _ in terms:
        powers = dict(monomial)
        shared = {atom: min(power, powers[atom]) for atom, power in shared.items() if atom in powers}
    content = math.gcd(*(c for _, c in terms))
    if not shared and content == 1:
        return dividend, divisor
    factor: Terms = ((tuple(sorted(shared.items(), key=lambda item: atom_key(item[0]))), content),)
    left, right = divide_exactly(dividend, factor), divide_exactly(divisor, factor)
    assert left is not None and right is not None
    return left, right


def _floor_by_number(rest: Terms, by: int) -> Terms:
    """rest // by, for coefficients in [0, by): floor(floor(x / g) / b) = floor(x / (g b)) for positive integers."""
    number = value_of(rest)
    if number is not None:
        return constant(number // by)
    shared = math.gcd(by, *(c for monomial, c in rest if monomial))
    if shared > 1:
        return floor_divide(_normal({monomial: c // shared for monomial, c in rest}), constant(by // shared))
    offset = dict(rest).get((), 0)
    nested = single_atom(add(rest, constant(offset), -1))
    if isinstance(nested, Quotient):  # (p//q + c) // b is (p + c*q) // (q*b)
        left = add(nested.left, multiply(nested.right, constant(offset)))
        return floor_divide(left, multiply(nested.right, constant(by)))
    # x // b is also -((b - 1 - x) // b): of the two forms, (n+1)//2 and n - n//2, one is taken.
    whole, other = _pull_out(add(constant(by - 1), rest, -1), constant(by))
    if _weight(other) < _weight(rest):
        return multiply(add(whole, _floor_by_number(other, by)), constant(-1))
    return _quotient(rest, constant(by))


def _weight(terms: Terms) -> tuple[int, int, str]:
    """What decides between two forms of a quotient: small coefficients, then a small constant."""
    return sum(c for monomial, c in terms if monomial), dict(terms).get((), 0), key_of(terms)


def _pull_out(dividend: Terms, divisor: Terms) -> tuple[Terms, Terms]:
    """(w, r) with dividend = w * divisor + r; w takes what the only term of the divisor divides."""
    if len(divisor) != 1:
        return (), dividend
    ((lead, lead_c),) = divisor
    whole: dict[Monomial, int] = {}
    for monomial, c in dividend:
        ratio = _over(monomial, lead)
        if ratio is not None and c // lead_c:
            whole[ratio] = c // lead_c
    quotient = _normal(whole)
    return quotient, add(dividend, multiply(quotient, divisor), -1)


def replace_atom(terms: Terms, atom: Atom, new: Terms) -> Terms:
    """The polynomial with another one in the place of an atom."""
    total: Terms = ()
    for monomial, c in terms:
        term: Terms = ((tuple(factor for factor in monomial if factor[0] != atom), c),)
        for _ in range(dict(monomial).get(atom, 0)):
            term = multiply(term, new)
        total = add(total, term)
    return total


def _quotient(left: Terms, right: Terms) -> Terms:
    return variable(Quotient(f"({key_of(left)} // {key_of(right)})", left, right))


def single_atom(terms: Terms) -> Atom | None:
    """The atom that a polynomial consists of, if it is only one."""
    if len(terms) == 1:
        ((monomial, c),) = terms
        if c == 1 and len(monomial) == 1 and monomial[0][1] == 1:
            return monomial[0][0]
    return None


# -- text -------------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=4096)
def show(terms: Terms) -> str:
    """The polynomial as one writes it, without the scopes of its names."""
    terms, remainders = _split_remainders(terms)
    shown = "".join(_show_term(monomial, c) for monomial, c in sorted(terms, key=_print_order)).removeprefix("+")
    return "+".join([shown, *remainders] if shown else remainders) or "0"


def _print_order(term: tuple[Monomial, int]) -> tuple[bool, bool, int, str]:
    monomial, c = term
    return not monomial, c < 0, -sum(power for _, power in monomial), _monomial_key(monomial)


def _show_term(monomial: Monomial, c: int) -> str:
    factors = [_show_atom(atom) + (f"**{power}" if power > 1 else "") for atom, power in monomial]
    body = "*".join([str(abs(c)), *factors] if abs(c) != 1 or not factors else factors)
    return ("-" if c < 0 else "+") + body


def _show_atom(atom: Atom) -> str:
    if isinstance(atom, str):
        return atom.rpartition(":")[2]
    if isinstance(atom, Minimum):
        return f"min({','.join(map(show, atom.parts))})"
    return f"({_operand(atom.left)}//{_operand(atom.right)})"


def _operand(terms: Terms) -> str:
    text = show(terms)
    return text if text.isalnum() else f"({text})"


def _half_rounded_up(atom: Quotient) -> Terms:
    """p - p//2, which people write as (p+1)//2; nothing for other quotients."""
    return add(atom.left, variable(atom), -1) if value_of(atom.right) == 2 else ()


def _split_remainders(terms: Terms) -> tuple[Terms, list[str]]:
    """Take `p - q*(p//q)` out of a polynomial, to print it as p%q."""
    shown: list[str] = []
    for monomial, _ in terms:
        for atom, power in monomial:
            half = _half_rounded_up(atom) if isinstance(atom, Quotient) and power == 1 else ()
            if half and len(without := add(terms, half, -1)) < len(terms) - 1 and isinstance(atom, Quotient):
                terms = without
                shown.append(f"({_operand(add(atom.left, constant(1)))}//2)")
            elif isinstance(atom, Quotient) and power == 1:
                remainder = add(atom.left, multiply(atom.right, variable(atom)), -1)
                without = add(terms, remainder, -1)
                if len(without) < len(terms) - 1:
                    terms = without
                    shown.append(f"{_operand(atom.left)}%{_operand(atom.right)}")
    return terms, shown

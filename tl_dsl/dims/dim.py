"""Sizes of axes: integers, polynomials over named axes, and the unknown.

A `Dim` is a polynomial with integer coefficients in normal form, so that equal sizes are one object:
`(n+1)*(n-1)` is `n*n-1`. What does not divide exactly is an atom `p//q`, and `p % q` is `p - q*(p//q)`.
A `Dim` is never constant: a constant size is a plain `int`, and ints take Python's own arithmetic.

Names range over sizes >= 1. Division rules hold for every size at which the divisor is not zero.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Final, NoReturn, TypeAlias

from tl_dsl.dims import polynomial
from tl_dsl.dims.knowledge import form_of, is_known
from tl_dsl.dims.least import minimum
from tl_dsl.dims.polynomial import Minimum, Quotient, Terms
from tl_dsl.errors import LostShape


class Unknown:
    """A size of which nothing is known; arithmetic with it is unknown.

    >>> 2 * UNKNOWN + 1
    ?
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "?"

    def _absorb(self, other: Axis) -> Unknown:
        return UNKNOWN

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _absorb
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = _absorb

    def __neg__(self) -> Unknown:
        return UNKNOWN

    def __bool__(self) -> NoReturn:
        raise LostShape("an argument is not known before the program runs")

    def __reduce__(self) -> str | tuple[object, ...]:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


class OneOr(Unknown):
    """A size that is not known but for this: it is 1, or the given one. jaxtyping's `#n`.

    >>> OneOr(3), OneOr(3) + 1, OneOr(3) == OneOr(3)
    (#3, ?, True)
    """

    __slots__ = ("size",)

    def __init__(self, size: int | Dim) -> None:
        self.size = size

    def __repr__(self) -> str:
        return f"#{self.size}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OneOr) and self.size == other.size

    def __hash__(self) -> int:
        return hash(("#", self.size))

    def __reduce__(self) -> tuple[object, ...]:
        return OneOr, (self.size,)


def one_or(size: Axis) -> Axis:
    """The size that is 1 or the given one, as far as that is known."""
    return size if size == 1 else UNKNOWN if isinstance(size, Unknown) else OneOr(size)


class Dim:
    """A size that depends on named axes.

    >>> n, m = Dim.name("n"), Dim.name("m")
    >>> (n + 1) * (n - 1), 2 * m // 2, (2 * n + 3) // 2, m % 3
    (n**2-1, m, n+1, m%3)
    >>> (n + 1) * (n - 1) is n * n - 1
    True
    """

    __slots__ = ("atoms", "key", "only", "terms")

    key: str
    terms: Terms
    atoms: frozenset[str]
    """The names "scope:name" on which the size depends."""
    only: str | None
    """The name that the size consists of, if it is only a name."""

    def __init__(self) -> None:
        raise TypeError("a Dim is made by Dim.name, parse_dim or arithmetic")

    @staticmethod
    def name(name: str, scope: str = "") -> Dim:
        """The axis called `name` in `scope` (a function, a class): equal names in two scopes are two axes."""
        return dim_of(f"{scope}:{name}")

    def __add__(self, other: int | Dim) -> int | Dim:
        return size(polynomial.add(self.terms, terms_of(other))) if isinstance(other, (int, Dim)) else NotImplemented

    __radd__ = __add__

    def __sub__(self, other: int | Dim) -> int | Dim:
        if not isinstance(other, (int, Dim)):
            return NotImplemented
        return size(polynomial.add(self.terms, terms_of(other), -1))

    def __rsub__(self, other: int) -> int | Dim:
        if not isinstance(other, (int, Dim)):
            return NotImplemented
        return size(polynomial.add(terms_of(other), self.terms, -1))

    def __mul__(self, other: int | Dim) -> int | Dim:
        if not isinstance(other, (int, Dim)):
            return NotImplemented
        return size(polynomial.multiply(self.terms, terms_of(other)))

    __rmul__ = __mul__

    def __floordiv__(self, other: int | Dim) -> int | Dim:
        if not isinstance(other, (int, Dim)):
            return NotImplemented
        return size(polynomial.floor_divide(self.terms, terms_of(other)))

    def __rfloordiv__(self, other: int) -> int | Dim:
        if not isinstance(other, (int, Dim)):
            return NotImplemented
        return size(polynomial.floor_divide(terms_of(other), self.terms))

    def __mod__(self, other: int | Dim) -> int | Dim:
        return self - other * (self // other) if isinstance(other, (int, Dim)) else NotImplemented

    def __rmod__(self, other: int) -> int | Dim:
        return other - self * (other // self) if isinstance(other, (int, Dim)) else NotImplemented

    def __pow__(self, exponent: int) -> int | Dim:
        if not isinstance(exponent, int) or exponent < 0:
            return NotImplemented
        power: int | Dim = 1
        for _ in range(exponent):
            power = power * self
        return power

    def __neg__(self) -> int | Dim:
        return self * -1

    def __repr__(self) -> str:
        return polynomial.show(self.terms) if self.only is None else self.only.rpartition(":")[2]

    def __reduce__(self) -> tuple[object, ...]:
        return size, (self.terms,)


Axis: TypeAlias = int | Dim | Unknown

_interned: dict[str, Dim] = {}


def _intern(terms: Terms) -> Dim:
    key = polynomial.key_of(terms)
    dim = _interned.get(key)
    if dim is None:
        atom = polynomial.single_atom(terms)
        dim = _made(terms, key, polynomial.names(terms), atom if isinstance(atom, str) else None)
    return dim


def _made(terms: Terms, key: str, names: frozenset[str], only: str | None) -> Dim:
    dim = object.__new__(Dim)
    dim.terms, dim.key, dim.atoms, dim.only = terms, key, names, only
    _interned[key] = dim
    return dim


_by_name: dict[str, Dim] = {}


def dim_of(atom: str) -> Dim:
    """The axis of an atom, "scope:name".

    >>> dim_of("f:n") == Dim.name("n", "f"), dim_of("f:n")
    (True, n)
    """
    dim = _by_name.get(atom)
    if dim is None:
        key = polynomial.key_of_variable(atom)
        dim = _interned.get(key) or _made(polynomial.variable(atom), key, frozenset((atom,)), atom)
        _by_name[atom] = dim
    return dim


def made_before(key: str) -> Dim | None:
    """The size of a key, if it has been made before."""
    return _interned.get(key)


def size(terms: Terms) -> int | Dim:
    """The size that a polynomial is: an int when it is constant."""
    value = polynomial.value_of(terms)
    return _intern(terms) if value is None else value


def terms_of(dim: int | Dim) -> Terms:
    """The polynomial of a size."""
    return dim.terms if isinstance(dim, Dim) else polynomial.constant(int(dim))


def atoms(dim: Axis) -> frozenset[str]:
    """The names "scope:name" on which a size depends."""
    return dim.atoms if isinstance(dim, Dim) else frozenset()


def exact_div(dividend: Axis, divisor: Axis) -> Axis | None:
    """dividend / divisor where that is a polynomial with integer coefficients, None where it is not.

    >>> n = Dim.name("n")
    >>> exact_div(n * n - 1, n + 1), exact_div(n, 2), exact_div(12, 4)
    (n-1, None, 3)
    """
    if isinstance(dividend, int) and isinstance(divisor, int):
        return None if divisor == 0 or dividend % divisor else dividend // divisor
    if isinstance(dividend, Unknown) or isinstance(divisor, Unknown):
        return UNKNOWN
    quotient = polynomial.divide_exactly(terms_of(dividend), terms_of(divisor))
    if quotient is None and is_known():
        quotient = polynomial.divide_exactly(terms_of(form_of(dividend)), terms_of(form_of(divisor)))
    return None if quotient is None else size(quotient)


def substitute(dim: Axis, env: Mapping[str, Axis]) -> Axis:
    """The size with names replaced; a name that env lacks stays.

    Raises ZeroDivisionError where a divisor becomes zero.
    """
    if not isinstance(dim, Dim):
        return dim
    if dim.only is not None:
        return env.get(dim.only, dim)
    names = {atom: new.only for atom in dim.atoms if isinstance(new := env.get(atom), Dim) and new.only is not None}
    renamed = polynomial.rename(dim.terms, names) if len(names) == len(dim.atoms) else None
    return _substitute(dim.terms, env) if renamed is None else size(renamed)


def _substitute(terms: Terms, env: Mapping[str, Axis]) -> Axis:
    total: Axis = 0
    for monomial, c in terms:
        term: Axis = c
        for atom, power in monomial:
            value: Axis
            if isinstance(atom, str):
                value = env[atom] if atom in env else dim_of(atom)
            elif isinstance(atom, Minimum):
                value = functools.reduce(smaller, [_substitute(part, env) for part in atom.parts])
            else:
                value = _substitute(atom.left, env) // _substitute(atom.right, env)
            for _ in range(power):
                term = term * value
        total = total + term
    return total


def smaller(left: Axis, right: Axis) -> Axis:
    """The smaller of two sizes.

    >>> n, m = Dim.name("n"), Dim.name("m")
    >>> smaller(n + 1, n), smaller(n, m), substitute(smaller(n, m) + 2, {":n": 3, ":m": 5})
    (n, min(m,n), 5)
    """
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    return size(minimum(terms_of(left), terms_of(right)))


def is_minimum(dim: Dim) -> bool:
    """Whether a size depends on which of several sizes is the smallest.

    >>> n, m = Dim.name("n"), Dim.name("m")
    >>> is_minimum(n), is_minimum(2 * smaller(n, m))
    (False, True)
    """
    return " & " in dim.key


def evaluate(dim: int | Dim, env: Mapping[str, int]) -> int:
    """The size at given sizes of all its names; KeyError when one is missing."""
    value = substitute(dim, env)
    if not isinstance(value, int):
        raise KeyError(", ".join(sorted(atoms(value))))
    return value


def same(left: Axis, right: Axis) -> bool | None:
    """Whether two sizes are equal for all values of their names; None when one is unknown.

    Sizes are not negative: one that is another's negative is 0, as the other is.

    >>> n, m = Dim.name("n"), Dim.name("m")
    >>> same(n, m), same(n - 1, 1 - n), same(OneOr(n), n), same(OneOr(n), m)
    (False, True, None, False)
    """
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        some, other = (left, right) if isinstance(left, OneOr) else (right, left)
        if not isinstance(some, OneOr) or isinstance(other, Unknown):
            return None
        return False if not same(1, other) and not same(some.size, other) else None
    return left == right or form_of(left) == form_of(right) or left + right == 0


def product(axes: Iterable[Axis]) -> Axis:
    """The product of sizes; 1 of none.

    >>> product([2, Dim.name("n"), 3])
    6*n
    """
    total: Axis = 1
    for axis in axes:
        total = total * axis
    return total


def split_quotient(dim: Axis) -> tuple[int | Dim, int | Dim, int | Dim] | None:
    """(the size where `left // right` leaves no remainder, left, right) for one quotient of a name in it, or None.

    >>> n = Dim.name("n")
    >>> split_quotient(n - 2 * (n // 2))
    (0, n, 2)
    """
    for monomial, _ in dim.terms if isinstance(dim, Dim) else ():
        for atom, _power in monomial:
            name = polynomial.single_atom(atom.left) if isinstance(atom, Quotient) else None
            if isinstance(atom, Quotient) and isinstance(name, str):
                right = size(atom.right)
                exact = substitute(dim, {name: Dim.name(f"{atom.key} exact") * right})
                assert not isinstance(exact, Unknown)
                return exact, size(atom.left), right
    return None

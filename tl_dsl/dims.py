"""Sizes of axes: integers, polynomials over named axes, and the unknown.

A `Dim` is a polynomial with integer coefficients in normal form, so that equal sizes are one object:
`(n+1)*(n-1)` is `n*n-1`. What does not divide exactly is an atom `p//q`, and `p % q` is `p - q*(p//q)`.
A `Dim` is never constant: a constant size is a plain `int`, and ints take Python's own arithmetic.

Names range over sizes >= 1. Division rules hold for every size at which the divisor is not zero.
"""

from __future__ import annotations

import ast
import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeAlias

from tl_dsl.errors import AnnotationError


class Unknown:
    """A size of which nothing is known; arithmetic with it is unknown.

    >>> 2 * UNKNOWN + 1
    ?
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "?"

    def _absorb(self, other: Axis) -> Unknown:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _absorb
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = _absorb

    def __neg__(self) -> Unknown:
        return self

    def __reduce__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


class Quotient:
    """The atom `left // right` of two sizes that do not divide exactly. Interned: see `_quotient`."""

    __slots__ = ("key", "left", "right")

    def __init__(self, left: int | Dim, right: int | Dim, key: str) -> None:
        self.left = left
        self.right = right
        self.key = key


Atom: TypeAlias = str | Quotient
Monomial: TypeAlias = tuple[tuple[Atom, int], ...]
Terms: TypeAlias = tuple[tuple[Monomial, int], ...]


class Dim:
    """A size that depends on named axes.

    >>> n, m = Dim.name("n"), Dim.name("m")
    >>> (n + 1) * (n - 1), 2 * m // 2, (2 * n + 3) // 2, m % 3
    (n**2-1, m, n+1, m%3)
    >>> (n + 1) * (n - 1) is n * n - 1
    True
    """

    __slots__ = ("__weakref__", "key", "terms")

    key: str
    terms: Terms

    def __init__(self) -> None:
        raise TypeError("a Dim is made by Dim.name, parse_dim or arithmetic")

    @staticmethod
    def name(name: str, scope: str = "") -> Dim:
        """The axis called `name` in `scope` (a function, a class): equal names in two scopes are two axes."""
        return _intern(((((f"{scope}:{name}", 1),), 1),))

    def __add__(self, other: int | Dim) -> int | Dim:
        return _add(self, other, 1) if isinstance(other, (int, Dim)) else NotImplemented

    __radd__ = __add__

    def __sub__(self, other: int | Dim) -> int | Dim:
        return _add(self, other, -1) if isinstance(other, (int, Dim)) else NotImplemented

    def __rsub__(self, other: int) -> int | Dim:
        return _add(other, self, -1) if isinstance(other, (int, Dim)) else NotImplemented

    def __mul__(self, other: int | Dim) -> int | Dim:
        return _multiply(self, other) if isinstance(other, (int, Dim)) else NotImplemented

    __rmul__ = __mul__

    def __floordiv__(self, other: int | Dim) -> int | Dim:
        return _floor_divide(self, other) if isinstance(other, (int, Dim)) else NotImplemented

    def __rfloordiv__(self, other: int) -> int | Dim:
        return _floor_divide(other, self) if isinstance(other, (int, Dim)) else NotImplemented

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
        return _multiply(self, -1)

    def __repr__(self) -> str:
        return show_dim(self)

    def __reduce__(self) -> tuple[Callable[[str], int | Dim], tuple[str]]:
        return decode_dim, (self.key,)


Axis: TypeAlias = int | Dim | Unknown

# -- normal form ------------------------------------------------------------------------------------------------------

_interned: dict[str, Dim] = {}
_quotients: dict[str, Quotient] = {}


def _atom_key(atom: Atom) -> str:
    return atom if isinstance(atom, str) else atom.key


def _monomial_key(monomial: Monomial) -> str:
    return "*".join(_atom_key(atom) if power == 1 else f"{_atom_key(atom)}^{power}" for atom, power in monomial)


def _intern(terms: Terms) -> Dim:
    key = "+".join(f"{coefficient}*{_monomial_key(monomial)}" for monomial, coefficient in terms)
    dim = _interned.get(key)
    if dim is None:
        dim = object.__new__(Dim)
        dim.terms = terms
        dim.key = key
        _interned[key] = dim
    return dim


def _quotient(left: int | Dim, right: int | Dim) -> Dim:
    key = f"({_key(left)} // {_key(right)})"
    atom = _quotients.setdefault(key, Quotient(left, right, key))
    return _intern(((((atom, 1),), 1),))


def _key(dim: int | Dim) -> str:
    return dim.key if isinstance(dim, Dim) else str(dim)


def _terms(dim: int | Dim) -> Terms:
    if isinstance(dim, Dim):
        return dim.terms
    return (((), int(dim)),) if dim else ()


def _from_dict(coefficients: Mapping[Monomial, int]) -> int | Dim:
    terms = [(monomial, c) for monomial, c in coefficients.items() if c]
    if not terms:
        return 0
    if len(terms) == 1 and not terms[0][0]:
        return terms[0][1]
    return _intern(tuple(sorted(terms, key=lambda term: _monomial_key(term[0]))))


def _times(left: Monomial, right: Monomial) -> Monomial:
    powers: dict[Atom, int] = dict(left)
    for atom, power in right:
        powers[atom] = powers.get(atom, 0) + power
    return tuple(sorted(powers.items(), key=lambda factor: _atom_key(factor[0])))


def _over(left: Monomial, right: Monomial) -> Monomial | None:
    """The monomial left / right, or None when right does not divide left."""
    powers: dict[Atom, int] = dict(left)
    for atom, power in right:
        remaining = powers.get(atom, 0) - power
        if remaining < 0:
            return None
        powers[atom] = remaining
    return tuple((atom, power) for atom, power in powers.items() if power)


@functools.lru_cache(maxsize=4096)
def _add(left: int | Dim, right: int | Dim, sign: int) -> int | Dim:
    coefficients = dict(_terms(left))
    for monomial, c in _terms(right):
        coefficients[monomial] = coefficients.get(monomial, 0) + sign * c
    return _from_dict(coefficients)


@functools.lru_cache(maxsize=4096)
def _multiply(left: int | Dim, right: int | Dim) -> int | Dim:
    coefficients: dict[Monomial, int] = {}
    for left_monomial, left_c in _terms(left):
        for right_monomial, right_c in _terms(right):
            monomial = _times(left_monomial, right_monomial)
            coefficients[monomial] = coefficients.get(monomial, 0) + left_c * right_c
    return _from_dict(coefficients)


# -- division ---------------------------------------------------------------------------------------------------------


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
    return _long_division(dividend, divisor)


@functools.lru_cache(maxsize=4096)
def _long_division(dividend: int | Dim, divisor: int | Dim) -> int | Dim | None:
    names = sorted({_atom_key(atom) for dim in (dividend, divisor) for m, _ in _terms(dim) for atom, _ in m})

    def exponents(term: tuple[Monomial, int]) -> list[int]:
        powers = {_atom_key(atom): power for atom, power in term[0]}
        return [powers.get(name, 0) for name in names]

    if not _terms(divisor):
        return None
    lead_monomial, lead_c = max(_terms(divisor), key=exponents)
    quotient: int | Dim = 0
    while _terms(dividend):
        monomial, c = max(_terms(dividend), key=exponents)
        ratio = _over(monomial, lead_monomial)
        if ratio is None or c % lead_c:
            return None
        step = _from_dict({ratio: c // lead_c})
        quotient = quotient + step
        dividend = dividend - step * divisor
    return quotient


@functools.lru_cache(maxsize=4096)
def _floor_divide(dividend: int | Dim, divisor: int | Dim) -> int | Dim:
    if isinstance(dividend, int) and isinstance(divisor, int):
        return dividend // divisor
    if divisor == 0:
        raise ZeroDivisionError("integer division by zero")
    exact = _long_division(dividend, divisor)
    if exact is not None:
        return exact
    if isinstance(divisor, int) and divisor < 0:
        return _floor_divide(_multiply(dividend, -1), -divisor)
    whole, rest = _pull_out(dividend, divisor)
    if isinstance(divisor, int):
        if isinstance(rest, int):
            return whole + rest // divisor
        shared = math.gcd(divisor, *(c for monomial, c in rest.terms if monomial))
        if shared > 1:  # floor(floor(x / g) / b) = floor(x / (g b)) for positive integers
            inner = _from_dict({m: c // shared for m, c in rest.terms})
            return whole + _floor_divide(inner, divisor // shared)
        if len(rest.terms) == 1:
            ((monomial, c),) = rest.terms
            if c == 1 and len(monomial) == 1 and monomial[0][1] == 1 and isinstance(monomial[0][0], Quotient):
                nested = monomial[0][0]
                return whole + _floor_divide(nested.left, nested.right * divisor)
    return whole if rest == 0 else whole + _quotient(rest, divisor)


def _pull_out(dividend: int | Dim, divisor: int | Dim) -> tuple[int | Dim, int | Dim]:
    """(w, r) with dividend = w * divisor + r, w as large as term by term division by the lead of divisor makes it."""
    if len(_terms(divisor)) != 1:
        return 0, dividend
    ((lead, lead_c),) = _terms(divisor)
    whole: dict[Monomial, int] = {}
    for monomial, c in _terms(dividend):
        ratio = _over(monomial, lead)
        if ratio is not None and c // lead_c:
            whole[ratio] = c // lead_c
    quotient = _from_dict(whole)
    return quotient, dividend - quotient * divisor


# -- reading a Dim ----------------------------------------------------------------------------------------------------


def atoms(dim: Axis) -> frozenset[str]:
    """The names "scope:name" on which a size depends."""
    if not isinstance(dim, Dim):
        return frozenset()
    found: set[str] = set()
    for monomial, _ in dim.terms:
        for atom, _power in monomial:
            found |= {atom} if isinstance(atom, str) else atoms(atom.left) | atoms(atom.right)
    return frozenset(found)


def substitute(dim: Axis, env: Mapping[str, Axis]) -> Axis:
    """The size with names replaced; a name that env lacks stays.

    Raises ZeroDivisionError where a divisor becomes zero.
    """
    if not isinstance(dim, Dim):
        return dim
    total: Axis = 0
    for monomial, c in dim.terms:
        term: Axis = c
        for atom, power in monomial:
            if isinstance(atom, str):
                value = env[atom] if atom in env else _intern(((((atom, 1),), 1),))
            else:
                value = substitute(atom.left, env) // substitute(atom.right, env)
            for _ in range(power):
                term = term * value
        total = total + term
    return total


def evaluate(dim: int | Dim, env: Mapping[str, int]) -> int:
    """The size at given sizes of all its names; KeyError when one is missing."""
    value = substitute(dim, env)
    if not isinstance(value, int):
        raise KeyError(", ".join(sorted(atoms(value))))
    return value


def same(left: Axis, right: Axis) -> bool | None:
    """Whether two sizes are equal for all values of their names; None when one is unknown."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    return left == right


def split_quotient(dim: Axis) -> tuple[int | Dim, int | Dim, int | Dim] | None:
    """(the size where `left // right` leaves no remainder, left, right) for one quotient of a name in it, or None.

    >>> n = Dim.name("n")
    >>> split_quotient(n - 2 * (n // 2))
    (0, n, 2)
    """
    for atom in _quotient_atoms(dim):
        if isinstance(atom.left, Dim) and len(atom.left.terms) == 1 and isinstance(dim, Dim):
            ((monomial, c),) = atom.left.terms
            if c == 1 and len(monomial) == 1 and monomial[0][1] == 1 and isinstance(monomial[0][0], str):
                whole = Dim.name(f"{atom.key} exact")
                exact = substitute(dim, {monomial[0][0]: whole * atom.right})
                assert not isinstance(exact, Unknown)
                return exact, atom.left, atom.right
    return None


def _quotient_atoms(dim: Axis) -> list[Quotient]:
    terms = dim.terms if isinstance(dim, Dim) else ()
    return [atom for monomial, _ in terms for atom, _ in monomial if isinstance(atom, Quotient)]


def product(axes: Iterable[Axis]) -> Axis:
    """The product of sizes; 1 of none.

    >>> product([2, Dim.name("n"), 3])
    6*n
    """
    total: Axis = 1
    for axis in axes:
        total = total * axis
    return total


def lower_bound(dim: int | Dim) -> int | None:
    """A bound that the size never falls below, or None when none was found. Names are >= 1.

    A name in braces, `{n}`, stands for the value of an int that may be negative.

    >>> lower_bound(Dim.name("n") - 1), lower_bound(Dim.name("n") - Dim.name("m"))
    (0, None)
    """
    if isinstance(dim, int):
        return dim
    if any("{" in name for name in atoms(dim)):
        return None
    shifted: dict[str, Axis] = {name: _intern(((((name, 1),), 1),)) + 1 for name in atoms(dim)}
    total = 0
    for monomial, c in _terms(_shift(dim, shifted)):  # in names that range over >= 0
        if not monomial:
            total += c
        elif c < 0 or any(not isinstance(atom, str) and not _natural(atom) for atom, _ in monomial):
            return None
    return total


def at_least(dim: Axis, bound: int) -> bool:
    """Whether the size is known to be at least `bound` always."""
    low = None if isinstance(dim, Unknown) else lower_bound(dim)
    return low is not None and low >= bound


def _shift(dim: Dim, shifted: Mapping[str, Axis]) -> int | Dim:
    """`substitute` outside quotients: the names within a quotient keep their meaning (>= 1)."""
    total: int | Dim = 0
    for monomial, c in dim.terms:
        term: int | Dim = c
        for atom, power in monomial:
            value = shifted[atom] if isinstance(atom, str) else _intern(((((atom, 1),), 1),))
            for _ in range(power):
                assert not isinstance(value, Unknown)
                term = term * value
        total = total + term
    return total


def _natural(atom: Quotient) -> bool:
    left, right = lower_bound(atom.left), lower_bound(atom.right)
    return left is not None and right is not None and left >= 0 and right >= 1


# -- text -------------------------------------------------------------------------------------------------------------


def show_dim(dim: Axis) -> str:
    """The size as one writes it, without the scopes of its names."""
    if not isinstance(dim, Dim):
        return str(dim)
    dim, remainders = _split_remainders(dim)
    shown = [_show_term(monomial, c) for monomial, c in sorted(_terms(dim), key=_print_order)]
    return "".join([shown[0].removeprefix("+"), *shown[1:]] if shown else []) + _join(remainders, bool(shown)) or "0"


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
    return f"({_operand(atom.left)}//{_operand(atom.right)})"


def _operand(dim: int | Dim) -> str:
    text = show_dim(dim)
    return text if text.isalnum() else f"({text})"


def _split_remainders(dim: Dim) -> tuple[int | Dim, list[str]]:
    """Take `p - q*(p//q)` out of a size, to print it as p%q."""
    shown: list[str] = []
    rest: int | Dim = dim
    for monomial, _ in dim.terms:
        for atom, power in monomial:
            if isinstance(atom, Quotient) and power == 1 and isinstance(rest, Dim):
                remainder = atom.left - atom.right * _intern(((((atom, 1),), 1),))
                if len(_terms(rest - remainder)) < len(rest.terms) - 1:
                    rest = rest - remainder
                    shown.append(f"{_operand(atom.left)}%{_operand(atom.right)}")
    return rest, shown


def _join(remainders: list[str], more: bool) -> str:
    return "".join(f"+{text}" if more or i else text for i, text in enumerate(remainders))


def encode_dim(dim: int | Dim) -> str:
    """A text that `decode_dim` reads back; equal sizes have equal texts."""
    return _key(dim)


@functools.lru_cache(maxsize=4096)
def decode_dim(text: str) -> int | Dim:
    """The size of a text that `encode_dim` wrote.

    >>> decode_dim(encode_dim(Dim.name("n", scope="pkg.f") // 2 + 1))
    (n//2)+1
    """
    if text in _interned:
        return _interned[text]
    return _Decoder(text).sum()


class _Decoder:
    """Reads keys: sums of `c*atom*atom^power`, an atom being scope:name or (sum // sum)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def until(self, stops: str) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in stops:
            self.at += 1
        return self.text[start : self.at]

    def eat(self, token: str) -> bool:
        found = self.text.startswith(token, self.at)
        self.at += len(token) * found
        return found

    def sum(self) -> int | Dim:
        total = self.term()
        while self.eat("+"):
            total = total + self.term()
        return total

    def term(self) -> int | Dim:
        value: int | Dim = int(self.until("*+) "))
        while self.eat("*"):
            if self.at < len(self.text) and self.text[self.at] not in "+) ":
                base = self.atom()
                value = value * base ** (int(self.until("*+) ")) if self.eat("^") else 1)
        return value

    def atom(self) -> Dim:
        if self.eat("("):
            left = self.sum()
            self.eat(" // ")
            right = self.sum()
            self.eat(")")
            return _quotient(left, right)
        return _intern(((((self.until("*+^) "), 1),), 1),))


def parse_dim(text: str, scope: str = "", resolve: Callable[[str], Axis] | None = None) -> Axis:
    """The size that an expression of ints, names, `+ - * // % **` and brackets stands for.

    `resolve` gives the value of a name; by default it is the axis of that name in `scope`.
    Raises AnnotationError for what does not parse; an expression that Python can evaluate but that is not
    of this form (`min(n, m)`) is UNKNOWN.

    >>> parse_dim("2*(n+1)//2"), parse_dim("min(n, m)")
    (n+1, ?)
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise AnnotationError(f"cannot read the axis {text!r}") from error
    value_of = resolve or (lambda name: Dim.name(name, scope))
    try:
        return _eval(tree, value_of)
    except (ZeroDivisionError, OverflowError) as error:
        raise AnnotationError(f"the axis {text!r} has no value: {error}") from error


def dim_names(text: str) -> frozenset[str]:
    """The names that an axis expression reads."""
    tree = ast.parse(text.strip(), mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called)


def _eval(node: ast.expr, value_of: Callable[[str], Axis]) -> Axis:
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.Name(id=name):
            return value_of(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_eval(operand, value_of)
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(op, _eval(left, value_of), _eval(right, value_of))
    return UNKNOWN


def _binary(op: ast.operator, left: Axis, right: Axis) -> Axis:
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.FloorDiv():
            return left // right
        case ast.Mod():
            return left % right
        case ast.Pow() if isinstance(right, int) and 0 <= right <= 16:
            return left**right
    return UNKNOWN


# -- assumptions ------------------------------------------------------------------------------------------------------

_assumptions: ContextVar[list[str] | None] = ContextVar("assumptions", default=None)


def assume(text: str) -> None:
    """Note that a shape rule relies on `text`; nothing happens unless `collect_assumptions` is active."""
    active = _assumptions.get()
    if active is not None and text not in active:
        active.append(text)


@contextmanager
def collect_assumptions() -> Iterator[list[str]]:
    """The list to which `assume` appends inside the block.

    >>> with collect_assumptions() as found:
    ...     assume("n >= 2")
    >>> found
    ['n >= 2']
    """
    found: list[str] = []
    token = _assumptions.set(found)
    try:
        yield found
    finally:
        _assumptions.reset(token)

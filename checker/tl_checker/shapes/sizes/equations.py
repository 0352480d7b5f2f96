"""What facts about sizes entail: sizes are rewritten so that those that the facts make equal are equal. No mypy here.

Every fact becomes an equation. `n >= 2` is `n == u + 1` for a new name u, which as every name is at least 1;
`d % h == 0` is `d == h * q` for a new name q that stands for `d // h`. An equation is solved for one name, which is
replaced from then on; one that is linear in none replaces its leading product (`h*w == 12`). Sizes with equal forms
are equal under the facts; different forms say nothing.
"""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from tl_dsl.dims import Axis, Dim, Unknown, at_least, atoms, size, smaller, substitute
from tl_dsl.dims.polynomial import Atom, Minimum, Quotient, divide_exactly, variable
from tl_dsl.shapes import Shape, Star

ROUNDS = 6
"""How often the replacements are applied; what is not settled by then stays as it is."""
NEW = "<new>"
"""The scope of the names that are made here."""


class Fact(NamedTuple):
    """One fact about sizes: they are equal, or the left one is at least the right one."""

    left: int | Dim
    right: int | Dim
    relation: Literal["==", ">="] = "=="


class Run(NamedTuple):
    """The axes that `*name` stands for."""

    star: Star
    axes: Shape


AnyFact: TypeAlias = Fact | Run


@dataclass
class Equations:
    """The facts that hold at one place, in solved form.

    >>> d, h = Dim.name("d"), Dim.name("h")
    >>> facts = Equations.of((Fact(d % h, 0),))
    >>> facts.axis(h * (d // h)) == facts.axis(d), facts.axis(2 * d // h) == facts.axis(2 * (d // h))
    (True, True)
    """

    names: dict[str, Axis] = field(default_factory=dict)
    """What each name is replaced by."""
    products: list[tuple[Dim, Axis]] = field(default_factory=list)
    """Products of names, and what each is replaced by."""
    quotients: dict[str, Axis] = field(default_factory=dict)
    """What each quotient is replaced by."""
    divisions: list[Quotient] = field(default_factory=list)
    """The quotients that have been given names."""
    runs: dict[str, Shape] = field(default_factory=dict)
    """The axes of each `*name`."""
    meanings: dict[str, Axis] = field(default_factory=dict)
    """What each new name stands for."""

    @staticmethod
    def of(facts: tuple[AnyFact, ...]) -> Equations:
        """The facts solved one after the other; what contradicts the others is left out."""
        solved = Equations()
        for _ in range(min(2, len(facts))):  # the second time, each is read in the form that the others gave it
            for fact in sorted(facts, key=lambda fact: isinstance(fact, Fact) and fact.relation == ">="):
                if isinstance(fact, Run):
                    name = fact.star.run[0]
                    if name and not any(isinstance(axis, Star) and axis.run[0] == name for axis in fact.axes):
                        solved.runs.setdefault(name, fact.star.put(fact.axes))
                elif fact.relation == "==":
                    solved._equal(fact.left, fact.right)
                else:
                    solved._at_least(fact.left, fact.right)
            solved._read_divisions_again()
        return solved

    # -- asking

    def axis(self, axis: Axis) -> Axis:
        """The form of a size that it shares with all sizes which the facts make equal to it."""
        for _ in range(ROUNDS if isinstance(axis, Dim) else 0):
            before = axis
            try:
                axis = self._rewrite(axis)
            except ZeroDivisionError:
                return before
            for product, other in self.products:
                axis = _with_product(axis, product, other)
            if axis == before:
                break
        return axis

    def shape(self, shape: Shape) -> Shape:
        """A shape with all its sizes in that form, and its runs of axes written out where they are known."""
        return tuple(axis if isinstance(axis, Star) else self.axis(axis) for axis in self.written_out(shape))

    def written_out(self, shape: Shape) -> Shape:
        """A shape, its runs of axes written out where they are known."""
        new: list[Axis | Star] = []
        for axis in shape:
            new += axis.put(self.runs.get(axis.run[0])) if isinstance(axis, Star) else (axis,)
        return tuple(new)

    def restored(self, axis: Axis) -> Axis:
        """The size without the names that were made here."""
        for name, value in self.names.items():
            if isinstance(value, Dim) and len(value.terms) == 1 and atoms(value) & self.meanings.keys():
                axis = _with_product(axis, value, _named(name))
        for _ in range(ROUNDS):
            if isinstance(axis, Unknown) or not atoms(axis) & self.meanings.keys():
                break
            axis = substitute(axis, self.meanings)
        return axis

    def _rewrite(self, axis: Axis) -> Axis:
        total: Axis = 0
        for monomial, c in axis.terms if isinstance(axis, Dim) else ():
            term: Axis = c
            for atom, power in monomial:
                value = self.names.get(atom, _named(atom)) if isinstance(atom, str) else self._other(atom)
                for _ in range(power):
                    term = term * value
            total = total + term
        return total if isinstance(axis, Dim) else axis

    def _other(self, atom: Quotient | Minimum) -> Axis:
        if isinstance(atom, Minimum):
            return functools.reduce(smaller, [self._rewrite(size(part)) for part in atom.parts])
        return self._divided(atom)

    def _divided(self, quotient: Quotient) -> Axis:
        if quotient.key in self.quotients:
            return self.quotients[quotient.key]
        value = self._rewrite(size(quotient.left)) // self._rewrite(size(quotient.right))
        for inner in _quotients(value):
            value = _with_product(value, _named(inner), self.quotients.get(inner.key, _named(inner)))
        return value

    # -- solving

    def _equal(self, left: int | Dim, right: int | Dim) -> None:
        difference = self.axis(left - right)
        for quotient in list(_quotients(difference)):
            difference = self._name(quotient, difference)
        if isinstance(difference, Dim):  # else it is known already, or contradicts: no program comes here
            self._solve(difference, (1, -1))

    def _at_least(self, left: int | Dim, right: int | Dim) -> None:
        difference = self.axis(left - right)
        if not isinstance(difference, Dim) or at_least(difference, 0) or not list(_linear(difference, (1,))):
            return
        more = difference + 1
        # In braces would be the value of an int, of unknown sign.
        above = self._new(str(more).replace("{", "").replace("}", ""), more)
        rest = more - above
        assert isinstance(rest, Dim)
        self._solve(rest, (1,))

    def _read_divisions_again(self) -> None:
        """A quotient is known in the form, too, that later equations give it."""
        for quotient in self.divisions:
            with contextlib.suppress(ZeroDivisionError):
                form = self._rewrite(size(quotient.left)) // self._rewrite(size(quotient.right))
                for inner in _quotients(form):
                    if form == _named(inner):
                        self.quotients.setdefault(inner.key, self.quotients[quotient.key])

    def _new(self, text: str, meaning: Axis) -> Dim:
        new = Dim.name(f"({text})", NEW)
        self.meanings.update(dict.fromkeys(atoms(new), meaning))
        return new

    def _name(self, quotient: Quotient, difference: Axis) -> Axis:
        """Give `p // q` a name: for itself where it is at least 1, else for one more; none when it may be negative."""
        left, right, value = size(quotient.left), size(quotient.right), _named(quotient)
        remainder = left - right * value
        if any("{" in name for name in atoms(value)) or (
            at_least(left, 1) and at_least(right, 1) and difference in (remainder, -remainder)
        ):
            self.quotients[quotient.key] = self._new(str(value), value)
        elif at_least(left, 0) and at_least(right, 1):
            self.quotients[quotient.key] = self._new(f"{value}+1", value + 1) - 1
        else:
            return difference
        self.divisions.append(quotient)
        return _with_product(difference, value, self.quotients[quotient.key])

    def _solve(self, difference: Dim, signs: tuple[int, ...]) -> None:
        """Replace one name by the rest of an equation `difference == 0`, or else its leading product."""
        shared = math.gcd(*(c for _, c in difference.terms))
        reduced = size(tuple((monomial, c // shared) for monomial, c in difference.terms))
        assert isinstance(reduced, Dim)
        difference = reduced
        linear = [(name, _rest(difference, _named(name), c)) for name, c in _linear(difference, signs)]
        if len(signs) == 1:
            linear = [(name, rest) for name, rest in linear if name not in self.meanings]
        if linear:  # a name that stays at least 1 where it is replaced; new names go first
            name, rest = min(linear, key=lambda found: (not at_least(found[1], 1), found[0] not in self.meanings))
            self.names[name] = rest
            return
        leading = max(difference.terms, key=lambda term: (sum(power for _, power in term[0]), abs(term[1]) == 1))
        if abs(leading[1]) == 1 and sum(power for _, power in leading[0]) > 1:
            product = size(((leading[0], 1),))
            assert isinstance(product, Dim)
            self.products.append((product, _rest(difference, product, leading[1])))


def _named(atom: Atom) -> Dim:
    found = size(variable(atom))
    assert isinstance(found, Dim)
    return found


def _quotients(axis: Axis) -> Iterator[Quotient]:
    """The quotients among the factors of a size."""
    for monomial, _ in axis.terms if isinstance(axis, Dim) else ():
        for atom, _power in monomial:
            if isinstance(atom, Quotient):
                yield atom


def _linear(difference: Dim, signs: tuple[int, ...]) -> Iterator[tuple[str, int]]:
    """The names that an equation is solved for without a division, with their signs."""
    for monomial, c in difference.terms:
        name, power = monomial[0] if len(monomial) == 1 else ("", 0)
        if c in signs and power == 1 and isinstance(name, str) and name not in atoms(difference - c * _named(name)):
            yield name, c


def _rest(difference: Dim, solved: Dim, sign: int) -> Axis:
    """What `solved` is, where `difference` is 0 and holds it with this sign."""
    return -sign * (difference - sign * solved)


def _with_product(axis: Axis, product: Dim, other: Axis) -> Axis:
    """A size with a product of names replaced in every term that it divides."""
    total: Axis = 0
    for term in axis.terms if isinstance(axis, Dim) else ():
        ratio = divide_exactly((term,), product.terms)
        total = total + (size((term,)) if ratio is None else size(ratio) * other)
    return total if isinstance(axis, Dim) else axis

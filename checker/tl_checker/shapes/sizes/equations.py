"""What facts about sizes entail: sizes are rewritten so that those that the facts make equal are equal. No mypy here.

Every fact becomes an equation. `n >= 2` is `n == u + 1` for a new name u, which as every name is at least 1;
`d % h == 0` is `d == h * q` for a new name q that stands for `d // h`. An equation is solved for one name, which is
replaced from then on; one that is linear in none replaces its leading product (`h*w == 12`). Sizes with equal forms
are equal under the facts; different forms say nothing.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown, at_least, atoms, size, smaller, substitute
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


class OneOf(NamedTuple):
    """Of several rows of facts, one holds, or more."""

    cases: tuple[tuple[AnyFact, ...], ...]


class Unread(NamedTuple):
    """A condition that is not understood has spoken of these names, so that they may be equal."""

    names: frozenset[str]
    line: int


AnyFact: TypeAlias = Fact | Run | OneOf | Unread


def unread_in(facts: Iterable[AnyFact]) -> Iterator[Unread]:
    """The conditions that are not understood, those in cases included."""
    for fact in facts:
        if isinstance(fact, Unread):
            yield fact
        elif isinstance(fact, OneOf):
            yield from unread_in(itertools.chain.from_iterable(fact.cases))


def names_in(fact: AnyFact) -> frozenset[str]:
    """The names of which a fact speaks."""
    match fact:
        case Fact():
            return atoms(fact.left) | atoms(fact.right)
        case Run():
            return frozenset().union(*(atoms(axis) for axis in fact.axes if not isinstance(axis, Star)))
        case OneOf():
            return frozenset().union(*map(names_in, itertools.chain.from_iterable(fact.cases)))
    return fact.names


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
    first: frozenset[str] = frozenset()
    """The names that are replaced rather than others."""
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
    cases: list[Equations] = field(default_factory=list)
    """The same with what holds in each of several cases, where facts leave open which of them it is."""
    unread: list[frozenset[str]] = field(default_factory=list)
    """The names of which conditions have spoken that are not understood."""

    @staticmethod
    def of(facts: tuple[AnyFact, ...], first: frozenset[str] = frozenset()) -> Equations:
        """The facts solved one after the other, for some names rather than others; contradictions are left out."""
        solved = Equations(first=first)
        equal, bounds = _sorted(facts)
        for _ in range(min(2, len(facts))):  # the second time, each is read in the form that the others gave it
            for fact in facts:
                if isinstance(fact, Run):
                    name = fact.star.run[0]
                    if name and not any(isinstance(axis, Star) and axis.run[0] == name for axis in fact.axes):
                        solved.runs.setdefault(name, fact.star.put(fact.axes))
            for fact in equal:
                solved._equal(fact.left, fact.right)
            for fact in bounds:
                solved._at_least(fact.left, fact.right)
            solved._read_divisions_again()
        solved.unread = [solved._forms(fact.names) for fact in unread_in(facts)]
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

    def same(self, left: Axis, right: Axis) -> bool:
        """Whether two sizes are equal under the facts, in each case that they leave open."""
        if self.axis(left) == self.axis(right):
            return True
        return bool(self.cases) and all(case.same(left, right) for case in self.cases)

    def may_be_equal(self, left: Axis, right: Axis) -> bool:
        """Whether a condition that is not understood has spoken of all in which two sizes differ."""
        difference = self.axis(left - right) if self.unread else UNKNOWN
        names = frozenset() if isinstance(difference, Unknown) else atoms(difference)
        return bool(names) and any(names <= spoken_of for spoken_of in self.unread)

    def _forms(self, names: Iterable[str]) -> frozenset[str]:
        forms = (self.axis(_named(name)) for name in names)
        return frozenset().union(*(atoms(form) for form in forms if not isinstance(form, Unknown)))

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
        difference = _without_factor(self.axis(left - right))
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
            name, rest = min(linear, key=self._preference)
            self.names[name] = rest
            return
        leading = max(difference.terms, key=lambda term: (sum(power for _, power in term[0]), abs(term[1]) == 1))
        if abs(leading[1]) == 1 and sum(power for _, power in leading[0]) > 1:
            product = size(((leading[0], 1),))
            assert isinstance(product, Dim)
            self.products.append((product, _rest(difference, product, leading[1])))

    def _preference(self, found: tuple[str, Axis]) -> tuple[bool, bool, bool]:
        name, rest = found
        return name not in self.first, not at_least(rest, 1), name not in self.meanings


def _sorted(facts: Iterable[AnyFact]) -> tuple[list[Fact], list[Fact]]:
    """The equations, and the bounds; two bounds that say `n >= m` and `m >= n` are one."""
    equal = [fact for fact in facts if isinstance(fact, Fact) and fact.relation == "=="]
    bounds = [fact for fact in facts if isinstance(fact, Fact) and fact.relation == ">="]
    above = {fact.left - fact.right for fact in bounds}
    equal += [Fact(fact.left, fact.right) for fact in bounds if fact.right - fact.left in above]
    return equal, bounds


def _without_factor(axis: Axis) -> Axis:
    """A size without a name in all of its terms, which is at least 1: where `n*d - m*d` is 0, so is `n - m`."""
    names = atoms(axis) if isinstance(axis, Dim) and len(axis.terms) > 1 else ()
    for name in names:
        if "{" not in name and isinstance(axis, Dim):
            found = divide_exactly(axis.terms, _named(name).terms)
            axis = axis if found is None else size(found)
    return axis


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

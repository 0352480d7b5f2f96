"""Matching the shapes that a signature asks for with those that a call gives. No mypy here.

A plain name binds to what it meets first, from left to right; `*name` to a run of axes; an expression never binds, but
is compared once its names are bound, as jaxtyping does at run time. What is not known fits everything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tl_checker.shapes.sizes.equations import Equations
from tl_checker.shapes.sizes.sorts import comparable, of_object, of_one
from tl_dsl.dims import (
    UNKNOWN,
    Axis,
    Dim,
    OneOr,
    Unknown,
    assume,
    at_least,
    atoms,
    collect_assumptions,
    one_or,
    same,
    substitute,
)
from tl_dsl.dims.text import show_dim
from tl_dsl.errors import LostShape, ShapeError
from tl_dsl.shapes import Shape, Star, axes_of_run, broadcast_shapes, counted, is_nameless, show_shape

TRANSPOSED: Final = "transpose it: .mT"
FEW: Final = {0: "no axes", 1: "one axis"}
"""The numbers of axes that are tried for a run of any number, in words."""


@dataclass
class Bindings:
    """The axes that one call has fixed so far, where, and what does not fit."""

    free: frozenset[str]
    """The names that the call binds: "scope:name", and "*scope:name" for runs of axes."""
    axes: dict[str, Axis] = field(default_factory=dict)
    runs: dict[str, Shape] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    loose: set[str] = field(default_factory=set)
    """The runs that only `*#b` has met so far: the next one may still widen them."""
    errors: list[ShapeError] = field(default_factory=list)
    facts: Callable[[], Equations | None] = field(default=lambda: None)
    """What is known of the sizes at the call; asked only where they disagree."""
    judges_few: Callable[[], bool] = field(default=lambda: False)
    """Whether an argument with any number of axes may be held against what it is with few; asked only if it is lost."""
    undecided: dict[str, str] = field(default_factory=dict)
    """What could not be compared because it is not known, by where it stands: silence is no pass."""
    _perhaps: dict[str, OneOr] = field(default_factory=dict)
    """What `#k` was given that is 1 or a size: k is not bound, and is that size if it is not 1."""
    _later: list[tuple[Dim | OneOr, Axis, str, int]] = field(default_factory=list)
    _accused: set[str] = field(default_factory=set)
    """The names for whose sizes an argument was refused: another one that does not fit them says nothing new."""
    _taken: dict[str, Axis] = field(default_factory=dict)
    """What the axes of objects have to be for the call to fit."""
    taken: dict[Dim, Axis] = field(default_factory=dict)
    """The same for sizes that are more than an axis, as the signature writes them: `2*half`."""

    def shape(self, wanted: Shape, got: Shape, where: str) -> None:
        """Match a whole shape. One that does not fit binds nothing: other arguments are not held against it."""
        errors, axes, runs = len(self.errors), len(self.axes), len(self.runs)
        self._match(wanted, got, where)
        if len(self.errors) > errors:
            for bound, before in ((self.axes, axes), (self.runs, runs)):
                for name in [*bound][before:]:
                    del bound[name]
            if not self.errors[-1].suggestion and self._fits_transposed(wanted, got):
                self.errors[-1].suggestion = TRANSPOSED

    def _match(self, wanted: Shape, got: Shape, where: str) -> None:
        if (_star(wanted) is not None or _star(got) is not None) and (facts := self.facts()) is not None and facts.runs:
            wanted, got = facts.written_out(wanted), facts.written_out(got)
        wanted_star, got_star = _star(wanted), _star(got)
        if wanted_star is None and got_star is None:
            if len(wanted) != len(got):
                self._rank(wanted, got, where, len(wanted), "")
                return
            before = len(self.errors)
            for i, (x, y) in enumerate(zip(wanted, got, strict=True)):
                self._axis(x, y, where, i)
            if len(self.errors) > before + 1:
                self.errors[before:] = [self._whole(wanted, got, where)]
        elif wanted_star is None:
            self._fixed_rank(wanted, got, got_star or 0, where)
        else:
            self._variadic(wanted, got, wanted_star, got_star, where)

    def _fits_transposed(self, wanted: Shape, got: Shape) -> bool:
        """Whether the shape fits with its last two axes swapped."""
        if len(got) != len(wanted) or len(got) < 2 or _star(wanted) is not None or _star(got) is not None:
            return False
        trial = self.trial(self.runs)
        trial._accused.clear()  # of what this argument was refused for
        with collect_assumptions():
            trial._match(wanted, (*got[:-2], got[-1], got[-2]), "the argument")
            trial.solve()
        return not trial.errors and not trial.undecided

    def _rank(self, wanted: Shape, got: Shape, where: str, least: int, word: str) -> None:
        rule = f"{where} has {counted(len(got), 'axis')}, and {_needed(least, word)}"
        self.errors.append(ShapeError(rule, got=show_shape(got), wanted=show_shape(self.known(wanted))))

    def _whole(self, wanted: Shape, got: Shape, where: str) -> ShapeError:
        """More than one axis of a shape does not fit: it is told once."""
        asked = self.known(wanted)
        names = frozenset().union(*(_names_of(axis) for axis in wanted if isinstance(axis, (Dim, OneOr))))
        return ShapeError(
            f"{where} must be {show_shape(asked)}",
            got=show_shape(got),
            bindings=self.bindings(names),
            suggestion=TRANSPOSED if asked == (*got[:-2], *reversed(got[-2:])) else "",
        )

    def _fixed_rank(self, wanted: Shape, got: Shape, star: int, where: str) -> None:
        """A run of axes given where a number of axes is asked for."""
        run = got[star]
        after = len(got) - star - 1
        if len(got) - 1 > len(wanted) or (isinstance(run, Star) and run.name is not None):
            rule = f"{where} has any number of axes, and {_needed(len(wanted))}"
            self.errors.append(ShapeError(rule, got=show_shape(got), wanted=show_shape(self.known(wanted))))
            return
        self.leave(where, show_shape(got), show_shape(wanted))
        self._ends(wanted[:star], got[:star], wanted[len(wanted) - after :], got[star + 1 :], where)

    def leave(self, where: str, got: str, wanted: str) -> None:
        """Note what is not compared."""
        self.undecided.setdefault(where, f"{got} of {where} is not compared with {wanted}")

    def _variadic(self, wanted: Shape, got: Shape, star: int, got_star: int | None, where: str) -> None:
        tail = len(wanted) - star - 1
        if got_star is None and len(got) < len(wanted) - 1:
            self._rank(wanted, got, where, len(wanted) - 1, "at least ")
            return
        if got_star is not None and (got_star < star or len(got) - got_star - 1 < tail):
            for i, (x, y) in enumerate(zip(wanted[: min(star, got_star)], got, strict=False)):
                self._axis(x, y, where, i)
            if not self._fails_for_few(wanted, got, where):
                self.leave(where, show_shape(got), show_shape(wanted))
            return  # the run that is given may reach into the axes that are asked for
        self._ends(wanted[:star], got[:star], wanted[len(wanted) - tail :], got[len(got) - tail :], where)
        run = wanted[star]
        assert isinstance(run, Star)
        self._run(run, got[star : len(got) - tail], where)

    def _fails_for_few(self, wanted: Shape, got: Shape, where: str) -> bool:
        """Refuse a shape whose run of axes has to have a certain number of them: it does not fit when there are few."""
        at = _star(got)
        run = got[at] if at is not None else None
        if not isinstance(run, Star) or run.name is None or not self.judges_few():
            return False
        name = run.run[0]
        for count, words in FEW.items():
            put = {f"*{name}": axes_of_run(name, count)}
            runs = {bound: substitute_shape(axes, {}, put) for bound, axes in self.runs.items()}
            trial = self.trial(runs)
            asked = wanted if f"*{name}" in self.free else substitute_shape(wanted, {}, put)
            trial.shape(asked, substitute_shape(got, {}, put), where)
            trial.solve()
            if trial.errors:
                error = trial.errors[0]
                known = "; ".join(filter(None, (error.bindings, f"*{name.rpartition(':')[2]} has {words}")))
                self.errors.append(ShapeError(error.rule, got=error.got, wanted=error.wanted, bindings=known))
                return True
        return False

    def trial(self, runs: Mapping[str, Shape]) -> Bindings:
        """What is bound so far, with these runs, to go on with and forget."""
        return replace(
            self,
            axes=dict(self.axes),
            runs=dict(runs),
            origin=dict(self.origin),
            loose=set(self.loose),
            errors=[],
            undecided={},
            _perhaps=dict(self._perhaps),
            _later=list(self._later),
            _accused=set(self._accused),
        )

    def _ends(self, wanted: Shape, got: Shape, wanted_last: Shape, got_last: Shape, where: str) -> None:
        """The axes before a run, and those after it."""
        for i, (x, y) in enumerate(zip(wanted, got, strict=True)):
            self._axis(x, y, where, i)
        for i, (x, y) in enumerate(zip(wanted_last, got_last, strict=True)):
            self._axis(x, y, where, i - len(wanted_last))

    def _run(self, star: Star, axes: Shape, where: str) -> None:
        if star.spread is not None:
            self._spread("*" + star.spread, axes, where, loose=True)
            return
        if star.name is None:
            return
        name = "*" + star.name
        if name in self.loose:
            self._spread(name, axes, where, loose=False)
        elif name not in self.free and name not in self.runs:
            if axes != (star,) and not _open(axes) and all(comparable(star, axis) for axis in axes):
                self._unequal(name, (star,), axes, where, "")
            elif axes != (star,):
                self.leave(where, show_shape(axes), show_shape((star,)))
        elif name not in self.runs:
            self.runs[name], self.origin[name] = axes, where
        elif self.runs[name] != axes and not _open(axes) and not _open(self.runs[name]):
            bound = self.runs[name]
            pairs = zip(axes, bound, strict=True) if len(axes) == len(bound) else ()
            if pairs and not any(_contradict(x, y, name in self.free) for x, y in pairs):
                self.leave(where, show_shape(axes), show_shape(self.runs[name]))
                return
            self._unequal(name, self.runs[name], axes, where, self.origin.get(name, "the object"))
        elif _open(axes) or _open(self.runs[name]):
            self.leave(where, show_shape(axes), show_shape(self.runs[name]))

    def _spread(self, name: str, axes: Shape, where: str, *, loose: bool) -> None:
        """`*#b`: the axes broadcast with those of `*b`; once a plain `*b` was met, to those and no others."""
        if name not in self.free:
            if axes not in ((), (Star(name[1:]),), (Star(None, name[1:]),)):
                self.leave(where, show_shape(axes), show_shape((Star(None, name[1:]),)))
            return
        if name not in self.runs:
            self.runs[name], self.origin[name] = axes, where
            self.loose.add(name)
            return
        bound = self.runs[name]
        if _open(bound) or _open(axes):
            self.leave(where, show_shape(axes), show_shape(bound))
            return
        try:
            both = broadcast_shapes(axes, bound)
        except LostShape:
            self.leave(where, show_shape(axes), show_shape(bound))
            return
        except ShapeError:
            self._unequal(name, bound, axes, where, self.origin[name])
            return
        target = bound if name not in self.loose else axes if not loose else both
        if both != target:
            self._unequal(name, bound, axes, where, self.origin[name])
        elif name in self.loose:
            self.runs[name] = both
            self.loose -= set() if loose else {name}

    def _unequal(self, name: str, bound: Shape, axes: Shape, where: str, origin: str) -> None:
        facts = self.facts()
        if facts is not None and facts.shape(bound) == facts.shape(axes):
            return
        rule = f"the axes *{name.rpartition(':')[2]} are {show_shape(bound)}" + (f" from {origin}" if origin else "")
        self.errors.append(ShapeError(rule, got=f"{show_shape(axes)} in {where}", bindings=self.bindings()))

    def _axis(self, wanted: Axis | Star, got: Axis | Star, where: str, place: int) -> None:
        assert not isinstance(wanted, Star) and not isinstance(got, Star)
        if isinstance(wanted, OneOr):
            unbound = _names_of(wanted) & self.free - self.axes.keys()
            if _is_unknown(got) and not unbound:
                self.leave(where, show_dim(got), show_dim(wanted))
            elif _is_unknown(got) and isinstance(wanted.size, Dim) and (unknown := wanted.size.only) in unbound:
                self.axes[unknown] = UNKNOWN  # what binds the name later is not held against this one
            if isinstance(got, OneOr) and unbound:
                self._may_bind(wanted, got, where)
                return
            if got == 1 or _is_unknown(got):
                return
            size: Axis = wanted.size
        else:
            size = wanted
        if isinstance(wanted, Unknown) and not isinstance(wanted, OneOr):
            return
        if isinstance(size, Dim) and (name := size.only) is not None and name in self.free:
            if name not in self.axes or isinstance(self.axes[name], Unknown):
                if name in self.axes:
                    self.leave(where, show_dim(got), "?")
                if name in self._perhaps and self._perhaps[name].size != got:
                    self.leave(where, show_dim(got), show_dim(self._perhaps[name]))
                self.axes[name], self.origin[name] = got, where
                if isinstance(got, Dim) and not at_least(got, 1):
                    assume(f"{show_dim(got)} >= 1")  # what the function promises holds for such sizes only
                return
        elif isinstance(size, Dim) and any(name not in self.axes for name in atoms(size) & self.free):
            self._later.append((wanted if isinstance(wanted, OneOr) else size, got, where, place))
            return
        self._compare(wanted, got, where, place)

    def _may_bind(self, wanted: OneOr, got: OneOr, where: str) -> None:
        """`#k` given a size that is m or 1: where it is m, so is k."""
        name = wanted.size.only if isinstance(wanted.size, Dim) else None
        earlier = None if name is None else self._perhaps.setdefault(name, got)
        if earlier != got:
            self.leave(where, show_dim(got), show_dim(wanted if earlier is None else earlier))

    def _compare(self, wanted: int | Dim | OneOr, got: Axis, where: str, place: int) -> None:
        size = wanted.size if isinstance(wanted, OneOr) else wanted
        try:
            value = substitute(size, self.axes)
        except ZeroDivisionError:
            value = UNKNOWN
        if isinstance(value, Unknown) or _is_unknown(got):
            self.leave(where, show_dim(got), show_dim(value))
            return
        if isinstance(got, OneOr):
            if isinstance(wanted, OneOr) and value == got.size:
                return
            if value in (1, got.size) or self.facts() is not None or not comparable(value, got.size):
                self.leave(where, show_dim(got), show_dim(wanted))
                return
        facts = self.facts() if value != got else None
        if value == got or same(value, got) or (facts is not None and facts.same(value, got)):
            return
        if facts is not None and facts.may_be_equal(value, got):
            self.leave(where, show_dim(got), show_dim(value))
            return
        if not (isinstance(got, OneOr) or comparable(value, got) or (atoms(size) & self.free and of_one(value, got))):
            self.leave(where, show_dim(got), show_dim(value))
            if isinstance(value, Dim) and value.only is not None and of_object(value):
                self._taken.setdefault(value.only, got)
            elif isinstance(size, Dim) and of_object(value):
                self.taken.setdefault(size, got)
            return
        bound = atoms(size) & self.free
        if bound and bound <= self._accused:
            return
        self._accused |= bound
        name = f"axis {place}" + (f" ({show_dim(wanted)})" if isinstance(size, Dim) else "")
        rule = f"{name} of {where} must be {show_dim(value)}" + " or 1" * isinstance(wanted, OneOr)
        self.errors.append(ShapeError(rule, got=show_dim(got), bindings=self.bindings(atoms(size))))

    def solve(self, *, last: bool = False) -> None:
        """Compare the expressions whose names have been bound meanwhile; the others wait, or are left in the end."""
        later, self._later = self._later, []
        for wanted, got, where, place in later:
            if all(name in self.axes for name in _names_of(wanted) & self.free):
                self._compare(wanted, got, where, place)
            elif last:
                self.leave(where, show_dim(got), show_dim(wanted))
            else:
                self._later.append((wanted, got, where, place))

    def bindings(self, names: frozenset[str] | None = None) -> str:
        """The axes that are fixed and where each was: "n=3 from argument 1 (x)"."""
        shown = [
            f"{_with_value(name.rpartition(':')[2], value)} from {self.origin[name]}"
            for name, value in self.axes.items()
            if name in self.origin and (names is None or name in names) and not isinstance(value, Unknown)
        ]
        return ", ".join(shown)

    def settled(self) -> dict[str, Axis]:
        """The axes for the result: what an object of unknown sizes takes, it gives back."""
        if not self._taken:
            return self.axes
        return {name: substitute(axis, self._taken) for name, axis in self.axes.items()}

    def known(self, shape: Shape) -> Shape:
        """A shape with the bound axes put in; names that stay unbound keep their names."""
        return substitute_shape(shape, self.axes, self.runs)

    def result(self, shape: Shape) -> Shape:
        """A shape that the call gives: what no argument fixed is not known."""
        from_nothing: dict[str, Axis] = {
            name: UNKNOWN for axis in shape if not isinstance(axis, Star) for name in atoms(axis) & self.free
        }
        runs = {**{name: (Star(),) for name in self.free if name.startswith("*")}, **self.runs}
        return substitute_shape(shape, {**from_nothing, **self.axes}, runs)


def _needed(axes: int, word: str = "") -> str:
    return f"{word}{axes} {'is' if axes == 1 else 'are'} needed"


def _with_value(name: str, value: int | Dim | OneOr) -> str:
    """A name of the function that is called, and its value, in which the caller may use the name for another size."""
    shown = show_dim(value)
    if shown == name:
        return f"{name} is"
    is_in_both = (
        name in {atom.rpartition(":")[2] for atom in _names_of(value)} if isinstance(value, (Dim, OneOr)) else False
    )
    return f"the function's {name} is {shown}" if is_in_both else f"{name}={shown}"


def _names_of(axis: Dim | OneOr) -> frozenset[str]:
    return atoms(axis.size if isinstance(axis, OneOr) else axis)


def _star(shape: Shape) -> int | None:
    return next((i for i, axis in enumerate(shape) if isinstance(axis, Star)), None)


def _open(axes: Shape) -> bool:
    return any(isinstance(axis, Unknown) or is_nameless(axis) for axis in axes)


def _is_unknown(axis: Axis) -> bool:
    """Whether nothing at all is known of a size: `#n` is 1 or n."""
    return isinstance(axis, Unknown) and not isinstance(axis, OneOr)


def _contradict(left: Axis | Star, right: Axis | Star, of_call: bool) -> bool:
    return left != right and (comparable(left, right) or (of_call and of_one(left, right)))


def _spread_over(run: Shape) -> Star:
    """What is left of `*#b` when `*b` is known: a run of that name, or nothing."""
    star = run[0] if len(run) == 1 else None
    if not isinstance(star, Star):
        return Star()
    return star if star.name is None else Star(None, star.name)


def substitute_shape(shape: Shape, axes: Mapping[str, Axis], runs: Mapping[str, Shape]) -> Shape:
    """A shape with names and runs of axes replaced; two runs that are not known become one."""
    new: list[Axis | Star] = []
    for axis in shape:
        if isinstance(axis, Star) and axis.spread is not None:
            new.append(_spread_over(runs.get(f"*{axis.spread}", (axis,))))
        elif isinstance(axis, Star):
            new += axis.put(runs.get(f"*{axis.run[0]}"))
        else:
            try:
                new.append(one_or(substitute(axis.size, axes)) if isinstance(axis, OneOr) else substitute(axis, axes))
            except ZeroDivisionError:
                new.append(UNKNOWN)
    return (Star(),) if sum(isinstance(axis, Star) for axis in new) > 1 else tuple(new)

"""What the conditions that the program has passed say about sizes at the place that is being checked.

`known_facts` is asked only where sizes disagree, or where something has to be assumed.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from mypy.nodes import Context, Var

from tl_checker.shapes.annotations.type_text import read_size, same_text
from tl_checker.shapes.facts.around import conditions_around, statement_checked
from tl_checker.shapes.facts.reading import ConditionReader
from tl_checker.shapes.facts.results import Several
from tl_checker.shapes.facts.values import TensorValue
from tl_checker.shapes.host.internals import held, hold, outermost_function
from tl_checker.shapes.host.memory import Memory
from tl_checker.shapes.sizes.cases import each_case
from tl_checker.shapes.sizes.equations import AnyFact, Equations, Fact, names_in, unread_in
from tl_dsl.dims import (
    UNKNOWN,
    Assumption,
    Axis,
    Dim,
    Unknown,
    assume,
    atoms,
    collect_assumptions,
    is_minimum,
    knowing,
)
from tl_dsl.errors import LostShape, ShapeError, TlError
from tl_dsl.shapes import IndexArray, Shape, Star

T = TypeVar("T")
Change: TypeAlias = Callable[[Any], Any]
_facts: dict[Var, tuple[AnyFact, ...]] = {}


def keep(checker: Any, name: Var, facts: Iterable[AnyFact]) -> None:
    """Note facts that hold from here on."""
    found = tuple(dict.fromkeys(facts))
    if found:
        _facts[name] = found
        hold(checker, name)


def _kept(checker: Any, place: Context | None = None) -> tuple[AnyFact, ...]:
    """The facts of which mypy's binder keeps the names here; at a place, not what holds from there on.

    mypy may come by a place more than once, and each time it has to say what it relies on.
    """
    if not _facts:
        return ()
    own = None if place is None else _names.of(place)
    return tuple(fact for name in held(checker) if name is not own for fact in _facts.get(name, ()))


def assumed_from_here(checker: Any, place: Context, assumed: Iterable[Assumption]) -> None:
    """Once the program has come past a place, what is assumed there holds."""
    facts = [Fact(each.dividend % each.divisor, 0) for each in assumed if each.dividend != 0]
    facts += [Fact(each.larger, each.smaller, ">=") for each in assumed if each.smaller != each.larger]
    if facts:
        keep_from(checker, place, facts)


def keep_from(checker: Any, place: Context, facts: Iterable[AnyFact]) -> None:
    """Note facts that hold from an expression on; each time that mypy comes by, under the same name."""
    name = _names.of(place)
    if name is None:
        name = Var("what holds from here on")
        name.is_inferred = False  # or the binder keeps it when only one of two branches has it
        _names.note(place, name)
    keep(checker, name, facts)


_names = Memory[Var]()


def knows_something() -> bool:
    """Whether anything that the program has passed has said something of sizes."""
    return bool(_facts)


def keep_for(checker: Any, statement: Context) -> None:
    """What holds now, in the value of a statement, does so where the value is compared with what is declared for it.

    mypy forgets it in between.
    """
    _of_statements.note(statement, _kept(checker))


_of_statements = Memory[tuple[AnyFact, ...]]()


def facts_of_statement(checker: Any, line: int) -> Known | None:
    """What holds where the value of the statement at a line is compared."""
    statement = statement_checked(checker, line)
    before = _of_statements.of(statement) if statement is not None else None
    facts = dict.fromkeys([*_kept(checker), *(before or ())])
    return _solved(tuple(facts)) if facts else None


def known_facts(checker: Any, place: Context | None = None) -> Known | None:
    """The facts that hold at the place that is being checked; None when there are none."""
    facts = [*_kept(checker, place)]
    function = None if place is None else outermost_function(checker)
    if function is not None and place is not None:
        for region in conditions_around(function, place):
            facts += ConditionReader(checker).facts(region.condition, region.holds)
    return _solved(tuple(dict.fromkeys(facts))) if facts else None


def by_facts(
    checker: Any,
    place: Context,
    attempt: Callable[[Change, bool], T],
    note: Callable[[T], None] = lambda found: None,
) -> T:
    """What rules give; where they fail or assume something, with what is known of the sizes here.

    `attempt` applies the rules to arguments that are changed so; its second argument says whether all sizes are held
    against each other. Only at last are those of different sorts not. `note` gets what nothing that is known here can
    change.
    """
    error: TlError | None = None
    with collect_assumptions() as assumed:
        try:
            found = attempt(_as_it_is, True)
        except TlError as raised:
            error = raised
    if error is None and not assumed and not unknowns(found):
        note(found)
        return found
    for facts in _ways(known_facts(checker, place)):
        with collect_assumptions() as still, knowing(facts.form), contextlib.suppress(TlError):
            better = attempt(facts.value, True)
            if error is not None or (set(still) <= set(assumed) and unknowns(better) <= unknowns(found)):
                error, assumed, found = None, still, facts.restored(better)
    if isinstance(error, ShapeError):
        known = known_facts(checker, place)
        if known is not None and (in_cases := _in_each_case(known, attempt)) is not None:
            return in_cases
        try:
            return attempt(_as_it_is, False)
        except ShapeError:
            if known is not None:
                _unless_unread(known, attempt)
            raise
    if error is not None:
        raise error
    for assumption in assumed:
        assume(assumption)
    return found


def _in_each_case(known: Known, attempt: Callable[[Change, bool], T]) -> T | None:
    """What rules give where one of several things holds, if they give it whichever that is."""
    results: list[tuple[T, Known]] = []
    for facts in each_case(known.facts):
        case = _solved(facts)
        with knowing(case.form), contextlib.suppress(TlError):
            results.append((case.restored(attempt(case.value, True)), case))
            continue
        return None
    for found, _ in results:
        if all(case.value(found) == case.value(other) for other, case in results):
            return found
    if results:
        raise LostShape("it depends on which of several conditions holds")
    return None


def _unless_unread(known: Known, attempt: Callable[[Change, bool], T]) -> None:
    """Raise LostShape where sizes do not fit, but a condition has spoken of them that is not understood."""
    for unread in unread_in(known.facts):
        forgetting = functools.partial(_changed, axis=functools.partial(_as_one, unread.names))
        with collect_assumptions():
            try:
                attempt(forgetting, True)
            except TlError:
                continue
        raise LostShape(f"the condition in line {unread.line}, which speaks of these sizes, is not understood")


def _ways(known: Known | None) -> Iterator[Known]:
    """All facts, and bounds alone: `n >= 3` says nothing of n once n is written as a multiple of something."""
    if known is not None:
        yield known
        bounds = tuple(fact for fact in known.facts if isinstance(fact, Fact) and fact.relation == ">=")
        if bounds and len(bounds) < len(known.facts):
            yield _solved(bounds)


def unknowns(found: Any) -> int:
    """How many sizes in a result are not known, or are the smaller of two that are not ordered."""
    if isinstance(found, (tuple, list)):
        count = 0
        for item in found:
            if isinstance(item, Dim):
                count += is_minimum(item)
            elif not isinstance(item, (int, Star, type)):
                count += unknowns(item)
        return count
    if isinstance(found, TensorValue):
        return unknowns(found.shape)
    if isinstance(found, Several):
        return unknowns(found.shapes)
    return int(isinstance(found, Unknown))


def _as_it_is(value: Any) -> Any:
    return value


def facts_at(ctx: Any) -> Callable[[], Equations | None]:
    """Asks for the facts that hold at the place of a hook, in solved form."""

    def solved() -> Equations | None:
        facts = known_facts(ctx.api, ctx.context)
        return None if facts is None else facts.equations

    return solved


def _as_one(names: frozenset[str], size: Dim) -> Axis:
    return Dim.name("any of these") if atoms(size) <= names else size


def _changed(value: Any, axis: Callable[[Dim], Axis], shape: Callable[[Shape], Shape] | None = None) -> Any:
    """An argument or a result of a rule with its sizes, and shapes, changed."""
    of_shape = shape or (lambda sizes: tuple(axis(size) if isinstance(size, Dim) else size for size in sizes))
    inner = functools.partial(_changed, axis=axis, shape=shape)
    match value:
        case Dim():
            return axis(value)
        case TensorValue(shape=sizes, dtype=dtype):
            return TensorValue(of_shape(sizes), dtype)
        case IndexArray():
            return IndexArray(of_shape(value.shape))
        case Several(shapes=shapes):
            return Several(inner(shapes))
        case list():
            return [inner(item) for item in value]
        case tuple():
            return tuple(inner(item) for item in value)
        case slice():
            return slice(inner(value.start), inner(value.stop), inner(value.step))
    return value


@functools.lru_cache(maxsize=256)
def _solved(facts: tuple[AnyFact, ...]) -> Known:
    equations = Equations.of(facts)
    equations.cases = [Equations.of(case) for case in each_case(facts)]
    return Known(facts, equations, frozenset().union(*map(names_in, facts)))


@dataclass(frozen=True)
class Known:
    """The facts that hold at one place."""

    facts: tuple[AnyFact, ...]
    equations: Equations
    names: frozenset[str]
    """The names of which they speak."""

    def form(self, size: int | Dim) -> int | Dim:
        """The form of a size that it shares with all that are equal."""
        form = self.equations.axis(size)
        return size if isinstance(form, Unknown) else form

    def value(self, value: Any) -> Any:
        """An argument of a shape rule, its sizes in the form that they share with all that are equal."""
        return _changed(value, self.equations.axis, self.equations.shape)

    def restored(self, value: Any) -> Any:
        """A result, its sizes in the names that the program has."""
        return _changed(value, self.equations.restored)

    def same_text(self, left: str, right: str) -> bool:
        """Whether two printed sizes are equal by the facts."""
        x, y = self._read(left), self._read(right)
        return (not isinstance(x, Unknown) and self.equations.same(x, y)) or same_text(left, right)

    def may_be_same_text(self, left: str, right: str) -> bool:
        """Whether two printed sizes are equal by the facts, or by what is not understood."""
        return self.same_text(left, right) or self.equations.may_be_equal(self._read(left), self._read(right))

    def written_out(self, text: str) -> str:
        """A printed type, with the runs of axes whose axes are known written out."""
        runs = self.equations.runs
        for star in [turned for name in runs for turned in (Star(name), Star(name).reversed())]:
            axes, run = star.put(runs[star.run[0]]), re.escape(repr(star))
            pattern = rf"{run}(?=[,\]])" if axes else rf", {run}(?=[,\]])|{run}, "
            text = re.sub(pattern, ", ".join(map(str, axes)), text)
        return text

    def _read(self, text: str) -> Axis:
        """A printed size; unknown when it cannot be read."""
        own = {name.rpartition(":")[2]: name for name in self.names}
        if len(own) < len(self.names):
            return UNKNOWN  # one text for two axes

        def named(name: str) -> Axis:
            scope, _, short = own.get(name, f"?:{name}").rpartition(":")
            return Dim.name(short, scope)

        return read_size(text, named)

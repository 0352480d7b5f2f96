"""Verifying a function of tensors: every entry point of `tl_dsl.autodiff.function`, for every argument."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

import tl_dsl as tl
from tl_checker.gradients.depth import STANDARD, Depth
from tl_checker.gradients.draw import (
    RANGES,
    Size,
    Values,
    arrays_in,
    assignments,
    elements,
    kinds,
    names_in,
    others,
    show_sizes,
    value_for,
)
from tl_checker.gradients.entries import ENTRY_LAYERS, AtKink, Scalars, on_floats
from tl_checker.gradients.function_entries import entries_of, left_out
from tl_checker.gradients.function_ways import ways_of
from tl_checker.gradients.nesting import SECOND_ORDER as NESTED_SECOND_ORDER
from tl_checker.gradients.nesting import nestings_of
from tl_checker.gradients.nonfinite import masked, passing, steep
from tl_checker.gradients.places import liveliest
from tl_checker.gradients.refusals import refusing
from tl_checker.gradients.reproduce import of_function
from tl_checker.gradients.rule_points import LARGE, Located
from tl_checker.gradients.run import Progress, Work, judged_everywhere, quiet
from tl_checker.gradients.samples import samples_of
from tl_checker.gradients.signature import annotations_of, by_position
from tl_checker.gradients.traced import Arguments, Traced, as_numpy, traced_at
from tl_checker.gradients.verdict import Finding, Report, Row, Verdict, first_line, merge_rows
from tl_dsl.autodiff.traced import trace_call
from tl_dsl.errors import AnnotationError, ArgumentError, DTypeError, ShapeError
from tl_dsl.pytree import tree_map
from tl_dsl.transform.inline import inlined
from tl_dsl.typed import typed

ATTEMPTS = 3
"""How often the elements are drawn again where a function is not smooth or not finite."""

TRIES = 40
"""How many assignments of sizes are tried."""

LARGEST, STEEP = 128, 5
"""The largest size at which rules alone are judged, and that where the cost of the reference grows with 2^size."""

STEEPLY = frozenset({"det", "cofactor", "inv", "solve"})
"""Instructions whose specification expands determinants."""

OTHERS = ((3, False), (1, True))
"""What ints and bools are at other sizes."""


@dataclass(frozen=True)
class Refusal:
    """Sizes that a function did not take, and why."""

    label: str
    reason: str
    kink: bool

    def __str__(self) -> str:
        return f"{self.label} ({self.reason})"


def verify_function(
    function: Callable[..., Any],
    *,
    name: str = "",
    seed: int = 0,
    draws: Sequence[Sequence[Any]] = (),
    progress: Progress = quiet,
    depth: Depth = STANDARD,
    layers: Collection[str] = ENTRY_LAYERS,
) -> Report:
    """Verify every derivative of an annotated function, at arguments drawn from the annotations (or at ``draws``).

    Where a user gave points (`samples`), it is verified at these. What no layer needs that is asked for is left out.

    Errors: AnnotationError for a function whose arguments or result are not annotated, or cannot be drawn.

    >>> import tl_dsl as tl
    >>> from jaxtyping import Float
    >>> def energy(x: Float[tl.Tensor, "n"]) -> Float[tl.Tensor, ""]:
    ...     return tl.sum(tl.tanh(x))
    >>> verify_function(energy).verdict.value
    'PASS'
    """
    target = name or getattr(function, "__qualname__", repr(function))
    draws = draws or samples_of(function, seed=seed, count=depth.places)
    hints = {} if draws else annotations_of(function)
    function = by_position(function, list(hints)[:-1])
    places, refused = _places(function, target, hints, seed, draws, depth)
    if not places:
        row = _nowhere(target, refused)
        return Report((row,), (f"{target}: {row.note}",) if row.note else ())
    work = [_work(target, place, first=number == 0) for number, place in enumerate(places)]
    if hints and any(node.op.call for node in places[0].call.graph.nodes):
        also = [*_in_single(places[0], hints), *_at_other_sizes(places[0], target, hints, seed)]
        work[0] = dataclasses.replace(work[0], also=also)
    rows = merge_rows(_result_row(target, function, place) for place in places) if not draws else ()
    notes = [f"{target}: verified at {'; '.join(place.point.label for place in places)}"]
    notes += [f"{target}: not at {refusal}" for refusal in refused[:2]]
    skipped = tuple(f"{target}: the argument {name} is not differentiated" for name in _held(function, places[0]))
    skipped += tuple(dict.fromkeys(f"{target}: {what}" for place in places for what in left_out(place)))
    if {*layers} <= {"annotation"}:
        return Report(tuple(rows), skipped, tuple(notes))
    judged = judged_everywhere(work, progress, depth, layers=layers)
    if any(_vacuous(row) for row in judged.rows):
        curved, _ = _places(_curved(function), target, hints, seed, draws, depth)
        judged = _with_curved(judged, target, curved, progress, depth, layers)
    judged = Report(rows, skipped, tuple(notes)) + judged
    return judged + _at_edges(target, places[0], judged) if AT_EDGES & {*layers} else judged


AT_EDGES = {"numbers", "not finite", "refusals"}


def _at_edges(target: str, place: Traced, judged: Report) -> Report:
    """Entry points that are right: at what is not finite, has no derivative or is no tensor."""
    wrong = {row.entry for row in judged.rows if row.verdict is Verdict.FAIL}
    judged_ones = {row.entry for row in judged.rows} - wrong
    entries = [entry for entry in entries_of(place) if entry.name in judged_ones]
    refused = [] if wrong else refusing(target, place)
    if any(x.dtype.hasobject for x in place.call.values):
        told = f"{target}: not at what is not finite, which the exact numbers that it reads cannot be"
        return Report(tuple(refused), (told,))
    passed = passing(target, place.point, entries)
    raising = [*steep(target, place, entries_of), *masked(target, place, entries_of)]
    raising = [row for row in raising if row.entry in judged_ones]
    return dataclasses.replace(passed, rows=merge_rows([*passed.rows, *raising, *refused]))


def _work(target: str, place: Traced, *, first: bool) -> Work:
    """Every entry point; in every way and nesting at the first place."""
    entries = entries_of(place)
    if first:
        entries += [*ways_of(place), *nestings_of(place)]
    reproduction = of_function(place.function, place.arguments.trees)
    return Work(target, entries, place.point, place.call.graph, reproduction, place.names)


def _in_single(place: Traced, hints: dict[str, Any]) -> list[Located]:
    """A function that uses rules of the user's, at the same place in float32; none where it does not take that."""
    admitted = [kinds(array) for key, hint in hints.items() if key != "return" for array in arrays_in(hint)]
    narrow = all(not known or "float32" in known or not any("float" in kind for kind in known) for known in admitted)
    if not narrow:
        return []
    single = Scalars(lambda x: tl.tensor(x, dtype=tl.float32 if x.dtype.kind == "f" else None))
    try:
        call = trace_call(place.function, place.args(single), place.argnums)
    except Exception:  # it may refuse that type in any way it likes
        return []
    inputs = [x.numpy() for x in call.values]
    return [Located(call.graph, inputs, call.wrt, f"{place.point.label}, in float32", may_refuse=True)]


def _at_other_sizes(place: Traced, target: str, hints: dict[str, Any], seed: int) -> list[Located]:
    """A function that uses rules of the user's, at other sizes, integers and truth values; at those that it takes."""
    names, function = _names(hints), place.function
    largest = STEEP if STEEPLY & {node.op.name for node in inlined(place.call.graph).nodes} else LARGEST
    found: list[Located] = []
    known: set[int] = set()
    for (whole, truth), sizes in zip(itertools.cycle(OTHERS), others(names, largest), strict=False):
        ranges = [values.with_plain(whole, truth, list(hints.values())) for values in RANGES]
        try:
            if elements(hints, sizes) > LARGE:
                continue
            attempts = _attempts(function, target, hints, sizes, show_sizes(sizes, names), seed, ranges)
            other = liveliest(attempts, lambda one: one.point, known)
        except Exception:  # as above
            continue
        found.append(Located(other.call.graph, other.point.reference.arrays, other.call.wrt, other.point.label))
    return found


SECOND_ORDER = {"hvp", "hessian", "hessian in other ways", *NESTED_SECOND_ORDER}


def _vacuous(row: Row) -> bool:
    """Whether a second derivative was compared with zeros only, as that of a linear function is, and fails for it."""
    return row.entry in SECOND_ORDER and not row.nonzero and row.verdict is Verdict.FAIL


def _curved(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def curved(*args: Any, **kwargs: Any) -> Any:
        return tree_map(lambda y: y * y + y * y * y, function(*args, **kwargs))

    return curved


def _with_curved(
    report: Report, target: str, curved: list[Traced], progress: Progress, depth: Depth, layers: Collection[str]
) -> Report:
    """The report with the second derivatives of f² + f³ where those of f told nothing."""
    work = [_work(target, place, first=number == 0) for number, place in enumerate(curved)]
    work = [dataclasses.replace(one, entries=[e for e in one.entries if e.name in SECOND_ORDER]) for one in work]
    again = judged_everywhere(work, progress, depth, layers=layers)
    by_key = {row.key: row for row in again.rows}
    rows = [by_key.get(row.key, row) if _vacuous(row) else row for row in report.rows]
    note = f"{target}: where its second or third derivative is zero, that of f² + f³ is verified"
    skipped = list(report.skipped)
    if {*again.skipped} - {*report.skipped}:  # f² + f³ needs forward mode where f has a rule for reverse mode only
        zero = [row for row in rows if _vacuous(row)]
        rows = [row for row in rows if not _vacuous(row)]
        skipped += [f"{target}: {name} in {argument}, where it is zero" for name, argument in
                    dict.fromkeys((row.entry, row.argument) for row in zero)]  # fmt: skip
    return dataclasses.replace(report, rows=tuple(rows), skipped=tuple(skipped), notes=(*report.notes, note))


def _held(function: Callable[..., Any], traced: Traced) -> list[str]:
    """The parameters that carry no derivatives, or keep their defaults."""
    names = list(inspect.signature(function).parameters)
    return [name for k, name in enumerate(names) if k not in traced.argnums]


def _nowhere(target: str, refused: list[Refusal]) -> Row:
    """The row of a function that no arguments were found for."""
    if refused and all(refusal.kink for refusal in refused):
        note = "every point drawn lies at a kink, where the conventions of the operations hold"
        return Row(target, "arguments", "", verdict=Verdict.NOT_DIFFERENTIABLE, note=note)
    reason = str(refused[0]) if refused else "there is nothing to draw"
    finding = Finding(f"no arguments could be drawn: {reason}")
    return Row(target, "arguments", "", verdict=Verdict.INCONCLUSIVE, findings=(finding,))


def _places(
    function: Callable[..., Any],
    target: str,
    hints: dict[str, Any],
    seed: int,
    draws: Sequence[Sequence[Any]],
    depth: Depth,
) -> tuple[list[Traced], list[Refusal]]:
    """The function traced at several arguments, and why others were refused."""
    if draws:
        given = [Arguments(f"given arguments {k}", tuple(map(as_numpy, args))) for k, args in enumerate(draws)]
        names = list(inspect.signature(function).parameters)
        return [traced_at(function, target, names, args, seed) for args in given], []
    found: list[Traced] = []
    refused: list[Refusal] = []
    known: set[int] = set()
    for sizes, label in _sizes(hints):
        try:
            attempts = _attempts(function, target, hints, sizes, label, seed)
            found.append(liveliest(attempts, lambda place: place.point, known))
        except Exception as error:  # a function may refuse sizes in any way it likes; what it said is reported
            refused.append(Refusal(label or "fixed sizes", first_line(error), isinstance(error, AtKink)))
        if len(found) == depth.places or len(found) + len(refused) > TRIES:
            break
    return found, refused


def _names(hints: dict[str, Any]) -> list[str]:
    """The axes of the arguments."""
    return list(dict.fromkeys(name for key, hint in hints.items() if key != "return" for name in names_in(hint)))


def _sizes(hints: dict[str, Any]) -> Iterator[tuple[dict[str, Size], str]]:
    names = _names(hints)
    for sizes in assignments(names, {}):
        yield sizes, show_sizes(sizes, names)


def _attempts(
    function: Callable[..., Any],
    target: str,
    hints: dict[str, Any],
    sizes: dict[str, Size],
    label: str,
    seed: int,
    ranges: Sequence[Values] = RANGES,
) -> Iterator[Callable[[], Traced]]:
    """The function at arguments of these sizes, of one range of values after the other."""
    for values, attempt in itertools.product(ranges, range(ATTEMPTS)):
        rng = Random(f"{seed} {target} {label} {values.name} {attempt}")
        trees = tuple([value_for(hint, sizes, values, rng) for key, hint in hints.items() if key != "return"])
        shown = f"{label or 'fixed sizes'}, values {values.name}"
        yield partial(traced_at, function, target, list(hints)[:-1], Arguments(shown, trees), seed)


def _result_row(target: str, function: Callable[..., Any], traced: Traced) -> Row:
    """Whether arguments and result have their annotated types, axes included, as jaxtyping sees it."""
    row = Row(target, "result", "annotation", "", "", comparisons=1, nonzero=1)
    try:
        typed(function)(*traced.args(on_floats()))
    except AnnotationError as error:
        verdict, told = Verdict.INCONCLUSIVE, error.got
    except (ShapeError, DTypeError, ArgumentError) as error:
        verdict, told = Verdict.FAIL, f"{error.rule}: got {error.got}, wanted {error.wanted}"
    else:
        return row
    return row._replace(verdict=verdict, findings=(Finding(told, traced.point.label),))

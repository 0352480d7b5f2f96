"""Batching: an operation and its gradient over a batch of examples, by vmap and by a loop.

Every set of operands is batched, integers and truth values included, so that every branch of a batching rule runs.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from tl_specs import Array, Sample

import tl_dsl as tl
from tl_checker.gradients.balls import Objects, combined, exactly, precision
from tl_checker.gradients.compare import compare
from tl_checker.gradients.derived import Derivative
from tl_checker.gradients.layers.check import Case, OperationCheck, kind, spread
from tl_checker.gradients.layers.values import each
from tl_checker.gradients.subject import in_a_row, subject_at
from tl_checker.gradients.verdict import Finding, Row, Verdict
from tl_dsl import Tensor

NUDGE = 1 + 2.0**-6
"""Each further example is the one before times this."""

SIZES = (2, 1, 3)
"""How many examples are batched; all sets of operands with the first of these."""

MOST = 4
"""The sets of more operands than this: each alone, all but each, and all."""

Items = np.ndarray[Any, Any]
Example = list[Items]
Function = Callable[..., Tensor]
Axes = tuple[int | None, ...]


def batching(check: OperationCheck) -> list[Row]:
    """Rows for values and for gradients, in balls."""
    with precision(check.depth.bits[0]):
        cases = spread([case for case in check.valued if _arrays(case)], check.depth.heavy)
        rows = each(check, cases, "batching", _value_row)
        gradients = each(check, spread(check.heavy, check.depth.few), "batching", _gradient_row)
    return rows + [check.settled(row) for row in gradients]


def _value_row(check: OperationCheck, case: Case) -> list[Row]:
    which = _arrays(case)
    function = subject_at(case.operation, case.sample, which).engine
    exact = bool(check.spec.active(case.sample))  # what moves in jumps is not defined on balls
    return _rows(check, case, "value", function, [_lifted(row, exact) for row in _examples(case, which)])


def _gradient_row(check: OperationCheck, case: Case) -> list[Row]:
    """The pullback of a cotangent in the operands that carry derivatives, batched with everything else."""
    which = _arrays(case)
    places = [which.index(k) for k in case.active]
    engine = subject_at(case.operation, case.sample, which).engine

    def pulled(*values: Tensor) -> Tensor:
        def of_active(*xs: Tensor) -> Tensor:
            full = list(values[:-1])
            for place, x in zip(places, xs, strict=True):
                full[place] = x
            return engine(*full)

        return in_a_row(tl.vjp(of_active, *[values[place] for place in places])[1](values[-1]))

    u = case.at.u
    examples = [[*_lifted(row), _times(u, NUDGE**number)] for number, row in enumerate(_examples(case, which))]
    types = [(x.shape, np.dtype(float) if x.dtype.hasobject else x.dtype) for x in examples[0]]
    gradient = Derivative.of(lambda *xs: [pulled(*xs)], types)
    return _rows(check, case, "gradient", gradient.replayed, examples)


def _arrays(case: Case) -> list[int]:
    return [k for k, x in enumerate(case.sample.operands) if isinstance(x, Array)]


def _rows(check: OperationCheck, case: Case, mode: str, function: Function, examples: list[Example]) -> list[Row]:
    rows = []
    for batched, got, wanted in _batched(function, examples):
        row, at = check.row("batching", None, mode), case.sample.label
        if got.shape != wanted.shape or (got.dtype == object) != (wanted.dtype == object):
            rows.append(check.failed(row, at, f"{batched}: {got.dtype}{list(got.shape)}, not {list(wanted.shape)}"))
            continue
        tally = compare(got, wanted)
        row = row._replace(comparisons=tally.comparisons, nonzero=tally.nonzero)
        if tally.disagreement is not None:
            finding = Finding(f"vmap of {batched}: {tally.disagreement}, a loop for reference", at, row.target)
            row = row._replace(verdict=Verdict.FAIL, findings=(finding,))
        elif not tally.narrow:
            row = check.failed(row, at, f"{batched}: the balls are wide", Verdict.INCONCLUSIVE)
        rows.append(row)
    return rows


def _batched(function: Function, examples: list[Example]) -> Iterator[tuple[str, Items, Items]]:
    """What is batched, vmap's result and the loop's: over every pattern, and over a batch of batches."""
    loop = Loop(function, examples)
    for size, axes in patterns(len(examples[0])):
        yield f"{size} examples over axes {axes}", *mapped(loop, size, axes)
    yield "2 batches of 2 examples", *nested(loop)


def patterns(count: int) -> Iterator[tuple[int, Axes]]:
    """How many examples, and the axis that each operand is mapped over (None: not mapped).

    >>> list(patterns(1))
    [(2, (0,)), (2, (-1,)), (1, (0,)), (3, (0,))]
    """
    every = (True,) * count
    sets = list(itertools.product((True, False), repeat=count))[:-1]
    if count > MOST:
        one = [tuple(j == k for j in range(count)) for k in range(count)]
        sets = [every, *one, *[tuple(not has for has in row) for row in one]]
    for batched in sets:
        yield SIZES[0], tuple(0 if has else None for has in batched)
    yield SIZES[0], (-1,) * count
    for size in SIZES[1:]:
        yield size, (0,) * count


class Loop:
    """The function of one example after another, once for each choice of operands."""

    def __init__(self, function: Function, examples: list[Example]) -> None:
        self.function = function
        self.columns = list(zip(*examples, strict=True))
        self._tensors = [[tl.tensor(x) for x in column] for column in self.columns]
        self._known: dict[tuple[int, ...], Items] = {}

    def result(self, numbers: tuple[int, ...]) -> Items:
        """The function of operands, each of the example of that number."""
        if numbers not in self._known:
            operands = [column[number] for column, number in zip(self._tensors, numbers, strict=True)]
            self._known[numbers] = np.asarray(self.function(*operands))
        return self._known[numbers]

    def of_example(self, number: int) -> Items:
        """The function of a whole example."""
        return self.result((number,) * len(self.columns))


def mapped(loop: Loop, size: int, axes: Axes) -> tuple[Items, Items]:
    """vmap's result and the loop's. An operand that is not mapped is that of the first example."""
    batch = [
        xs[0] if axis is None else np.stack(xs[:size], axis=axis) for xs, axis in zip(loop.columns, axes, strict=True)
    ]
    got = tl.vmap(loop.function, in_axes=axes)(*map(tl.tensor, batch))
    chosen = [tuple([0 if axis is None else number for axis in axes]) for number in range(size)]
    return np.asarray(got), np.stack([loop.result(numbers) for numbers in chosen])


def nested(loop: Loop) -> tuple[Items, Items]:
    """The results for a batch of batches: what a batching rule gives is batched once more, with other axes."""
    numbers = ((0, 1), (2, 0))
    batch = [np.stack([np.stack([xs[one] for one in row]) for row in numbers]) for xs in loop.columns]
    got = tl.vmap(tl.vmap(loop.function))(*map(tl.tensor, batch))
    return np.asarray(got), np.stack([np.stack([loop.of_example(one) for one in row]) for row in numbers])


def _examples(case: Case, which: list[int]) -> Iterator[list[Array]]:
    """The sample's arrays, and others like them: floats a little longer, all else in another order."""
    own = [case.sample.operands[k] for k in which]
    spec = case.operation.spec
    assert spec is not None
    for number in range(max(SIZES)):
        other = [x.map(lambda z: z * NUDGE**number) if kind(x) == "f" else _turned(x, number) for x in own]  # noqa: B023
        full = list(case.sample.operands)
        for k, x in zip(which, other, strict=True):
            full[k] = x
        yield own if spec.outside(Sample("", tuple(full), case.sample.params)) else other


def _turned(x: Array, by: int) -> Array:
    """The items moved round by some places: indices stay legal."""
    by = by % max(x.size, 1)
    return Array(x.shape, x.items[by:] + x.items[:by])


def _lifted(arrays: list[Array], exact: bool = True) -> Example:
    return [_items(x, exact) for x in arrays]


def _items(x: Array, exact: bool) -> Items:
    kinds = {"f": float, "i": int, "b": bool}
    array: Items = np.asarray(x.items, kinds[kind(x)]).reshape(x.shape)
    return exactly(array) if exact and kind(x) == "f" else array


def _times(x: Objects, scale: float) -> Objects:
    return combined(lambda z: z * scale, x)

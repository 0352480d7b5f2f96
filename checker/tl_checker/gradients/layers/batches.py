"""An operation mapped over a batch of two examples, by vmap and by a loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from tl_specs import Array, Sample

import tl_dsl as tl
from tl_checker.gradients.balls import Objects, exactly
from tl_checker.gradients.layers.check import Case, kind
from tl_checker.gradients.subject import in_a_row, subject_at
from tl_dsl import Tensor

NUDGE = 1 + 2.0**-6
"""The second example is the first times this."""

Batch = list[np.ndarray[Any, Any]]


def batches(case: Case) -> Iterator[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]:
    """vmap's result and the loop's: over all operands, over each alone, over the last axis; and the gradient's."""
    which = [k for k, x in enumerate(case.sample.operands) if isinstance(x, Array)]
    examples = [[_balls(x) for x in row] for row in _examples(case, which)]
    function = subject_at(case.operation, case.sample, which).engine
    count = len(which)
    patterns: list[tuple[int | None, ...]] = [(0,) * count, (-1,) * count]
    patterns += [tuple([0 if j == k else None for j in range(count)]) for k in range(count) if count > 1]
    for axes in patterns:
        yield _both(function, examples, axes)
    n = len(case.points)
    gradient: list[Batch] = [[*[x * scale for x in case.points], case.at.u * scale] for scale in (1, NUDGE)]

    def pulled(*values: Tensor) -> Any:
        return in_a_row(tl.vjp(case.subject.engine, *values[:n])[1](values[n]))

    yield _both(pulled, gradient, (0,) * (n + 1))


def _both(
    function: Callable[..., Tensor], examples: list[Batch], axes: tuple[int | None, ...]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    first, second = examples
    loop = [[x if axis is None else y for x, y, axis in zip(first, row, axes, strict=True)] for row in (first, second)]
    batch = [x if axis is None else _stacked(x, y, axis) for x, y, axis in zip(first, second, axes, strict=True)]
    got = tl.vmap(function, in_axes=axes)(*map(tl.tensor, batch))
    rows = [np.asarray(function(*map(tl.tensor, row))) for row in loop]
    return np.asarray(got), _stacked(rows[0], rows[1], 0)


def _stacked(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], axis: int) -> np.ndarray[Any, Any]:
    return np.stack([x, y], axis=axis)


def _examples(case: Case, which: list[int]) -> Iterator[list[Array]]:
    """The sample's arrays, and others like them: floats a little longer, all else in another order."""
    own = [case.sample.operands[k] for k in which]
    yield own
    other = [x.map(lambda z: z * NUDGE) if kind(x) == "f" else Array(x.shape, x.items[::-1]) for x in own]
    full = list(case.sample.operands)
    for k, x in zip(which, other, strict=True):
        full[k] = x
    spec = case.operation.spec
    assert spec is not None
    yield own if spec.outside(Sample("", tuple(full), case.sample.params)) else other


def _balls(x: Array) -> Objects | np.ndarray[Any, Any]:
    kinds = {"f": float, "i": int, "b": bool}
    array: np.ndarray[Any, Any] = np.asarray(x.items, kinds[kind(x)]).reshape(x.shape)
    return exactly(array) if kind(x) == "f" else array

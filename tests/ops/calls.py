"""Calls of operations as functions of their floating operands, and the checks that every call must pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from tl_checker.gradients.subject import in_a_row

import tl_dsl as tl
from tests.ops.table import Row
from tl_dsl import dtypes
from tl_dsl.evaluate import compile_graph
from tl_dsl.graph import Graph
from tl_dsl.op import OPS, trace
from tl_dsl.transform.batch import batch
from tl_dsl.transform.linearize import linearize
from tl_dsl.transform.simplify import simplify
from tl_dsl.transform.transpose import transpose


def call(row: Row, operands: list[Any]) -> tl.Tensor:
    """The operation of a row, applied."""
    return in_a_row(results(row, operands))


def results(row: Row, operands: list[Any]) -> Any:
    """What the operation of a row returns: a tensor, or several."""
    values = [operands] if row.as_list else operands
    return OPS[row.op].function(*row.before, *values, *map(_tensors, row.extra), **row.params)


def tensors(row: Row, dtype: Any = np.float64) -> list[Any]:
    """The operands of a row as the language takes them."""
    return [_tensors(x) for x in row.arrays(dtype)]


def _tensors(x: Any) -> Any:
    if isinstance(x, tuple):
        return tuple(_tensors(part) for part in x)
    return tl.tensor(x) if isinstance(x, np.ndarray) else x


def expected(row: Row, dtype: Any = np.float64) -> Any:
    """What the reference of a row gives."""
    with np.errstate(all="ignore"):
        found = row.reference(*row.before, *row.arrays(dtype), *row.extra, **row.params)
    return np.concatenate([y.reshape(-1) for y in found]) if isinstance(found, list) else found


def floating_operands(row: Row) -> list[int]:
    """The operands that may be differentiated and batched."""
    return [k for k, x in enumerate(row.arrays()) if isinstance(x, np.ndarray) and x.dtype.kind == "f"]


def as_function(row: Row) -> tuple[Callable[..., tl.Tensor], list[tl.Tensor]]:
    """The row as a function of its floating operands."""
    operands, places = tensors(row), floating_operands(row)

    def function(*xs: tl.Tensor) -> tl.Tensor:
        filled = list(operands)
        for k, x in zip(places, xs, strict=True):
            filled[k] = x
        return call(row, filled)

    return function, [operands[k] for k in places]


def check_rules(row: Row, dtype: Any) -> None:
    """The shape rule and the type rule say what the result is."""
    found, arrays = results(row, tensors(row, dtype)), row.arrays(dtype)
    shapes = [x.shape if isinstance(x, np.ndarray) else x for x in arrays]
    ruled = OPS[row.op].shape(*row.before, *([shapes] if row.as_list else shapes), *_static(row), **row.params)
    assert ruled == (found.shape if isinstance(found, tl.Tensor) else [y.shape for y in found])
    classes = [_class_of(x) for x in arrays]
    params = {name: _class_of(x) if name == "constant_values" else x for name, x in row.params.items()}
    extra = [_class_of(x) if row.op in ("arange", "full", "full_like") else x for x in row.extra]
    given = [classes] if row.as_list else classes
    for y in (found,) if isinstance(found, tl.Tensor) else found:
        assert OPS[row.op].dtype(*row.before, *given, *extra, **params) is dtypes.of(y.dtype)


def _static(row: Row) -> list[Any]:
    from tl_dsl.shapes import IndexArray

    def static(x: Any) -> Any:
        if isinstance(x, tuple):
            return tuple(static(part) for part in x)
        return IndexArray(x.shape) if isinstance(x, np.ndarray) else x

    return [static(x) for x in row.extra]


def _class_of(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        return dtypes.of(x.dtype)
    return x if x is None or isinstance(x, tuple) else dtypes.weak_class(x)


def check_batch(row: Row) -> None:
    """Mapped over every choice of batched operands, the operation is the loop."""
    function, xs = as_function(row)
    rng = np.random.default_rng(1)
    for chosen in range(1, 2 ** len(xs)):
        axes = tuple(0 if chosen >> k & 1 else None for k in range(len(xs)))
        stacked = [
            tl.tensor(np.asarray(x) * rng.uniform(0.5, 1.5, (3, *x.shape))) if axis == 0 else x
            for x, axis in zip(xs, axes, strict=True)
        ]
        got = tl.vmap(function, in_axes=axes)(*stacked)
        each = [
            np.asarray(function(*[x[k] if axis == 0 else x for x, axis in zip(stacked, axes, strict=True)]))
            for k in range(3)
        ]
        np.testing.assert_allclose(np.asarray(got), np.stack(each), rtol=1e-12, atol=1e-12)


def graph_of(row: Row) -> tuple[Graph, int]:
    """The graph of a row, and how many of its inputs are floating operands of the row."""
    function, xs = as_function(row)
    return trace(lambda *a: [function(*a)], [(x.shape, x.dtype) for x in xs])[0], len(xs)


def check_batched_kernel_calls(row: Row) -> None:
    """The number of kernel calls is the same for every size of a batch."""
    graph, count = graph_of(row)
    _check_calls(graph, [True] * count + [False] * (len(graph.inputs) - count))


def check_jacobian_kernel_calls(row: Row) -> None:
    """A Jacobian pulls a batch of seeds back at once, never a row at a time."""
    graph, count = graph_of(row)
    split = linearize(graph, range(count))
    _check_calls(transpose(split.linear, split.residuals), [False] * split.residuals + [True])


def _check_calls(graph: Graph, flags: list[bool]) -> None:
    calls = {size: compile_graph(simplify(batch(graph, size, flags))).kernel_calls for size in (3, 4, 50)}
    assert len(set(calls.values())) == 1, calls

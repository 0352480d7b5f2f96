"""The table of operations: values and shapes against numpy, rules, types, derivatives, batching, kernel calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tl_dsl as tl
from tests.ops.table import ROWS, Row
from tl_dsl import dtypes
from tl_dsl.evaluate import compile_graph
from tl_dsl.op import OPS, trace
from tl_dsl.transform.batch import batch
from tl_dsl.transform.linearize import linearize
from tl_dsl.transform.simplify import simplify
from tl_dsl.transform.transpose import transpose

NO_DERIVATIVE = {
    "less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "argmax", "logical_not", "logical_and",
    "logical_or", "logical_xor",
}  # fmt: skip
every_row = pytest.mark.parametrize("row", ROWS, ids=str)
floating = (np.float32, np.float64)


def call(row: Row, operands: list[Any]) -> tl.Tensor:
    values = [operands] if row.as_list else operands
    return OPS[row.op].function(*values, *row.extra, **row.params)


def tensors(row: Row, dtype: Any = np.float64) -> list[Any]:
    return [tl.tensor(x) if isinstance(x, np.ndarray) else x for x in row.arrays(dtype)]


def expected(row: Row, dtype: Any = np.float64) -> Any:
    with np.errstate(all="ignore"):
        return row.reference(*row.arrays(dtype), *row.extra, **row.params)


def drawn(row: Row) -> list[int]:
    return [k for k, x in enumerate(row.operands) if isinstance(x, tuple)]


def as_function(row: Row) -> tuple[Callable[..., tl.Tensor], list[tl.Tensor]]:
    """The row as a function of its drawn operands."""
    operands, places = tensors(row), drawn(row)

    def function(*xs: tl.Tensor) -> tl.Tensor:
        filled = list(operands)
        for k, x in zip(places, xs, strict=True):
            filled[k] = x
        return call(row, filled)

    return function, [operands[k] for k in places]


BATCHED = [row for row in ROWS if drawn(row)]
DIFFERENTIABLE = [
    row for row in BATCHED if row.op not in NO_DERIVATIVE and not (row.op == "astype" and np.int64 in row.extra)
]
# Differences see the values, which these two hide from derivatives or round.
BY_DIFFERENCES = [row for row in DIFFERENTIABLE if row.op not in ("stop_gradient", "astype")]
every_batched_row = pytest.mark.parametrize("row", BATCHED, ids=str)
every_differentiable_row = pytest.mark.parametrize("row", DIFFERENTIABLE, ids=str)


def test_every_operation_has_a_row() -> None:
    assert {row.op for row in ROWS} == set(OPS)


@every_row
def test_value_shape_and_type_are_numpys(row: Row) -> None:
    result, wanted = call(row, tensors(row)), np.asarray(expected(row))
    assert result.shape == wanted.shape
    np.testing.assert_allclose(np.asarray(result), wanted, rtol=1e-12, atol=1e-12)
    assert result.dtype.kind == wanted.dtype.kind


@every_row
def test_compiled_equals_immediate(row: Row) -> None:
    function, xs = as_function(row)
    np.testing.assert_allclose(
        np.asarray(tl.compile(function)(*xs)), np.asarray(function(*xs)), rtol=1e-14, atol=1e-15
    )  # fmt: skip


@every_row
def test_shape_rule_gives_the_shape(row: Row) -> None:
    shapes = [np.shape(x) if isinstance(x, np.ndarray) else x for x in row.arrays()]
    arguments = [shapes] if row.as_list else shapes
    assert OPS[row.op].shape(*arguments, *row.extra, **row.params) == np.asarray(expected(row)).shape


@every_row
@pytest.mark.parametrize("dtype", floating)
def test_dtype_rule_gives_the_type(row: Row, dtype: Any) -> None:
    result = call(row, tensors(row, dtype))
    classes = [
        dtypes.of(x.dtype) if isinstance(x, np.ndarray) else None if x is None else dtypes.weak_class(x)
        for x in row.arrays(dtype)
    ]
    arguments = [classes] if row.as_list else classes
    if row.op in ("arange", "full"):
        extra = tuple(x if isinstance(x, tuple) else dtypes.weak_class(x) for x in row.extra)
    else:
        extra = row.extra
    params = {k: v for k, v in row.params.items() if k != "constant_values"}
    assert OPS[row.op].dtype(*arguments, *extra, **params) is dtypes.of(result.dtype)


@every_differentiable_row
def test_derivatives_have_the_type_of_their_primal(row: Row) -> None:
    function, xs = as_function(row)
    for dtype in floating:
        cast = [x.astype(dtype) for x in xs]
        graph_type = np.asarray(function(*cast)).dtype
        value, pullback = tl.vjp(function, *cast)
        for cotangent, x in zip(pullback(tl.ones_like(value)), cast, strict=True):
            assert (cotangent.dtype, cotangent.shape) == (x.dtype, x.shape)
        _, tangent = tl.jvp(function, tuple(cast), tuple(tl.ones_like(x) for x in cast))
        assert (tangent.dtype, tangent.shape) == (graph_type, value.shape)


@pytest.mark.parametrize("row", BY_DIFFERENCES, ids=str)
def test_both_modes_agree_with_differences(row: Row) -> None:
    function, xs = as_function(row)
    argnums = tuple(range(len(xs)))
    reverse, forward = tl.jacrev(function, argnums)(*xs), tl.jacfwd(function, argnums)(*xs)
    step = 1e-6
    for k, (r, f) in enumerate(zip(reverse, forward, strict=True)):
        np.testing.assert_allclose(np.asarray(r), np.asarray(f), rtol=1e-12, atol=1e-12)
        base = np.asarray(xs[k])
        columns = []
        for index in np.ndindex(base.shape):
            values = []
            for sign in (1, -1):
                moved = np.array(base)
                moved[index] += sign * step
                values.append(np.asarray(function(*xs[:k], tl.tensor(moved), *xs[k + 1 :])))
            columns.append((values[0] - values[1]) / (2 * step))
        wanted = np.stack(columns, -1).reshape(np.shape(r)) if columns else np.zeros(np.shape(r))
        np.testing.assert_allclose(np.asarray(r), wanted, rtol=1e-6, atol=1e-7)


@every_batched_row
def test_vmap_is_the_loop(row: Row) -> None:
    function, xs = as_function(row)
    rng = np.random.default_rng(1)
    low, high = row.domain
    for batched in range(1, 2 ** len(xs)):
        axes = tuple(0 if batched >> k & 1 else None for k in range(len(xs)))
        stacked = [
            tl.tensor(rng.uniform(low, high, (3, *x.shape))) if axis == 0 else x
            for x, axis in zip(xs, axes, strict=True)
        ]
        got = tl.vmap(function, in_axes=axes)(*stacked)
        wanted = [
            np.asarray(function(*[x[k] if axis == 0 else x for x, axis in zip(stacked, axes, strict=True)]))
            for k in range(3)
        ]
        np.testing.assert_allclose(np.asarray(got), np.stack(wanted), rtol=1e-12, atol=1e-12)


@every_batched_row
def test_kernel_calls_do_not_depend_on_the_batch(row: Row) -> None:
    function, xs = as_function(row)
    graph, _ = trace(lambda *a: [function(*a)], [(x.shape, x.dtype) for x in xs])
    flags = [True] * len(xs) + [False] * (len(graph.inputs) - len(xs))
    calls = {size: compile_graph(simplify(batch(graph, size, flags))).kernel_calls for size in (3, 4, 50)}
    assert len(set(calls.values())) == 1, calls


@every_differentiable_row
def test_jacobian_kernel_calls_do_not_depend_on_the_rows(row: Row) -> None:
    """Pulled back for a batch of seeds at once, never a row at a time."""
    function, xs = as_function(row)
    graph, _ = trace(lambda *a: [function(*a)], [(x.shape, x.dtype) for x in xs])
    split = linearize(graph, range(len(xs)))
    back = transpose(split.linear, split.residuals)
    flags = [False] * split.residuals + [True]
    calls = {size: compile_graph(simplify(batch(back, size, flags))).kernel_calls for size in (3, 4, 50)}
    assert len(set(calls.values())) == 1, calls

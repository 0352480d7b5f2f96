"""The table of operations: values and shapes against numpy, rules, types, derivatives, batching, kernel calls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tl_dsl as tl
from tests.ops.calls import (
    as_function,
    call,
    check_batch,
    check_batched_kernel_calls,
    check_jacobian_kernel_calls,
    check_rules,
    expected,
    floating_operands,
    tensors,
)
from tests.ops.table import NO_DERIVATIVE, ROWS, Row
from tl_dsl.op import OPS

BATCHED = [row for row in ROWS if floating_operands(row)]
DIFFERENTIABLE = [
    row for row in BATCHED if row.op not in NO_DERIVATIVE and not (row.op == "astype" and np.int64 in row.extra)
]
# Differences see the values, which these two hide from derivatives or round.
BY_DIFFERENCES = [row for row in DIFFERENTIABLE if row.op not in ("stop_gradient", "astype")]
every_row = pytest.mark.parametrize("row", ROWS, ids=str)
every_batched_row = pytest.mark.parametrize("row", BATCHED, ids=str)
every_differentiable_row = pytest.mark.parametrize("row", DIFFERENTIABLE, ids=str)
floating = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def test_rows_are_of_operations() -> None:
    assert {row.op for row in ROWS} <= set(OPS)


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
@floating
def test_rules_say_what_the_result_is(row: Row, dtype: Any) -> None:
    check_rules(row, dtype)


@every_differentiable_row
@floating
def test_derivatives_have_the_type_of_their_primal(row: Row, dtype: Any) -> None:
    function, xs = as_function(row)
    cast = [x.astype(dtype) for x in xs]
    value, pullback = tl.vjp(function, *cast)
    for cotangent, x in zip(pullback(tl.ones_like(value)), cast, strict=True):
        assert (cotangent.dtype, cotangent.shape) == (x.dtype, x.shape)
    _, tangent = tl.jvp(function, tuple(cast), tuple(tl.ones_like(x) for x in cast))
    assert (tangent.dtype, tangent.shape) == (value.dtype, value.shape)


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
    check_batch(row)


@every_batched_row
def test_kernel_calls_do_not_depend_on_the_batch(row: Row) -> None:
    check_batched_kernel_calls(row)


@every_differentiable_row
def test_jacobian_kernel_calls_do_not_depend_on_the_rows(row: Row) -> None:
    check_jacobian_kernel_calls(row)

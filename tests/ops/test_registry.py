"""Every operation of the registry, by the sample points of its specification: a new one is tested without a word here.

Values are compared with numpy where it has a function of the same name that takes the same arguments, else with the
specification in floats.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from tl_specs import SPECS, Array, Sample

from tests.ops.calls import (
    as_function,
    call,
    check_batch,
    check_batched_kernel_calls,
    check_jacobian_kernel_calls,
    check_rules,
    tensors,
)
from tests.ops.table import Row
from tl_dsl.op import OPS

every_operation = pytest.mark.parametrize("name", sorted(OPS))
POINTS = 5


def rows(name: str) -> list[Row]:
    """The first sample points of different shapes, and what the operation is there."""
    found: dict[str, Row] = {}
    for sample in SPECS[name].samples(random.Random(0)):
        row = row_at(name, sample)
        found.setdefault(f"{[np.shape(x) for x in row.operands]}{row.params}", row)
    return list(found.values())[:POINTS]


def row_at(name: str, sample: Sample) -> Row:
    spec = SPECS[name]
    given = sample.operands
    first = 1 if given and isinstance(given[0], str) else 0
    tensors_first = [k for k, x in enumerate(given) if isinstance(x, tuple | str) and k >= first]
    cut = tensors_first[0] if tensors_first else len(given)
    operands = tuple(plain(x) for x in given[first:cut])
    extra = tuple(plain(x) for x in given[cut:])

    def reference(*xs: Any, **params: Any) -> Any:
        result = spec.primal(*map(as_array, xs), **params)
        return np.asarray(result.items).reshape(result.shape)

    return Row(name, operands, reference, sample.params, extra, as_list=spec.variadic, before=given[:first])


def plain(x: Any) -> Any:
    if isinstance(x, Array):
        return np.asarray(x.items, None if x.items else float).reshape(x.shape)
    return tuple(map(plain, x)) if isinstance(x, tuple) else x


def as_array(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        return Array(x.shape, x.reshape(-1).tolist())
    return tuple(map(as_array, x)) if isinstance(x, tuple) else x


def by_numpy(row: Row) -> Any:
    """numpy's value, None where it has no such function or takes other arguments."""
    function = getattr(np, row.op, None)
    arrays = row.arrays()
    try:
        with np.errstate(all="ignore"):
            given = [arrays] if row.as_list else arrays
            params = row.params | ({"stable": True} if row.op == "argsort" else {})
            found = None if function is None else function(*row.before, *given, *row.extra, **params)
            return np.concatenate([y.reshape(-1) for y in found]) if isinstance(found, list) else found
    except TypeError:
        return None


@every_operation
def test_values(name: str) -> None:
    for row in rows(name):
        wanted = by_numpy(row)
        if wanted is None:
            wanted = row.reference(*row.before, *row.arrays(), *row.extra, **row.params)
        result = call(row, tensors(row))
        assert result.shape == np.shape(wanted), row
        np.testing.assert_allclose(np.asarray(result), wanted, rtol=1e-11, atol=1e-300, err_msg=str(row))


@every_operation
def test_rules_batches_and_kernel_calls(name: str) -> None:
    assert rows(name)
    for row in rows(name):
        check_rules(row, np.float64)
        function, xs = as_function(row)
        if xs:
            check_batch(row)
            check_batched_kernel_calls(row)
            if function(*xs).dtype.kind == "f":
                check_jacobian_kernel_calls(row)

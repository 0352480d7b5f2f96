"""The rule of an operation for element types says what the operation does, refusals included."""

from __future__ import annotations

import inspect
import itertools

import numpy as np
import pytest

from tl_dsl import dtypes
from tl_dsl.dtypes import DType
from tl_dsl.errors import DTypeError
from tl_dsl.op import OPS
from tl_dsl.tensor import tensor

TYPES: dict[str, type[DType]] = {
    "bool": dtypes.Bool,
    "int64": dtypes.Int64,
    "float32": dtypes.Float32,
    "float64": dtypes.Float64,
}
OF_MATRICES = sorted(
    name
    for name, op in OPS.items()
    if {p.kind for p in inspect.signature(op.function).parameters.values()}.isdisjoint(
        {inspect.Parameter.VAR_POSITIONAL}
    )
    and 1 <= sum(p.default is p.empty for p in inspect.signature(op.function).parameters.values()) <= 2
)


@pytest.mark.parametrize("name", OF_MATRICES)
def test_rule(name: str) -> None:
    op = OPS[name]
    required = [p for p in inspect.signature(op.function).parameters.values() if p.default is p.empty]
    for names in itertools.product(TYPES, repeat=len(required)):
        try:
            result = op.function(*(tensor(np.eye(2).astype(each)) for each in names))
            found = [str(item.dtype) for item in (result if isinstance(result, (list, tuple)) else [result])]
        except DTypeError:
            found = ["refused"]
        except Exception:  # what else is wrong with such arguments is not the question here
            continue
        try:
            ruled = op.dtype(*(TYPES[each] for each in names)).__name__.lower()
        except DTypeError:
            ruled = "refused"
        assert found == [ruled] * len(found), names

"""What all graphs promise beyond their values: breaches are found, and told."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from tl_checker.gradients.ops import verify_ops
from tl_checker.gradients.sources import TRANSFORMS, source_lost
from tl_checker.gradients.verdict import Verdict
from tl_checker.gradients.wellformed import malformed

import tl_dsl as tl
from tl_dsl.graph import Builder, Graph
from tl_dsl.op import Trace, trace
from tl_dsl.primitive import PRIMITIVES
from tl_dsl.transform import batch, jvp, transpose

F64, F32 = np.dtype("float64"), np.dtype("float32")
FORMS: dict[str, tuple[str, tuple[Any, ...], dict[str, Any], str]] = {
    "an axis from the front": ("sum", (F64,), {"axis": (0,)}, "sum has the axis 0"),
    "one axis from the front": ("cumsum", (F64,), {"axis": 0, "reverse": False}, "cumsum has the axis 0"),
    "axes from the front": ("permute_dims", (F64,), {"axes": (0,)}, "permute_dims has the axis 0"),
    "two element types": ("add", (F64, F32), {}, "operands of the element types float32, float64"),
    "two element types to choose from": ("where", (np.dtype(bool), F64, F32), {}, "operands of the element types"),
    "nothing done": ("reshape", (F64,), {"shape": (3,)}, "reshape of float64[3] does nothing"),
    "nothing summed": ("sum", (F64,), {"axis": ()}, "sum of float64[3] does nothing"),
    "nothing moved": ("permute_dims", (F64,), {"axes": (-1,)}, "permute_dims of float64[3] does nothing"),
    "a condition": ("where", (np.dtype(bool), F64, F64), {}, ""),
    "negative axes": ("sum", (F64,), {"axis": (-1,)}, ""),
}


@pytest.mark.parametrize("form", FORMS)
def test_form(form: str) -> None:
    name, types, params, wanted = FORMS[form]
    b = Builder()
    inputs = tuple([b.input((3,), dtype) for dtype in types])
    found = malformed(Graph(inputs, (b.emit(PRIMITIVES[name], inputs, params),)))
    assert wanted in found and bool(wanted) == bool(found)


OWNERS = {"jvp": jvp, "transpose": transpose, "batch": batch}


class Forgetful(Trace):
    source = property(lambda self: None, lambda self, value: None)  # type: ignore[assignment]


@contextlib.contextmanager
def forgetting(current: Trace) -> Iterator[None]:
    current.__class__ = Forgetful
    yield
    current.__class__ = Trace


@pytest.mark.parametrize("name", OWNERS)
def test_a_source_that_is_lost_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    graph, _ = trace(lambda x, y: [tl.sin(x) * y], [((3,), F64), ((3,), F64)])
    assert source_lost(graph, (0, 1)) == ""
    monkeypatch.setattr(OWNERS[name], "attributing", forgetting)
    told = source_lost(graph, (0, 1))
    assert told.startswith(name) and "no place of the program" in told
    assert name in TRANSFORMS
    assert verify_ops(["sin"], layers=["programs"], samples=2).verdict is Verdict.FAIL

"""Results that are not finite: which of them raise, and what the error names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tl_dsl as tl
from tl_dsl.errors import DomainError
from tl_dsl.evaluate import evaluate
from tl_dsl.graph import Graph
from tl_dsl.op import trace

F64 = np.dtype("float64")


def graph_of(function: Callable[..., Any], *shapes: tuple[int, ...], dtype: Any = F64) -> Graph:
    return trace(lambda *args: [function(*args)], [(shape, np.dtype(dtype)) for shape in shapes])[0]


LARGE = 2000
"""Results of more elements than this are checked one by one."""

RAISES: dict[str, tuple[Callable[..., Any], list[float], str]] = {
    "log of 0": (tl.log, [1.0, 0.0], "log(0.0) = -inf at index [1]"),
    "log of a negative number": (lambda x: tl.log(-x), [2.0], "log(-2.0) = nan"),
    "overflow": (lambda x: tl.exp(x) * 0.5, [1.0, 800.0], "exp(800.0) = inf"),
    "0/0": (lambda x: x / (x - x), [0.0], "div(0.0, 0.0) = nan"),
    "kernel": (lambda x: tl.take(tl.log(x), tl.arange(2), axis=0), [1.0, 0.0], "log(0.0) = -inf"),
    "part of a value": (lambda x: tl.log(x)[1:], [1.0, 0.0], "log(0.0) = -inf"),
    "used later": (lambda x: tl.sqrt(x - 2) + 1, [1.0], "sqrt(-1.0) = nan"),
    "large result": (lambda x: tl.broadcast_to(tl.log(x), (LARGE, 2)) * 2, [1.0, 0.0], "log(0.0) = -inf"),
    "constant": (lambda x: tl.log(tl.zeros(())), [1.0], "log(0.0) = -inf"),
    "large constant": (lambda x: tl.broadcast_to(1 / tl.zeros(()), (300, 300)), [1.0], "div(1.0, 0.0) = inf"),
    "view of a constant": (lambda x: tl.broadcast_to(tl.log(tl.zeros(3)), (300, 300, 3)), [1.0], "log(0.0)"),
    "very large result": (lambda x: tl.log(tl.broadcast_to(x, (LARGE, 8, 2)) * 1), [1.0, 0.0], "log(0.0) = -inf"),
    "gradient at 0": (tl.grad(lambda x: tl.sum(tl.sqrt(x))), [1.0, 0.0], "div"),
}

FINITE: dict[str, tuple[Callable[..., Any], list[float], list[float]]] = {
    "not chosen": (lambda x: tl.where(x > 0, tl.log(x), 0), [1.0, 0.0, -1.0], [0.0, 0.0, 0.0]),
    "outside of the part": (lambda x: tl.log(x)[:1], [1.0, 0.0], [0.0]),
    "saturated": (lambda x: tl.tanh(tl.exp(x)), [800.0], [1.0]),
    "square overflows in the check": (lambda x: x * 2, [1e200, 1.0], [2e200, 2.0]),
    "zero times inf not chosen": (lambda x: tl.where(x > 0, 1 / x, 0) * 0 + 1, [0.0], [1.0]),
}

PASSES: dict[str, tuple[Callable[..., Any], list[float], list[float]]] = {
    "nan": (lambda x: x + 1, [1.0, np.nan], [2.0, np.nan]),
    "nan times zero": (lambda x: x * 0.0, [1.0, np.nan], [0.0, np.nan]),
    "inf": (lambda x: -x, [np.inf], [-np.inf]),
    "constant inf": (lambda x: x + float("inf"), [1.0], [np.inf]),
    "written inf": (lambda x: tl.full((2,), float("inf")), [1.0], [np.inf, np.inf]),
}


@pytest.mark.parametrize("name", RAISES)
def test_raises(name: str) -> None:
    function, values, message = RAISES[name]
    graph = graph_of(function, (len(values),))
    with pytest.raises(DomainError) as caught:
        evaluate(graph, [np.array(values)])
    assert message in str(caught.value)
    assert "test_domain.py" in str(caught.value)
    with tl.config(domain="ignore"):
        (result,) = evaluate(graph, [np.array(values)])
    assert not np.isfinite(result).all()


@pytest.mark.parametrize("name", [*FINITE, *PASSES])
def test_does_not_raise(name: str) -> None:
    function, values, wanted = {**FINITE, **PASSES}[name]
    (result,) = evaluate(graph_of(function, (len(values),)), [np.array(values)])
    np.testing.assert_allclose(result, wanted)


def test_float32_overflow_in_the_check() -> None:
    array = np.full(3, 1e30, np.float32)
    (result,) = evaluate(graph_of(lambda x: x * 2, (3,), dtype="float32"), [array])
    np.testing.assert_array_equal(result, array * 2)


def test_half_precision_is_checked() -> None:
    graph = graph_of(lambda x: tl.reshape(tl.log(x), (1, 2))[:, 1:], (2,), dtype="float16")
    with pytest.raises(DomainError):
        evaluate(graph, [np.array([1, 0], np.float16)])


def test_simplification_that_overflows_gives_the_plain_values() -> None:
    graph = graph_of(lambda x: tl.sum(x * 1e-5 * (x * 1e-5)), (1,))
    (result,) = evaluate(graph, [np.array([1e158])])
    np.testing.assert_allclose(result, 1e306)

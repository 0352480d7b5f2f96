"""Points at which checks go wrong: nan, infinities, the smallest numbers, sizes 0 and 1, integers, empty sums."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest
from tl_checker.gradients.depth import QUICK
from tl_checker.gradients.derived import NESTINGS
from tl_checker.gradients.layers.check import OperationCheck
from tl_checker.gradients.layers.values import integers
from tl_checker.gradients.ops import LAYERS, verify_operation, verify_ops
from tl_checker.gradients.planting import planted_rules
from tl_checker.gradients.subject import Operation
from tl_checker.gradients.verdict import Report, Verdict
from tl_specs import SPECS, Array, Sample, conventions

import tl_dsl as tl
from tl_dsl import autodiff
from tl_dsl.errors import DifferentiationError, ShapeError
from tl_dsl.graph import Graph
from tl_dsl.op import tracing
from tl_dsl.primitive import PRIMITIVES
from tl_dsl.transform.replay import replay

INF, NAN, TINY, LARGE = math.inf, math.nan, 5e-324, 1e300


def at(name: str, *samples: Sample, layers: tuple[str, ...] = LAYERS) -> Report:
    """An operation at these points instead of its own."""
    spec = dataclasses.replace(SPECS[name], samples=lambda rng: list(samples), domain=())
    return verify_operation(Operation(name, True, spec), depth=QUICK, layers=layers)


def vector(*items: float) -> Array:
    return Array((len(items),), list(items))


UNDEFINED = [("exp", NAN), ("tanh", NAN), ("log", -1.0), ("sin", INF), ("sqrt", -1.0), ("square", NAN), ("log", 0.0)]


@pytest.mark.parametrize(("name", "point"), UNDEFINED)
def test_what_has_no_finite_derivative_is_never_a_pass(name: str, point: float) -> None:
    report = at(name, Sample("undefined", (vector(0.5, point),)), layers=("first order", "second order", "float64"))
    assert not report.clean()
    assert all(
        row.verdict in (Verdict.INCONCLUSIVE, Verdict.FAIL) for row in report.rows if row.layer != "second order"
    )


SMALL: list[tuple[str, tuple[Array, ...]]] = [
    ("abs", (vector(TINY, -TINY, 0.5),)),
    ("neg", (vector(TINY, -3 * TINY),)),
    ("add", (vector(TINY, 1.0), vector(-3 * TINY, TINY))),
    ("mul", (vector(TINY, LARGE), vector(0.5, 2.0**-900))),
    ("where", (Array((2,), [True, False]), vector(TINY, 1.0), vector(1.0, TINY))),
    ("maximum", (vector(TINY, -TINY), vector(-TINY, 2 * TINY))),
    ("relu", (vector(TINY, -TINY, LARGE),)),
    ("sum", (vector(TINY, -LARGE, LARGE),)),
    ("exp", (vector(TINY, -1000.0, -740.0),)),
    ("tanh", (vector(TINY, -1000.0, 1000.0),)),
]


@pytest.mark.parametrize(("name", "operands"), SMALL, ids=[name for name, _ in SMALL])
def test_the_smallest_and_the_largest_numbers(name: str, operands: tuple[Any, ...]) -> None:
    layers = ("types", "values", "first order", "float64")
    report = at(name, Sample("extreme", operands), layers=layers)
    assert report.clean(), [str(finding) for _, finding in report.findings]


SIZES: dict[str, tuple[Any, ...]] = {
    "add": (Array((0, 3), []), Array((1, 3), [1.0, 2.0, 3.0])),
    "matmul": (Array((2, 0), []), Array((0, 2), [])),
    "concat": (Array((0, 2), []), Array((1, 2), [1.0, 2.0])),
    "softmax": (Array((3, 1), [0.5, -1.0, 2.0]),),
    "max": (Array((1, 1), [0.5]),),
    "exp": (Array((2, 0, 3), []),),
}


@pytest.mark.parametrize("name", SIZES)
def test_axes_of_size_0_and_1_have_types_and_derivatives(name: str) -> None:
    report = at(name, Sample("sizes", SIZES[name]))
    complaints = {finding.what for row in report.rows for finding in row.findings}
    assert all("compared" in what or "comparisons were of zeros" in what for what in complaints), complaints


EMPTY: list[tuple[str, Callable[[Any], Any], Any]] = [
    ("sum over an empty axis", lambda x: tl.sum(x, axis=0), [0.0, 0.0, 0.0]),
    ("sum of nothing", tl.sum, 0.0),
    ("product over an empty axis", lambda x: tl.prod(x, axis=0), [1.0, 1.0, 1.0]),
    ("norm of nothing", tl.linalg.vector_norm, 0.0),
    ("contraction of nothing", lambda x: tl.einsum("ij,ik->jk", x, x), [[0.0] * 3] * 3),
    ("rows without a largest", lambda x: tl.max(x, axis=1), []),
]


@pytest.mark.parametrize(("name", "function", "wanted"), EMPTY, ids=[name for name, _, _ in EMPTY])
def test_empty_reductions_have_a_value_and_empty_jacobians(name: str, function: Any, wanted: Any) -> None:
    x = tl.zeros((0, 3))
    np.testing.assert_array_equal(np.asarray(function(x)), np.asarray(wanted))
    for jacobian in (tl.jacrev, tl.jacfwd):
        assert jacobian(function)(x).shape == (*np.shape(wanted), 0, 3)


@pytest.mark.parametrize("reduction", [tl.max, tl.min, tl.mean, tl.var, tl.std])
def test_reductions_that_need_items_say_so(reduction: Any) -> None:
    with pytest.raises(ShapeError, match="needs elements"):
        reduction(tl.zeros((0, 3)), axis=0)


def test_integers_are_not_differentiated() -> None:
    for transform in (tl.jacrev, tl.jacfwd, tl.grad):
        with pytest.raises(DifferentiationError):
            transform(lambda x: tl.sum(x * 2))(tl.tensor([1, 2]))


def test_a_wrong_integer_kernel_is_found() -> None:
    right = PRIMITIVES["mul"].kernel

    def wrong(x: Any, y: Any) -> Any:
        return right(x, y) + (x.dtype.kind == "i")

    with planted_rules("mul", kernel=wrong, ufunc=None):
        report = verify_ops(["mul"], depth=QUICK, layers=["integers"])
    assert {row.verdict for row in report.rows if row.target == "mul"} == {Verdict.FAIL}


def test_integers_are_compared_where_the_operation_takes_them() -> None:
    names = ("add", "mul", "sum", "maximum", "where", "concat", "sort", "pow")
    for name in names:
        spec = SPECS[name]
        points = spec.samples(Random(0))
        rows = integers(OperationCheck(Operation(name, True, spec), spec, 0, points, QUICK))
        assert sum(row.comparisons for row in rows) > 0, name


def test_poor_floats_are_no_wrong_rule() -> None:
    right = PRIMITIVES["cos"].kernel

    def poor(x: Any) -> Any:
        return right(x) if x.dtype == object else right(x) * (1 + 1e-13)

    with planted_rules("cos", kernel=poor, ufunc=None):
        report = verify_ops(["cos"], depth=QUICK)
    assert report.verdict is Verdict.INACCURATE and not report.clean()
    row, finding = report.findings[0]
    assert row.ulps is not None and 100 < row.ulps < 2000
    assert "ulps" in finding.what and "[" in finding.what and finding.at.startswith("shape")


def test_a_kernel_that_is_wrong_in_half_of_its_digits_fails() -> None:
    right = PRIMITIVES["cos"].kernel

    def wrong(x: Any) -> Any:
        return right(x) if x.dtype == object else right(x) * (1 + 1e-6)

    with planted_rules("cos", kernel=wrong, ufunc=None):
        report = verify_ops(["cos"], depth=QUICK, layers=["values"])
    assert report.verdict is Verdict.FAIL


def test_kinks_are_held_in_every_mode_order_and_scalar() -> None:
    def slope_in_second_order(y: Any, x: Any, dx: Any) -> Any:
        return tl.where(tl.greater(x, 0), dx, dx * tl.where(tl.equal(x, 0), x, 0))

    with planted_rules("relu", jvp=slope_in_second_order):
        report = verify_ops(["relu"], depth=QUICK)
    found = [str(finding) for row, finding in report.findings if row.layer == "kinks"]
    assert any(nesting in text for text in found for nesting in NESTINGS), found
    assert {row.layer for row in report.rows if row.verdict is Verdict.FAIL} == {"kinks"}


def test_second_derivatives_where_two_operands_meet_a_kink() -> None:
    def no_slope(z: Any, x: Any, y: Any, dx: Any, dy: Any) -> Any:
        zero = tl.equal(x, 0)  # first derivatives are right, and at 0**0 the base's has a slope in the exponent
        steep = y * tl.where(zero, 1.0, x) ** (y - 1) * tl.where(zero & tl.greater(y, 0), 0.0, 1.0)
        by_base = None if dx is None else dx * steep
        by_exponent = None if dy is None else dy * z * tl.log(tl.where(zero, 1.0, x))
        return by_base if dy is None else by_exponent if dx is None else by_base + by_exponent

    with planted_rules("pow", jvp=no_slope):
        report = verify_ops(["pow"], depth=QUICK, layers=["kinks"])
    found = [str(finding) for _, finding in report.findings]
    assert any(nesting in text for text in found for nesting in NESTINGS), found


def test_zeros_that_are_numbers_are_seen_where_slopes_are_infinite(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_numbers(graph: Graph, residuals: int, kept: int) -> Graph:
        """All tangents but one are zero in value alone: times an infinite slope they are nan."""
        with tracing() as trace:
            known = [trace.builder.input(x.shape, x.dtype) for x in graph.inputs[: residuals + kept + 1]]
            zeros = [trace.lift(tl.zeros(x.shape, dtype=x.dtype)) for x in graph.inputs[residuals:]]
            tangents = [*zeros[:kept], known[-1], *zeros[kept + 1 :]]
            outputs = replay(graph, [*known[:residuals], *tangents], trace)
        return Graph((*known[:residuals], known[-1]), tuple(outputs))

    monkeypatch.setattr(autodiff.function, "restrict", with_numbers)
    found = [str(finding) for _, finding in verify_ops(["pow"], depth=QUICK, layers=["kinks"]).findings]
    assert any("hessian of a number" in text and "nan" in text for text in found), found


def test_every_kink_of_the_specifications_is_compared() -> None:
    wanted = {f"{c.op}{' (graph)' * c.primitive}" for c in conventions() if c.kinks.points or c.kinks.values}
    report = verify_ops(layers=["kinks"], depth=QUICK)
    assert report.clean()
    assert {row.target for row in report.rows if row.comparisons} == wanted


MISREAD: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "a constant in the seventh digit": ("exp", lambda z: z * 2.0**-23 + z),
    "a sign": ("sin", lambda z: -z),
    "an offset, which no derivative shows": ("tanh", lambda z: z + 2.0**-40),
}


@pytest.mark.parametrize("name", MISREAD)
def test_a_misreading_in_a_specification_meets_the_engine(name: str) -> None:
    op, change = MISREAD[name]
    spec = SPECS[op]
    wrong = dataclasses.replace(spec, primal=lambda *xs, **params: spec.primal(*xs, **params).map(change))
    report = verify_operation(Operation(op, True, wrong), depth=QUICK)
    assert "values" in {row.layer for row in report.rows if row.verdict in (Verdict.FAIL, Verdict.INACCURATE)}


def _with_a_hole(right: Callable[..., Any], wrong: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel that is right in balls and for integers."""
    return lambda *xs, **params: right(*xs, **params) if xs[0].dtype.kind != "f" else wrong(right, *xs)


AT_INFINITY: dict[str, Callable[..., Any]] = {
    "relu": lambda right, x: x * (x > 0),
    "softplus": lambda right, x: np.log1p(np.exp(-np.abs(x))) + (x + np.abs(x)) / 2,
    "erf": lambda right, x: right(x) + 0 * x,
    "exp": lambda right, x: right(x) + 0 * x,
    "add": lambda right, x, y: right(x, y) + 0 * y,
    "maximum": lambda right, x, y: (x + y + np.abs(x - y)) / 2,
    "sqrt": lambda right, x: np.where(np.isnan(x), x.dtype.type(0), right(x)),
}


@pytest.mark.parametrize("name", AT_INFINITY)
def test_kernels_that_are_wrong_where_operands_are_not_finite(name: str) -> None:
    kernel = _with_a_hole(PRIMITIVES[name].kernel, AT_INFINITY[name])
    with np.errstate(all="ignore"), planted_rules(name, kernel=kernel, ufunc=None):
        found = [str(finding) for _, finding in verify_ops([name], depth=QUICK, layers=["values"]).findings]
    assert any(text.startswith(("with inf", "with -inf", "with nan")) for text in found), found


def test_kernels_are_compared_where_operands_are_not_finite() -> None:
    report = verify_ops(depth=QUICK, layers=["values"])
    rows = [row for row in report.rows if row.mode == "infinities"]
    assert report.clean() and len({row.target for row in rows if row.comparisons}) > 90

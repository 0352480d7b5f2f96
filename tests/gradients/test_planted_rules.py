"""Wrong rules of single operations: each is found, by the layer that is there for it and at the operation itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from tl_checker.gradients.depth import QUICK
from tl_checker.gradients.ops import LAYERS, verify_ops
from tl_checker.gradients.planting import planted_fault, planted_jvp, planted_rules
from tl_checker.gradients.verdict import Report, Verdict

import tl_dsl as tl
from tl_dsl.primitive import PRIMITIVES

Plant = Callable[[], AbstractContextManager[Any]]


def one_coordinate(tangent: Any, primals: Any, tangents: Any) -> Any:
    mask = np.ones(tangent.shape)
    mask.reshape(-1)[:1] += 2.0**-20
    return tangent * tl.tensor(mask)


def in_a_region(tangent: Any, primals: Any, tangents: Any) -> Any:
    return tl.where(primals[0] > 2.5, tangent * Fraction(1001, 1000), tangent)


def undefined(tangent: Any, primals: Any, tangents: Any) -> Any:
    nothing = primals[0] - primals[0]
    return tangent * (nothing / nothing)


def broadcastable(tangent: Any, primals: Any, tangents: Any) -> Any:
    return tl.mean(tangent, axis=-1, keepdims=True) if tangent.ndim else tangent


def reverse_only() -> AbstractContextManager[Any]:
    first, second = PRIMITIVES["mul"].transpose  # type: ignore[misc]
    return planted_rules("mul", transpose=(first, lambda g, x, y: second(g, x, y) * Fraction(1 + 1e-6)))


def constant_slope() -> AbstractContextManager[Any]:
    return planted_rules("sin", jvp=lambda y, x, dx: dx * tl.stop_gradient(tl.cos(x)))


def one_at_the_kink() -> AbstractContextManager[Any]:
    return planted_rules("relu", jvp=lambda y, x, dx: tl.where(tl.greater_equal(x, 0), dx, 0))


def float_kernel() -> AbstractContextManager[Any]:
    right = PRIMITIVES["cos"].kernel

    def wrong(x: Any) -> Any:
        return right(x) if x.dtype == object else right(x) * (1 + 1e-13)

    return planted_rules("cos", kernel=wrong, ufunc=None)


def winner_takes_all(y: Any, x: Any, dx: Any, *, axis: Any) -> Any:
    return tl.sum(dx * tl.astype(tl.equal(x, y), x.dtype), axis=axis, keepdims=True)


def first_of_a_tie(z: Any, x: Any, y: Any, dx: Any, dy: Any) -> Any:
    zero = z * 0
    return tl.where(tl.greater_equal(x, y), zero if dx is None else dx, zero if dy is None else dy)


def swapped_transposes() -> AbstractContextManager[Any]:
    condition, first, second = PRIMITIVES["where"].transpose  # type: ignore[misc]
    return planted_rules("where", transpose=(condition, second, first))


def rounded_exponent(z: Any, x: Any, dx: Any, *, exponent: Any) -> Any:
    return dx * tl.pow(x, float(exponent) - 1) * exponent if exponent else None


def one_row_only(x: Any) -> Any:
    return -x[:1] if x.ndim else -x


def straight(y: Any, x: Any, dx: Any) -> Any:
    slope = tl.cos(x)
    return dx * (tl.stop_gradient(slope) if x.dtype == np.float32 else slope)


def divided(y: Any, x: Any, dx: Any, *, axis: Any) -> Any:
    return tl.sum(dx * (y / x), axis=axis, keepdims=True)


def untransposed() -> AbstractContextManager[Any]:
    return planted_rules("solve", transpose=(None, lambda g, a, b: tl.linalg.solve(a, g)))


RULES: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "leaking": (
        "stop_gradient",
        {"constant": False, "jvp": lambda y, x, dx: dx, "transpose": (lambda g, x: g,)},
        {"first order"},
    ),
    "a slope where there is none": (
        "sign",
        {"constant": False, "jvp": lambda y, x, dx: dx},
        {"first order", "second order", "algebra", "float64", "float32"},
    ),
    "one-sided at 0": ("abs", {"jvp": lambda y, x, dx: tl.where(tl.greater_equal(x, 0), dx, -dx)}, {"kinks"}),
    "ties add up": ("max", {"jvp": winner_takes_all}, {"kinks"}),
    "the first of a tie": ("maximum", {"jvp": first_of_a_tie}, {"kinks"}),
    "a product divided by its factors": (
        "prod",
        {"jvp": divided},
        {"first order", "second order", "algebra", "float64", "float32"},
    ),
    "single precision inside": (
        "exp",
        {"jvp": lambda y, x, dx: dx * y.astype(tl.float32).astype(x.dtype)},
        {"float64", "programs"},
    ),
    "straight in single precision": ("sin", {"jvp": straight}, {"float32"}),
    "a rounded exponent": ("pow_scalar", {"jvp": rounded_exponent}, {"first order", "second order"}),
    "wrong shape of the value": (
        "neg",
        {"kernel": one_row_only, "ufunc": None},
        set(LAYERS) - {"kinks"},
    ),
    "another comparison": (
        "less",
        {"kernel": lambda x, y: PRIMITIVES["less_equal"].kernel(x, y), "ufunc": None},
        {"values", "integers"},
    ),
    "a batch of something else": (
        "take",
        {"batch": lambda size, operands, batched, *, axis: tl.zeros_like(operands[0])},
        {"types", "first order", "algebra", "batching", "purity", "float64", "float32", "programs"},
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_planted_rule_is_found_by_exactly_these_layers(rule: str) -> None:
    name, rules, layers = RULES[rule]
    with planted_rules(name, **rules):
        report = verify_ops([name])
    assert layers_failing(report, {name, f"{name} (graph)"}) == layers


def test_swapped_transposes_are_wrong_in_reverse_mode() -> None:
    with swapped_transposes():
        report = verify_ops(["where"], layers=["first order"])
    assert {row.mode for row in report.rows if row.verdict is Verdict.FAIL} == {"reverse"}


FAULTS: dict[str, tuple[Plant, str, set[str]]] = {
    "sign": (lambda: planted_jvp("cos", lambda t, p, d: -t), "cos", {"first order", "second order", "float64"}),
    "relative 1e-6": (lambda: planted_fault("tanh"), "tanh", {"first order", "second order", "float64"}),
    "relative 1e-20": (lambda: planted_fault("log", relative=1e-20), "log", {"first order", "second order"}),
    "one coordinate": (lambda: planted_jvp("matmul", one_coordinate), "matmul", {"first order", "second order"}),
    "in a region": (lambda: planted_jvp("sqrt", in_a_region), "sqrt", {"first order", "second order"}),
    "not a number": (lambda: planted_jvp("erf", undefined), "erf", {"first order"}),
    "broadcastable": (lambda: planted_jvp("softplus", broadcastable), "softplus", {"first order"}),
    "untransposed": (untransposed, "solve", {"first order", "second order", "float64"}),
    "reverse only": (reverse_only, "mul", {"first order", "second order", "float64"}),
    "second order only": (constant_slope, "sin", {"second order", "algebra"}),
    "kink value": (one_at_the_kink, "relu", {"kinks"}),
    "float kernel": (float_kernel, "cos", {"values", "programs"}),
}


def layers_failing(report: Report, targets: set[str]) -> set[str]:
    bad = (Verdict.FAIL, Verdict.INACCURATE)
    return {row.layer for row in report.rows if row.verdict in bad and row.target in targets}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str) -> None:
    plant, name, layers = FAULTS[fault]
    with plant():
        wrong = verify_ops([name], depth=QUICK)
    own = {name, f"{name} (graph)"}
    found = layers_failing(wrong, own)
    assert layers <= found, (layers, found)
    if fault in ("second order only", "kink value", "float kernel"):
        assert found == layers, "only the layers that are there for it see this one"


def test_a_wrong_transpose_is_wrong_in_reverse_mode_only() -> None:
    with reverse_only():
        report = verify_ops(["mul"], layers=["first order"])
    failed = {(row.argument, row.mode) for row in report.rows if row.verdict is Verdict.FAIL}
    assert failed == {("x2", "reverse"), ("operand 1", "reverse")}


def test_the_message_says_where_and_by_how_much() -> None:
    with planted_fault("tanh", relative=1e-6):
        report = verify_ops(["tanh"], layers=["first order"])
    text = str(report.findings[0][1])
    assert "relative error 2^-19.9 ≈ 1.0e-6" in text and "shape (2, 3)" in text


def test_rules_come_back() -> None:
    before = PRIMITIVES["tanh"].jvp
    with pytest.raises(RuntimeError), planted_fault("tanh"):
        raise RuntimeError
    assert PRIMITIVES["tanh"].jvp is before
    with pytest.raises(KeyError), planted_fault("tan"):
        pass


def test_compiled_programs_do_not_outlive_a_plant() -> None:
    gradient, x = tl.grad(tl.exp), tl.tensor(0.0)
    assert gradient(x).item() == 1.0
    with planted_fault("exp", relative=1.0):
        assert gradient(x).item() == 2.0
    assert gradient(x).item() == 1.0

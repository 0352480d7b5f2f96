"""Rules of a user's own that are wrong at some sizes, numbers, kinks, cotangents or floats only."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from jaxtyping import Float, Float64
from tl_checker.gradients.depth import QUICK
from tl_checker.gradients.draw import others
from tl_checker.gradients.functions import verify_function
from tl_checker.gradients.models import verify_model
from tl_checker.gradients.verdict import Verdict
from tl_checker.report.problems import Problem, problems

import tl_dsl as tl
from tl_dsl import Tensor

Slope = Callable[[Tensor, Tensor], Any]
Value = Callable[[Tensor], Any]


def by_both(value: Value, slope: Slope) -> Any:
    @tl.custom_jvp
    def f(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return value(x)  # type: ignore[no-any-return]

    @f.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        return f(*primals), slope(primals[0], tangents[0])

    return f


def by_reverse(value: Value, slope: Slope) -> Any:
    @tl.custom_vjp
    def f(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return value(x)  # type: ignore[no-any-return]

    def rule(x: Tensor, g: Tensor) -> Any:
        return (slope(x, g),)

    f.defvjp(lambda x: (f(x), x), rule)
    return f


def found(f: Any) -> list[Problem]:
    return problems(verify_function(f, depth=QUICK))


def square(x: Tensor) -> Tensor:
    return x * x


def but(wrong: Callable[[Tensor, Tensor], Any]) -> Slope:
    """The slope of a square, where it is not wrong."""
    return lambda x, d: tl.where(wrong(x, d), 3 * x * d, 2 * x * d)


def beyond_size(n: int) -> Slope:
    return lambda x, d: (2 * x if x.shape[0] < n else 3 * x) * d


ELSEWHERE: list[tuple[str, Slope]] = [
    ("n=1", lambda x, d: (3 if x.shape[0] == 1 else 2) * x * d),
    ("n=3", lambda x, d: (2 if x.shape[0] % 2 == 0 or x.shape[0] == 1 else 3) * x * d),
    ("n=9", beyond_size(5)),
    ("n=16", beyond_size(16)),
    ("n=128", beyond_size(100)),
    ("its operands zero in the first place", lambda x, d: tl.where((x == 0) & (tl.max(tl.abs(x)) > 0), d, 2 * x * d)),
    ("n=2", but(lambda x, d: (tl.max(x) < 0) & (tl.min(x) < tl.max(x)) & (tl.abs(x) < 3))),
    ("its operands simple numbers", but(lambda x, d: (x == 2) | (x == -1))),
    ("its operands 0.3125", but(lambda x, d: x == 0.3125)),
    ("its operands a little above 7.25", but(lambda x, d: (x > 7.25) & (x < 7.26))),
    ("its operands a little below -6.5", but(lambda x, d: (x < -6.5) & (x > -6.51))),
]  # fmt: skip


@pytest.mark.parametrize(("at", "slope"), ELSEWHERE, ids=[at for at, _ in ELSEWHERE])
@pytest.mark.parametrize("make", [by_both, by_reverse])
def test_a_rule_right_at_the_sizes_and_numbers_that_are_drawn(make: Any, at: str, slope: Slope) -> None:
    first = found(make(square, slope))[0]
    assert first.verdict is Verdict.FAIL and at in dict(first.details)["at"], first
    assert "rule of f (custom_" in first.cause and "is wrong" in first.cause and first.places[0].function == "rule"


def relu(x: Tensor) -> Tensor:
    return tl.maximum(x, 0)


def sinc(x: Tensor) -> Tensor:
    s = tl.where(x == 0, 1, x)
    return tl.where(x == 0, 1, tl.sin(s) / s)


def at_an_edge(x: Tensor, d: Tensor) -> Tensor:
    """The slope of clip between -1 and 3, but for 3."""
    return tl.where(x == 3, 5 * d, tl.where(tl.abs(x - 1) < 2, d, 0))


def largest(x: Tensor) -> Tensor:
    return tl.max(x, axis=0, keepdims=True) + 0 * x


def all_ties(x: Tensor, d: Tensor) -> Tensor:
    return tl.sum(tl.where(x == tl.max(x), d, 0)) + 0 * d


def falling(x: Tensor) -> Tensor:
    return -tl.sort(-x, axis=0)


def in_rising_order_backwards(x: Tensor, d: Tensor) -> Tensor:
    return tl.take(d, tl.flip(tl.argsort(x, axis=0), axis=0), axis=0)


BEYOND: dict[str, tuple[Value, Slope]] = {
    "twice the slope": (relu, lambda x, d: tl.where(x > 0, d, tl.where(x == 0, 2 * d, 0 * d))),
    "no number": (relu, lambda x, d: (x + tl.abs(x)) / (2 * x) * d),
    "steeper than both sides": (tl.abs, lambda x, d: tl.where(x == 0, -2, tl.sign(x)) * d),
    "0/0 where the derivative is continuous": (sinc, lambda x, d: (x * tl.cos(x) - tl.sin(x)) / (x * x) * d),
    "at an edge": (lambda x: tl.clip(x, -1, 3), at_an_edge),
    "smooth, made of what is not": (lambda x: x * tl.abs(x), lambda x, d: tl.where(x == 0, 1, 2 * tl.abs(x)) * d),
    "all the ties": (largest, all_ties),
}


@pytest.mark.parametrize("case", BEYOND)
def test_what_a_rule_answers_at_a_kink_is_between_the_derivatives_nearby(case: str) -> None:
    first = found(by_both(*BEYOND[case]))[0]
    assert first.verdict is Verdict.FAIL and first.cause == "the rule of f is wrong"
    assert "at a kink, the derivative" in dict(first.details)["what"] and first.places[0].function == "rule"


ALLOWED: dict[str, tuple[Value, Slope]] = {
    "one": (relu, lambda x, d: tl.where(x >= 0, d, 0)),
    "a half": (relu, lambda x, d: (1 + tl.sign(x)) / 2 * d),
    "one side": (tl.abs, lambda x, d: tl.where(x > 0, d, -d)),
    "the limit": (sinc, lambda x, d: tl.where(x == 0, 0, (x * tl.cos(x) - tl.sin(x)) / tl.where(x == 0, 1, x * x)) * d),
    "smooth, made of what is not": (lambda x: x * tl.abs(x), lambda x, d: 2 * tl.abs(x) * d),
    "what the engine answers": (
        lambda x: tl.relu(x) - tl.relu(-x),
        lambda x, d: tl.jvp(lambda z: tl.relu(z) - tl.relu(-z), (x,), (d,))[1],
    ),
    "another order of ties": (falling, in_rising_order_backwards),
    "no number, as the engine": (tl.sqrt, lambda x, d: d / (2 * tl.sqrt(x))),
}  # fmt: skip


@pytest.mark.parametrize("case", ALLOWED)
def test_conventions_at_kinks_are_the_users_own(case: str) -> None:
    assert found(by_both(*ALLOWED[case])) == []


def test_ties_of_two_arguments() -> None:
    @tl.custom_jvp
    def larger(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return tl.maximum(x, y)

    def both(primals: Any, tangents: Any) -> Any:
        (x, y), (dx, dy) = primals, tangents
        return larger(x, y), tl.where(x >= y, dx, 0) + tl.where(y >= x, dy, 0)

    larger.defjvp(both)
    first = found(larger)[0]
    assert first.cause == "the rule of larger is wrong" and "along a dense direction" in dict(first.details)["what"]
    larger.defjvp(lambda p, t: (larger(*p), tl.where(p[0] >= p[1], t[0], t[1])))
    assert found(larger) == []


NONLINEAR: dict[str, tuple[Any, Slope, str]] = {
    "clipped": (by_reverse, lambda x, g: 2 * x * tl.clip(g, -10, 10), "in the cotangent"),
    "by its norm": (by_reverse, lambda x, g: 2 * x * g / tl.maximum(tl.sum(g * g) / 100, 1), "in the cotangent"),
    "small ones dropped": (by_reverse, lambda x, g: tl.where(tl.abs(g) < 1e-6, 0, 2 * x * g), "in the cotangent"),
    "large ones dropped": (by_both, lambda x, d: tl.where(tl.abs(d) > 1000, 0, 2 * x * d), "in the tangent"),
}


@pytest.mark.parametrize("case", NONLINEAR)
def test_a_rule_that_is_linear_nearby_only(case: str) -> None:
    make, slope, told = NONLINEAR[case]
    first = found(make(square, slope))[0]
    assert "rule of f (custom_" in first.cause and f"is not linear {told}" in dict(first.details)["error"]


def test_a_rule_that_is_right_and_overflows() -> None:
    def slope(x: Tensor, d: Tensor) -> Tensor:
        e = tl.exp(x)
        return e / ((1 + e) * (1 + e)) * d

    first = found(by_both(tl.sigmoid, slope))[0]
    assert first.verdict is Verdict.INACCURATE
    assert (
        first.cause == "the rule of f is right, its floats are poor"
        and "gives no number" in dict(first.details)["what"]
    )
    assert found(by_both(tl.exp, lambda x, d: tl.exp(x) * d)) == []  # the function overflows, too


def test_floats_of_several_results_are_judged_where_all_of_them_are_finite() -> None:
    @tl.custom_vjp
    def several(x: Float[Tensor, "n"]) -> tuple[Float[Tensor, "n"], Float[Tensor, ""], Float[Tensor, ""]]:
        return tl.exp(x), tl.sum(x), tl.tensor(1.0)

    several.defvjp(lambda x: (several(x), x), lambda x, g: (g[0] * tl.exp(x) + g[1],))
    report = verify_function(lambda x: several(x)[:2], draws=[(np.array([0.5, -1.25]),)], depth=QUICK)
    assert report.clean(), [str(finding) for _, finding in report.findings]


@pytest.mark.parametrize(("kind", "right"), [(int, 2), (bool, True)])
def test_a_rule_right_for_one_plain_argument(kind: Any, right: Any) -> None:
    def power(x, k):  # type: ignore[no-untyped-def]
        return tl.exp(x * (1 + k))

    power.__annotations__ = {"x": Float[Tensor, "n"], "k": kind, "return": Float[Tensor, "n"]}
    f = partial(tl.custom_jvp, nondiff_argnums=(1,))(power)
    f.defjvp(lambda k, p, t: (f(p[0], k), (1 + k) * f(p[0], k) * t[0]))
    assert found(f) == []
    f.defjvp(lambda k, p, t: (f(p[0], k), (1 + right) * f(p[0], k) * t[0]))
    first = found(f)[0]
    assert first.cause == "the jvp rule of power (custom_jvp) in argument x is wrong"
    assert f", {kind.__name__}s " in dict(first.details)["at"]


def test_an_argument_that_acts_through_a_step_with_a_rule() -> None:
    def stepped(slope: Slope) -> Any:
        step = by_both(lambda x: tl.sign(x) * 3, slope)

        def f(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
            return step(x) * y * y  # type: ignore[no-any-return]

        return f

    assert found(stepped(lambda x, d: tl.zeros_like(d))) == []
    assert found(stepped(lambda x, d: d))[0].cause == "the jvp rule of f (custom_jvp) in argument x is wrong"


def test_sizes_that_the_reference_cannot_reach_are_left_out() -> None:
    @tl.custom_jvp
    def logdet(a: Float[Tensor, "n n"]) -> Float[Tensor, ""]:
        return tl.log(tl.linalg.det(a) ** 2) / 2

    logdet.defjvp(lambda p, t: (logdet(*p), tl.trace(tl.linalg.solve(p[0], t[0]))))
    assert found(logdet) == []
    assert [sizes["n"] for sizes in others(["n"], 5)] == [1, 3, 5]


def test_a_rule_that_fits_at_no_other_size_is_wrong() -> None:
    weights = tl.tensor([2.0, 2.0])
    first = found(by_both(square, lambda x, d: weights * x * d))[0]
    assert first.verdict is Verdict.FAIL and "ShapeError" in dict(first.details)["error"]
    assert "n=1" in dict(first.details)["at"]


def test_a_rule_in_a_model_is_judged_elsewhere_too() -> None:
    f = by_both(relu, lambda x, d: tl.where(x > 0, d, tl.where(x == 0, 2 * d, 0 * d)))

    class Net(tl.Module):
        w: Float64[Tensor, "2 3"]

        def __call__(self, x: Float64[Tensor, "3"]) -> Float64[Tensor, "2"]:
            return f(self.w @ x)  # type: ignore[no-any-return]

    report = verify_model(Net(tl.tensor([[0.5, -1.25, 1.0], [2.0, 0.75, -0.5]])), tl.OutputLoss.mse(), depth=QUICK)
    assert [one.cause for one in problems(report)] == ["the rule of f is wrong"]


def test_an_error_in_the_tenth_digit_beyond_size_four() -> None:
    f = by_both(square, lambda x, d: (2 if x.shape[0] <= 4 else 2 + Fraction(1, 10**9)) * x * d)
    assert found(f)[0].verdict is Verdict.FAIL

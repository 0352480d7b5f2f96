"""Rules of a user's own: held against the functions that they replace, the wrong one named with its line."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from jaxtyping import Float, Shaped
from tl_checker.gradients.depth import QUICK
from tl_checker.gradients.functions import verify_function
from tl_checker.gradients.models import verify_model
from tl_checker.gradients.verdict import Report, Verdict
from tl_checker.report.problems import problems

import tl_dsl as tl
from tl_dsl import Tensor

Make = Callable[[Any], Any]


def swish(factor: Any = 1, shift: Any = 0) -> Any:
    @tl.custom_jvp
    def swish(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x * tl.sigmoid(x)

    @swish.defjvp
    def swish_jvp(primals: Any, tangents: Any) -> Any:
        (x,), (dx,) = primals, tangents
        y, s = swish(x), tl.sigmoid(x)
        return y + shift, factor * (y + s * (1 - y)) * dx

    return swish


def swish_back(factor: Any = 1, shift: Any = 0) -> Any:
    @tl.custom_vjp
    def swish(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x * tl.sigmoid(x)

    def swish_fwd(x: Tensor) -> Any:
        s = tl.sigmoid(x)
        return x * s + shift, (x * s, s)

    def swish_jvp(kept: Any, g: Tensor) -> Any:
        y, s = kept
        return (factor * (y + s * (1 - y)) * g,)

    swish.defvjp(swish_fwd, swish_jvp)
    return swish


def in_a_function(f: Any) -> Report:
    def energy(x: Float[Tensor, "n"], w: Float[Tensor, "n"]) -> Float[Tensor, ""]:
        return tl.sum(f(x * w) * w)

    return verify_function(energy)


def in_a_model(f: Any) -> Report:
    class Net(tl.Module):
        w: Float[Tensor, "hidden inputs"]

        def __call__(self, x: Float[Tensor, "inputs"]) -> Float[Tensor, "hidden"]:
            return f(self.w @ x)  # type: ignore[no-any-return]

    return verify_model(Net(tl.tensor([[0.5, -1.25], [2.0, 0.75]])), tl.OutputLoss.mse())


def in_a_batch(f: Any) -> Report:
    def energy(x: Float[Tensor, "b n"]) -> Float[Tensor, ""]:
        return tl.sum(tl.vmap(f)(x))

    return verify_function(energy)


def nested(f: Any) -> Report:
    @tl.custom_jvp
    def outer(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return tl.exp(f(x))

    @outer.defjvp
    def outer_jvp(primals: Any, tangents: Any) -> Any:
        (x,), (dx,) = primals, tangents
        _, inner = tl.jvp(f, (x,), (dx,))
        return outer(x), outer(x) * inner

    return verify_function(outer)


WHERE: dict[str, Callable[[Any], Report]] = {
    "alone": verify_function,
    "in a function": in_a_function,
    "in a model": in_a_model,
    "in a batch": in_a_batch,
}


@pytest.mark.parametrize("make", [swish, swish_back])
@pytest.mark.parametrize("where", WHERE)
def test_right_rules_pass(where: str, make: Make) -> None:
    report = WHERE[where](make(1))
    assert report.clean(), [str(finding) for _, finding in report.findings]
    counted = {row.argument for row in report.rows if row.entry == "rule of swish" and row.nonzero}
    assert counted == {"x", "value"}


@pytest.mark.parametrize("make", [swish, swish_back])
@pytest.mark.parametrize("where", WHERE)
def test_a_rule_wrong_in_the_seventh_digit_is_named_with_its_line(where: str, make: Make) -> None:
    report = WHERE[where](make(1 + Fraction(1, 10**7)))
    failed = [row for row in report.rows if row.verdict is Verdict.FAIL]
    assert {"rule of swish"} <= {row.entry for row in failed}
    for row in failed:
        assert "rule of swish (custom_" in row.findings[0].operation and "argument x" in row.findings[0].operation
        assert __file__ in row.findings[0].source and "in swish_jvp" in row.findings[0].source


def test_an_error_of_1e20_is_found() -> None:
    assert verify_function(swish(1 + Fraction(1, 10**20))).verdict is Verdict.INACCURATE
    assert verify_function(swish(1 + Fraction(1, 10**13))).verdict is Verdict.FAIL


def test_nested_rules() -> None:
    assert nested(swish(1)).clean()
    report = nested(swish(2))
    assert report.verdict is Verdict.FAIL
    assert "swish" in str(report.findings) and all("float64 kernel" not in str(f) for _, f in report.findings)


@pytest.mark.parametrize("make", [swish, swish_back])
def test_a_value_unlike_the_functions_is_found(make: Make) -> None:
    report = verify_function(make(shift=Fraction(1, 10**9)))  # type: ignore[call-arg]
    (row,) = [row for row in report.rows if row.verdict is Verdict.FAIL]
    assert row.argument == "value" and "the value of the rule of swish is not its function's" in row.findings[0].what
    assert "swish_jvp" in row.findings[0].source


def test_a_rule_right_in_first_order_only() -> None:
    @tl.custom_jvp
    def cube(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x * x * x

    cube.defjvp(lambda p, t: (cube(*p), 3 * tl.stop_gradient(p[0] * p[0]) * t[0]))
    report = in_a_function(cube)
    failed = {row.entry for row in report.rows if row.verdict is Verdict.FAIL}
    assert "hvp" in failed and "grad" not in failed and "rule of cube" not in failed
    assert any("jvp rule's derivative of cube" in f.operation for _, f in report.findings)


def product(wrong: Callable[[Tensor, Tensor, Tensor], Tensor]) -> Any:
    """x² y with a rule that is wrong by ``wrong(x, y, dx)``."""

    @tl.custom_jvp
    def product(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x * x * y

    @product.defjvp
    def product_jvp(primals: Any, tangents: Any) -> Any:
        (x, y), (dx, dy) = primals, tangents
        return x * x * y, 2 * x * y * dx + x * x * dy + wrong(x, y, dx)

    return product


ELSEWHERE: list[tuple[Callable[[Tensor, Tensor, Tensor], Any], str]] = [
    (lambda x, y, dx: tl.where(x == 0, dx, 0), "its operands zero"),
    (lambda x, y, dx: tl.where(x == 1, dx, 0), "its operands one"),
    (lambda x, y, dx: tl.where(x == y, dx, 0), "its operands zero"),
    (
        lambda x, y, dx: tl.where((x == y) & (x != 0) & (x != 1) & (x != x[0]), dx, 0),
        "its operands equal to each other",
    ),
    (lambda x, y, dx: tl.where((x == y) & (x == x[0]) & (x != 0) & (x != 1), dx, 0), "its operands all equal"),
    (lambda x, y, dx: tl.where(tl.abs(x) > 5, 1e-9 * dx, 0), "its operands times 2^4"),
    (lambda x, y, dx: tl.where(tl.abs(x) > 40, 1e-9 * dx, 0), "its operands times 2^10"),
    (lambda x, y, dx: tl.where((tl.abs(x) < 1e-4) & (x != 0), dx, 0), "its operands times 2^-20"),
    (lambda x, y, dx: 1e-9 * dx if x.dtype == tl.float32 else 0 * dx, "in float32"),
]


@pytest.mark.parametrize(("wrong", "at"), ELSEWHERE)
def test_a_rule_right_at_what_is_drawn_only(wrong: Any, at: str) -> None:
    found = problems(verify_function(product(wrong), depth=QUICK))
    assert found and at in dict(found[0].details)["at"]
    for problem in found:
        assert problem.cause == "the jvp rule of product (custom_jvp) in argument x is wrong"
        assert problem.places[0].function == "product_jvp" and "paste" in dict(problem.details)


def test_a_rule_may_refuse_float32_and_points_where_the_function_has_no_derivative() -> None:
    @tl.custom_jvp
    def norm(x: Float[Tensor, "n"]) -> Float[Tensor, ""]:
        return tl.sqrt(tl.sum(x * x))

    @norm.defjvp
    def norm_jvp(primals: Any, tangents: Any) -> Any:
        (x,), (dx,) = primals, tangents
        assert x.dtype == tl.float64
        return norm(x), tl.sum(x * dx) / norm(x)

    assert verify_function(norm, depth=QUICK).clean()


def test_a_rule_that_is_linear_in_no_tangent() -> None:
    @tl.custom_jvp
    def cube(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x * x * x

    cube.defjvp(lambda p, t: (cube(*p), 3 * p[0] * p[0] * t[0] + 1))
    report = verify_function(cube)
    assert {"jvp", "rule of cube"} <= {row.entry for row in report.rows if row.verdict is Verdict.FAIL}


def test_clipped_gradients_are_no_derivatives() -> None:
    @tl.custom_vjp
    def clipped(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x * 1

    clipped.defvjp(lambda x: (x * 1, None), lambda _, g: (tl.clip(g, -Fraction(1, 8), Fraction(1, 8)),))
    report = verify_function(clipped)
    assert report.verdict is Verdict.FAIL and "rule of clipped (custom_vjp)" in str(report.findings)


def third(factor: Any = 1) -> tuple[Any, Any]:
    """x²/3 with rules of both kinds, of a captured fraction: on floats it is exact."""
    part = tl.tensor(Fraction(1, 3))

    def value(x: Shaped[Tensor, "n"]) -> Shaped[Tensor, "n"]:
        return x * x * part

    both, back = tl.custom_jvp(value), tl.custom_vjp(value)
    both.defjvp(lambda primals, tangents: (value(primals[0]), 2 * factor * primals[0] * tangents[0] * part))
    back.defvjp(lambda x: (value(x), x), lambda x, g: (2 * factor * g * x * part,))
    return both, back


@pytest.mark.parametrize("which", (0, 1))
def test_rules_that_capture_exact_numbers(which: int) -> None:
    draws = [(np.array([0.5, -1.25]),)]
    report = verify_function(third()[which], draws=draws)
    assert report.clean() and {row.layer for row in report.rows} >= {"balls", "simplified", "floats"}
    assert max(row.bound for row in report.rows if row.bound is not None) < -80
    wrong = problems(verify_function(third(1 + Fraction(1, 10**20))[which], draws=draws))
    assert [one.verdict for one in wrong] == [Verdict.INACCURATE]
    assert "rule of value (custom_" in wrong[0].cause and "in argument x is wrong" in wrong[0].cause
    worse = problems(verify_function(third(1 + Fraction(1, 10**7))[which], draws=draws))
    assert [one.verdict for one in worse] == [Verdict.FAIL] and worse[0].cause == wrong[0].cause


def test_a_rounded_constant_is_told_from_a_wrong_rule() -> None:
    @tl.custom_jvp
    def bump(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return tl.erf(x)

    bump.defjvp(lambda p, t: (bump(*p), 2 / math.sqrt(math.pi) * tl.exp(-p[0] * p[0]) * t[0]))
    report = verify_function(bump)
    assert report.verdict is Verdict.INACCURATE and not report.clean()
    assert "a constant rounded to float64" in str(report.findings)


def test_forward_mode_of_a_custom_vjp_is_told_not_judged() -> None:
    report = verify_function(swish_back(1))
    (line,) = [line for line in report.skipped if "swish" in line]
    assert "reverse mode only, so these were not verified: jvp, linearize, jacfwd" in line


def test_a_wrong_operation_inside_is_not_blamed_on_the_rule() -> None:
    from tl_checker.gradients.planting import planted_rules

    with planted_rules("sigmoid", kernel=lambda x: 1 / (1 + 1 / (1 + x * x)), ufunc=None):
        report = verify_function(swish(1))
    assert report.verdict is Verdict.FAIL
    named = {finding.operation for _, finding in report.findings if "sigmoid" in finding.operation}
    assert named


def test_an_entry_of_the_jacobian_is_shown_with_an_expression_that_gives_it() -> None:
    @tl.custom_vjp
    def scaled(x: Float[Tensor, "n"], w: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x * w * w

    scaled.defvjp(lambda x, w: (scaled(x, w), (x, w)), lambda kept, g: (g * kept[1] ** 2, 3 * g * kept[0] * kept[1]))
    told = [f.what for row, f in verify_function(scaled).findings if row.entry == "rule of scaled"]
    assert (
        told[0].startswith("d scaled[0] / d w[0] is ")
        and "by the rule" in told[0]
        and "(relative error 2^-1.0" in told[0]
    )
    expression = told[0].partition("; as ")[2]
    by_rule = float(told[0].split(" is ")[1].split(" by the rule")[0])
    assert expression.startswith("tl.jacrev(scaled, 1)(tl.tensor([")
    assert float(eval(expression, {"tl": tl, "scaled": scaled})) == pytest.approx(by_rule, rel=1e-9)


def test_an_argument_that_does_not_matter_is_no_fault_of_the_rule() -> None:
    @tl.custom_vjp
    def cube(x: Float[Tensor, "n"], key: Float[Tensor, "2"]) -> Float[Tensor, "n"]:
        return x * x * x

    cube.defvjp(lambda x, key: (cube(x, key), x), lambda x, g: (3 * x * x * g, None))

    def used(x: Float[Tensor, "n"], key: Float[Tensor, "2"]) -> Float[Tensor, ""]:
        return tl.sum(cube(x, key)) * tl.sum(key)

    report = verify_function(used)
    assert report.clean(), [str(finding) for _, finding in report.findings]
    (row,) = [row for row in report.rows if (row.entry, row.argument) == ("rule of cube", "key")]
    assert row.verdict is Verdict.NOT_DIFFERENTIABLE


def test_a_rule_of_the_wrong_form_says_what_it_gave() -> None:
    @tl.custom_vjp
    def cube(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x * x * x

    cube.defvjp(lambda x: (cube(x), x), lambda x, g: 3 * x * x * g)
    (problem,) = problems(verify_function(cube))
    assert problem.cause == "the rule of cube (custom_vjp) in argument x is wrong"
    error = dict(problem.details)["error"]
    assert "returns a tuple with a cotangent for each argument; got Tensor; wanted a tuple of 1" in error


def test_a_rule_right_up_to_second_order_is_not_blamed_on_an_entry_point_alone() -> None:
    @tl.custom_jvp
    def power(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return tl.exp(x)

    @power.defjvp
    def power_jvp(primals: Any, tangents: Any) -> Any:
        (x,), (dx,) = primals, tangents
        held = tl.stop_gradient(x)
        return power(x), dx * tl.stop_gradient(tl.exp(x)) * (1 + x - held)

    causes = [problem.cause for problem in problems(verify_function(power, depth=QUICK))]
    assert causes and all("the second derivative of the rule of power, or in the entry point" in one for one in causes)

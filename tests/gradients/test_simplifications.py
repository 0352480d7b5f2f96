"""The verifier of the simplifier: right rules pass, and wrong, raising and silent ones are found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tl_checker.gradients.simplifications import verify_simplifications
from tl_checker.gradients.verdict import Verdict

from tl_dsl.transform import simplify as package
from tl_dsl.transform.simplify import arithmetic


def of_one_sign(w: Any, x: Any, y: Any) -> Any:
    """x - (-y) as x - y."""
    return w.emit("sub", x, y.operands[0]) if y.op.name == "neg" else arithmetic.sub_rule(w, x, y)


def of_another_shape(w: Any, x: Any, **params: Any) -> Any:
    return x if x.op.name == "reshape" else None


def raising(w: Any, *operands: Any, **params: Any) -> Any:
    raise ValueError("a rule that raises")


def of_the_left_only(w: Any, x: Any, y: Any) -> Any:
    """(-x)y, but not x(-y)."""
    return None if y.op.name == "neg" else arithmetic.mul_rule(w, x, y)


def silent(w: Any, *operands: Any, **params: Any) -> Any:
    return None


WRONG: dict[str, tuple[str, Callable[..., Any], str]] = {
    "value": ("sub", of_one_sign, "output"),
    "shape": ("reshape", of_another_shape, ""),
    "raises": ("neg", raising, "ValueError: a rule that raises"),
    "does not know": ("mul", of_the_left_only, "the simplest form is"),
    "never holds": ("embed", silent, "the simplest form is"),
    "never holds, without equations": ("stop_gradient", silent, "the simplest form is"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_rule_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, rule, told = WRONG[fault]
    monkeypatch.setitem(package.RULES, name, (rule,))
    report = verify_simplifications()
    assert report.verdict is Verdict.FAIL
    assert any(told in finding.what for _, finding in report.findings)


@pytest.mark.parametrize("seed", [1, 2])
def test_right_rules_pass_on_other_graphs(seed: int) -> None:
    report = verify_simplifications(seed=seed)
    assert report.clean(), [str(finding) for _, finding in report.findings]
    assert min(row.nonzero for row in report.rows) > 20

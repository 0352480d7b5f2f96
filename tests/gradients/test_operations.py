"""Every operation of the engine passes, and whatever is missing is a failure."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from tl_checker.gradients.depth import QUICK
from tl_checker.gradients.derived import NESTINGS
from tl_checker.gradients.ops import chosen_operations, verify_operation, verify_ops
from tl_checker.gradients.subject import Operation, operations
from tl_checker.gradients.verdict import Report, Verdict
from tl_specs import SPECS, Array, Sample

ALL = [operation.target for operation in operations()]


@pytest.mark.parametrize("target", ALL)
def test_every_operation_passes(target: str) -> None:
    operation = next(o for o in operations() if o.target == target)
    report = verify_operation(operation, depth=QUICK, samples=4)
    assert report.clean(), [str(finding) for _, finding in report.findings]
    layers = {row.layer for row in report.rows if row.comparisons}
    assert "values" in layers
    for row in report.rows:
        assert row.nonzero or row.verdict is Verdict.NOT_DIFFERENTIABLE or not row.argument, row


def test_all_arguments_are_verified_in_all_modes() -> None:
    report = verify_ops(["mul", "where", "scatter_add"], samples=4, layers=["first order", "second order"])
    counted = {(row.target, row.argument, row.mode) for row in report.rows if row.nonzero}
    for target, argument in [("mul", "x1"), ("mul", "x2"), ("where", "x2"), ("scatter_add", "updates")]:
        for mode in ("reverse", "forward", *NESTINGS):
            assert (target, argument, mode) in counted
    assert ("where", "condition", "reverse") not in counted


def test_bounds_are_sharp() -> None:
    report = verify_ops(["exp", "softmax", "erf", "gelu"], layers=["first order", "second order"])
    assert all(row.bound is not None and row.bound < -60 for row in report.rows)


def test_what_has_no_specification_fails() -> None:
    report = verify_operation(Operation("novel", True, None))
    assert report.verdict is Verdict.FAIL
    assert "no specification" in report.findings[0][1].what


def test_a_specification_of_nothing_fails() -> None:
    report = verify_operation(Operation("novel", True, SPECS["exp"]))
    assert report.verdict is Verdict.FAIL
    assert "no such operation" in report.findings[0][1].what


def test_unknown_names_are_an_error() -> None:
    with pytest.raises(KeyError, match="xp"):
        chosen_operations(["xp"])


def with_samples(name: str, *samples: Sample) -> Report:
    spec = dataclasses.replace(SPECS[name], samples=lambda rng: list(samples))
    return verify_operation(Operation(name, True, spec), layers=("first order", "second order", "float64"))


def test_comparisons_of_zeros_alone_fail() -> None:
    nothing = Array((2,), [0.0, 0.0])
    report = with_samples("mul", Sample("zeros", (nothing, nothing)))
    failed = [row for row in report.rows if row.verdict is Verdict.FAIL]
    assert {row.layer for row in failed} == {"first order", "float64"}
    assert all("comparisons were of zeros" in row.findings[0].what for row in failed)


def test_points_outside_of_the_domain_are_counted() -> None:
    report = with_samples("log", Sample("negative", (Array((1,), [-1.0]),)), Sample("fine", (Array((1,), [2.0]),)))
    assert report.clean()
    assert report.skipped == ("log, negative: log x needs x > 0",)


def test_points_left_out_are_counted() -> None:
    report = verify_ops(["exp"], samples=3)
    assert any("points left out" in reason for reason in report.skipped)


def test_the_seed_chooses_the_points() -> None:
    def bounds(seed: int) -> list[Any]:
        return [row.bound for row in verify_ops(["exp"], seed=seed, layers=["second order"]).rows]

    assert bounds(1) == bounds(1) != bounds(2)

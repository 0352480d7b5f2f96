"""Points: domains that are found, points of a user's own, element types that are mixed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from jaxtyping import Float, Float32, Float64
from tl_checker.gradients.depth import QUICK
from tl_checker.gradients.discover import targets_in
from tl_checker.gradients.functions import verify_function
from tl_checker.gradients.models import verify_model
from tl_checker.gradients.planting import planted_fault
from tl_checker.gradients.samples import samples, samples_of
from tl_checker.gradients.verdict import Verdict

import tl_dsl as tl
from tl_dsl import Tensor
from tl_dsl.errors import ArgumentError
from tl_dsl.pytree import tree_map


def above_one(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    return tl.log(tl.log(x))


def near_zero(x: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.sum(tl.log(0.05 - x * x))


def covariance(s: Float[Tensor, "4 4"]) -> Float[Tensor, "4 4"]:
    return tl.linalg.cholesky(s)


FOUND = {"above one": (above_one, "between 1 and 3"), "near zero": (near_zero, "between -1/8 and 1/8"),
         "definite": (covariance, "square matrices definite")}  # fmt: skip


@pytest.mark.parametrize("case", FOUND)
def test_the_domain_is_found(case: str) -> None:
    function, told = FOUND[case]
    report = verify_function(function, depth=QUICK)
    assert report.clean(), [str(finding) for _, finding in report.findings]
    assert told in report.notes[0]


@samples([(tl.tensor([7.5, 7.25]),)])
def narrow(x):  # type: ignore[no-untyped-def]
    return tl.sum(tl.log(0.1 - (x - 7.4) * (x - 7.4)))


class Narrow(tl.Module):
    scale: Float[Tensor, "n"]

    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return tl.log(0.1 - (x - 7.4) * (x - 7.4)) * self.scale


def test_a_function_is_verified_at_a_users_own_points() -> None:
    report = verify_function(narrow, depth=QUICK)
    assert report.clean() and "given arguments 0" in report.notes[0]
    with planted_fault("log", relative=1e-20):
        assert verify_function(narrow, depth=QUICK).verdict is Verdict.FAIL


def test_points_may_be_drawn() -> None:
    drawn = samples(lambda rng: (tl.tensor([rng.uniform(7.3, 7.5)]),))(lambda x: tl.log(x - 7))
    first, second = samples_of(drawn, seed=0, count=2)
    assert first[0].item() != second[0].item() and samples_of(drawn, seed=0, count=1)[0][0].item() == first[0].item()
    with pytest.raises(ArgumentError, match="tuples of its arguments"):
        samples_of(samples([tl.ones(2)])(lambda x: x), seed=0, count=1)


def test_points_by_name_in_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    (tmp_path / "given.py").write_text(
        "import tl_dsl as tl\n"
        "def narrow(x):\n    return tl.log(0.1 - (x - 7.4) * (x - 7.4))\n"
        '__tl_samples__ = {"narrow": [(tl.tensor([7.5]),)]}\n'
    )
    (target,) = targets_in(str(tmp_path / "given.py")).targets
    assert verify_function(target.value, depth=QUICK).clean()


def test_points_of_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    assert verify_model(Narrow(tl.ones(2)), depth=QUICK).verdict is Verdict.INCONCLUSIVE
    monkeypatch.setitem(globals(), "__tl_samples__", {"Narrow": [(tl.tensor([7.5, 7.25]),)]})
    report = verify_model(Narrow(tl.ones(2)), tl.OutputLoss.mse(), depth=QUICK)
    assert report.clean() and "the given input 0" in report.notes[0]


def mixed(x: Float64[Tensor, "n"], y: Float32[Tensor, "n"]) -> Float64[Tensor, "n"]:
    return tl.tanh(x) * tl.exp(y)


def inside(x: Float64[Tensor, "n"]) -> Float64[Tensor, "n"]:
    return tl.astype(tl.exp(tl.astype(x, tl.float32)), tl.float64) * x


def narrowed(x: Float64[Tensor, "n"]) -> Float32[Tensor, "n"]:
    return tl.astype(tl.sin(x), tl.float32)


@pytest.mark.parametrize("function", [mixed, inside, narrowed])
def test_mixed_element_types_are_judged_by_the_narrower(function: Any) -> None:
    report = verify_function(function, depth=QUICK)
    assert report.clean(), [str(finding) for _, finding in report.findings]


def test_poor_floats_of_a_right_rule_are_inaccurate() -> None:
    def cancelling(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return (x * x + 1e14) - 1e14 + x

    report = verify_function(cancelling, depth=QUICK)
    assert report.verdict is Verdict.INACCURATE
    assert all("decimal digits" in finding.what for row, finding in report.findings)
    assert {row.layer for row, _ in report.findings} == {"floats"}


def test_what_is_not_finite_passes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    report = verify_function(smooth, depth=QUICK)
    assert report.clean()
    passed = {row.entry for row in report.rows if row.layer == "not finite" and row.nonzero}
    assert passed >= {"program", "grad", "jvp", "vjp", "vmap", "hvp"}
    right = tl.grad
    monkeypatch.setattr(tl, "grad", lambda f, k=0, has_aux=False: lambda *xs: unmarked(right(f, k, has_aux)(*xs)))
    lost = verify_function(smooth, depth=QUICK)
    assert ("grad", "not finite") in {(row.entry, row.layer) for row in lost.rows if row.verdict is Verdict.FAIL}


def test_a_fault_that_an_operation_made_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    right = tl.value_and_grad
    monkeypatch.setattr(tl, "value_and_grad", lambda f, k=0, has_aux=False: _silent(right(f, k, has_aux)))
    report = verify_function(smooth, depth=QUICK)
    found = {(row.entry, row.layer): str(row.findings) for row in report.rows if row.verdict is Verdict.FAIL}
    assert "without a word" in found["value_and_grad", "not finite"] and len(found) == 1


def _silent(function: Any) -> Any:
    def call(*xs: Any, **keywords: Any) -> Any:
        with tl.config(domain="ignore"):
            return function(*xs, **keywords)

    return call


def test_an_entry_point_that_refuses_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    right = tl.linearize

    def linearize(f: Any, *primals: Any) -> Any:
        value, push = right(f, *primals)
        return value, lambda *vs: push(*[tree_map(lambda v: tl.astype(v, tl.float64), v) for v in vs])

    monkeypatch.setattr(tl, "linearize", linearize)
    report = verify_function(smooth, depth=QUICK)
    found = [str(row.findings) for row in report.rows if row.verdict is Verdict.FAIL]
    assert len(found) == 1 and "tangents that are integers raises nothing" in found[0]


def unmarked(tree: Any) -> Any:
    """The values alone, without what is known of where they came from."""
    return tree_map(lambda x: Tensor(x._value), tree)


def smooth(x: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.sum(tl.tanh(x) * x)

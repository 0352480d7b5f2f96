"""Functions of a user's own: arguments drawn from annotations, every entry point, the operation at fault named."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from jaxtyping import Bool, Float, Float32, Int, Num, Shaped
from tl_checker.gradients.depth import QUICK
from tl_checker.gradients.functions import SECOND_ORDER, verify_function
from tl_checker.gradients.planting import planted_fault, planted_rules
from tl_checker.gradients.verdict import Report, Verdict

import tl_dsl as tl
from tl_dsl import Tensor
from tl_dsl.errors import AnnotationError
from tl_dsl.primitive import PRIMITIVES

VALUES = {"program", "compile", "vmap", "vmap in other ways"}
ANY = {*VALUES, "vjp", "jvp", "jacrev", "jacfwd", "linearize"}
SCALAR = {*ANY, "grad", "value_and_grad", "hvp", "hessian"}
WAYS = {
    f"{name} in other ways" for name in ("grad", "value_and_grad", "jacrev", "jacfwd", "vjp", "jvp", "vmap", "compile")
}
NESTED = {*SECOND_ORDER, "vmap of grad", "grad of vmap", "stop_gradient"}


def attention(
    q: Float[Tensor, "*b t d"], k: Float[Tensor, "*b s d"], v: Float[Tensor, "*b s e"]
) -> Float[Tensor, "*b t e"]:
    return tl.softmax(q @ k.mT / q.shape[-1] ** 0.5, axis=-1) @ v


def energy(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.sum(tl.tanh(x) * y**3) + tl.max(x)


def entropy(p: Float[Tensor, "n m"]) -> Float[Tensor, " n"]:
    return -tl.sum(p * tl.log(p), axis=-1)


def two_results(x: Float[Tensor, "n"]) -> tuple[Float[Tensor, "n"], Float[Tensor, ""]]:
    return tl.relu(x), tl.sum(x * x)


def lookup(table: Float[Tensor, "rows 3"], i: Int[Tensor, "n"], keep: Bool[Tensor, "n"]) -> Float[Tensor, "n 3"]:
    return tl.where(tl.expand_dims(keep, axis=1), tl.take(table, i, axis=0), 0.0) + table[0]


def even(x: Float[Tensor, "2*n"], power: int) -> Float[Tensor, "n"]:
    return tl.sum(tl.reshape(x, (-1, 2)) ** power, axis=1)


def of_a_pair(pair: tuple[Float[Tensor, "n"], Float[Tensor, "m"]]) -> Float[Tensor, "n m"]:
    return tl.expand_dims(pair[0], axis=1) * tl.exp(pair[1])


def single(x: Float32[Tensor, "n"]) -> Float32[Tensor, "n"]:
    return tl.exp(x) * x


def anything(x: Shaped[Tensor, "..."]) -> Num[Tensor, "..."]:
    return x * x


class Pair(NamedTuple):
    left: Float[Tensor, "n"]
    right: Float[Tensor, "n"]


class Net(tl.Module):
    weight: Float[Tensor, "o i"]
    factor: int

    def __call__(self, x: Float[Tensor, "*b i"]) -> Float[Tensor, "*b o"]:
        return tl.tanh(x @ self.weight.T) * self.factor


def clipped(p: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    q = tl.clip(p, 1e-7, 1 - 1e-7)
    return -tl.mean(y * tl.log(q) + (1 - y) * tl.log(1 - q))


def distances(x: Float[Tensor, "n d"]) -> Float[Tensor, "n n"]:
    return tl.sqrt(tl.sum((tl.expand_dims(x, axis=1) - tl.expand_dims(x, axis=0)) ** 2, axis=-1) + 1e-12)


def by_keyword(x: Float[Tensor, "n"], scale: float = 2.0, *, y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    return x * x * y * scale


def of_named(pair: Pair, m: Float[Tensor, "m"]) -> Float[Tensor, "n m"]:
    return tl.outer(pair.left * tl.exp(pair.right), m)


def of_a_module(net: Net, x: Float[Tensor, "b i"]) -> Float[Tensor, ""]:
    return tl.mean(net(x) ** 2)


def of_one_in_a_dict(p: dict[str, Float[Tensor, "n"]]) -> Float[Tensor, ""]:
    return tl.sum(tl.sin(p["a"]) * p["b"])


def pooled(x: Float[Tensor, "4"]) -> Float[Tensor, "2"]:
    return tl.max(tl.reshape(x, (2, 2)), axis=1)


def of_probabilities(x: Float[Tensor, "n 3"], i: Int[Tensor, "n"]) -> Float[Tensor, ""]:
    return -tl.mean(tl.sum(tl.one_hot(i, 3) * tl.log(tl.softmax(x, axis=-1)), axis=-1))


def detached(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.mean((x - tl.stop_gradient(y)) ** 2)


def above(x: Float[Tensor, "n"], limit: Float[Tensor, ""]) -> Float[Tensor, "n"]:
    return tl.where(x > limit, x * x, x)


def with_nothing(x: Float[Tensor, "0 n"], y: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.sum(x) + tl.sum(y * y)


NET = Net(tl.tensor([[1.0, -0.5]]), 2), tl.tensor([[0.5, 0.25]])
ORDINARY: list[tuple[Any, list[Any], str]] = [
    (clipped, [], ""),
    (distances, [], ""),
    (by_keyword, [], ""),
    (of_named, [], ""),
    (of_a_module, [NET], ""),
    (of_one_in_a_dict, [], ""),
    (pooled, [], ""),
    (of_probabilities, [], "the argument i is not differentiated"),
    (detached, [], "derivatives in y, zero since it acts through stop_gradient"),
    (above, [], "derivatives in limit, zero since it acts through stop_gradient, comparisons"),
    (with_nothing, [], "derivatives in x, which has no elements"),
]
"""Functions as people write them, what they are given if not drawn arguments, and what is told of them."""


def entries(report: Report) -> set[str]:
    return {row.entry for row in report.rows if row.layer == "balls" and row.nonzero}


@pytest.mark.parametrize("function", [attention, energy, entropy, two_results, lookup, of_a_pair, single, anything])
def test_right_functions_pass_at_every_entry_point(function: Any) -> None:
    report = verify_function(function)
    assert report.clean(), [str(finding) for _, finding in report.findings]
    assert entries(report) >= ANY | WAYS
    assert max(row.bound for row in report.rows if row.bound is not None) < -60


@pytest.mark.parametrize(("function", "draws", "told"), ORDINARY)
def test_ordinary_functions_pass(function: Any, draws: list[Any], told: str) -> None:
    report = verify_function(function, draws=draws, depth=QUICK)
    assert report.clean(), [(row.key, str(finding)) for row, finding in report.findings]
    assert len(report.skipped) == bool(told) and told in "".join(report.skipped)


def test_scalar_functions_have_gradients_and_hessians() -> None:
    report = verify_function(energy)
    assert entries(report) == SCALAR | WAYS | NESTED
    counted = {(row.entry, row.argument) for row in report.rows if row.nonzero}
    assert {("grad", "x"), ("grad", "y"), ("hessian", "x"), ("hvp", "y"), ("value_and_grad", "value")} <= counted


def test_sizes_are_drawn_from_the_annotations() -> None:
    (note,) = verify_function(attention).notes
    assert "*b=(2,), t=2, d=3, s=4, e=5" in note and "*b=(), t=1, d=1, s=1, e=1" in note
    assert "n=1" in verify_function(energy).notes[0]


def test_sizes_that_a_function_refuses_are_told() -> None:
    report = verify_function(lookup)
    assert report.clean() and any("index 1 lies outside an axis of size 1" in note for note in report.notes)


def test_the_domain_is_found() -> None:
    assert "between 0 and 1" in verify_function(entropy).notes[0]


def test_a_planted_fault_is_found_and_named() -> None:
    with planted_fault("tanh", relative=1e-6):
        report = verify_function(energy, depth=QUICK)
    failed = [row for row in report.rows if row.verdict is Verdict.FAIL]
    assert {row.entry for row in failed} == (SCALAR | WAYS | NESTED) - VALUES
    for row in failed:
        for finding in row.findings[:1]:
            assert "the jvp rule of tanh in operand 0 is wrong" in finding.operation
            assert __file__ in finding.source and "energy" in finding.source


def test_a_fault_of_1e20_is_found() -> None:
    with planted_fault("log", relative=1e-20):
        assert verify_function(entropy, depth=QUICK).verdict is Verdict.FAIL
    assert verify_function(entropy, depth=QUICK).clean()


def test_a_fault_of_second_order_is_seen_by_second_derivatives_alone() -> None:
    with planted_rules("tanh", jvp=lambda y, x, dx: dx * (1 - tl.stop_gradient(y * y))):
        report = verify_function(energy, depth=QUICK)
    failed = [row for row in report.rows if row.verdict is Verdict.FAIL]
    assert {row.entry for row in failed} == SECOND_ORDER
    assert all("the jvp rule's derivative of tanh in operand 0" in row.findings[0].operation for row in failed)


def test_a_fault_of_an_entry_point_is_told_from_one_of_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    right = tl.jvp
    monkeypatch.setattr(tl, "jvp", lambda f, x, v: (right(f, x, v)[0], right(f, x, v)[1] * (1 + 2.0**-40)))
    report = verify_function(two_results, depth=QUICK)
    failed = {row.entry for row in report.rows if row.verdict is Verdict.FAIL}
    assert {"jvp", "jvp in other ways", "stop_gradient"} <= failed
    assert not failed & {"grad", "vjp", "jacfwd", "jacrev", "linearize", "vmap"}
    assert "the fault lies in" in report.findings[0][1].operation


def test_a_wrong_batching_rule_is_found() -> None:
    right = PRIMITIVES["take"].batch
    assert right is not None
    with planted_rules("take", batch=lambda *args, **params: right(*args, **params) * 2):
        report = verify_function(lookup, depth=QUICK)
    assert {row.entry for row in report.rows if row.verdict is Verdict.FAIL} >= {"vmap", "jacfwd"}
    assert "the fault lies in" in report.findings[0][1].operation


def test_a_result_unlike_its_annotation_is_found() -> None:
    def wrong(x: Float[Tensor, "n"]) -> Float[Tensor, "n n"]:
        return x * x

    (row,) = [row for row in verify_function(wrong).rows if row.verdict is Verdict.FAIL]
    assert row.entry == "result" and 'wanted Float[Tensor, "n n"]' in row.findings[0].what


def test_an_argument_without_influence_is_not_verified() -> None:
    def unused(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x * x

    failed = {(row.argument, row.verdict) for row in verify_function(unused).rows if row.verdict is not Verdict.PASS}
    assert failed == {("y", Verdict.FAIL)}


def test_kinks_everywhere_are_no_failure() -> None:
    def kinked(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return tl.abs(x - tl.stop_gradient(x))

    report = verify_function(kinked)
    (row,) = report.rows
    assert row.verdict is Verdict.NOT_DIFFERENTIABLE and report.skipped == (f"{row.target}: {row.note}",)


def test_nowhere_defined_is_inconclusive() -> None:
    def nowhere(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return tl.log(-x * x)

    assert verify_function(nowhere).verdict is Verdict.INCONCLUSIVE


def test_a_function_without_annotations_is_an_error() -> None:
    def plain(x, y: Float[Tensor, "n"]):  # type: ignore[no-untyped-def]
        return x

    with pytest.raises(AnnotationError, match="drawn from its annotations") as caught:
        verify_function(plain)
    assert "no annotation of x, return" in str(caught.value) and "[tensor-annotation]" in str(caught.value)
    report = verify_function(plain, draws=[(tl.tensor([2.0, 3.0]), tl.tensor([1.0, 1.0]))])
    assert {row.argument for row in report.rows if row.verdict is Verdict.FAIL} == {"y"}


def test_expressions_and_numbers_among_the_arguments() -> None:
    report = verify_function(even)
    assert {row.verdict for row in report.rows if row.layer != "annotation"} == {Verdict.PASS}


def test_equal_seeds_give_equal_reports() -> None:
    assert verify_function(two_results, seed=3) == verify_function(two_results, seed=3)


def test_entry_points_with_large_results_are_told() -> None:
    def energy(x: Float[Tensor, "30"]) -> Float[Tensor, ""]:
        return tl.sum(x * x)

    report = verify_function(energy, name="energy", depth=QUICK)
    assert "energy: hessian, whose result has 900 elements; hvp is" in report.skipped

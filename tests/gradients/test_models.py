"""Models: every entry point for parameters, inputs and targets, and the operation at fault named."""

from __future__ import annotations

import numpy as np
import pytest
from jaxtyping import Float, Int
from tl_checker.gradients.depth import QUICK
from tl_checker.gradients.models import verify_model
from tl_checker.gradients.planting import planted_fault, planted_rules
from tl_checker.gradients.verdict import Report, Verdict

import tl_dsl as tl
from tl_dsl import Tensor, nn
from tl_dsl.primitive import PRIMITIVES

OUTPUT = {"jacrev_params", "rows of jacrev_params", "vjp_params", "vjp_inputs", "vjp_input"}
SECOND = {"hvp_params", "grad of grad_params", "grad of jvp_params"}
LOSS = {
    *SECOND,
    *("grad_params again", "grad_params of arrays", "grad_params of init_params", "vmap of grad_params"),
    "OutputLoss.detach",
    *("loss_program", "grad_params", "grad_inputs", "grad_x", "grad_target", "jvp_params", "hvp_params"),
    *("value_and_grads", "value_and_grad_params", "value_and_grad_x", "value_and_grad_target"),
}


class Mlp(tl.Module):
    w1: Float[Tensor, "hidden inputs"]
    b1: Float[Tensor, "hidden"]
    w2: Float[Tensor, "outputs hidden"]

    def __call__(self, x: Float[Tensor, "*b inputs"]) -> Float[Tensor, "*b outputs"]:
        return tl.tanh(x @ self.w1.T + self.b1) @ self.w2.T


class Embedding(tl.Module):
    table: Float[Tensor, "words size"]

    def __call__(self, words: Int[Tensor, "n"]) -> Float[Tensor, "n size"]:
        return tl.softplus(tl.take(self.table, words, axis=0))


class Ordered(tl.Module):
    table: Float[Tensor, "words size"]
    order: Int[Tensor, "size"]

    def __call__(self, x: Float[Tensor, "n size"]) -> Float[Tensor, "n words"]:
        return tl.tanh(x @ tl.take(self.table, self.order, axis=1).T)


class Wave(tl.Module):
    pace: Float[Tensor, "n"]

    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return tl.sin(x * self.pace)


class TwoInputs(tl.Module):
    scale: Float[Tensor, "n"]

    def __call__(self, x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x * y * self.scale


def mlp() -> Mlp:
    draw = np.random.default_rng(0).normal
    return Mlp(tl.tensor(draw(size=(3, 2))), tl.tensor(draw(size=3)), tl.tensor(draw(size=(2, 3))))


def failed_entries(report: Report) -> set[str]:
    return {row.entry for row in report.rows if row.verdict is Verdict.FAIL}


def test_every_entry_point_of_a_model() -> None:
    report = verify_model(mlp())
    assert report.clean(), [str(finding) for _, finding in report.findings]
    by_target = {
        row.target: {other.entry for other in report.rows if other.target == row.target} for row in report.rows
    }
    assert by_target == {"Mlp": OUTPUT, "Mlp with mse": LOSS, "Mlp with cross_entropy_one_hot": LOSS}
    counted = {(row.entry, row.argument) for row in report.rows if row.nonzero and row.layer == "balls"}
    for name in ("params.w1", "params.b1", "params.w2"):
        assert {("grad_params", name), ("jvp_params", name), ("hvp_params", name), ("jacrev_params", name)} <= counted
    assert {("grad_inputs", "x"), ("grad_inputs", "target"), ("value_and_grads", "value")} <= counted
    assert all(row.bound is None or row.bound < -60 for row in report.rows)


def test_sequentials_find_their_input() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(6, 4, key=0), nn.GELU(), nn.Linear(4, 1, key=1))
    report = verify_model(net, name="net")
    assert report.clean(), [str(finding) for _, finding in report.findings]
    assert "x of shape [2, 6]" in report.notes[0]
    assert {row.target for row in report.rows} == {"net", "net with mse"}


def test_an_integer_input_is_not_differentiated() -> None:
    report = verify_model(Embedding(tl.tensor([[0.5, -1.0], [2.0, 0.25]])))
    assert report.clean(), [str(finding) for _, finding in report.findings]
    entries = {row.entry for row in report.rows}
    assert "grad_params" in entries and "grad_target" in entries and not entries & {"grad_x", "vjp_input"}


def test_integer_parameters_are_carried_along() -> None:
    report = verify_model(Ordered(tl.tensor([[0.5, -1.0], [2.0, 0.25]]), tl.tensor([1, 0])), tl.OutputLoss.mse())
    assert report.clean(), [str(finding) for _, finding in report.findings]
    assert "params.order" not in {row.argument for row in report.rows}
    assert any("the parameter order is not floating" in reason for reason in report.skipped)


def test_single_precision() -> None:
    report = verify_model(nn.Linear(2, 3, key=0, dtype=tl.float32))
    assert report.clean(), [str(finding) for _, finding in report.findings]


def test_a_loss_and_an_input_of_ones_own() -> None:
    loss = tl.OutputLoss(lambda output, target: tl.sum(tl.softplus(output) * target))
    report = verify_model(nn.Linear(2, 2, key=0), loss, x=tl.tensor([[1.0, 2.0]]), target=tl.tensor([[0.5, 2.0]]))
    assert report.clean() and {row.target for row in report.rows} == {"Linear", "Linear with the given loss"}
    assert "the given input" in report.notes[0]


def test_a_detached_loss_has_no_gradient_in_the_parameters() -> None:
    report = verify_model(nn.Linear(2, 1, key=0), tl.OutputLoss.detach(tl.OutputLoss.mse()))
    zero = {row.argument for row in report.rows if row.verdict is Verdict.FAIL}
    assert zero == {"params", "params.weight", "params.bias", "x"}
    assert all("of zeros" in finding.what for _, finding in report.findings)


class Frozen(tl.Module):
    """One parameter that is held fixed, and one without elements."""

    fixed: Float[Tensor, "o i"]
    free: Float[Tensor, "o"]
    none: Float[Tensor, "0"]

    def __call__(self, x: Float[Tensor, "*b i"]) -> Float[Tensor, "*b o"]:
        return tl.tanh(x @ tl.stop_gradient(self.fixed).T) * self.free + tl.sum(self.none)


def test_parameters_that_are_held_fixed_or_empty() -> None:
    report = verify_model(Frozen(tl.tensor([[1.0, 2.0]]), tl.ones(1), tl.zeros(0)), depth=QUICK)
    assert report.clean() and len(report.skipped) == 2
    assert "params.fixed, zero since" in report.skipped[0] and "params.none, which has no elem" in report.skipped[1]


@pytest.mark.parametrize("relative", [1e-6, 1e-20])
def test_a_planted_fault_is_found_and_named(relative: float) -> None:
    assert verify_model(mlp(), tl.OutputLoss.mse(), depth=QUICK).clean()
    with planted_fault("tanh", relative=relative):
        report = verify_model(mlp(), tl.OutputLoss.mse(), depth=QUICK)
    assert failed_entries(report) == (OUTPUT | LOSS) - {"loss_program", "grad_target", "value_and_grad_target"}
    for row, finding in report.findings:
        if row.verdict is Verdict.FAIL and finding.operation:
            assert "the jvp rule of tanh in operand 0 is wrong" in finding.operation
            assert "test_models.py" in finding.source and "__call__" in finding.source


def test_what_the_fault_does_not_touch_passes() -> None:
    with planted_fault("tanh"):
        report = verify_model(mlp(), tl.OutputLoss.mse(), depth=QUICK)
    for row in report.rows:
        if row.layer == "balls" and row.argument in ("params.w2", "target") and row.mode == "reverse":
            assert row.verdict is Verdict.PASS


def test_a_fault_of_second_order_is_seen_by_hvp_alone() -> None:
    with planted_rules("tanh", jvp=lambda y, x, dx: dx * (1 - tl.stop_gradient(y * y))):
        report = verify_model(mlp(), tl.OutputLoss.mse(), depth=QUICK)
    assert failed_entries(report) == SECOND
    assert "the jvp rule's derivative of tanh in operand 0" in report.findings[0][1].operation


def test_a_fault_of_what_the_gradient_is_made_of_is_named() -> None:
    net = nn.Sequential(nn.Linear(2, 3, key=0), nn.ReLU(), nn.Linear(3, 2, key=1))
    with planted_fault("where", relative=1e-6):
        report = verify_model(net, tl.OutputLoss.mse(), depth=QUICK)
    assert failed_entries(report) == SECOND - {"grad of jvp_params"}
    assert all("the jvp rule of where in operand" in finding.operation for _, finding in report.findings)


def test_a_float_kernel_is_named() -> None:
    right = PRIMITIVES["sin"].kernel
    model = Wave(tl.tensor([0.5, 2.0]))
    wrong = planted_rules("sin", kernel=lambda x: right(x) if x.dtype == object else right(x) * (1 + 1e-9), ufunc=None)
    with wrong:
        report = verify_model(model, tl.OutputLoss.mse(), depth=QUICK)
    assert {row.layer for row in report.rows if row.verdict is Verdict.FAIL} == {"floats"}
    assert all("the float64 kernel of sin is wrong" in finding.operation for _, finding in report.findings)


def test_a_fault_of_an_entry_point_is_told_from_one_of_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    right = tl.grad_x
    monkeypatch.setattr(tl, "grad_x", lambda *args: right(*args) * (1 + 2.0**-50))
    report = verify_model(mlp(), tl.OutputLoss.mse(), depth=QUICK)
    assert failed_entries(report) == {"grad_x"}
    assert "the fault lies in" in report.findings[0][1].operation


def test_gradients_of_each_other_are_not_confused(monkeypatch: pytest.MonkeyPatch) -> None:
    right = tl.grad_inputs
    monkeypatch.setattr(tl, "grad_inputs", lambda *args: right(*args)[::-1])
    report = verify_model(nn.Linear(3, 3, key=0), tl.OutputLoss.mse(), depth=QUICK)
    assert failed_entries(report) == {"grad_inputs"}


def test_models_of_several_inputs_are_told() -> None:
    with pytest.raises(Exception, match="models of one input"):
        verify_model(TwoInputs(tl.tensor([1.0])))

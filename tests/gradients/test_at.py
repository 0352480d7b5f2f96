"""At given data: how many digits of a gradient are right, parameter by parameter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from jaxtyping import Float
from tl_checker.gradients.at import load_data, verify_at
from tl_checker.gradients.planting import planted_fault
from tl_checker.gradients.verdict import Verdict

import tl_dsl as tl
from tl_dsl import Tensor, nn
from tl_dsl.errors import ArgumentError


def cancelling(x: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    """Its gradient is small, and the difference of large numbers."""
    return tl.sum((x + 2.0**30) * (x + 2.0**30) * 0.5 - x * 2.0**30)


def data(**arrays: object) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    return {name: np.asarray(array, float) for name, array in arrays.items()}


def test_every_parameter_of_a_model_has_its_digits() -> None:
    found = verify_at(nn.Linear(2, 3, key=0), data(x=[[1, 2]], target=[[0, 1, 0]]), loss=tl.OutputLoss.mse())
    assert found.report.clean()
    assert [one.name for one in found.digits] == ["params.weight", "params.bias", "x", "target"]
    assert all(14 < one.right <= one.held < 16 for one in found.digits)
    assert "params.weight[3, 2]: 1" in str(found.digits[0]) and "digits are right" in str(found.digits[0])


def test_parameters_may_be_among_the_data() -> None:
    layer = nn.Linear(1, 1, key=0)
    found = verify_at(layer, data(x=[[1]], target=[[0]], weight=[[3]], bias=[0.5]))
    gradient = next(one for one in found.digits if one.name == "params.weight")
    assert gradient.got == 7.0 and gradient.right == gradient.held


def test_lost_digits_are_counted_and_shown() -> None:
    found = verify_at(cancelling, data(x=[0.001, 3.1]))
    (one,) = found.digits
    assert one.right < 9 and one.own < 5 and one.index == (0,)
    assert {row.verdict for row in found.report.rows if row.layer == "floats"} <= {Verdict.PASS, Verdict.INACCURATE}


def test_single_precision_holds_seven_digits() -> None:
    found = verify_at(nn.Linear(2, 2, key=0, dtype=tl.float32), data(x=[[1, 2]], target=[[0, 1]]))
    assert found.report.clean()
    assert all(one.held < 7.3 for one in found.digits if one.name.startswith("params"))


def test_a_wrong_rule_is_found_at_data() -> None:
    with planted_fault("mul", relative=1e-18):
        assert verify_at(cancelling, data(x=[1.0, 2.0])).report.verdict is Verdict.FAIL


def test_arguments_by_keyword_and_behind_a_default() -> None:
    def energy(x: Tensor, scale: float = 2.0, shift: Tensor | None = None, *, y: Tensor) -> Tensor:
        return tl.sum(x * y * scale * (1 if shift is None else shift))

    found = verify_at(energy, data(x=[1.0, 2.0], shift=[3.0, 5.0], y=[1.0, 1.0]))
    assert found.report.clean() and [one.name for one in found.digits] == ["x", "shift", "y"]
    assert {one.name: one.got for one in found.digits}["y"] in (6.0, 20.0)


WRONG = {
    "x is missing": (nn.Linear(2, 1, key=0), data(target=[[0]]), "at data with x"),
    "unknown names": (nn.Linear(2, 1, key=0), data(x=[[1, 2]], target=[[0]], y=[1]), "data are arrays by name"),
    "another shape": (nn.Linear(2, 1, key=0), data(x=[[1, 2]], target=[[0]], weight=[1]), "the data for weight"),
    "an argument is missing": (cancelling, data(y=[1]), "for each of its arguments"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_data_are_told(case: str) -> None:
    target, given, told = WRONG[case]
    with pytest.raises(ArgumentError, match=told):
        verify_at(target, given)


def test_data_come_from_a_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x=np.ones(3))
    assert load_data(tmp_path / "data.npz")["x"].shape == (3,)
    np.save(tmp_path / "one.npy", np.ones(3))
    with pytest.raises(ArgumentError, match="file of arrays by name"):
        load_data(tmp_path / "one.npy")

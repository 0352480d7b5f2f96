"""Every code can be explained; an unknown one gets a suggestion."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from tl_checker.cli import main
from tl_checker.codes import BY_NAME
from tl_checker.explain import run_time_codes


@pytest.mark.parametrize("code", sorted({*BY_NAME, *run_time_codes()}))
def test_every_code(code: str) -> None:
    result = CliRunner().invoke(main, ["explain", code])
    assert result.exit_code == 0 and result.output.startswith(f"{code}\n\n")


def test_all_and_unknown() -> None:
    runner = CliRunner()
    assert runner.invoke(main, ["explain"]).output.split() == sorted({*BY_NAME, *run_time_codes()})
    result = runner.invoke(main, ["explain", "tensor-shpae"])
    assert result.exit_code == 2 and "tensor-shape" in result.output

"""Random programs: what the checker says against what happens when they run; many more with `make agree`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.static.agree.drawing import draw
from tests.static.agree.of_values import is_of_values
from tests.static.agree.program import for_running
from tests.static.agree.report import Report
from tests.static.agree.running import execute
from tests.static.agree.sizes import REVEALING, holds, is_revealing
from tests.static.agree.trials import trials

COUNT = 160


@pytest.mark.parametrize("library", ["tl"])
def test_verdicts(library: str, tmp_path: Path) -> None:
    report = Report(library)
    for trial in trials(COUNT, "tests", library, COUNT, tmp_path):
        report.add(trial)
    assert not [t for t in report.disagreements if t.verdict.kind != "open"], report.text(3, 0, tmp_path)
    assert report.faults["line"] >= 0.9 * sum(report.faults.values())


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_the_same_seed_gives_the_same_program_which_works(seed: str) -> None:
    program = draw(seed)
    assert for_running(program) == for_running(draw(seed))
    assert not [failure for failure in execute(program).failures if is_revealing(failure.sizes)]


@pytest.mark.parametrize(
    ("assumption", "holds_for"),
    [
        ("n >= 8", [0, 2, 3]),
        ("2 divides n+1", [0, 1]),
        ("m <= n", [0, 3]),
        ("4 divides the number of elements of [*b, n]", [2, 3]),
        ("{count} equals m+2", [0]),
    ],
)
def test_assumptions_are_read(assumption: str, holds_for: list[int]) -> None:
    assert [sizes.number for sizes in REVEALING if holds(assumption, sizes)] == holds_for


def test_what_is_not_about_sizes_is_not_decided() -> None:
    assert holds("the matrix is not singular", REVEALING[0]) is None


@pytest.mark.parametrize(
    ("line", "of_values"),
    [
        ("x[i]", True),
        ("x[0, i]", True),
        ("np.take(x, i, axis=0)", True),
        ("x.take(i)", True),
        ("np.take_along_axis(x, i[None], axis=0)", True),
        ("np.linalg.inv(np.zeros((2, 2)))", True),
        ("x[7]", False),
        ("x[i[:1] * 0, 7]", True),  # not told apart: an index in an array stands beside
        ("np.take(i, 7)", False),
        ("x[:, :, i]", False),
        ("x @ x", False),
        ("np.sum(x, axis=3)", False),
    ],
)
def test_a_failure_of_values_is_told_from_one_of_shapes(line: str, of_values: bool) -> None:
    source = f"y = 0\nz = 1; {line}\n"
    with pytest.raises(Exception) as caught:
        exec(compile(source, "<test>", "exec"), {"np": np, "x": np.ones((2, 3)), "i": np.array([9])})
    assert is_of_values(caught.value, source, "<test>") is of_values

"""A shape file for a real library: scipy, whose element types mypy reads from scipy-stubs."""

from __future__ import annotations

from pathlib import Path

import pytest
import scipy.linalg
import scipy.ndimage
import scipy.spatial.distance
import scipy.special
from tl_checker.shapes.libraries.libraries import read_library

from tests.static.against import decided, rows, rules_of
from tests.static.mypy_run import findings, run_mypy

ROOT = Path(__file__).parents[2]
SHAPES = ROOT / "examples" / "scipy.shapes.pyi"
PROGRAM = ROOT / "examples" / "gaussian_process.py"
FAULTS = {
    "cdist(x, y,": ("cdist(x, y.T,", "cdist: axis 1 (d) of argument 2 (XB) must be d"),
    "kernel(x, new), lower": ("kernel(new, x), lower", "solve_triangular"),
    "return mean, ": ("return white, ", "Incompatible return value type"),
}

ROWS = """
scipy.special.expit(a); scipy.special.gammaln(a); scipy.special.xlogy(a, b); scipy.special.softmax(a);
scipy.special.softmax(a, axis=i); scipy.special.log_softmax(a, axis=i); scipy.special.logsumexp(a);
scipy.special.logsumexp(a, axis=i); scipy.special.logsumexp(a, axis=i, keepdims=True);
scipy.special.logsumexp(a, b=b); scipy.linalg.solve(a, v); scipy.linalg.solve(a, b); scipy.linalg.inv(a);
scipy.linalg.solve_triangular(a, b); scipy.linalg.det(a); scipy.linalg.expm(a);
scipy.spatial.distance.cdist(a, b); scipy.spatial.distance.pdist(a); scipy.ndimage.gaussian_filter(a, 1.0)
"""


@pytest.mark.parametrize("row", rows(ROWS))
def test_a_rule_says_what_scipy_does(row: str) -> None:
    rules = rules_of(read_library(SHAPES), "scipy")
    assert decided(row, {"scipy": rules}, {"scipy": scipy}) > 2, f"{row} is hardly ever decided"


def test_a_program(tmp_path: Path) -> None:
    settings = f'[tool.tl]\nstrict_shapes = true\nstubs = ["{SHAPES}"]\n'
    text = PROGRAM.read_text()
    programs = [tmp_path / PROGRAM.name]
    programs[0].write_text(text)
    for number, (old, (new, _)) in enumerate(FAULTS.items()):
        assert text.count(old) == 1
        programs.append(tmp_path / f"fault{number}.py")
        programs[-1].write_text(text.replace(old, new))
    found = findings(run_mypy(programs, tmp_path / "run", settings=settings))
    assert not [f for f in found if f.file == PROGRAM.name]
    for number, (old, (_, wanted)) in enumerate(FAULTS.items()):
        lines = text[: text.index(old)].count("\n") + 1
        said = [f for f in found if f.file == f"fault{number}.py"]
        assert [f.line for f in said] == [lines] and wanted in said[0].text, said

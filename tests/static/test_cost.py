"""What the plugin costs where it has nothing to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.static.mypy_run import run_mypy

IMPORTED = """\
import sys
from mypy import api
output, errors, status = api.run(sys.argv[1:])
print(output, errors, *sorted({name.split(".")[0] for name in sys.modules} & {"numpy", "jaxtyping", "tl_dsl"}))
"""


def imported(program: Path, run: Path) -> str:
    """What a run of mypy says, and which heavy packages it has imported."""
    options = ["--config-file", str(run / "mypy.ini"), "--cache-dir", str(run / "cache"), "--no-error-summary"]
    result = subprocess.run(
        [sys.executable, "-c", IMPORTED, *options, program.name], cwd=program.parent, capture_output=True, text=True
    )
    assert result.stderr == ""
    return " ".join(result.stdout.split())


SHAPES = """\
from jaxtyping import Float
from tl_dsl import Tensor
def f(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    return y
"""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    run_mypy([write(tmp_path, "")], tmp_path / "run")
    return tmp_path / "run"


def write(folder: Path, text: str) -> Path:
    program = folder / "program.py"
    program.write_text(text)
    return program


def test_a_warm_unchanged_run_imports_nothing_heavy(run: Path) -> None:
    program = write(run.parent, SHAPES)
    cold = imported(program, run)
    assert "[tensor-shape]" in cold and cold.endswith("jaxtyping numpy tl_dsl")
    assert imported(program, run) == cold.removesuffix("jaxtyping numpy tl_dsl").strip()


def test_a_program_without_arrays_imports_nothing_heavy(run: Path) -> None:
    text = "from typing import Annotated\nn: Annotated[int, 'n m'] = 2 * 3\nprint(len([n]), n + 1)\n"
    assert imported(write(run.parent, text), run) == ""

"""What the plugin costs where it has nothing to do."""

from __future__ import annotations

import os
import re
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


HEAVY = {"numpy", "jaxtyping", "tl_dsl"}
"""Of these, the checker needs the operations of tl_dsl, and with them numpy, when it gets to an annotation."""


def imported(program: Path, run: Path, *more: Path) -> str:
    """What a run of mypy says, and which heavy packages it has imported."""
    options = ["--config-file", str(run / "mypy.ini"), "--cache-dir", str(run / "cache"), "--no-error-summary"]
    result = subprocess.run(
        [sys.executable, "-c", IMPORTED, *options, program.name, *(other.name for other in more)],
        cwd=program.parent,
        capture_output=True,
        text=True,
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
    assert "[tensor-shape]" in cold and cold.endswith("numpy tl_dsl")
    assert imported(program, run) == cold.removesuffix("numpy tl_dsl").strip()


def test_a_program_without_arrays_imports_nothing_heavy(run: Path) -> None:
    text = "from typing import Annotated\nn: Annotated[int, 'n m'] = 2 * 3\nprint(len([n]), n + 1)\n"
    assert imported(write(run.parent, text), run) == ""


def test_a_changed_file_without_shapes_imports_nothing_heavy(run: Path) -> None:
    program, other = write(run.parent, SHAPES), run.parent / "other.py"
    other.write_text("def double(n: int) -> int:\n    return n + n\n")
    cold = imported(program, run, other)
    assert "[tensor-shape]" in cold
    other.write_text("def double(n: int) -> int:\n    return n * 2 + len([n])\n")
    assert imported(program, run, other) == cold.removesuffix("numpy tl_dsl").strip()


def test_tl_check_imports_nothing_heavy_in_a_warm_run(run: Path) -> None:
    write(run.parent, SHAPES)
    command = [sys.executable, "-c", "from tl_checker.cli import main; main()", "check", "program.py"]
    command += ["--cache-dir", str(run / "cache")]
    environment = {**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}  # of mypy, which it starts, too
    said = [subprocess.run(command, cwd=run.parent, capture_output=True, text=True, env=environment) for _ in range(2)]
    cold, warm = (re.findall(r"\| +([a-z_]+)$", result.stderr, re.MULTILINE) for result in said)
    assert said[0].stdout == said[1].stdout and "[tensor-shape]" in said[0].stdout
    assert set(cold) & HEAVY == {"numpy", "tl_dsl"} and not HEAVY & set(warm) and warm.count("click") == 1

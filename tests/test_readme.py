"""The README tells the truth: its code runs, mypy accepts it, and the errors that it shows are those that one gets."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from tl_checker.cli import main

import tl_dsl as tl
from tl_dsl.errors import ShapeError

TEXT = (Path(__file__).resolve().parent.parent / "README.md").read_text()
CODE = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
SHOWN = re.findall(r"```text\n(.*?)```", TEXT, flags=re.DOTALL)
SETTINGS = re.findall(r"```toml\n(.*?)```", TEXT, flags=re.DOTALL)
BUGS = [("q @ k.mT", "q @ k"), ("nn.Linear(128, 10, key=1)", "nn.Linear(127, 10, key=1)")]


def mypy(folder: Path, source: str) -> str:
    (folder / "pyproject.toml").write_text(SETTINGS[0])
    (folder / "model.py").write_text(source)
    run = subprocess.run([sys.executable, "-m", "mypy", "model.py"], cwd=folder, capture_output=True, text=True)
    return run.stdout + run.stderr


def test_the_code_runs() -> None:
    scope: dict[str, object] = {"__name__": "__main__"}
    for block in CODE:
        exec(compile(block, "README.md", "exec"), scope)


def test_mypy_says_what_is_shown(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    assert "Success" in mypy(tmp_path, CODE[0])
    wrong = CODE[0]
    for right, bug in BUGS:
        assert right in wrong
        wrong = wrong.replace(right, bug)
    said = mypy(tmp_path, wrong)
    for line in SHOWN[0].splitlines():
        assert line in said


def test_the_run_time_says_what_is_shown() -> None:
    scope: dict[str, object] = {"__name__": "__main__"}
    exec(compile(CODE[0], "README.md", "exec"), scope)
    attention = scope["attention"]
    assert callable(attention)
    with pytest.raises(ShapeError) as raised:
        tl.typed(attention)(tl.ones((2, 5)), tl.ones((7, 5)), tl.ones((6, 3)))
    assert f"{type(raised.value).__module__}.{type(raised.value).__qualname__}: {raised.value}\n" == SHOWN[1]


def test_the_command_says_what_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source,) = [block for block in CODE if "1.0000001" in block]
    head = "import tl_dsl as tl\nfrom jaxtyping import Float\nfrom tl_dsl import Tensor\n\n\n"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "model.py").write_text(head + source)
    (tmp_path / "mended.py").write_text(head + source.replace("1.0000001 - y", "1 - y"))
    wrong = CliRunner().invoke(main, ["verify", "model.py:swish", "--quick"])
    assert wrong.exit_code == 1
    assert without_ulps(wrong.stdout) == without_ulps(SHOWN[2])
    mended = CliRunner().invoke(main, ["verify", "mended.py:swish", "--quick"])
    assert mended.exit_code == 0 and float(mended.stdout.splitlines()[1].split()[4]) < 1e-33


def without_ulps(text: str) -> list[str]:
    """The lines; in the table without the last column, in which every processor may have its own rounding."""
    return [re.sub(r"^(swish .*?) +[\d.]+ *$", r"\1", line).rstrip() for line in text.strip().splitlines()]

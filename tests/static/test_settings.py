"""`[tool.tl]` in pyproject.toml, and the version of mypy: what is wrong is one line, with the place."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from mypy.errors import CompileError
from tl_checker.mypy_versions import NEWEST, OLDEST
from tl_checker.shapes.host.settings import Settings

WRONG = [
    ("[tool.tl]\nstrict_shapes = 'no'", ":2: error: [tool.tl] strict_shapes: is true or false; got 'no'"),
    (
        "[tool.tl]\n\nstrict_shape = true",
        ":3: error: [tool.tl] strict_shape: is no setting; did you mean strict_shapes?",
    ),
    ("[tool.tl]\ncolour = 1", ":2: error: [tool.tl] colour: is no setting; there are strict_shapes and stubs"),
    ("[tool]\ntl.stubs = 'a.shapes.pyi'", ":2: error: [tool.tl] stubs: is a list of paths; got 'a.shapes.pyi'"),
    ("[tool.tl]\nstubs = [\n  1,\n]", ":2: error: [tool.tl] stubs: is a list of paths; got [1]"),
    ("[tool.tl]\nstubs = [\n  'here',\n  'a.shapes.pyi',\n]", ":4: error: [tool.tl] stubs: there is no file or folder"),
    ("[tool.tl]\nstubs = ['lib.pyi']", ":2: error: [tool.tl] stubs: the name of a shape file is LIBRARY.shapes.pyi"),
    ("tool.tl = 1", ":1: error: [tool.tl] tl: is no setting"),
    ("[tool.tl]\nstrict_shapes = yes", ":2: error: Invalid value"),
    ("# \udcff", ":1: error: 'utf-8' codec can't decode"),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[text for text, _ in WRONG])
def test_wrong_settings(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    (tmp_path / "here").mkdir()
    (tmp_path / "lib.pyi").write_text("")
    with pytest.raises(CompileError) as raised:
        Settings.read(str(tmp_path / "mypy.ini"))
    assert len(raised.value.messages) == 1 and raised.value.messages[0].startswith(
        f"{tmp_path / 'pyproject.toml'}{said}"
    )


@pytest.mark.parametrize(
    "text", ["", "tool = 3", "[tool.tl]\nstrict_shapes = false\nstubs = []", "[tool.tl.verify]\nseed = 1"]
)
def test_nothing_is_set(text: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    assert Settings.read(str(tmp_path / "mypy.ini")) == Settings()


def ends(folder: Path, plugin: str = "tl_checker.plugin") -> str:
    """What a run of mypy says that ends before it checks anything."""
    (folder / "program.py").write_text("")
    (folder / "mypy.ini").write_text(f"[mypy]\nplugins = {plugin}\n")
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", "program.py"], cwd=folder, capture_output=True, text=True
    )
    assert run.returncode == 2
    return run.stdout + run.stderr


ENDS = [
    ("[tool.tl]\nstubs = ['missing.shapes.pyi']\n", "pyproject.toml:2: error: [tool.tl] stubs: there is no file"),
    ("[tool.tl]\nstubs = ['mylib.shapes.pyi']\n", "mylib.shapes.pyi:3: error: a shape file has functions"),
]


@pytest.mark.parametrize(("text", "said"), ENDS, ids=["missing", "wrong"])
def test_mypy_ends_in_one_line(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    (tmp_path / "mylib.shapes.pyi").write_text("\n\nimport os\n")
    output = ends(tmp_path)
    assert said in output and len(output.splitlines()) == 1


def test_another_mypy_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "later.py").write_text(
        "import tl_checker.plugin\ndef plugin(_): return tl_checker.plugin.plugin('2.9.1')\n"
    )
    output = ends(tmp_path, "later.py")
    assert "and this is mypy 2.9.1: no shapes are checked" in output and len(output.splitlines()) == 1


def test_the_range_is_the_declared_one() -> None:
    pyproject = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    (declared,) = pyproject["project"]["optional-dependencies"]["mypy"]
    assert declared == f"mypy>={OLDEST[0]}.{OLDEST[1]},<{NEWEST[0]}.{NEWEST[1] + 1}"

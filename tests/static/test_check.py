"""`tl check`: mypy with the plugin, whatever configuration there is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.static.mypy_run import run_mypy

RIGHT = """\
from jaxtyping import Float
from tl_dsl import Tensor
def f(x: Float[Tensor, "n m"], k: int) -> None:
    x.sum(axis=k)
"""
WRONG = (
    RIGHT
    + """\
def g(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    return y
"""
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder in which mypy has read the libraries already."""
    (tmp_path / "program.py").write_text(RIGHT)
    run_mypy([tmp_path / "program.py"], tmp_path / "run")
    shutil.move(tmp_path / "run" / "cache", tmp_path / ".mypy_cache")
    shutil.rmtree(tmp_path / "run")
    return tmp_path


def check(folder: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-c", "from tl_checker.cli import main; main()", "check", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "MYPY_CONFIG_FILE_DIR"}
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, timeout=300)
    return result.returncode, result.stdout + result.stderr


def test_without_a_configuration(project: Path) -> None:
    assert check(project)[0] == 0
    status, output = check(project, "--strict-shapes", "program.py")
    assert status == 1 and "program.py:4: error:" in output and "[tensor-shape-lost]" in output
    (project / "program.py").write_text(WRONG)
    status, output = check(project, "program.py")
    assert status == 1 and "program.py:6: error:" in output and "[tensor-shape]" in output
    assert check(project, "missing.py")[0] == 2


CONFIGURATIONS = {
    "mypy.ini": "[mypy]\nwarn_unused_ignores = True\n[mypy-other.*,another]\nignore_errors = True\n",
    "pyproject.toml": "[tool.mypy]\nwarn_unused_ignores = true\nfiles = ['program.py']\n"
    "[[tool.mypy.overrides]]\nmodule = ['other.*']\nignore_errors = true\n[tool.tl]\nstrict_shapes = true\n",
    "setup.cfg": "[metadata]\nname = x\n[mypy]\nwarn_unused_ignores = True\nplugins = tl_checker.plugin\n",
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_with_a_configuration(name: str, project: Path) -> None:
    (project / name).write_text(CONFIGURATIONS[name])
    (project / "program.py").write_text(WRONG + "1 + 1  # type: ignore\n")
    status, output = check(project, *([] if "files" in CONFIGURATIONS[name] else ["program.py"]))
    assert status == 1 and "[tensor-shape]" in output and "[unused-ignore]" in output
    assert ("[tensor-shape-lost]" in output) == ("strict_shapes" in CONFIGURATIONS[name])


def test_without_a_program(tmp_path: Path) -> None:
    assert check(tmp_path) == (2, "There are no .py[i] files in directory '.'\n")
    assert check(tmp_path, "missing.py")[0] == 2
    (tmp_path / "program.py").write_text("def f(:\n")
    status, output = check(tmp_path, "program.py")
    assert status == 2 and "program.py:1: error:" in output and "[syntax]" in output


OWN = """\
from mypy.plugin import Plugin
def entry(version):
    class Own(Plugin):
        def get_function_hook(self, fullname):
            if fullname == "program.special":
                return lambda ctx: ctx.api.named_generic_type("builtins.bytes", [])
    return Own
"""
SPECIAL = "def special() -> str: ...\nreveal_type(special())\n"


def test_beside_plugins_of_ones_own_and_from_another_folder(project: Path) -> None:
    (project / "own.py").write_text(OWN)
    (project / "mypy.ini").write_text("[mypy]\nplugins = own.py:entry\n")
    (project / "program.py").write_text(WRONG + SPECIAL)
    (project / "deeper").mkdir()
    cache = f"--cache-dir={project / '.mypy_cache'}"
    status, output = check(project / "deeper", cache, "../program.py")
    assert status == 1 and "program.py:6: error:" in output and "[tensor-shape]" in output
    assert 'bytes"' in output


def test_with_a_configuration_that_is_named(project: Path) -> None:
    (project / "other.ini").write_text("[mypy]\nwarn_unused_ignores = True\n")
    (project / "program.py").write_text(WRONG + "1 + 1  # type: ignore\n")
    status, output = check(project, "--config-file", "other.ini", "program.py")
    assert status == 1 and "[tensor-shape]" in output and "[unused-ignore]" in output


@pytest.mark.parametrize(("name", "text"), [("pyproject.toml", "[tool.mypy"), ("mypy.ini", "strict = True")])
def test_a_configuration_that_cannot_be_read(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    status, output = check(tmp_path)
    assert status == 2 and output.startswith("tl check: ") and name in output and len(output.splitlines()) == 1
    assert check(tmp_path, "--config-file", "missing.ini")[0] == 2


def test_help_says_what_it_does(project: Path) -> None:
    status, output = check(project, "--help")
    assert status == 0 and "--strict-shapes" in output and 'plugins = ["tl_checker.plugin"]' in output

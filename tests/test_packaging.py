"""What is installed, what importing costs, and the commands that a newcomer types."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from operator import attrgetter
from pathlib import Path

import pytest

import tl_dsl as tl
from tl_dsl.op import OPS

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"tl_dsl", "tl_checker", "tl_specs", "tl_stubs"}


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_wheel(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    options = ["--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", str(tmp_path)]
    built = run(sys.executable, "-m", "pip", "wheel", *options, ".")
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        entry_points = archive.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(names)
    assert "tl = tl_checker.cli:main" in entry_points


def test_importing_the_language_is_light() -> None:
    heavy = ["mypy", "click", "rich", "flint", "scipy", "sklearn", "tl_checker", "tl_specs", "hypothesis"]
    code = f"import sys, tl_dsl; print([name for name in {heavy} if name in sys.modules])"
    assert run(sys.executable, "-c", code).stdout.strip() == "[]"


@pytest.mark.parametrize("target", ["demo", "test", "lint", "bench"])
def test_make_knows_its_targets(target: str) -> None:
    assert run("make", "--dry-run", target).returncode == 0


def test_finding_a_python() -> None:
    found = run(".ci/find-python", "no-such-python", sys.executable)
    assert found.returncode == 0 and Path(found.stdout.strip()).exists()
    absent = run(".ci/find-python", "--only", "3.99")
    assert absent.returncode == 1 and not absent.stdout and not absent.stderr
    nowhere = run(".ci/find-python", "no-such-python", PATH="/nowhere:/bin", PYENV_ROOT="/nowhere", HOME="/nowhere")
    if nowhere.returncode:  # a Python in /bin or /usr/bin may well do
        assert "PYTHON=" in nowhere.stderr


def test_every_operation_is_a_public_name() -> None:
    assert [name for name, entry in OPS.items() if attrgetter(name)(tl) is not entry.function] == []


def test_no_machine_paths() -> None:
    tracked = run("git", "ls-files").stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")
    private = re.compile(r"/(root|home|work)/\w")
    texts = [path for path in tracked if Path(path).suffix in {".py", ".md", ".toml", ".pyi", ""}]
    found = [p for p in texts if (ROOT / p).is_file() and private.search((ROOT / p).read_text(errors="ignore"))]
    assert found == []

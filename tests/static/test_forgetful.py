"""What the checker remembers saves time, and changes nothing that it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.static.mypy_run import run_mypy

HERE = Path(__file__).parent
PROGRAMS = [HERE / "programs" / f"{name}.py" for name in ("facts_numpy", "numpy_functions", "numpy_decompositions")]
PROGRAMS += [HERE / "programs" / f"{name}.py" for name in ("contractions", "lost", "operations", "spreading")]
BUGS = sorted((HERE / "corpus" / "numpy" / "bug").glob("*.py"))
STRICT = "[tool.tl]\nstrict_shapes = true\n"


@pytest.mark.parametrize("files", [PROGRAMS, BUGS], ids=["programs", "corpus"])
def test_without_memory_the_checker_says_the_same(files: list[Path], tmp_path: Path) -> None:
    options = ("--enable-error-code", "tensor-shape-assumed")
    said = [
        run_mypy(files, tmp_path / f"{i}", *options, settings=STRICT, plugin=plugin)
        for i, plugin in enumerate(("tl_checker.plugin", str(HERE / "forgetful.py")))
    ]
    assert said[0] == said[1] and "tensor-shape" in said[0]

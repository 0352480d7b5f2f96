"""What the checker remembers saves time, and changes nothing that it says."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.static.mypy_run import run_mypy

HERE = Path(__file__).parent
NAMES = ("facts_numpy", "numpy_functions", "numpy_decompositions", "contractions", "operations", "spreading")
FILES = [HERE / "programs" / f"{name}.py" for name in NAMES] + sorted((HERE / "corpus" / "numpy" / "bug").glob("*.py"))
STRICT = "[tool.tl]\nstrict_shapes = true\n"


def test_without_memory_the_checker_says_the_same(tmp_path: Path) -> None:
    files = [Path(shutil.copy(file, tmp_path)) for file in FILES]
    options = ("--enable-error-code", "tensor-shape-assumed")
    said = [
        run_mypy(files, tmp_path / f"{i}", *options, settings=STRICT, plugin=plugin)
        for i, plugin in enumerate(("tl_checker.plugin", str(HERE / "forgetful.py")))
    ]
    assert said[0] == said[1] and "tensor-shape" in said[0]

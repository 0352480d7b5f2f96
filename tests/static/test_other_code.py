"""Code that knows nothing of shapes, in files that use jaxtyping: the plugin neither fails nor says anything of it.

The code is the standard library's own, most of it without annotations; each module is given one function with shapes.
"""

from __future__ import annotations

import re
import sysconfig
from pathlib import Path

import pytest

from tests.static.mypy_run import findings, run_mypy

LIBRARY = Path(sysconfig.get_path("stdlib"))
USE = """\
import numpy as _np
from jaxtyping import Float as _Float
def _same(x: _Float[_np.ndarray, "n"]) -> _Float[_np.ndarray, "n"]:
    return x
"""
FEW = ("ast", "dataclasses", "fractions", "pydoc", "random", "shutil", "statistics", "typing")
OPTIONS = ("--check-untyped-defs", "--follow-imports=silent")


def said(names: list[str], folder: Path) -> list[str]:
    """What mypy says of modules, under names of their own, in the codes of the plugin."""
    files = []
    for name in names:
        text = (LIBRARY / f"{name}.py").read_text(encoding="utf-8")
        imports = list(re.finditer(r"(?m)^from __future__ .*\n", text))
        at = imports[-1].end() if imports else 0
        files.append(folder / f"of_{name}.py")
        files[-1].write_text(text[:at] + USE + text[at:], encoding="utf-8")
    output = run_mypy(files, folder / "run", *OPTIONS)
    return [f"{each.file}:{each.line}: {each.text}" for each in findings(output) if each.code.startswith("tensor-")]


def test_a_few_modules(tmp_path: Path) -> None:
    assert said(list(FEW), tmp_path) == []


@pytest.mark.thorough
def test_all_modules(tmp_path: Path) -> None:
    names = sorted(path.stem for path in LIBRARY.glob("*.py") if not path.stem.startswith("__"))
    assert said(names, tmp_path) == []

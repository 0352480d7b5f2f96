"""Every code: its example is reported under it, and its explanation says something."""

from __future__ import annotations

from pathlib import Path

from tl_checker.codes import STATIC

from tests.static.mypy_run import findings, run_mypy

PRELUDE = "from jaxtyping import Float, Int\nimport tl_dsl as tl\nfrom tl_dsl import Tensor\n"


def test_examples(tmp_path: Path) -> None:
    files = []
    for entry in STATIC:
        if entry.example:
            files.append(tmp_path / f"{entry.name.replace('-', '_')}.py")
            files[-1].write_text(PRELUDE + entry.example + "\n")
    settings = "[tool.tl]\nstrict_shapes = true\n"
    found = findings(run_mypy(files, tmp_path / "run", "--enable-error-code=tensor-shape-assumed", settings=settings))
    for file in files:
        codes = {finding.code for finding in found if finding.file == file.name and finding.kind == "error"}
        assert codes - {"empty-body"} == {file.stem.replace("_", "-")}


def test_every_code_is_explained() -> None:
    assert all(entry.summary and entry.explanation.endswith(".") for entry in STATIC)
    assert len({entry.name for entry in STATIC}) == len(STATIC)

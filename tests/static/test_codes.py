"""Every code: its failing example is reported under it, its mended one is not reported at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from tl_checker.codes import ALL, PRELUDE, RUN_TIME, STATIC, Code
from tl_checker.explain import run_time_codes

from tests.static.mypy_run import findings, run_mypy
from tl_dsl.errors import TlError


def test_examples_in_mypy(tmp_path: Path) -> None:
    files, wanted = [], set()
    for entry in STATIC:
        for kind, text in (("failing", entry.failing), ("mended", entry.mended)) if entry.failing else ():
            files.append(tmp_path / f"{entry.name.replace('-', '_')}_{kind}.py")
            files[-1].write_text(PRELUDE + text + "\n")
            lines = (PRELUDE + text).splitlines()
            wanted |= {(files[-1].name, i, entry.name) for i, line in enumerate(lines, 1) if line.endswith("# here")}
    settings = "[tool.tl]\nstrict_shapes = true\n"
    found = findings(run_mypy(files, tmp_path / "run", "--enable-error-code=tensor-shape-assumed", settings=settings))
    assert {(finding.file, finding.line, finding.code) for finding in found} == wanted
    assert len(wanted) == len(STATIC) - 1  # of a fault of the checker itself there is none


@pytest.mark.parametrize("entry", RUN_TIME, ids=lambda entry: entry.name)
def test_examples_at_run_time(entry: Code) -> None:
    with pytest.raises(TlError) as raised:
        exec(PRELUDE + entry.failing, {})
    assert raised.value.code == entry.name
    exec(PRELUDE + entry.mended, {})


def test_every_code_is_explained_once() -> None:
    assert {entry.name for entry in STATIC} | set(run_time_codes()) == set(ALL)
    assert len(ALL) == len(STATIC) + len(RUN_TIME)
    assert all(entry.summary and entry.explanation.endswith(".") for entry in ALL.values())

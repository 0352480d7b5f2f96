"""The corpus of shape bugs: how many are found on their line, and that no correct program is accused."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from jaxtyping import install_import_hook

from tests.static.mypy_run import Finding, findings, run_mypy

CORPUS = Path(__file__).parent / "corpus"
NAMES = sorted(path.name for path in (CORPUS / "bug").glob("*.py"))
CLEAN = 28
"""Pairs that are clean; raise it when another becomes so."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Finding]]:
    result = {}
    for kind in ("ok", "bug"):
        folder = tmp_path_factory.mktemp("corpus") / kind
        result[kind] = findings(run_mypy(sorted((CORPUS / kind).glob("*.py")), folder))
    return result


def errors(found: list[Finding], name: str) -> list[Finding]:
    return [finding for finding in found if finding.file == name and finding.kind == "error"]


def is_hit(found: list[Finding], name: str) -> bool:
    lines = (CORPUS / "bug" / name).read_text().splitlines()
    marked = {number for number, text in enumerate(lines, 1) if "# expect: error" in text}
    said = errors(found, name)
    return bool(said) and all(e.line in marked and e.code.startswith("tensor-") for e in said)


@pytest.mark.parametrize("name", NAMES)
def test_correct_programs_are_not_accused(name: str, found: dict[str, list[Finding]]) -> None:
    assert errors(found["ok"], name) == []


def test_clean_pairs(found: dict[str, list[Finding]]) -> None:
    clean = [name for name in NAMES if is_hit(found["bug"], name) and not errors(found["ok"], name)]
    missed = sorted(set(NAMES) - set(clean))
    assert len(NAMES) == 28 and len(clean) >= CLEAN, f"{len(clean)} clean; not clean: {missed}"


def run_checked(kind: str, name: str) -> None:
    """Run a program with jaxtyping and beartype checking every call."""
    module = f"corpus_{kind}_{Path(name).stem}"
    spec = importlib.util.spec_from_file_location(module, CORPUS / kind / name)
    assert spec is not None and spec.loader is not None
    with install_import_hook(module, "beartype.beartype"):
        spec = importlib.util.spec_from_file_location(module, CORPUS / kind / name)
        assert spec is not None and spec.loader is not None
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
    loaded._run()


@pytest.mark.parametrize("name", NAMES)
def test_correct_programs_run(name: str) -> None:
    run_checked("ok", name)


def test_the_marks_are_there() -> None:
    for name in NAMES:
        assert len(re.findall("# expect: error", (CORPUS / "bug" / name).read_text())) == 1
        assert "# expect" not in (CORPUS / "ok" / name).read_text()

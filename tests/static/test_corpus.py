"""The corpus of shape bugs: how many are found on their line, and that no correct program is accused."""

from __future__ import annotations

import importlib
import re
import shutil
import sys
from pathlib import Path

import pytest
from jaxtyping import install_import_hook

from tests.static.mypy_run import Finding, findings, run_mypy

CORPUS = Path(__file__).parent / "corpus"
LIBRARIES = ("tensor", "numpy")
FOLDERS = ("tensor", "numpy", "tensor_more", "numpy_more")
PAIRS = [(folder, path.name) for folder in FOLDERS for path in sorted((CORPUS / folder / "bug").glob("*.py"))]
IDS = [f"{library}-{name[:-3]}" for library, name in PAIRS]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[Finding]]:
    result = {}
    for library in LIBRARIES:
        for kind in ("ok", "bug"):
            folder = tmp_path_factory.mktemp("corpus")
            for of_library in (folder_name for folder_name in FOLDERS if folder_name.startswith(library)):
                shutil.copytree(CORPUS / of_library / kind, folder / "programs", dirs_exist_ok=True)
            said = findings(run_mypy(sorted((folder / "programs").glob("*.py")), folder / "run"))
            result.update({(name, kind): said for name in FOLDERS if name.startswith(library)})
    return result


def errors(found: list[Finding], name: str) -> list[Finding]:
    return [finding for finding in found if finding.file == name and finding.kind == "error"]


@pytest.mark.parametrize(("library", "name"), PAIRS, ids=IDS)
def test_a_correct_program_is_not_accused(library: str, name: str, found: dict[tuple[str, str], list[Finding]]) -> None:
    assert errors(found[library, "ok"], name) == []


@pytest.mark.parametrize(("library", "name"), PAIRS, ids=IDS)
def test_a_bug_is_reported_on_its_line(library: str, name: str, found: dict[tuple[str, str], list[Finding]]) -> None:
    lines = (CORPUS / library / "bug" / name).read_text().splitlines()
    marked = {number for number, text in enumerate(lines, 1) if "# expect: error" in text}
    said = errors(found[library, "bug"], name)
    assert {e.line for e in said} == marked and all(e.code.startswith("tensor-") for e in said), said


def run_checked(path: Path) -> None:
    """Run a program with jaxtyping and beartype checking every call."""
    # The hook is of the import system: a module loaded from its file directly would go by it, unchecked.
    sys.path.insert(0, str(path.parent))
    sys.modules.pop(path.stem, None)
    try:
        with install_import_hook(path.stem, "beartype.beartype"):
            loaded = importlib.import_module(path.stem)
    finally:
        sys.path.remove(str(path.parent))
        sys.modules.pop(path.stem, None)
    assert loaded.__file__ == str(path)
    loaded._run()


@pytest.mark.parametrize(("library", "name"), PAIRS, ids=IDS)
def test_a_correct_program_runs(library: str, name: str) -> None:
    run_checked(CORPUS / library / "ok" / name)


def test_the_marks_are_there() -> None:
    assert len(PAIRS) == 100
    for library, name in PAIRS:
        assert len(re.findall("# expect: error", (CORPUS / library / "bug" / name).read_text())) == 1
        assert "# expect" not in (CORPUS / library / "ok" / name).read_text()

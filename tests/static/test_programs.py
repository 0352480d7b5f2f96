"""Sample programs with what the checker says beside the line that causes it.

`# E: text [code]` expects an error that contains the text, `# R: type` what reveal_type prints; nothing more is said.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.static.mypy_run import PROGRAMS, Finding, findings, run_mypy

OPTIONS = ["--enable-error-code", "tensor-shape-assumed"]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    folder = tmp_path_factory.mktemp("programs")
    return findings(run_mypy(PROGRAMS, folder, *OPTIONS, settings="[tool.tl]\nstrict_shapes = true\n"))


def expected(line: str) -> tuple[list[tuple[str, str]], list[str]]:
    errors: list[tuple[str, str]] = []
    revealed: list[str] = []
    for part in re.split(r"\s+# (?=[ER]: )", line)[1:]:
        if part.startswith("R: "):
            revealed.append(part[3:].strip())
        elif match := re.fullmatch(r"E: (.*?)\s*\[([\w-]+)\]\s*", part):
            errors.append((match[1], match[2]))
    return errors, revealed


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_program(program: Path, output: list[Finding]) -> None:
    problems = []
    for number, text in enumerate(program.read_text().splitlines(), 1):
        said = [finding for finding in output if finding.file == program.name and finding.line == number]
        errors, revealed = expected(text)
        got_errors = [finding for finding in said if finding.kind == "error"]
        got_notes = [finding.text for finding in said if finding.text.startswith("Revealed type")]
        unmet = [want for want in errors if not any(want[1] == e.code and want[0] in e.text for e in got_errors)]
        extra = [e.text for e in got_errors if not any(want[1] == e.code and want[0] in e.text for want in errors)]
        if unmet or extra or [f'Revealed type is "{want}"' for want in revealed] != got_notes:
            problems.append(f"{program.name}:{number}: {text.strip()}\n  said: {[f.text for f in said]}")
    assert not problems, "\n".join(problems)


NOTES_OF_ERRORS = r'"\w+" is invariant|Perhaps you need a type annotation|Consider using "'


def test_no_note_is_left_of_an_error_that_was_dropped(output: list[Finding]) -> None:
    accused = {(f.file, f.line) for f in output if f.kind == "error" and f.code != "tensor-shape-lost"}
    notes = [f for f in output if f.kind == "note" and re.match(NOTES_OF_ERRORS, f.text)]
    assert notes and [note for note in notes if (note.file, note.line) not in accused] == []


def test_every_program_expects_something() -> None:
    assert PROGRAMS and all(re.search(r"# [ER]: ", path.read_text()) for path in PROGRAMS)

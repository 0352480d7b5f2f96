"""One verdict, however mypy comes to it: cold, warm, after edits, in two processes, with each cache, in its daemon.

The output is compared byte for byte. The order of the files, not what is said of one, is mypy's own affair where two
processes share the work, and after an edit.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.static.mypy_run import PROGRAMS, run_mypy

HERE = Path(__file__).parent
CORPUS = sorted((HERE / "corpus").glob("*/*/*.py"))
EDITED = sorted((HERE / "edited").glob("*.py"))
OPTIONS = ["--enable-error-code", "tensor-shape-assumed"]
CACHES = (["--no-fixed-format-cache", "--sqlite-cache"], ["--no-sqlite-cache", "--cache-fine-grained"])

LIBRARY_EDITS = {
    'Image = Float[Tensor, "c h w"]': 'Image = Float[Tensor, "h h c"]',
    'y: Float[Tensor, "#n"]': 'y: Float[Tensor, "n-1"]',
    '"*b n+1"': '"*b n+2"',
    "scale = Scale(tl.zeros(3))": "scale = Scale(tl.zeros(4))",
    "nn.Linear(8, 2, key=1)": "nn.Linear(7, 2, key=1)",
    "super().__init__(n, hidden)": "super().__init__(hidden, n)",
    'y: Float[np.ndarray, "n"]': 'y: Float[np.ndarray, "d"]',
    "square = Square(2, 3)": "square = Square(3, 2)",
}
USER_EDITS = {
    "scale(tl.zeros((5, 4)))": "scale(tl.zeros((5, 3)))",
    "    return x.mT\n": "    return x\n",
    "        self.w @ self.w\n": "        pass\n\n\n",
    "Data(np.zeros((5, 3)), np.zeros(4))": "Data(np.zeros((4, 3)), np.zeros(4))",
}


KEPT = (
    *("Tensor[Float, c, h, w]", "Tensor[Float, 2, 4]", "Tensor[Float, 5, 3]", "Tensor[Float, 2, 3, 4]"),
    *("ndarray[Float, 5, 3]", "ndarray[Float, 7, 8]", "ndarray[Float, 8, 2]", "ndarray[Float, 6, 2]"),
)
"""What the users know of the libraries, from whatever cache."""


def by_file(output: str) -> list[str]:
    return sorted(output.splitlines(), key=lambda line: line.partition(":")[0])


def copied(files: list[Path], folder: Path) -> list[Path]:
    """The files in one folder; those of one name get different ones."""
    folder.mkdir()
    names = ["_".join(file.relative_to(HERE).parts[1:]) for file in files]
    return [Path(shutil.copy(file, folder / name)) for file, name in zip(files, names, strict=True)]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return copied(CORPUS + PROGRAMS + EDITED, tmp_path_factory.mktemp("corpus") / "src")


@pytest.fixture(scope="module")
def cold(corpus: list[Path]) -> str:
    output = run_mypy(corpus, corpus[0].parent / "cold", *OPTIONS)
    assert output.count(" error: ") > 300
    return output


def test_warm(corpus: list[Path], cold: str) -> None:
    assert run_mypy(corpus, corpus[0].parent / "cold", *OPTIONS) == cold


@pytest.mark.parametrize("cache", CACHES, ids=" ".join)
def test_other_caches(cache: list[str], corpus: list[Path], cold: str, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()  # empty
    assert run_mypy(corpus, tmp_path, *OPTIONS, *cache) == cold
    assert run_mypy(corpus, tmp_path, *OPTIONS, *cache) == cold


def test_two_processes(corpus: list[Path], cold: str, tmp_path: Path) -> None:
    # mypy 2.0 counts columns in its workers by another parser, from behind an opening parenthesis: of two messages on
    # a line that starts with one, the other may come first.
    assert by_file(in_two_processes(corpus, tmp_path)) == by_file(cold)


def in_two_processes(files: list[Path], folder: Path) -> str:
    """mypy gives its workers a few seconds to start, which a busy machine may not."""
    for _ in range(5):
        try:
            return run_mypy(files, folder, *OPTIONS, "-n", "2")
        except AssertionError as error:
            if "build worker" not in str(error):
                raise
    pytest.skip("mypy's workers do not start in time")


class Daemon:
    """mypy's daemon, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "daemon.ini").write_text("[mypy]\nplugins = tl_checker.plugin\n")
        options = ["--config-file", "daemon.ini", "--no-error-summary", "--no-pretty", "--cache-dir", os.devnull]
        self._run("start", "--", *options, "--show-traceback", *OPTIONS)

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "mypy.dmypy", "--status-file", "daemon.json", *arguments]
        result = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, timeout=300)
        assert result.returncode in (0, 1) and not result.stderr, result.stdout + result.stderr
        return result.stdout

    def check(self, files: list[Path]) -> str:
        return self._run("check", *(file.name for file in files))

    def stop(self) -> None:
        self._run("stop")


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    found = Daemon(tmp_path)
    yield found
    found.stop()


def states(files: list[Path]) -> Iterator[None]:
    """The library is edited, then what uses it; then the library is put back, and at last the other."""
    original = {file: file.read_text() for file in files}
    of_library = {file for file in files if "library" in file.name}
    users = set(files) - of_library
    for step, edited in enumerate([of_library, of_library | users, users, set[Path]()], 1):
        for file, text in original.items():
            for old, new in (LIBRARY_EDITS | USER_EDITS).items() if file in edited else ():
                text = text.replace(old, new)
            # Of another length, too: for mypy a file of the same second and size is the same file.
            file.write_text(text + f"# {'.' * step}\n" * (file in edited or step > 2))
        yield


def test_every_edit_is_one() -> None:
    texts = "".join(file.read_text() for file in EDITED)
    assert all(texts.count(old) == 1 for old in LIBRARY_EDITS | USER_EDITS)


@pytest.mark.thorough
def test_after_edits(tmp_path: Path) -> None:
    files = copied(EDITED, tmp_path / "src")
    said = [by_file(run_mypy(files, tmp_path / "warm", *OPTIONS))]
    for step, _ in enumerate(states(files)):
        said.append(by_file(run_mypy(files, tmp_path / "warm", *OPTIONS)))
        assert said[-1] == by_file(run_mypy(files, tmp_path / f"cold{step}", *OPTIONS))
    assert all(f'"{text}"' in "".join(said[0]) for text in KEPT)
    assert said[0] == said[-1] and all(one != two for one, two in pairwise(said))


@pytest.mark.thorough
def test_daemon(corpus: list[Path], cold: str, daemon: Daemon, tmp_path: Path) -> None:
    """With each edit it analyses whatever has an error again, in files that have not changed, too."""
    files = [Path(shutil.copy(file, tmp_path)) for file in corpus]
    assert daemon.check(files) == cold
    programs = [file for file in files if file.name in {program.name for program in PROGRAMS}]
    texts = [file.read_text() for file in programs]
    edits = states([file for file in files if file.name in {edited.name for edited in EDITED}])
    for turned in ([*texts[1:], texts[0]], texts):  # other functions and classes of the same names
        for file, text in zip(programs, turned, strict=True):
            file.write_text(text)
        next(edits)
        assert by_file(daemon.check(files)) == by_file(run_mypy(files, tmp_path / "cold", *OPTIONS))

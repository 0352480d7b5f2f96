"""Running mypy with the plugin in a process of its own."""

from __future__ import annotations

import atexit
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tl_checker.shapes.host import internals

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))
if not internals.PRINTS_BARE:  # mypy before 2.4 knows only the line where an annotation begins
    PROGRAMS = [program for program in PROGRAMS if program.stem != "over_many_lines"]
LINE = re.compile(r"(?P<file>[^:\n]+\.py):(?P<line>\d+)(?::\d+)?: (?P<kind>error|note): (?P<text>.*)")


@dataclass(frozen=True)
class Finding:
    """One line of mypy's output."""

    file: str
    line: int
    kind: str
    text: str

    @property
    def code(self) -> str:
        match = re.search(r"\[([\w-]+)\]$", self.text)
        return match[1] if match else ""


@lru_cache(maxsize=4)
def _base_cache(plugin: str) -> Path:
    """A cache of what every program imports, so that each run need not read numpy anew."""
    folder = Path(tempfile.mkdtemp(prefix="tl-mypy-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    program = folder / "base.py"
    program.write_text("import tl_dsl\nfrom jaxtyping import Float\nfrom tl_dsl import Tensor, nn\n")
    _run([program], folder, plugin=plugin)
    for left in folder.glob("cache/*/base.*"):
        left.unlink()
    return folder / "cache"


def run_mypy(
    files: list[Path], folder: Path, *options: str, settings: str = "", plugin: str = "tl_checker.plugin"
) -> str:
    """mypy's output for files, with its cache and its configuration in `folder`."""
    folder.mkdir(exist_ok=True)
    if not (folder / "cache").exists():
        shutil.copytree(_base_cache(plugin), folder / "cache")
    return _run(files, folder, *options, settings=settings, plugin=plugin)


def _run(files: list[Path], folder: Path, *options: str, settings: str = "", plugin: str = "tl_checker.plugin") -> str:
    config = folder / "mypy.ini"
    config.write_text(f"[mypy]\nplugins = {plugin}\n")
    (folder / "pyproject.toml").write_text(settings)
    command = [sys.executable, "-m", "mypy", "--config-file", str(config), "--cache-dir", str(folder / "cache")]
    command += ["--no-error-summary", "--no-pretty", "--hide-error-context", "--no-color-output", "--show-traceback"]
    result = subprocess.run(
        [*command, *options, *(file.name for file in files)],
        cwd=files[0].parent,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode in (0, 1), result.stdout + result.stderr
    return result.stdout


def findings(output: str) -> list[Finding]:
    """mypy's output, taken apart."""
    matches = (LINE.match(line) for line in output.splitlines())
    return [Finding(m["file"], int(m["line"]), m["kind"], m["text"]) for m in matches if m]

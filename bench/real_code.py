"""Public code under the plugin: mypy neither crashes nor says anything that it does not say without.

``python bench/real_code.py [MODULE ...]`` makes ``.venv-real`` with the packages that ``real_code.toml`` names and this
checkout, copies their sources, so that mypy reports what it finds there, and runs mypy on each, bodies without
annotations included: without the plugin and with it, each on a cache that holds only what they import; then with the
cache just written, with half of that damaged, and with ``strict_shapes``. It prints a table and ends with 1 if anything
is new or gone that the list does not justify, if a run fails, or if the runs disagree.

It stands with the benchmarks and not with the tests because it downloads packages and takes minutes.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import re
import resource
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import jaxtyping

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv-real"
PYTHON = VENV / "bin" / "python"
LIST = Path(__file__).with_suffix(".toml")
DTYPES = frozenset(name for name in dir(jaxtyping) if name[0].isupper())
NUMPY = re.compile(r"\b(ndarray|NDArray)\b")
INTERNAL = "[tensor-shape-internal]"
LOST = "[tensor-shape-lost]"
OPTIONS = (
    "--check-untyped-defs",
    "--allow-redefinition",
    "--show-traceback",
    "--no-error-summary",
    "--no-sqlite-cache",
)
OPTIONS += ("--hide-error-context", "--show-column-numbers", "--no-pretty", "--no-color-output")


@dataclass(frozen=True)
class Run:
    """What one run of mypy said, and the processor's seconds that it took."""

    messages: Counter[str]
    seconds: float
    fault: str = ""

    @property
    def without_losses(self) -> Counter[str]:
        return Counter({line: count for line, count in self.messages.items() if not line.endswith(LOST)})


@dataclass
class Verdict:
    """What there is to say about one package."""

    module: str
    plain: Run
    shapes: Run
    lost: int
    faults: list[str]

    def __post_init__(self) -> None:
        self.new = list((self.shapes.messages - self.plain.messages).elements())
        self.gone = list((self.plain.messages - self.shapes.messages).elements())
        self.reworded = 0
        for line in list(self.new):
            same = next((other for other in self.gone if place(other) == place(line)), None)
            if same is not None:
                self.new.remove(line)
                self.gone.remove(same)
                self.reworded += 1


def place(line: str) -> tuple[str, str]:
    """Where a message stands, whether it is an error, and its code: what a reader acts upon, whatever the words."""
    head, _, text = line.partition(": ")
    code = re.search(r"\[[\w-]+\]$", text)
    return f"{head} {text.partition(':')[0]}", code[0] if code else ""


def main() -> int:
    """Print the table, then what is not justified."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="some of the packages; all of them if none is named")
    chosen = parser.parse_args().modules
    wanted = tomllib.loads(LIST.read_text())
    install(wanted)
    columns = ("files", 6), ("shapes", 8), ("numpy", 7), ("messages", 10), ("new", 5), ("gone", 6), ("reworded", 10)
    print(
        "package".ljust(26)
        + "".join(name.rjust(width) for name, width in (*columns, ("lost", 6), ("cpu s", 8)))
        + "   added"
    )
    failures: list[str] = []
    for module in chosen or [*wanted["jaxtyping"], *wanted["plain"]]:
        verdict = judge(module)
        print(row(verdict), flush=True)
        reasons = {entry["message"]: entry["why"] for entry in wanted["justified"]}
        failures += [*verdict.faults, *unjustified(verdict, reasons)]
    print(*failures, sep="\n")
    return 1 if failures else 0


def unjustified(verdict: Verdict, reasons: dict[str, str]) -> list[str]:
    """What differs without a reason; what has one is printed. A reason that is no longer needed is a fault, too."""
    lines = [f"new: {line}" for line in verdict.new] + [f"gone: {line}" for line in verdict.gone]
    unneeded = {message for message in reasons if message.startswith(verdict.module + "/")}
    left: list[str] = []
    for line in lines:
        found = next((message for message in reasons if message in line), None)
        if found is None:
            left.append(line)
        else:
            unneeded.discard(found)
            print(f"    {line}\n        {reasons[found]}")
    return left + [f"{verdict.module}: not said any more: {message}" for message in unneeded]


# -- the packages


def install(wanted: dict[str, list[str]]) -> None:
    """Make the environment unless it has what the list asks for."""
    done = VENV / "versions.txt"
    pins = [*wanted["install"], *wanted["alone"]]
    if done.exists() and set(pins) <= set(done.read_text().splitlines()):
        return
    print(f"{VENV.name}: installing; this is done once", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--editable", f"{ROOT}[mypy]", *wanted["install"]], check=True)
    subprocess.run([*pip, "--no-deps", *wanted["alone"]], check=True)
    done.write_text("\n".join(pins) + "\n")


def sources(module: str) -> Path:
    """A folder that holds a copy of the package: mypy reports nothing from site-packages."""
    folder = VENV / "sources" / module
    if not folder.exists():
        found = next((VENV / "lib").glob(f"python3*/site-packages/{module}"))
        shutil.copytree(found, folder / module, ignore=shutil.ignore_patterns("tests", "__pycache__", "*.so", "*.pyc"))
    return folder


def annotated_arrays(module: str) -> Iterator[str]:
    """The arrays of the annotations `Float[array, "axes"]` in a package, as they are written."""
    for path in sorted(sources(module).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Subscript(slice=ast.Tuple(elts=[array, ast.Constant(value=str())])):
                    if ast.unparse(node.value).rpartition(".")[2] in DTYPES:
                        yield ast.unparse(array)


# -- the runs


def judge(module: str) -> Verdict:
    """Run mypy on one package in every way."""
    plain = mypy(module, "plain")
    shapes = mypy(module, "shapes")
    again = mypy(module, "shapes", "warm")
    damage(VENV / "caches" / module / "shapes")
    damaged = mypy(module, "shapes", "damaged")
    strict = mypy(module, "strict")
    runs = {"without": plain, "with": shapes, "warm": again, "damaged cache": damaged, "strict": strict}
    faults = [f"{module}, {name}: {run.fault}" for name, run in runs.items() if run.fault]
    faults += [f"{module}: {line}" for line in strict.messages if line.endswith(INTERNAL)]
    for name, run in (("warm", again), ("damaged cache", damaged), ("strict", strict)):
        for line in difference(shapes.messages, run.without_losses):
            faults.append(f"{module}, {name}: {line}")
    lost = strict.messages.total() - strict.without_losses.total()
    return Verdict(module, plain, shapes, lost, faults)


def difference(wanted: Counter[str], got: Counter[str]) -> list[str]:
    """What two runs do not both say."""
    return [f"missing: {line}" for line in wanted - got] + [f"added: {line}" for line in got - wanted]


def mypy(module: str, mode: str, state: str = "cold") -> Run:
    """One run: `mode` is plain, shapes or strict; cold, only what the package imports is in the cache."""
    cache = VENV / "caches" / module / mode
    if state == "cold":
        shutil.rmtree(cache, ignore_errors=True)
        shutil.copytree(base_cache(mode), cache)
        for entry in cache.glob(f"3.*/{module}"):
            shutil.rmtree(entry)
    return run(["-p", module], sources(module), mode, cache)


@lru_cache
def base_cache(mode: str) -> Path:
    """A cache of what the packages import. Another text of the plugin finds nothing in it."""
    cache = VENV / "caches" / f"base-{sources_hash()}" / mode
    if not cache.exists():
        wanted = tomllib.loads(LIST.read_text())
        program = "\n".join(f"import {module}" for module in [*wanted["jaxtyping"], *wanted["plain"]])
        run(["-c", program], VENV, mode, cache)
    return cache


@lru_cache
def sources_hash() -> str:
    """Changes with the plugin."""
    digest = hashlib.sha256()
    for folder in ("checker", "tl_dsl", "stubs"):
        for path in sorted((ROOT / folder).rglob("*.py*")):
            if path.suffix != ".pyc":
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def run(what: list[str], folder: Path, mode: str, cache: Path) -> Run:
    """mypy in a process of its own, in the environment of the packages."""
    settings = VENV / "settings" / mode
    settings.mkdir(parents=True, exist_ok=True)
    plugins = "" if mode == "plain" else "plugins = tl_checker.plugin\n"
    (settings / "mypy.ini").write_text(f"[mypy]\n{plugins}")
    (settings / "pyproject.toml").write_text(f"[tool.tl]\nstrict_shapes = {str(mode == 'strict').lower()}\n")
    command = [str(PYTHON), "-m", "mypy", "--config-file", str(settings / "mypy.ini"), "--cache-dir", str(cache)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MYPYPATH")}
    done = subprocess.run([*command, *OPTIONS, *what], cwd=folder, env=environment, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    fault = "" if done.returncode in (0, 1) and not done.stderr else f"exit {done.returncode}: {done.stderr[-2000:]}"
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(Counter(done.stdout.splitlines()), seconds, fault)


def damage(cache: Path) -> None:
    """Cut every second file of a cache in half."""
    for path in sorted(cache.glob("3.*/**/*.ff"))[::2]:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


# -- the table


def row(verdict: Verdict) -> str:
    """One line of the table."""
    module, plain, shapes = verdict.module, verdict.plain, verdict.shapes
    arrays = list(annotated_arrays(module))
    on_numpy = sum(bool(NUMPY.search(array)) for array in arrays)
    files = sum(1 for _ in sources(module).rglob("*.py"))
    return (
        f"{module + ' ' + version(module):26}{files:6}{len(arrays):8}{on_numpy:7}{plain.messages.total():10}"
        f"{len(verdict.new):5}{len(verdict.gone):6}{verdict.reworded:10}{verdict.lost:6}"
        f"{plain.seconds:8.1f}{shapes.seconds - plain.seconds:+8.1f}"
    )


def version(module: str) -> str:
    """The version of the package in the environment."""
    names = {"sklearn": "scikit-learn"}
    program = f"import importlib.metadata as m; print(m.version({names.get(module, module)!r}))"
    return subprocess.run([PYTHON, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())

"""Settings under `[tool.tl]` in pyproject.toml, and what a cached result of mypy depends on."""

from __future__ import annotations

import difflib
import hashlib
import importlib.util
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from mypy.errors import CompileError

STRICT: Final = "TL_STRICT_SHAPES"
"""The variable of the environment that turns `strict_shapes` on for one run."""


SUFFIX: Final = ".shapes.pyi"
"""How the names of shape files end."""


OTHERS: Final = ("verify",)
"""What stands under `[tool.tl]` and is read by other commands."""


@dataclass(frozen=True)
class Settings:
    """What a project chooses."""

    strict_shapes: bool = False
    """Report every place where a shape is lost."""
    stubs: tuple[Path, ...] = ()
    """Shape files of libraries of the user's own, or folders of them."""

    @staticmethod
    def read(config_file: str | None) -> Settings:
        """The settings of the pyproject.toml beside mypy's configuration, in the current folder, or in one above it."""
        folders = [Path(config_file).resolve().parent] if config_file else []
        strict = bool(os.environ.get(STRICT))
        for folder in [*folders, Path.cwd(), *Path.cwd().parents]:
            path = folder / "pyproject.toml"
            if path.is_file():
                table = Table.read(path)
                return Settings(strict or table.flag("strict_shapes"), tuple(table.shape_files("stubs")))
        return Settings(strict)


class Table(NamedTuple):
    """`[tool.tl]` in a pyproject.toml. Errors: CompileError, with which mypy ends, with the line."""

    path: Path
    text: str
    entries: dict[str, Any]

    @staticmethod
    def read(path: Path) -> Table:
        """The table of a file, empty where the file has none."""
        try:
            text = path.read_text(encoding="utf-8")
            tool = tomllib.loads(text).get("tool", {})
        except ValueError as error:  # not TOML, or not UTF-8
            line = re.search(r"at line (\d+)", str(error))
            raise CompileError([f"{path}:{line[1] if line else 1}: error: {error}"]) from error
        entries = tool.get("tl", {}) if isinstance(tool, dict) else {}
        table = Table(path, text, entries if isinstance(entries, dict) else {"tl": entries})
        known = [field.name for field in fields(Settings)]
        for name in table.entries:
            if name not in (*known, *OTHERS):
                close = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {close[0]}?" if close else f"there are {' and '.join(known)}"
                raise table.wrong(name, f"is no setting; {hint}")
        return table

    def flag(self, name: str) -> bool:
        """A setting that is true or false."""
        value = self.entries.get(name, False)
        if not isinstance(value, bool):
            raise self.wrong(name, f"is true or false; got {value!r}")
        return value

    def shape_files(self, name: str) -> Iterator[Path]:
        """A list of files, and of folders with files in them."""
        value = self.entries.get(name, [])
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self.wrong(name, f"is a list of paths; got {value!r}")
        for entry in value:
            path = self.path.parent / entry
            if not path.exists():
                raise self.wrong(name, f"there is no file or folder {path}", entry)
            if not path.is_dir() and not path.name.endswith(SUFFIX):
                raise self.wrong(name, f"the name of a shape file is LIBRARY{SUFFIX}; got {entry}", entry)
            yield from sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]

    def wrong(self, name: str, what: str, value: str = "") -> CompileError:
        """A setting is wrong, at the line of its value, if one is named, or of its name."""
        lines = self.text.splitlines()
        start = next((i for i, line in enumerate(lines) if re.search(rf"\b{re.escape(name)}\b.*=", line)), 0)
        at = next((i for i, line in enumerate(lines[start:], start) if value in line), start)
        return CompileError([f"{self.path}:{at + 1}: error: [tool.tl] {name}: {what}"])


JUDGES = ("tl_checker", "tl_dsl", "tl_stubs")
"""The packages whose sources a verdict depends on: the checker, the language's rules, the shapes of other libraries."""
_ASIDE = ("__pycache__", "gradients")
"""Folders in these on which it does not: the verifier has no part in it."""


@lru_cache(maxsize=1)
def _sources() -> str:
    """A hash of the sources of these packages. They are found without importing them, which would import numpy."""
    digest = hashlib.sha256()
    for package in JUDGES:
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
            for path in _source_files(folder):
                with open(path, "rb") as file:
                    digest.update(f"{package}/{path[len(folder) :]}\0".encode() + file.read())
    return digest.hexdigest()


def _source_files(folder: str) -> Iterator[str]:
    """The source files in a folder and those inside it, in the same order each time."""
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _ASIDE)
        for name in sorted(names):
            if name.endswith((".py", ".pyi")):
                yield os.path.join(where, name)


@lru_cache(maxsize=1)
def fingerprint(settings: Settings) -> str:
    """Changes whenever a verdict may change."""
    digest = hashlib.sha256(f"{_sources()} {settings}".encode())
    for path in settings.stubs:
        digest.update(path.read_bytes())
    return digest.hexdigest()

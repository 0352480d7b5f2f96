"""Settings under `[tool.tl]` in pyproject.toml, and what a cached result of mypy depends on."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from mypy.errors import CompileError

STRICT: Final = "TL_STRICT_SHAPES"
"""The variable of the environment that turns `strict_shapes` on for one run."""


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
                with path.open("rb") as file:
                    table = tomllib.load(file).get("tool", {}).get("tl", {})
                own = [folder / name for name in table.get("stubs", ())]
                return Settings(strict or bool(table.get("strict_shapes", False)), tuple(_shape_files(own)))
        return Settings(strict)


def _shape_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves. Errors: CompileError, with which mypy ends, when one is not there."""
    for path in paths:
        if not path.exists():
            raise CompileError([f"error: [tool.tl] stubs: there is no file or folder {path}"])
        yield from sorted(path.glob("*.shapes.pyi")) if path.is_dir() else [path]


JUDGES = ("tl_checker", "tl_dsl", "tl_stubs")
"""The packages whose sources a verdict depends on: the checker, the language's rules, the shapes of other libraries."""


@lru_cache(maxsize=1)
def _sources() -> str:
    """A hash of the sources of these packages. They are found without importing them, which would import numpy."""
    digest = hashlib.sha256()
    for package in JUDGES:
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
            for path in sorted((*Path(folder).rglob("*.py"), *Path(folder).rglob("*.pyi"))):
                digest.update(f"{package}/{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def fingerprint(settings: Settings) -> str:
    """Changes whenever a verdict may change."""
    digest = hashlib.sha256(f"{_sources()} {settings}".encode())
    for path in settings.stubs:
        digest.update(path.read_bytes())
    return digest.hexdigest()

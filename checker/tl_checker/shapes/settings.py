"""Settings under `[tool.tl]` in pyproject.toml, and what a cached result of mypy depends on."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import tl_stubs

import tl_checker
import tl_dsl


@dataclass(frozen=True)
class Settings:
    """What a project chooses."""

    strict_shapes: bool = False
    """Report every place where a shape is lost."""
    stubs: tuple[Path, ...] = ()
    """Shape files of libraries of the user's own, or folders of them."""

    @staticmethod
    def read(config_file: str | None) -> Settings:
        """The settings of the pyproject.toml beside mypy's configuration, or in the current folder."""
        folders = [Path(config_file).resolve().parent] if config_file else []
        for folder in [*folders, Path.cwd()]:
            path = folder / "pyproject.toml"
            if path.is_file():
                with path.open("rb") as file:
                    table = tomllib.load(file).get("tool", {}).get("tl", {})
                own = [folder / name for name in table.get("stubs", ())]
                return Settings(bool(table.get("strict_shapes", False)), tuple(_shape_files(own)))
        return Settings()


def _shape_files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.glob("*.shapes.py")) if path.is_dir() else [path]


@lru_cache(maxsize=1)
def _sources() -> str:
    """A hash of every source file that a verdict depends on: the checker's and the language's rules."""
    digest = hashlib.sha256()
    for package in (tl_checker, tl_dsl, tl_stubs):
        for folder in package.__path__:
            for path in sorted(Path(folder).rglob("*.py")):
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def fingerprint(settings: Settings) -> dict[str, object]:
    """Changes whenever a verdict may change."""
    own = [hashlib.sha256(path.read_bytes()).hexdigest() for path in settings.stubs]
    return {"sources": _sources(), "strict_shapes": settings.strict_shapes, "stubs": own}

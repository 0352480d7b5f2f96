"""Settings under `[tool.tl]` in pyproject.toml, and what a cached result of mypy depends on."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import tl_checker
import tl_dsl


@dataclass(frozen=True)
class Settings:
    """What a project chooses."""

    strict_shapes: bool = False
    """Report every place where a shape is lost."""

    @staticmethod
    def read(config_file: str | None) -> Settings:
        """The settings of the pyproject.toml beside mypy's configuration, or in the current folder."""
        folders = [Path(config_file).resolve().parent] if config_file else []
        for folder in [*folders, Path.cwd()]:
            path = folder / "pyproject.toml"
            if path.is_file():
                with path.open("rb") as file:
                    table = tomllib.load(file).get("tool", {}).get("tl", {})
                return Settings(strict_shapes=bool(table.get("strict_shapes", False)))
        return Settings()


@lru_cache(maxsize=1)
def _sources() -> str:
    """A hash of every source file that a verdict depends on: the checker's and the language's rules."""
    digest = hashlib.sha256()
    for package in (tl_checker, tl_dsl):
        for folder in package.__path__:
            for path in sorted(Path(folder).rglob("*.py")):
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def fingerprint(settings: Settings) -> dict[str, object]:
    """Changes whenever a verdict may change."""
    return {"sources": _sources(), **asdict(settings)}

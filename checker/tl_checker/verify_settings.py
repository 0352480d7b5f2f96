"""The options of `tl verify` that a project keeps, under `[tool.tl.verify]` in the nearest pyproject.toml."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any

from tl_checker.gradients.discover import UsageError, did_you_mean

KINDS: dict[str, type] = {
    "targets": list,
    "quick": bool,
    "deep": bool,
    "jobs": int,
    "only": list,
    "seed": int,
    "at": str,
    "format": str,
    "verbose": bool,
    "allow_inconclusive": bool,
}
"""Each option and what it is; a list may be a single string, and underscores may be hyphens."""

_SHOWN = {list: "a string or a list of strings", bool: "true or false", int: "an integer", str: "a string"}


def settings(folder: Path | None = None) -> dict[str, Any]:
    """The options of the nearest pyproject.toml that has any, as click has them.

    Errors: UsageError for a file that cannot be read, an unknown key, or a value of another kind.
    """
    start = (folder or Path.cwd()).resolve()
    for place in (start, *start.parents):
        path = place / "pyproject.toml"
        if path.is_file():
            table = _table(path)
            if table is not None:
                return {_checked_name(path, name): _value(path, name, value) for name, value in table.items()}
    return {}


def _table(path: Path) -> dict[str, Any] | None:
    try:
        tool = tomllib.loads(path.read_text()).get("tool", {})
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    found = tool.get("tl", {}).get("verify")
    if found is not None and not isinstance(found, dict):
        raise UsageError(f"{path}: tool.tl.verify is a table of options")
    return found


def _checked_name(path: Path, name: str) -> str:
    plain = name.replace("-", "_")
    if plain not in KINDS:
        close = difflib.get_close_matches(plain, KINDS, n=2, cutoff=0.5)
        known = did_you_mean(close) or f"; there are {', '.join(KINDS)}"
        raise UsageError(f"{path}: [tool.tl.verify] has no option {name!r}{known}")
    return plain


def _value(path: Path, name: str, value: Any) -> Any:
    kind = KINDS[name.replace("-", "_")]
    if kind is list:
        value = [value] if isinstance(value, str) else value
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return value
    elif type(value) is kind:
        return value
    raise UsageError(f"{path}: {name} under [tool.tl.verify] is {_SHOWN[kind]}, not {value!r}")

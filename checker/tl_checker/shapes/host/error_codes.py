"""The checker's codes as mypy knows them: it wants them from the start, for its options and the results it has kept."""

from __future__ import annotations

from typing import Final

from mypy.errorcodes import ErrorCode

from tl_checker.codes import STATIC

_CODES: Final = {
    entry.name: ErrorCode(entry.name, entry.summary, "Tensor", default_enabled=entry.default) for entry in STATIC
}


def code(name: str) -> ErrorCode:
    """mypy's error code of that name."""
    return _CODES[name]

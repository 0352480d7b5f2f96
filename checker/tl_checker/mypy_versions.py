"""The versions of mypy with which the plugin is tested, at both ends. pyproject.toml declares the same."""

from __future__ import annotations

from typing import Final

OLDEST: Final = (2, 0)
NEWEST: Final = (2, 4)


def not_supported(version: str) -> str:
    """One line for a version outside of the range; nothing for the others.

    >>> not_supported("2.1.0+dev")
    ''
    >>> not_supported("1.20.2")
    'error: tl_checker supports mypy 2.0 to 2.4, and this is mypy 1.20.2: no shapes are checked with it'
    """
    major, _, rest = version.partition(".")
    minor = rest.partition(".")[0]
    if major.isdigit() and minor.isdigit() and OLDEST <= (int(major), int(minor)) <= NEWEST:
        return ""
    supported = " to ".join(".".join(map(str, end)) for end in (OLDEST, NEWEST))
    return f"error: tl_checker supports mypy {supported}, and this is mypy {version}: no shapes are checked with it"

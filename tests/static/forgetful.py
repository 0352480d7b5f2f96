"""The plugin without what it remembers of types and of calls."""

from typing import Any

from mypy.plugin import Plugin
from tl_checker import plugin as remembering
from tl_checker.shapes.host.memory import Memory, Recent


def _nothing(self: Recent[Any, Any], key: object, value: object) -> None:
    """Keep nothing."""


def plugin(version: str) -> type[Plugin]:
    """What mypy calls; tests that only import this module keep their memory."""
    Recent.put = _nothing  # type: ignore[method-assign]
    Memory.note = _nothing  # type: ignore[method-assign, assignment]
    return remembering.plugin(version)

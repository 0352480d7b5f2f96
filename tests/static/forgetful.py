"""The plugin without what it remembers of types and of calls."""

from typing import Any

from tl_checker.plugin import plugin as plugin
from tl_checker.shapes.memory import Memory, Recent


def _nothing(self: Recent[Any, Any], key: object, value: object) -> None:
    """Keep nothing."""


Recent.put = _nothing  # type: ignore[method-assign]
Memory.note = _nothing  # type: ignore[method-assign]

"""The plugin without what it remembers of types and of calls."""

from typing import Any

from tl_checker.plugin import plugin as plugin
from tl_checker.shapes import encoding, library_calls, operations, overloads


class _Nothing(dict[Any, Any]):
    def __setitem__(self, key: Any, value: Any) -> None:
        pass


encoding._shapes = _Nothing()
library_calls._judged = _Nothing()
operations._answers = _Nothing()
overloads.Overloads.signature = lambda self, name, ctx: ctx.default_signature  # type: ignore[method-assign]

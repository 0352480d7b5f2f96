"""Hooks as mypy gets them: each is looked for once, and a fault in it is a finding that never reaches mypy."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from functools import cached_property
from typing import Any

from mypy.errors import CompileError
from mypy.plugin import ClassDefContext

from tl_checker.shapes.error_codes import code
from tl_checker.shapes.faults import CODE, fault_message

Hook = Callable[[Any], Any]
Find = Callable[[str], Hook | None]


def guarded(hook: Hook, otherwise: Hook) -> Hook:
    """The hook; where it fails, that is reported, and mypy gets what it would have had without it."""

    def safe(ctx: Any) -> Any:
        try:
            return hook(ctx)
        except CompileError:  # how mypy itself stops
            raise
        except Exception as error:
            _tell(ctx, fault_message(error))
            return otherwise(ctx)

    return safe


def _tell(ctx: Any, text: str) -> None:
    report = sys.modules.get("tl_checker.shapes.report")  # which may be what cannot be imported
    if hasattr(ctx.api, "msg") and report is not None:  # the type checker
        report.watch(ctx.api)
        report.remark(ctx.api, ctx.context, text, CODE)
        return
    ctx.api.fail(text, ctx.cls if isinstance(ctx, ClassDefContext) else ctx.context, code=code(CODE))


class Hooks:
    """The hooks of one kind, by the full name of what is called or read. mypy asks at every call of the program.

    With `lasting`, a name has one hook; without, it is looked for each time.
    """

    def __init__(self, finder: Callable[[], Find], otherwise: Hook, *, lasting: bool) -> None:
        self._finder = finder
        self._otherwise = otherwise
        self._lasting = lasting
        self._found: dict[str, Hook | None] = {}
        self._guarded: dict[Hook, Hook] = {}

    def __call__(self, fullname: str) -> Hook | None:
        """The hook for a name."""
        if fullname in self._found:
            return self._found[fullname]
        try:
            hook = self._find(fullname)
        except Exception as error:  # told where the hook would have run
            hook = functools.partial(_raise, error)
        if hook is None:
            safe = None
        elif (safe := self._guarded.get(hook)) is None:
            safe = self._guarded[hook] = guarded(hook, self._otherwise)
        if self._lasting:
            self._found[fullname] = safe
        return safe

    @cached_property
    def _find(self) -> Find:
        return self._finder()


def _raise(error: Exception, ctx: Any) -> Any:
    raise error

"""Hooks as mypy gets them: each is looked for once, and a fault in it is a finding that never reaches mypy."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from functools import cached_property
from typing import Any

from mypy.errors import CompileError
from mypy.plugin import ClassDefContext

from tl_checker.shapes.host.error_codes import code
from tl_checker.shapes.host.faults import CODE, fault_message

Hook = Callable[[Any], Any]
Find = Callable[[str], Hook | None]


def never(ctx: Any) -> Any:
    """In place of a hook: the name has none, wherever it stands."""
    raise AssertionError


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
    report = sys.modules.get("tl_checker.shapes.messages.report")  # which may be what cannot be imported
    if isinstance(ctx, ClassDefContext):
        ctx.api.fail(text, ctx.cls, code=code(CODE))
    elif hasattr(ctx.api, "msg") and report is not None:  # the type checker
        report.watch(ctx.api)
        report.remark(ctx.api, ctx.context, text, CODE)
    else:
        ctx.api.fail(text, ctx.context, code=code(CODE))


class Hooks(dict[str, Hook | None]):
    """The hooks of one kind, by the full name of what is called or read; None for a name that is not ours.

    mypy asks at every call of the program, and at every type that is written: a dict answers. With `lasting`, a name
    has one hook; without, it is looked for each time, unless it is `never` to have one. Nothing is looked for while
    `is_used` says no.
    """

    def __init__(
        self, finder: Callable[[], Find], otherwise: Hook, is_used: Callable[[], bool], *, lasting: bool
    ) -> None:
        super().__init__()
        self._finder = finder
        self._otherwise = otherwise
        self._is_used = is_used
        self._in_use = False
        self._lasting = lasting
        self._guarded: dict[Hook, Hook] = {}

    def __missing__(self, fullname: str) -> Hook | None:
        if not self._in_use:
            self._in_use = self._is_used()
            if not self._in_use:
                return None
        try:
            hook = self._find(fullname)
        except Exception as error:  # told where the hook would have run
            hook = functools.partial(_raise, error)
        if hook is None and not self._lasting:
            return None
        if hook is None or hook is never:
            safe = None
        elif (safe := self._guarded.get(hook)) is None:
            safe = self._guarded[hook] = guarded(hook, self._otherwise)
        if self._lasting or hook is never:
            self[fullname] = safe
        return safe

    @cached_property
    def _find(self) -> Find:
        return self._finder()


def _raise(error: Exception, ctx: Any) -> Any:
    raise error

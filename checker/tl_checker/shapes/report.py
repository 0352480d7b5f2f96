"""Messages: our own, with our codes, and mypy's own about Tensors, made readable.

mypy's native messages (assignment, return, argument, override) are seen by an `ErrorWatcher` at the bottom of the
checker's stack of watchers; this is an inside of mypy.
"""

from __future__ import annotations

import re
from typing import Any, Final

from mypy.errorcodes import ErrorCode
from mypy.errors import ErrorInfo, ErrorWatcher
from mypy.nodes import Context

from tl_checker.codes import BY_NAME, STATIC
from tl_dsl.errors import TlError

_CODES: Final = {
    entry.name: ErrorCode(entry.name, entry.summary, "Tensor", default_enabled=entry.default) for entry in STATIC
}
RECODED: Final = frozenset({"assignment", "return-value", "arg-type", "override", "list-item", "dict-item", "misc"})


def code(name: str) -> ErrorCode:
    """mypy's error code of that name."""
    return _CODES[name]


def fail(api: Any, context: Context, error: TlError, *, subject: str = "") -> None:
    """Report an error of a rule at a place."""
    name = error.code if error.code in BY_NAME else "tensor-shape"
    api.fail(render(error, subject), context, code=code(name))


def render(error: TlError, subject: str = "") -> str:
    """One line: the rule, got, wanted, the bindings, one suggestion."""
    parts = [f"got {error.got}" if error.got else "", f"wanted {error.wanted}" if error.wanted else ""]
    parts += [f"where {error.bindings}" if error.bindings else ""]
    parts += [f"try: {error.suggestion}" if error.suggestion else ""]
    return "; ".join([f"{subject}{error.rule}", *(part for part in parts if part)])


def watch(api: Any) -> None:
    """See mypy's own messages of this run; safe to call for every expression."""
    errors = api.msg.errors
    watchers = errors._watchers
    if not any(watcher._filter is _rewrite for watcher in watchers[:1]):
        watchers.insert(0, ErrorWatcher(errors, filter_errors=_rewrite))


def _rewrite(file: str, info: ErrorInfo) -> bool:
    """Change a message about Tensors in place; True drops it."""
    message = info.message
    if "Tensor[" not in message and "SymInt[" not in message:
        return False
    name = info.code.code if info.code is not None else ""
    if name in RECODED and "Tensor[" in message and info.severity == "error":
        found = _tensors(message)
        if len(found) >= 2:
            if _unknown_apart(found[0], found[1]):
                return True
            same_shape = found[0][1:] == found[1][1:]
            info.code = code("tensor-dtype" if same_shape else "tensor-shape")
    info.message = _readable(message)
    return False


def _readable(message: str) -> str:
    """`tl_dsl.tensor.Tensor[tl_dsl.dtypes.Float, n]` as `Tensor[Float, n]`; a bare Tensor as such."""
    message = re.sub(r"\btl_dsl\.(?:\w+\.)*(?=[A-Z])", "", message)
    message = re.sub(r"\*tuple\[Any, \.\.\.\]", "...", message)
    return message.replace("Tensor[Any, ...]", "Tensor").replace("builtins.", "")


def _tensors(text: str) -> list[list[str]]:
    """The type arguments of each Tensor in a message."""
    found: list[list[str]] = []
    for match in re.finditer(r"Tensor\[", text):
        depth, at, start = 1, match.end(), match.end()
        arguments: list[str] = []
        while depth and at < len(text):
            depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(text[at], 0)
            if (text[at] == "," and depth == 1) or not depth:
                arguments.append(text[start:at].strip())
                start = at + 1
            at += 1
        found.append(arguments)
    return found


def _unknown_apart(left: list[str], right: list[str]) -> bool:
    """Whether two Tensors differ only where one of them is not known (a join of two sizes leaves an int)."""
    if "*tuple[Any, ...]" in left or "*tuple[Any, ...]" in right:
        return left[0] == right[0]
    known = ("int", "Any", "builtins.int")
    return (
        left != right
        and len(left) == len(right)
        and all(x == y or x in known or y in known for x, y in zip(left, right, strict=True))
    )

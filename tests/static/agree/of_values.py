"""Failures of values and not of shapes: a singular matrix, an index that is too large, more elements than fit."""

from __future__ import annotations

import ast
import itertools
import operator
from types import FrameType, ModuleType, TracebackType
from typing import Any

import numpy as np


def is_of_values(error: Exception, source: str, file: str) -> bool:
    """Whether values are at fault, in a run of the program of this text."""
    text = str(error)
    if (
        isinstance(error, np.linalg.LinAlgError | MemoryError)
        or text.startswith("an index of an axis")
        or "from an empty axes" in text
    ):
        return True
    if "is out of bounds for axis" not in text:
        return False
    return "size 0" in text or any(
        isinstance(index, np.ndarray) and index.dtype.kind == "i" and index.size
        for index in _indices(error.__traceback__, source, file)
    )


def _indices(trace: TracebackType | None, source: str, file: str) -> list[Any]:
    """What the program indexes with where it failed: the parts of `x[...]`, the arguments of `take(x, ...)`."""
    found = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            found = trace
        trace = trace.tb_next
    if found is None:
        return []
    match _expression(found, source):
        case ast.Subscript(slice=ast.Tuple(elts=parts)):
            pass
        case ast.Subscript(slice=part):
            parts = [part]
        case ast.Call(func=ast.Attribute(value=owner), args=arguments, keywords=keywords):
            of_module = isinstance(_value(owner, found.tb_frame), ModuleType)  # and the array comes first
            parts = [*arguments[of_module:], *(keyword.value for keyword in keywords)]
        case _:
            parts = []
    return [_value(part, found.tb_frame) for part in parts if not isinstance(part, ast.Slice)]


def _expression(trace: TracebackType, source: str) -> ast.expr | None:
    """The expression that was computed there, by its place in the text."""
    position = next(itertools.islice(trace.tb_frame.f_code.co_positions(), trace.tb_lasti // 2, None))
    place = operator.attrgetter("lineno", "end_lineno", "col_offset", "end_col_offset")
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.expr))
    return next((node for node in nodes if place(node) == position), None)


def _value(part: ast.expr, frame: FrameType) -> Any:
    return eval(compile(ast.Expression(part), "<index>", "eval"), frame.f_globals, frame.f_locals)

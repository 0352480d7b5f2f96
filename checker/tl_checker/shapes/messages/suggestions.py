"""What to try where an array has another shape than its place asks for, as mypy prints them: when it is clear."""

from __future__ import annotations

from tl_checker.shapes.annotations.type_text import arrays_in


def suggestion(got: str, wanted: str) -> str:
    """One thing that gives the array its shape; empty where there is none, or several.

    >>> suggestion("Tensor[Float, b, n, m]", "Tensor[Float, b, m, n]")
    'transpose it: .mT'
    >>> suggestion("ndarray[Float, n, 1]", "ndarray[Float, n]"), suggestion("ndarray[Float, n]", "ndarray[Float, 1, n]")
    ('drop the last axis: [..., 0]', 'add the first axis: [None]')
    >>> suggestion("Tensor[Float, ()]", "Tensor[Float, 1]"), suggestion("Tensor[Int, ()]", "Tensor[Float, ()]")
    ('add the last axis: [..., None]', '')
    """
    if any(mark in got + wanted for mark in ("|", "def ", "Callable")):
        return ""
    arrays, asked = arrays_in(got), arrays_in(wanted)
    if len(arrays) != 1 or len(asked) != 1:
        return ""
    x, y = (tuple(axis for axis in found[1:] if axis != "()") for found in (arrays[0], asked[0]))
    if len(x) > 1 and (*x[:-2], *x[:-3:-1]) == y:
        return "transpose it: .mT"
    for longer, shorter, last, first in (
        (x, y, "drop the last axis: [..., 0]", "drop the first axis: [0]"),
        (y, x, "add the last axis: [..., None]", "add the first axis: [None]"),
    ):
        if longer == (*shorter, "1"):
            return last
        if longer == ("1", *shorter):
            return first
    return ""

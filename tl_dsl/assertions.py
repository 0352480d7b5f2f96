"""Shapes asserted inside a function: checked here on the value, and known to the checker from there on."""

from __future__ import annotations

import contextlib
import functools
import sys
from dataclasses import dataclass
from types import FrameType
from typing import Any, TypeVar

import jaxtyping

# Private in jaxtyping, as in `typed`: the sizes that names have in the function being checked.
from jaxtyping._storage import get_shape_memo

from tl_dsl.errors import AnnotationError, ArgumentError, ShapeError
from tl_dsl.shapes import parse_shape, show_shape
from tl_dsl.typed import axis_scope

A = TypeVar("A")


def assert_shape(x: A, shape: str, /) -> A:
    """``x``, whose shape must be the given one: a shape string of jaxtyping's.

    Within the string a name has one size. In a function that is checked at run time (`tl.typed`, jaxtyping's import
    hook) the names are the function's own axes, and a new name is bound; elsewhere each string stands alone. For
    the checker the names are the enclosing function's axes, and x has this shape from here on.

    Takes whatever has a ``shape``: Tensors, traced ones too, and numpy's arrays. Errors: ShapeError when the value
    has another shape, ArgumentError when it has none, AnnotationError when the string cannot be read.

    >>> import tl_dsl as tl
    >>> x = tl.assert_shape(tl.ones((3, 4)), "n 4")
    >>> tl.assert_shape(x, "n n")
    Traceback (most recent call last):
        ...
    tl_dsl.errors.ShapeError: the value must have the asserted shape
      got: [3, 4]; the size of dimension n is 4 which does not equal the existing value of 3
      wanted: "n n"
      [tensor-shape]
    """
    parse_shape(shape)
    sizes = getattr(x, "shape", None)
    if not isinstance(sizes, tuple):
        raise ArgumentError("assert_shape takes an array", got=type(x).__name__, wanted="a value with a shape")
    with contextlib.nullcontext() if _is_checked(sys._getframe(1)) else axis_scope({}):
        try:
            reason = _annotation(shape).__instancecheck_str__(_Sized(sizes))
        except jaxtyping.AnnotationError as error:
            raise AnnotationError(
                "the asserted shape cannot be checked",
                got=f'"{shape}": {str(error).splitlines()[0]}',
                suggestion="bind each axis name by itself before an expression uses it",
            ) from error
        if reason:
            raise ShapeError(
                "the value must have the asserted shape",
                got=f"{show_shape(sizes)}; {reason}",
                wanted=f'"{shape}"',
                bindings=_bindings(shape),
            )
    return x


@dataclass(frozen=True)
class _Sized:
    """A shape by itself, so that whatever has one can be checked."""

    shape: tuple[int, ...]
    dtype: str = "float64"


@functools.lru_cache(maxsize=512)
def _annotation(shape: str) -> Any:
    return jaxtyping.Shaped[_Sized, shape]


_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})


def _is_checked(frame: FrameType | None) -> bool:
    """Whether the function of a frame is called by a checker of annotations: the open scope of names is its own.

    A helper that nobody checks is called while its caller's scope is open, whose names mean other axes.
    """
    while frame is not None and frame.f_code.co_name in _COMPREHENSIONS:
        frame = frame.f_back
    caller = None if frame is None else frame.f_back
    if caller is None:
        return False
    module = str(caller.f_globals.get("__name__", ""))
    return module.startswith(("jaxtyping.", "tl_dsl.typed")) or caller.f_code.co_filename.startswith("<@beartype")


def _bindings(shape: str) -> str:
    """The sizes that the names of the string have already."""
    single, variadic, *_ = get_shape_memo()  # type: ignore[no-untyped-call]
    names = {name for token in parse_shape(shape).tokens for name in (*token.names, token.text)}
    found = {**single, **{f"*{name}": run for name, (_, run) in variadic.items()}}
    return ", ".join(f"{name}={size}" for name, size in found.items() if name.lstrip("*") in names)

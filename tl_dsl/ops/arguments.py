"""Metadata of operations as callers write it: axes, sizes and element types in the plain form that the rules take."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import numpy.typing as npt

from tl_dsl import dtypes
from tl_dsl.dtypes import DType
from tl_dsl.errors import ArgumentError


def integer(value: Any, what: str) -> int:
    """A Python int, also from numpy's. Errors: ArgumentError for booleans and everything else.

    >>> integer(np.int64(3), "an axis")
    3
    """
    if type(value) is int:
        return value
    try:
        if not isinstance(value, (bool, np.bool_)):
            return operator.index(value)
    except TypeError:
        pass
    raise ArgumentError(f"{what} is an int", got=repr(value))


def axes(value: Any) -> int | tuple[int, ...] | None:
    """An axis, several in a tuple or list, or None. Errors: ArgumentError."""
    if value is None or type(value) is int:
        return value
    if isinstance(value, (tuple, list)):
        return tuple([integer(axis, "an axis") for axis in value])
    return integer(value, "an axis")


def sizes(value: Any) -> tuple[int, ...]:
    """Sizes, one or several. Errors: ArgumentError."""
    if isinstance(value, (tuple, list)):
        return tuple([integer(size, "a size") for size in value])
    return (integer(value, "a size"),)


def dtype(value: npt.DTypeLike | None, default: np.dtype[Any]) -> np.dtype[Any]:
    """A numpy element type. Errors: ArgumentError for what is none; DTypeError for types that Tensors do not hold."""
    if value is None:
        return default
    try:
        found = np.dtype(value)
    except TypeError as error:
        raise ArgumentError("an element type is one of numpy's", got=str(error)) from None
    dtypes.of(found)
    return found


def dtype_class(value: Any) -> type[DType]:
    """The class of an element type as the static checker sees it written; ``Shaped`` where it is not known."""
    if isinstance(value, type) and issubclass(value, DType):
        return dtypes.Shaped if dtypes.is_weak(value) else value  # of an argument of which nothing is known
    try:
        return dtypes.of(value)
    except TypeError:
        return dtypes.Shaped

"""What the shape rule of an operation gives: the shape of one tensor, or a list of the shapes of several."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from mypy.types import Instance, TupleType, Type, get_proper_type

from tl_checker.shapes.facts.values import agreed_shape
from tl_dsl.dims import UNKNOWN
from tl_dsl.shapes import Shape, is_nameless

TUPLE: Final = "builtins.tuple"
LIST: Final = "builtins.list"


@dataclass(frozen=True)
class Several:
    """The shapes of several tensors, as `split` gives them."""

    shapes: tuple[Shape, ...]


Result: TypeAlias = Shape | Several


def result_of(given: Any) -> Result:
    """A rule's answer: a list is one of shapes, anything else is a shape."""
    return Several(tuple(map(tuple, given))) if isinstance(given, list) else tuple(given)


def shapes_of(result: Result) -> tuple[Shape, ...]:
    """The shapes of a result."""
    return result.shapes if isinstance(result, Several) else (result,)


def unknown_parts(result: Result) -> int:
    """How much of a result is not known."""
    return sum(axis is UNKNOWN or is_nameless(axis) for shape in shapes_of(result) for axis in shape)


def several(like: Type, result: Several, tensor: Callable[[Type, Shape], Type]) -> Type:
    """The type of several tensors in the container that the function declares.

    A tuple has a type for each of them; a list has one type for all, which knows what they agree on.
    """
    like = get_proper_type(like)
    if not isinstance(like, Instance) or not like.args or not result.shapes:
        return like
    item = like.args[0]
    if like.type.fullname == TUPLE:
        return TupleType([tensor(item, shape) for shape in result.shapes], like, like.line, like.column)
    if like.type.fullname == LIST:
        return like.copy_modified(args=[tensor(item, functools.reduce(agreed_shape, result.shapes))])
    return like

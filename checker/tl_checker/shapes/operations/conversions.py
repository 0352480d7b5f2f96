"""From numpy's arrays to Tensors and back: the shape and the elements stay."""

from __future__ import annotations

import functools
from typing import Any, Final

from mypy.typeops import make_simplified_union
from mypy.types import Type

from tl_checker.shapes.annotations.element_types import dtype_class, element_type
from tl_checker.shapes.annotations.encoding import (
    LOST,
    NDARRAY,
    OPEN,
    TENSOR,
    array_dtype,
    array_shape,
    as_array,
    encoder_of,
    members_of,
)
from tl_checker.shapes.host.internals import class_named, node_named
from tl_checker.shapes.messages.losses import lost_before

TO_TENSOR: Final = "tl_dsl.tensor.tensor"
"""The function that makes a Tensor as numpy.array makes an array."""


def as_tensor(array: Type, checker: Any) -> Type | None:
    """The Tensor with the values of an array; None for other types."""
    return _in_class(TENSOR, array, checker)


def as_numpy(tensor: Type, checker: Any) -> Type | None:
    """The array with the values of a Tensor; None for other types."""
    return _in_class(NDARRAY, tensor, checker)


def _in_class(fullname: str, t: Type, checker: Any) -> Type | None:
    info, arrays = class_named(checker, fullname), [as_array(member) for member in members_of(t)]
    lookup = functools.partial(node_named, checker)
    made: list[Type] = []
    for array in arrays:
        if array is None or info is None:
            return None
        elements = element_type(info, dtype_class(array_dtype(array)).__name__, lookup)
        encoder = encoder_of(checker, LOST if lost_before(array) else OPEN)
        made.append(encoder.array(info, elements, array_shape(array)))
    return make_simplified_union(made)

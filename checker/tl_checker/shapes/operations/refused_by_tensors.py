"""What Tensors refuse by type: calls of numpy, which it leaves to the class of the arguments, and index arrays."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from mypy.types import Instance, TupleType, Type, get_proper_type

from tl_checker.shapes.annotations.encoding import NDARRAY, TENSOR, as_array
from tl_dsl.errors import IndexingError, NumpyCallError
from tl_dsl.tensor import READ_NO_VALUES, numpy_refusal

_OF_SEQUENCES: Final = frozenset({"stack", "concatenate", "concat", "vstack", "hstack", "dstack", "column_stack"})
"""Functions that numpy leaves to the items of a list; for others it makes an array of the list."""

_INDEX_ARRAYS: Final = frozenset({NDARRAY, "builtins.list"})
"""What indexes an array of numpy, and no Tensor."""


def is_of_numpy(t: Type) -> bool:
    """Whether a type is numpy's array."""
    t = get_proper_type(t)
    return isinstance(t, Instance) and t.type.fullname == NDARRAY


def takes_items(name: str) -> bool:
    """Whether numpy leaves a function of that name to the items of a list that it is given."""
    return name.rpartition(".")[2] in _OF_SEQUENCES


def refused(name: str, types: Iterable[Type]) -> tuple[NumpyCallError, Instance] | None:
    """The error of a call with a Tensor, by the public name of numpy's function or method, and the Tensor's type."""
    given = [t for t in map(get_proper_type, types) if isinstance(t, Instance)]
    tensor = next((t for t in given if t.type.fullname == TENSOR), None)
    if tensor is None or not _leaves_to_tensors(name):
        return None
    if name.startswith(NDARRAY):
        return numpy_refusal("an operator between an ndarray and a Tensor", mixed=True), tensor
    if any(t.type.fullname.startswith("numpy.") and as_array(t) is None for t in given):
        return None  # numpy's scalars count as those of Python
    return numpy_refusal(name, mixed=any(map(is_of_numpy, given))), tensor


def refused_index(key: Type) -> IndexingError | None:
    """The error of an index of a Tensor that is, or holds, a list or an array of numpy."""
    key = get_proper_type(key)
    for part in key.items if isinstance(key, TupleType) else [key]:
        part = get_proper_type(part)
        if isinstance(part, Instance) and part.type.fullname in _INDEX_ARRAYS:
            got = part.type.name
            return IndexingError("an index array is a Tensor", got=got, suggestion="x[tl.tensor(indices)]")
    return None


@functools.cache
def _leaves_to_tensors(name: str) -> bool:
    root, *path = name.split(".")
    if root != "numpy":
        return False
    if path[0] == "ndarray":
        return path[-1].startswith("__") and path[-1] not in ("__getitem__", "__setitem__")
    function: Any = np
    for part in path:
        function = getattr(function, part, None)
    return isinstance(function, np.ufunc) or (hasattr(function, "_implementation") and function not in READ_NO_VALUES)

"""What optimisers share: a formula for one parameter, applied to every leaf of the trees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from tl_dsl.dtypes import is_floating
from tl_dsl.errors import ArgumentError, ShapeError
from tl_dsl.pytree import TreeDef, flatten_as, tree_flatten, tree_unflatten
from tl_dsl.tensor import Tensor

P = TypeVar("P")

Formula = Callable[..., tuple[Any, ...]]
"""From a gradient, a parameter and its slots to the new parameter and the new slots, by + - * / ** only."""


def apply(formula: Formula, gradients: P, params: P, *slots: P) -> tuple[P, ...]:
    """The formula on every leaf; the result is the new parameters and the new slots, as trees like ``params``.

    Leaves that are not floating stay as they are. Errors: ArgumentError when structures differ or a leaf is no Tensor,
    ShapeError when a gradient has another shape than its parameter.
    """
    leaves, treedef = tree_flatten(params)
    columns = [flatten_as(treedef, tree, "gradients, state and parameters") for tree in (gradients, *slots)]
    results = []
    with np.errstate(all="ignore"):
        for place, (parameter, gradient, *rest) in enumerate(zip(leaves, *columns, strict=True)):
            if getattr(gradient, "shape", None) != getattr(parameter, "shape", ()):
                raise _other_shape(treedef, place, gradient, parameter)
            if not all([isinstance(x, Tensor) for x in (parameter, gradient, *rest)]):
                raise _no_tensor(treedef, place, (parameter, gradient, *rest))
            if not is_floating(parameter.dtype):
                results.append((parameter, *rest))
                continue
            results.append(_on_leaf(formula, gradient, parameter, rest))
    width = len(slots) + 1
    return tuple([tree_unflatten(treedef, [row[k] for row in results]) for k in range(width)])


def zeros_like(params: P) -> P:
    """A tree of zeros like the parameters; leaves that are not floating stay.

    Errors: ArgumentError for a leaf that is not a Tensor.
    """
    leaves, treedef = tree_flatten(params)
    for path, leaf in zip(treedef.paths(), leaves, strict=True):
        if not isinstance(leaf, Tensor):
            raise ArgumentError("parameters are Tensors", got=f"{type(leaf).__name__} at {path or 'the root'}")
    result: P = tree_unflatten(treedef, [leaf * 0 if is_floating(leaf.dtype) else leaf for leaf in leaves])
    return result


def require_range(name: str, value: float, low: float, high: float = float("inf")) -> None:
    """Errors: ArgumentError unless low <= value < high."""
    if not low <= value < high:
        raise ArgumentError(f"{name} lies in [{low}, {high})", got=repr(value))


def _on_leaf(formula: Formula, gradient: Tensor, parameter: Tensor, slots: list[Tensor]) -> tuple[Tensor, ...]:
    given = (gradient, parameter, *slots)
    values = [x._value for x in given if x._fault is None]
    arrays = [value for value in values if type(value) is np.ndarray and value.dtype.kind == "f"]
    if len(arrays) < len(given):
        return formula(*given)  # traced, exact scalars, or a domain error to carry on: in operations of the language
    dtype = parameter.dtype
    return tuple([_owned(y, dtype) for y in formula(*arrays)])


def _owned(values: Any, dtype: np.dtype[Any]) -> Tensor:
    array = np.asarray(values, dtype=dtype)
    array.flags.writeable = False
    return Tensor(array)


def _no_tensor(treedef: TreeDef, place: int, leaves: tuple[Any, ...]) -> ArgumentError:
    found = next(leaf for leaf in leaves if not isinstance(leaf, Tensor))
    return ArgumentError(
        "parameters, gradients and state are Tensors",
        got=f"{type(found).__name__} at {treedef.paths()[place] or 'the root'}",
        suggestion="tl.tensor(array)",
    )


def _other_shape(treedef: TreeDef, place: int, gradient: Any, parameter: Any) -> ShapeError:
    return ShapeError(
        "a gradient has the shape of its parameter",
        got=f"{list(getattr(gradient, 'shape', ()))} at {treedef.paths()[place] or 'the root'}",
        wanted=str(list(getattr(parameter, "shape", ()))),
    )

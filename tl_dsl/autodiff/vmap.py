"""Functions of one example, mapped over a batch."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from tl_dsl.autodiff.traced import run, trace_call
from tl_dsl.errors import ArgumentError, ShapeError
from tl_dsl.ops import permute_dims
from tl_dsl.pytree import TreeDef, tree_flatten, tree_leaves, tree_unflatten
from tl_dsl.shapes import show_shape
from tl_dsl.tensor import Tensor, tensor
from tl_dsl.transform.batch import batch

Axes = int | None | tuple[int | None, ...]


def vmap(f: Callable[..., Any], in_axes: Axes = 0, out_axes: int = 0) -> Callable[..., Any]:
    """A function of one example becomes one of a batch; ``in_axes`` names the axis of each argument, None for no batch.

    An axis counts for every leaf of its argument; keyword arguments are mapped over their first axis. The function is
    traced on one example, and its graph batched, so the number of kernel calls does not depend on the batch.
    Errors: ShapeError when the batches have different sizes or an argument lacks the axis; ArgumentError.

    >>> import tl_dsl as tl
    >>> tl.vmap(tl.sum)(tl.tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor[float64, 2]([3., 7.])
    """

    @functools.wraps(f)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        axes = _axes_of(in_axes, len(args))
        names, mapped_ones = _tensors_among(kwargs)
        fixed = {name: value for name, value in kwargs.items() if name not in names}

        @functools.wraps(f)
        def whole(*values: Any) -> Any:
            return f(*values[:-1], **values[-1], **fixed)

        return _map(whole, (*args, mapped_ones), (*axes, 0), out_axes)

    return mapped


def _tensors_among(kwargs: dict[str, Any]) -> tuple[set[str], dict[str, Any]]:
    """The keyword arguments that are tensors or trees of them: they are mapped over their first axis."""
    names = {
        name for name, value in kwargs.items() if any(isinstance(x, (Tensor, np.ndarray)) for x in tree_leaves(value))
    }
    return names, {name: kwargs[name] for name in names}


def _axes_of(in_axes: Axes, count: int) -> tuple[int | None, ...]:
    axes = tuple(in_axes) if isinstance(in_axes, (tuple, list)) else (in_axes,) * count
    if len(axes) != count or not all(axis is None or type(axis) is int for axis in axes):
        raise ArgumentError(
            "in_axes has an int or None for each positional argument", got=f"{in_axes!r} for {count} arguments"
        )
    return axes


def _map(f: Callable[..., Any], args: tuple[Any, ...], axes: tuple[int | None, ...], out_axes: int) -> Any:
    batches: list[Tensor] = []
    examples = [_example(arg, axis, k, batches) for k, (arg, axis) in enumerate(zip(args, axes, strict=True))]
    sizes = {x.shape[0] for x in batches}
    if len(sizes) != 1:
        raise ShapeError(
            "the batched arguments of vmap have one size along their axes",
            got=" and ".join(map(str, sorted(sizes))) or "no batched argument",
        )
    call = trace_call(f, examples, None)
    slots = {id(leaf): k for k, leaf in enumerate(_placeholders(examples))}
    values, flags = list(call.values), [False] * len(call.values)
    for k, x in enumerate(values):
        if id(x) in slots:
            values[k], flags[k] = batches[slots[id(x)]], True
    results = run(batch(call.graph, sizes.pop(), flags), values)
    for y in results:
        if type(out_axes) is not int or not -y.ndim <= out_axes < y.ndim:
            raise ArgumentError(
                "out_axes is an axis of every result", got=f"{out_axes!r} for a result of shape {show_shape(y.shape)}"
            )
    return call.result([moved(y, 0, out_axes) for y in results])


class _Placeholder(Tensor):
    """One example of a batched leaf; only its type is read."""

    __slots__ = ()


def _placeholders(trees: list[Any]) -> list[Tensor]:
    return [leaf for tree in trees for leaf in tree_flatten(tree)[0] if isinstance(leaf, _Placeholder)]


def _example(arg: Any, axis: int | None, k: int, batches: list[Tensor]) -> Any:
    """An argument with each batched leaf replaced by one example; the leaves go into ``batches``, batch first."""
    if axis is None:
        return arg
    leaves, treedef = tree_flatten(arg)
    return tree_unflatten(treedef, [_leaf_example(leaf, axis, k, treedef, batches) for leaf in leaves])


def _leaf_example(leaf: Any, axis: int, k: int, treedef: TreeDef, batches: list[Tensor]) -> Tensor:
    if not isinstance(leaf, (Tensor, np.ndarray)):
        raise ArgumentError(
            "vmap maps over tensors", got=f"{type(leaf).__name__} in argument {k}", suggestion=f"in_axes[{k}] = None"
        )
    x = tensor(leaf)
    if not -x.ndim <= axis < x.ndim:
        raise ShapeError(f"vmap maps over axis {axis}", got=f"{show_shape(x.shape)} in argument {k}")
    batches.append(moved(x, axis, 0))
    shape = batches[-1].shape[1:]
    return _Placeholder(np.broadcast_to(np.zeros((), np.float64 if x.dtype == object else x.dtype), shape))


def moved(x: Tensor, source: int, destination: int) -> Tensor:
    """One axis moved to another place, the others in order."""
    rest = [k for k in range(x.ndim) if k != source % x.ndim]
    rest.insert(destination % x.ndim, source % x.ndim)
    return permute_dims(x, tuple(rest))

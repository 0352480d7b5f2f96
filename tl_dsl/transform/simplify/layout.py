"""Rules for instructions that move elements: they merge with each other, and broadcasts move outwards past them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_dsl.graph import Node
from tl_dsl.transform.simplify import constants
from tl_dsl.transform.simplify.rewriter import Rewriter, constant_of, expanded, matching_axes, with_axes

Sizes = tuple[int, ...]


def reshape_rule(w: Rewriter, x: Node, *, shape: Sizes) -> Node | None:
    """No change, constants, two reshapes, and a broadcast that unit axes are put into or taken out of."""
    if shape == x.shape:
        return x
    value = constant_of(x)
    if value is not None:
        return w.full(value, shape, x.dtype)
    if x.op.name == "reshape":
        return w.reshape(x.operand, shape)
    return _unit_axes_of_broadcast(w, x, shape) if x.op.name == "broadcast_to" else None


def _unit_axes_of_broadcast(w: Rewriter, x: Node, shape: Sizes) -> Node | None:
    """``reshape(broadcast(z)) -> broadcast(reshape(z))`` when only axes of size 1 come or go."""
    inner = x.operand.shape
    kept = [(n, m) for n, m in zip(x.shape, inner, strict=True) if n != 1]
    if [n for n in shape if n != 1] != [n for n, _ in kept]:
        return None
    sizes = iter([m for _, m in kept])
    small = tuple([next(sizes) if n != 1 else 1 for n in shape])
    return w.broadcast(w.reshape(x.operand, small), shape)


def permute_dims_rule(w: Rewriter, x: Node, *, axes: Sizes) -> Node | None:
    """No change, constants, two permutations, moves of unit axes only, broadcasts, the transpose of an identity."""
    rank = len(axes)
    if axes == tuple(range(-rank, 0)):
        return x
    shape = tuple([x.shape[a] for a in axes])
    value = constant_of(x)
    if value is not None:
        return w.full(value, shape, x.dtype)
    if x.op.name == "permute_dims":
        inner = x.params["axes"]
        return w.emit("permute_dims", x.operand, axes=tuple([inner[a] for a in axes]))
    longer = [a for a in axes if x.shape[a] != 1]
    if longer == sorted(longer):
        return w.reshape(x, shape)
    if x.op.name == "eye":
        return w.emit("eye", n_rows=shape[0], n_cols=shape[1], dtype=x.dtype)
    if x.op.name == "broadcast_to":
        return w.broadcast(w.emit("permute_dims", x.operand, axes=axes), shape)
    return _permuted_past_unit_axes(w, x, axes, shape) if x.op.name == "reshape" else None


def _permuted_past_unit_axes(w: Rewriter, x: Node, axes: Sizes, shape: Sizes) -> Node | None:
    """``permute(reshape(z)) -> reshape(permute(z))`` when axes of size 1 came or went, so that z is permuted alone."""
    matching = matching_axes(x, x.operand)
    if matching is None:
        return None
    unit = [a for a in range(-len(x.operand.shape), 0) if x.operand.shape[a] == 1]
    order = (*unit, *[matching[a] for a in axes if x.shape[a] != 1])
    return w.reshape(w.emit("permute_dims", x.operand, axes=order), shape)


def broadcast_to_rule(w: Rewriter, x: Node, *, shape: Sizes) -> Node | None:
    """No change, constants, two broadcasts."""
    if shape == x.shape:
        return x
    value = constant_of(x)
    if value is not None:
        return w.full(value, shape, x.dtype)
    return w.broadcast(x.operand, shape) if x.op.name == "broadcast_to" else None


def slice_rule(w: Rewriter, x: Node, *, start: Sizes, size: Sizes, step: Sizes) -> Node | None:
    """No change, constants, two slices, broadcasts, a part of a concat, what an embed put there."""
    if size == x.shape and all(s == 1 or n <= 1 for s, n in zip(step, size, strict=True)):
        return x
    value = constant_of(x)
    if value is not None:
        return w.full(value, size, x.dtype)
    if x.op.name == "slice":
        first, stride = x.params["start"], x.params["step"]
        return w.emit(
            "slice",
            x.operand,
            start=tuple([f + s * t for f, s, t in zip(first, start, stride, strict=True)]),
            size=size,
            step=tuple([s * t for s, t in zip(step, stride, strict=True)]),
        )
    if x.op.name == "embed" and x.operand.shape == size:
        return x.operand if (x.params["start"], x.params["step"]) == (start, step) else None
    if x.op.name == "broadcast_to":
        return _slice_of_broadcast(w, x, start, size, step)
    return _slice_of_concat(w, x, start, size, step) if x.op.name == "concat" else None


def _slice_of_broadcast(w: Rewriter, x: Node, start: Sizes, size: Sizes, step: Sizes) -> Node:
    axes = [a for a in expanded(x) if size[a]]
    ones, zeros = (1,) * len(axes), (0,) * len(axes)
    inner = w.emit(
        "slice",
        x.operand,
        start=with_axes(start, axes, zeros),
        size=with_axes(size, axes, ones),
        step=with_axes(step, axes, ones),
    )
    return w.broadcast(inner, size)


def _slice_of_concat(w: Rewriter, x: Node, start: Sizes, size: Sizes, step: Sizes) -> Node | None:
    axis = x.params["axis"]
    low, high = sorted((start[axis], start[axis] + (size[axis] - 1) * step[axis]))
    begin = 0
    for part in x.operands:
        end = begin + part.shape[axis]
        if begin <= low and high < end and size[axis]:
            moved = with_axes(start, (axis,), (start[axis] - begin,))
            return w.emit("slice", part, start=moved, size=size, step=step)
        begin = end
    return None


def embed_rule(w: Rewriter, x: Node, *, start: Sizes, step: Sizes, shape: Sizes) -> Node | None:
    """No change (backwards, an embedding of the whole is one), zeros."""
    if shape == x.shape and all(s == 1 or n <= 1 for s, n in zip(step, shape, strict=True)):
        return x
    return w.full(0, shape, x.dtype) if constant_of(x) == 0 else None


def concat_rule(w: Rewriter, *parts: Node, axis: int) -> Node | None:
    """A single part; parts of size 0."""
    if len(parts) == 1:
        (only,) = parts
        return only
    filled = [x for x in parts if x.shape[axis]]
    if len(filled) == len(parts):
        return None
    return w.emit("concat", *(filled or parts[:1]), axis=axis)


def astype_rule(w: Rewriter, x: Node, *, dtype: np.dtype[Any]) -> Node | None:
    """No change, and whole numbers that every type holds."""
    if dtype == x.dtype:
        return x
    value = constant_of(x)
    if isinstance(value, (bool, int)) and constants.safe(int(value), dtype):
        return w.full(int(value), x.shape, dtype)
    return None


def where_rule(w: Rewriter, condition: Node, x: Node, y: Node) -> Node | None:
    """Both choices equal."""
    return x if x is y else None


def greater_rule(w: Rewriter, x: Node, y: Node) -> Node | None:
    """``x > 0`` as ``relu(x) > 0`` where there is a relu, so that x need not be kept for it."""
    positive = w.known("relu", x) if constant_of(y) == 0 else None
    return None if positive is None else w.emit("greater", positive, y)


def extremum_rule(w: Rewriter, x: Node, *, axis: Sizes) -> Node | None:
    """The largest or smallest of one element: ``max`` and ``min`` along unit axes."""
    longer = tuple([a for a in axis if x.shape[a] != 1])
    return x if not longer else None


def stop_gradient_rule(w: Rewriter, x: Node) -> Node | None:
    """Two stops are one."""
    return x if x.op.name == "stop_gradient" else None

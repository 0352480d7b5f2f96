"""Rules for sums and matrix products: broadcasts are contracted away, a batch is folded into one product."""

from __future__ import annotations

import math
from collections.abc import Callable

from tl_dsl.graph import Node
from tl_dsl.transform.simplify import constants
from tl_dsl.transform.simplify.rewriter import Rewriter, constant_of, expanded, matching_axes, with_axes

Sizes = tuple[int, ...]


def sum_rule(w: Rewriter, x: Node, *, axis: Sizes) -> Node | None:
    """Unit axes, two sums, constants, sums over repeated elements, factors that do not vary along the axes."""
    longer = tuple([a for a in axis if x.shape[a] != 1])
    if longer != axis or not longer:
        return w.sum(x, longer)
    if x.op.name == "sum":
        return w.sum(x.operand, tuple(sorted({*x.params["axis"], *axis})))
    small = with_axes(x.shape, axis, (1,) * len(axis))
    value = constant_of(x)
    if value is not None:
        total = constants.fitted(constants.product(value, math.prod([x.shape[a] for a in axis])), x.dtype)
        return None if total is None else w.full(total, small, x.dtype)
    rule = _SUMS.get(x.op.name)
    return None if rule is None else rule(w, x, axis)


def _sum_of_broadcast(w: Rewriter, x: Node, axis: Sizes) -> Node | None:
    repeated = tuple([a for a in expanded(x) if a in axis])
    if not repeated:
        return None
    times = constants.fitted(math.prod([x.shape[a] for a in repeated]), x.dtype)
    if times is None:
        return None
    inner = w.sum(x.operand, tuple([a for a in axis if a not in repeated]))
    shape = with_axes(x.shape, axis, (1,) * len(axis))
    return w.scaled(w.broadcast(inner, shape), times)


def _sum_past_unit_axes(w: Rewriter, x: Node, axis: Sizes) -> Node | None:
    """``sum(reshape(z)) -> reshape(sum(z))`` when only axes of size 1 came or went."""
    matching = matching_axes(x, x.operand)
    if matching is None:
        return None
    inner = w.sum(x.operand, tuple([matching[a] for a in axis]))
    return w.reshape(inner, with_axes(x.shape, axis, (1,) * len(axis)))


def _sum_of_scaled(w: Rewriter, x: Node, axis: Sizes) -> Node | None:
    """``sum(u · broadcast(v)) -> sum(u) · v`` when v does not vary along the summed axes; the same for a divisor."""
    if constants.narrow(x.dtype):
        return None
    u, v = x.operands
    for kept, factor in ((u, v), (v, u)) if x.op.name == "mul" else ((u, v),):
        if set(axis) <= set(expanded(factor)):
            shape = with_axes(x.shape, axis, (1,) * len(axis))
            return w.emit(x.op.name, w.sum(kept, axis), w.broadcast(factor.operand, shape))
    return None


def _sum_of_products(w: Rewriter, x: Node, axis: Sizes) -> Node | None:
    """A sum of matrix products over all batch axes is one product along the batch and the contracted axis."""
    rank = len(x.shape)
    batch = tuple(range(-rank, -2))
    if not batch or any(a not in axis for a in batch if x.shape[a] != 1):
        return None
    left, right = x.operands
    rows, inner, columns = left.shape[-2], left.shape[-1], right.shape[-1]
    long = math.prod(left.shape[:-2]) * inner
    turned = w.emit("permute_dims", left, axes=(*batch, -1, -2))
    first = w.emit("permute_dims", w.reshape(turned, (long, rows)), axes=(-1, -2))
    product = w.emit("matmul", first, w.reshape(right, (long, columns)))
    kept = w.reshape(product, (1,) * (rank - 2) + (rows, columns))
    return w.sum(kept, axis)


_SUMS: dict[str, Callable[[Rewriter, Node, Sizes], Node | None]] = {
    "broadcast_to": _sum_of_broadcast,
    "reshape": _sum_past_unit_axes,
    "mul": _sum_of_scaled,
    "div": _sum_of_scaled,
    "matmul": _sum_of_products,
}
"""What sums of these become."""


def matmul_rule(w: Rewriter, x: Node, y: Node) -> Node | None:
    """Batches in which an operand repeats become one product of matrices; identities and diagonals disappear."""
    if len(x.shape) > 2:
        return _folded_batch(w, x, y)
    scale = w.diagonals.get(x.index)
    if scale is not None:
        column = w.broadcast(w.reshape(scale, (*scale.shape, 1)), y.shape)
        return w.emit("mul", y, column)
    scale = w.diagonals.get(y.index)
    if scale is not None:
        row = w.broadcast(w.reshape(scale, (1, *scale.shape)), x.shape)
        return w.emit("mul", x, row)
    return None


def _folded_batch(w: Rewriter, x: Node, y: Node) -> Node | None:
    batch, (m, k), n = x.shape[:-2], x.shape[-2:], y.shape[-1]
    count = math.prod(batch)
    left, right = _same_in_batch(w, x), _same_in_batch(w, y)
    if left is not None and right is not None:
        product = w.emit("matmul", left, right)
        return w.broadcast(w.reshape(product, (1,) * len(batch) + (m, n)), (*batch, m, n))
    if right is not None:
        product = w.emit("matmul", w.reshape(x, (count * m, k)), right)
        return w.reshape(product, (*batch, m, n))
    if left is not None and n == 1:
        turned = w.emit("permute_dims", left, axes=(-1, -2))
        return w.reshape(w.emit("matmul", w.reshape(y, (count, k)), turned), (*batch, m, 1))
    return None


def _same_in_batch(w: Rewriter, x: Node) -> Node | None:
    """The matrix that a batch of matrices repeats, None when they may differ."""
    matrix = x.shape[-2:]
    if math.prod(x.shape[:-2]) == 1:
        return w.reshape(x, matrix)
    value = constant_of(x)
    if value is not None:
        return w.full(value, matrix, x.dtype)
    if x.op.name == "broadcast_to":
        inner = x.operand
        if all(n == 1 for n in inner.shape[:-2]):
            return w.broadcast(w.reshape(inner, inner.shape[-2:]), matrix)
    return None


def note_diagonal(w: Rewriter, x: Node) -> None:
    """Remember the diagonal of a new node that is a diagonal matrix (with unit axes among its axes, perhaps).

    Off the diagonal such a node is zero by construction, so that a product with it may leave those terms out.
    """
    name = x.op.name
    if name == "eye":
        if x.shape[0] == x.shape[1]:
            w.diagonals[x.index] = w.full(1, x.shape[:1], x.dtype)
    elif name in ("reshape", "permute_dims", "neg"):
        diagonal = w.diagonals.get(x.operand.index)
        if diagonal is not None and _is_square(x.shape):
            w.diagonals[x.index] = w.emit("neg", diagonal) if name == "neg" else diagonal
    elif name == "mul":
        for u, v in (x.operands, x.operands[::-1]):
            diagonal = w.diagonals.get(u.index)
            if diagonal is not None and (factor := _along_diagonal(w, v, *diagonal.shape)) is not None:
                w.diagonals[x.index] = w.emit("mul", diagonal, factor)
    elif name == "where" and constant_of(x.operands[2]) == 0:
        chosen, matrix, _ = x.operands
        diagonal = w.diagonals.get(matrix.index)
        if diagonal is not None and (condition := _along_diagonal(w, chosen, *diagonal.shape)) is not None:
            zero = w.full(0, diagonal.shape, x.dtype)
            w.diagonals[x.index] = w.emit("where", condition, diagonal, zero)


def _is_square(shape: Sizes) -> bool:
    longer = [n for n in shape if n != 1]
    return len(longer) == 2 and longer[0] == longer[1]


def _along_diagonal(w: Rewriter, x: Node, count: int) -> Node | None:
    """The elements of a node that meet a diagonal of ``count``, where the node varies along one axis at most."""
    value = constant_of(x)
    if value is not None:
        return w.full(value, (count,), x.dtype)
    inner = x.operand if x.op.name == "broadcast_to" else None
    return w.reshape(inner, (count,)) if inner is not None and math.prod(inner.shape) == count else None

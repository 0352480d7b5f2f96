"""How sums and matrix products are written: as dot products wherever numpy is faster with them."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tl_dsl.evaluate.blocks import DOT_LIMIT, PRODUCT_LIMIT, add_columns, add_rows, dot_blocks, ones
from tl_dsl.evaluate.emitter import Emitter
from tl_dsl.graph import Node

ROW_LIMIT = 256
"""Rows up to so long are summed by a product with a vector of ones; numpy's own sum is faster, and better, above."""

WHOLE_LIMIT = DOT_LIMIT
"""The same for the sum of a whole array."""


def write_sum(e: Emitter, node: Node) -> None:
    """A sum of products is a dot product; sums along leading or trailing axes are products with ones."""
    (x,) = node.operands
    if x.index in e.plan.absorbed:
        _write_dot(e, node, *x.operands)
        return
    axes = sorted(a + len(x.shape) for a in node.params["axis"])
    leading = axes == list(range(len(axes)))
    trailing = axes == list(range(len(x.shape) - len(axes), len(x.shape)))
    count = math.prod([x.shape[a] for a in axes])
    rest = math.prod(node.shape)
    fast = node.dtype.kind == "f" and node.dtype.itemsize >= 4 and count and rest and _in_order(e, x)
    if fast and rest == 1 and count <= WHOLE_LIMIT:
        _write_total(e, node, x, count)
    elif fast and (leading or (trailing and count <= ROW_LIMIT)) and rest > 1 and count * rest > PRODUCT_LIMIT:
        add, shape = (add_rows, (count, rest)) if leading else (add_columns, (rest, count))
        _write_into(e, node, lambda out: f"{e.function(add)}({e.flat(x, shape)}, {out})", (rest,))
    elif fast and leading and rest > 1:
        _write_product(e, node, e.method(_ones(e, count, node), "dot"), e.flat(x, (count, rest)), rest)
    elif fast and trailing and rest > 1 and count <= ROW_LIMIT:
        _write_product(e, node, e.method(e.flat(x, (rest, count)), "dot"), _ones(e, count, node), rest)
    else:
        axis = node.params["axis"]
        reduce, name = e.bind(np.add.reduce, "add_reduce"), e.name(x)
        out = e.out(node)
        e.call(f"{reduce}({name}, {axis[0] if len(axis) == 1 else axis}, {e.dtype(node.dtype)}, {out}, True)")


def _in_order(e: Emitter, x: Node) -> bool:
    return e.plan.contiguous[x.index]


def _ones(e: Emitter, count: int, node: Node) -> str:
    return e.shared(("ones", count, node.dtype), "ones", lambda: ones(count, node.dtype))


def _write_product(e: Emitter, node: Node, dot: str, operand: str, count: int) -> None:
    if e.is_fresh(node):
        e.give(node, f"{dot}({operand})", (count,))
        return
    out = e.out(node)
    e.call(f"{dot}({operand}, {e.prepare('v', lambda scope: scope[out].reshape(count))})")


def _write_total(e: Emitter, node: Node, x: Node, count: int) -> None:
    _write_scalar(e, node, e.method(_ones(e, count, node), "dot"), e.flat(x, (count,)))


def _write_dot(e: Emitter, node: Node, x: Node, y: Node) -> None:
    count = math.prod(x.shape)
    first = e.flat(x, (count,))
    second = first if x is y else e.flat(y, (count,))
    if count > DOT_LIMIT:
        _write_into(e, node, lambda out: f"{e.function(dot_blocks)}({first}, {second}, {out})", ())
    else:
        _write_scalar(e, node, e.method(first, "dot"), second)


def _write_scalar(e: Emitter, node: Node, dot: str, operand: str) -> None:
    """A dot product into the single element of a node."""
    _write_into(e, node, lambda out: f"{dot}({operand}, {out})", ())


def _write_into(e: Emitter, node: Node, line: Callable[[str], str], shape: tuple[int, ...]) -> None:
    """A line that writes into the memory of a node, in another shape."""
    if e.is_fresh(node):
        e.give_into(node, line, shape)
        return
    out = e.out(node)
    e.call(line(e.prepare("v", lambda scope: scope[out].reshape(shape))))


def write_matmul(e: Emitter, node: Node) -> None:
    """``x.dot(y, out)`` for matrices, with vectors as vectors; ``matmul`` for batches, whose broadcasts are dropped."""
    x, y = node.operands
    if len(node.shape) > 2:
        x_name, y_name = (e.name(_matrices(e, z)) for z in (x, y))
        if np.broadcast_shapes(*[_matrices(e, z).shape[:-2] for z in (x, y)]) != node.shape[:-2]:
            x_name = e.name(x)
        e.call(f"{e.function(np.matmul)}({x_name}, {y_name}, {e.out(node)})")
        return
    x_shape, y_shape = x.shape, y.shape
    if x.op.name == "reshape" and len(x.operands[0].shape) == 1 and x.shape[0] == 1:
        x, x_shape = x.operands[0], x.operands[0].shape
    elif y.op.name == "reshape" and len(y.operands[0].shape) == 1 and y.shape[1] == 1:
        y, y_shape = y.operands[0], y.operands[0].shape
    dot, right = e.method(e.name(x), "dot"), e.name(y)
    shape = (*x_shape[:-1], *y_shape[1:])
    if e.is_fresh(node):
        e.give(node, f"{dot}({right})", shape)
        return
    out = e.out(node)
    target = out if shape == node.shape else e.prepare("v", lambda scope: scope[out].reshape(shape))
    e.call(f"{dot}({right}, {target})")


def _matrices(e: Emitter, x: Node) -> Node:
    """The operand without a broadcast along its batch axes."""
    if x.op.name == "broadcast_to" and x.index not in e.plan.constant:
        inner = x.operands[0]
        if inner.shape[-2:] == x.shape[-2:]:
            return inner
    return x

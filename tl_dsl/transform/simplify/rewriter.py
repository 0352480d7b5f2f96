"""The rebuilding of a graph in simplest form: equal instructions are shared, and rules are tried at each.

A rule looks at operands that are in simplest form already, and gives what the instruction becomes, or None. It emits
through the rewriter, so that what it makes is in simplest form too. Every rule has one direction, so that none undoes
another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tl_dsl.graph import Builder, Graph, Node, Source
from tl_dsl.primitive import PRIMITIVES, Primitive
from tl_dsl.scalars import Constant

Rule = Callable[..., Node | None]
"""``rule(rewriter, *operands, **params)``."""

Rules = Mapping[str, Sequence[Rule]]

COMMUTATIVE = frozenset({"add", "mul", "maximum", "minimum", "equal", "not_equal", "logical_and", "logical_or"})
ELEMENTWISE = frozenset({
    "abs", "sign", "erf", "sigmoid", "softplus", "relu", "pow_scalar", "maximum", "minimum", "where", "astype",
})  # fmt: skip
"""Elementwise primitives whose kernels are not numpy ufuncs; those that are need not be named."""


class Rewriter:
    """Builds a graph in simplest form.

    ``source`` is the place that new instructions are attributed to; ``watch`` sees every new one. ``diagonals`` holds
    the diagonals of nodes that are diagonal matrices.
    """

    def __init__(self, rules: Rules, watch: Callable[[Rewriter, Node], None]) -> None:
        self.rules = rules
        self._watch = watch
        self.builder = Builder()
        self.source: Source | None = None
        self.diagonals: dict[int, Node] = {}
        self._known: dict[Any, Node] = {}

    def rebuild(self, graph: Graph) -> Graph:
        """The same program in simplest form."""
        new = {id(x): self.builder.input(x.shape, x.dtype) for x in graph.inputs}
        for node in graph.nodes:
            self.source = node.source
            operands = tuple([new[id(x)] for x in node.operands])
            new[id(node)] = self.apply(node.op, operands, node.params, like=node)
        return Graph(tuple([new[id(x)] for x in graph.inputs]), tuple([new[id(x)] for x in graph.outputs]))

    def emit(self, name: str, *operands: Node, **params: Any) -> Node:
        """The simplest form of an instruction."""
        return self.apply(PRIMITIVES[name], operands, params)

    def apply(
        self, op: Primitive, operands: tuple[Node, ...], params: Mapping[str, Any], *, like: Node | None = None
    ) -> Node:
        """The simplest form of an instruction; ``like`` is the same one on operands of the same types."""
        if op.name in COMMUTATIVE:
            operands = _ordered(*operands)
        if op.name == "full":
            return self.full(params["fill_value"], params["shape"], params["dtype"])
        for rule in self.rules.get(op.name, ()):
            found = rule(self, *operands, **params)
            if found is not None:
                return found
        if op.ufunc is not None or op.name in ELEMENTWISE:
            found = _below_broadcast(self, op, operands, params)
            if found is not None:
                return found
        return self._shared(op, operands, params, like)

    def _shared(self, op: Primitive, operands: tuple[Node, ...], params: Mapping[str, Any], like: Node | None) -> Node:
        """An instruction as it is, the same node as an equal one's."""
        key: Any = (op.name, *[x.index for x in operands])
        if params:
            key = (*key, *[(type(value), _exact_key(value)) for value in params.values()])
        found = self._known.get(key)
        if found is None:
            if like is not None:
                found = self.builder.copy(like, operands)
            else:
                found = self.builder.emit(op, operands, params, self.source)
            self._known[key] = found
            self._watch(self, found)
        return found

    def known(self, name: str, *operands: Node) -> Node | None:
        """An instruction without parameters, if it is there already."""
        return self._known.get((name, *[x.index for x in operands]))

    def full(self, value: Constant, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Node:
        """A constant. Equal numbers are the same constant, whether written as int, float or fraction."""
        key = ("full", _exact_key(value), shape, dtype)
        found = self._known.get(key)
        if found is None:
            params = {"fill_value": value, "shape": shape, "dtype": dtype}
            found = self.builder.typed(PRIMITIVES["full"], (), params, shape, dtype, self.source)
            self._known[key] = found
        return found

    def reshape(self, x: Node, shape: tuple[int, ...]) -> Node:
        """``x`` in another shape of the same size."""
        return self.emit("reshape", x, shape=shape)

    def broadcast(self, x: Node, shape: tuple[int, ...]) -> Node:
        """``x`` with unit axes expanded."""
        return self.emit("broadcast_to", x, shape=shape)

    def sum(self, x: Node, axis: tuple[int, ...]) -> Node:
        """The sum along axes, kept as size 1."""
        return self.emit("sum", x, axis=axis) if axis else x

    def scaled(self, x: Node, factor: Constant) -> Node:
        """``x`` times a constant."""
        return self.emit("mul", x, self.full(factor, x.shape, x.dtype))


def constant_of(x: Node) -> Constant | None:
    """The number that a constant repeats, None for other nodes."""
    value: Constant | None = x.params["fill_value"] if x.op.name == "full" else None
    return value


def expanded(x: Node) -> tuple[int, ...]:
    """The axes along which a ``broadcast_to`` repeats its operand, () for other nodes."""
    if x.op.name != "broadcast_to":
        return ()
    inner = x.operand.shape
    rank = len(inner)
    return tuple([k - rank for k in range(rank) if inner[k] != x.shape[k]])


def matching_axes(x: Node, z: Node) -> dict[int, int] | None:
    """The (negative) axes of z for those of x that are longer than 1, when they differ in axes of size 1 only."""
    longer = [[k - len(y.shape) for k, n in enumerate(y.shape) if n != 1] for y in (x, z)]
    same = [x.shape[a] for a in longer[0]] == [z.shape[a] for a in longer[1]]
    return dict(zip(*longer, strict=True)) if same else None


def with_axes(shape: tuple[int, ...], axes: Sequence[int], sizes: Sequence[int]) -> tuple[int, ...]:
    """A shape with the sizes of some (negative) axes replaced."""
    changed = list(shape)
    for axis, n in zip(axes, sizes, strict=True):
        changed[axis] = n
    return tuple(changed)


def _ordered(x: Node, y: Node) -> tuple[Node, Node]:
    """Constants last, then in the order of creation."""
    swap = x.op.name == "full" if (x.op.name == "full") != (y.op.name == "full") else x.index > y.index
    return (y, x) if swap else (x, y)


def _exact_key(value: Any) -> Any:
    return "-0.0" if type(value) is float and repr(value) == "-0.0" else value


def _below_broadcast(w: Rewriter, op: Primitive, operands: tuple[Node, ...], params: Mapping[str, Any]) -> Node | None:
    """``f(broadcast(x), broadcast(y)) -> broadcast(f(x, y))`` along the axes that all operands repeat."""
    shape, common = operands[0].shape, None
    for x in operands:
        if x.op.name == "broadcast_to":
            axes = expanded(x)
            common = axes if common is None else tuple([a for a in axes if a in common])
        elif x.op.name != "full":
            return None
    if not common:
        return None
    small = with_axes(shape, common, (1,) * len(common))
    inner = []
    for x in operands:
        value = constant_of(x)
        inner.append(w.broadcast(x.operand, small) if value is None else w.full(value, small, x.dtype))
    return w.broadcast(w.apply(op, tuple(inner), params), shape)

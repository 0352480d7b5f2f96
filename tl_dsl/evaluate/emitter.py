"""The arrays of a program's nodes: constants, places in the arena, variables, and views of all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tl_dsl.evaluate.arena import Arena
from tl_dsl.evaluate.blocks import DOT_LIMIT
from tl_dsl.evaluate.code import Code, type_name
from tl_dsl.evaluate.domain import finite, finite_or_nan
from tl_dsl.evaluate.plan import Plan
from tl_dsl.graph import Graph, Node
from tl_dsl.ops.manipulation import places

Array = np.ndarray[Any, np.dtype[Any]]


class Emitter(Code):
    """The code of one graph while it is written: where each node's array is found."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.graph = graph
        self.plan = Plan(graph)
        self.arena = Arena()
        self._names: dict[int, str] = {}
        self._shapes: dict[int, tuple[int, ...]] = {}  # of variables, where it differs from the node's
        self.returned: dict[np.dtype[Any], int] = {}  # how many elements of each type are copied out
        self._places: dict[int, tuple[int, int]] = {}  # root -> start and length in the arena
        self._step = 0
        for k, x in enumerate(graph.inputs):
            self._names[x.index] = f"a{k}"
            self.variables.add(f"a{k}")

    # Operands

    def core(self, x: Node) -> Node:
        """The smallest node that numpy broadcasts to ``x``."""
        while x.index not in self.plan.constant:
            adds_axes = x.op.name == "reshape" and _ends_with(x.shape, x.operands[0].shape)
            if not adds_axes and x.op.name not in ("broadcast_to", "stop_gradient"):
                break
            x = x.operands[0]
        return x

    def value(self, x: Node) -> str:
        """An array that broadcasts to ``x``: constants are numbers, broadcasts are left to numpy."""
        x = self.core(x)
        if x.op.name == "full":
            return self.constant(x.params["fill_value"], x.dtype)
        return self.name(x)

    def name(self, x: Node) -> str:
        """An array of exactly the shape of ``x``; a view is made when it is asked for first."""
        found = self._names.get(x.index)
        if found is None:
            for view in self._views_to_make(x):
                found = self._names[view.index] = self._made(view)
            assert found is not None
        actual = self._shapes.pop(x.index, x.shape)
        if actual != x.shape:
            found = self._names[x.index] = self.assign(f"{found}.reshape({x.shape})")
        return found

    def _views_to_make(self, x: Node) -> list[Node]:
        """The views that ``x`` is made of, innermost first: a chain of them may be longer than Python's stack."""
        chain = [x]
        while self.plan.is_view(x) and x.operands[0].index not in self._names:
            x = x.operands[0]
            chain.append(x)
        return chain[::-1]

    def raw(self, x: Node) -> tuple[str, tuple[int, ...]]:
        """An array with the elements of ``x`` in order, and its shape, which may differ from that of ``x``."""
        shape = self._shapes.get(x.index, x.shape)
        return (self._names[x.index] if x.index in self._shapes else self.name(x)), shape

    def is_static(self, x: Node) -> bool:
        """Whether the array of ``x`` is there before the program runs."""
        return self.raw(x)[0] not in self.variables

    def flat(self, x: Node, shape: tuple[int, ...]) -> str:
        """The elements of ``x`` in order, in another shape."""
        if shape == x.shape:
            return self.name(x)
        if self.is_static(x):
            base = self.name(x)
            if self.plan.contiguous[x.index]:
                return self.prepare("v", lambda scope: sharing(scope[base].reshape(shape), scope[base]))
            return f"{base}.reshape({shape})"
        return _reshaped(*self.raw(x), shape)

    def _made(self, x: Node) -> str:
        if x.index in self.plan.constant:
            return self.bind(self.plan.constants.value(x), "k")
        base = x.operands[0]
        assert self.plan.is_view(x), f"{x} is needed before it is computed"
        if self.plan.root[x.index].index not in self.plan.constant and not self.is_static(base):
            return self._view_at_run_time(x)
        name, kernel, params = self.name(base), x.op.kernel, dict(x.params)
        if x.op.name in STATIC_VIEWS:
            return self.prepare("v", lambda scope: sharing(kernel(scope[name], **params), scope[name]))
        return self.assign(f"{self.bind(kernel, x.op.name)}({self.arguments([name], params)})")

    def _view_at_run_time(self, x: Node) -> str:
        base = x.operands[0]
        if x.op.name == "reshape":
            name, shape = self.raw(base)
            return name if shape == x.shape else self.assign(_reshaped(name, shape, x.shape))
        name = self.name(base)
        if x.op.name == "stop_gradient":
            return name
        if x.op.name == "permute_dims":
            reverse = x.params["axes"] == tuple(range(-1, -len(x.shape) - 1, -1))
            return self.assign(f"{name}.T" if reverse else f"{name}.transpose({x.params['axes']})")
        if x.op.name == "slice":
            return self.assign(f"{name}[{self.bind((*places(**x.params), ...), 'place')}]")
        return self.assign(f"{self.bind(x.op.kernel, x.op.name)}({self.arguments([name], x.params)})")

    # Results

    def give(self, node: Node, expression: str, shape: tuple[int, ...] | None = None) -> None:
        """The value of a node is a new array that an expression gives, perhaps in another shape of the same order."""
        self.calls += 1
        self._names[node.index] = self.assign(expression)
        if shape is not None and shape != node.shape:
            self._shapes[node.index] = shape

    def give_into(self, node: Node, line: Callable[[str], str], shape: tuple[int, ...]) -> None:
        """The value of a node is a new array of some shape that a line writes into."""
        name = self.assign(self._empty(shape, node.dtype))
        self.call(line(name))
        self._names[node.index] = name
        if shape != node.shape:
            self._shapes[node.index] = shape

    def is_fresh(self, node: Node) -> bool:
        """Whether a node is made in memory of its own."""
        return node.index in self.plan.fresh

    def out(self, node: Node, *, over: Sequence[Node] = ()) -> str:
        """Memory that a node is to be written into; ``over``: operands that it may overwrite if they end here."""
        if self.is_fresh(node):
            name = self._names[node.index] = self.assign(self._empty(node.shape, node.dtype))
            return name
        if node.index in self.plan.copied:
            self._names[node.index] = self._beside_others(node)
            return self._names[node.index]
        for x in over:
            place = self._overwritten(x, node)
            if place is not None:
                break
        else:
            nbytes = math.prod(node.shape) * node.dtype.itemsize
            place = self.arena.take(nbytes), nbytes
        self._places[node.index] = place
        self._names[node.index] = self._buffer(place[0], node.shape, node.dtype)
        return self._names[node.index]

    def _beside_others(self, node: Node) -> str:
        start = self.returned.get(node.dtype, 0)
        end = self.returned[node.dtype] = start + math.prod(node.shape)
        block, shape = returned_block(node.dtype), node.shape
        return self.prepare("r", lambda scope: scope[block][start:end].reshape(shape))

    def _empty(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> str:
        return f"{self.bind(np.empty, 'empty')}({shape}, {self.dtype(dtype)})"

    def _overwritten(self, x: Node, node: Node) -> tuple[int, int] | None:
        root = self.plan.root[x.index]
        if root.index not in self._places or self.plan.last[root.index] != self._step:
            return None
        whole = self.plan.contiguous[x.index] and math.prod(root.shape) == math.prod(x.shape)
        same = x.shape == node.shape and x.dtype == node.dtype == root.dtype
        return self._places.pop(root.index) if whole and same else None

    def _buffer(self, start: int, shape: tuple[int, ...], dtype: np.dtype[Any]) -> str:
        end = start + math.prod(shape) * dtype.itemsize
        return self.prepare(
            "b", lambda scope: scope["arena"][start:end].view(dtype).reshape(shape), key=(start, shape, dtype)
        )

    # Steps

    def write(self, writers: Any, default: Callable[[Emitter, Node], None]) -> None:
        """Write every step; memory is taken as late and given back as early as can be."""
        plan = self.plan
        ends: dict[int, list[int]] = {}
        for root, step in plan.last.items():
            ends.setdefault(step, []).append(root)
        for step, node in enumerate(plan.nodes):
            self._step = step
            skip = node.index in plan.absorbed or node.index in plan.constant or plan.is_view(node)
            if not skip:
                writers.get(node.op.name, default)(self, node)
            for root in ends.get(step, ()):
                self._end(root)

    def _end(self, root: int) -> None:
        place = self._places.pop(root, None)
        if place is not None:
            self.arena.give_back(*place)
        elif self._names.get(root, "a").startswith("t"):
            self.lines.append(f"del {self._names[root]}")

    def squares(self) -> list[str]:
        """Numbers, one of which is not finite if a result is not: sums of squares, so that huge results may be, too."""
        sums = [self.bind(math.nan, "nan")] if self._returns_constants_not_finite() else []
        for dtype in self.returned:
            block = returned_block(dtype)
            sums.append(f"{self.method(block, 'dot')}({block})")
        for x in self._returned_variables():
            if x.dtype.kind != "f":
                continue
            if math.prod(x.shape) > DOT_LIMIT:
                sums.append(f"{self.function(finite_or_nan)}({self.raw(x)[0]})")
            else:
                name = self.assign(f'{self.raw(x)[0]}.ravel("K")')
                sums.append(f"{name}.dot({name})")
        return sums

    def _returns_constants_not_finite(self) -> bool:
        """Whether a result is a constant that came out not finite. A number that was written down may be anything."""
        constant = self.plan.constant
        roots = [self.plan.root[x.index] if x.index not in constant else x for x in self.graph.outputs]
        computed = [x for x in roots if x.index in constant and x.op.name != "full"]
        return not all([finite(self.plan.constants.value(x)) for x in computed])

    def _returned_variables(self) -> list[Node]:
        """The roots of results that were made in memory of their own."""
        roots = {root.index: root for x in self.graph.outputs if (root := self.plan.root[x.index]).operands}
        return [root for root in roots.values() if self._names.get(root.index) in self.variables]

    def results(self) -> list[str]:
        """The arrays to return, one for each output, none sharing memory with another, an input or the arena."""
        own = {x.index for x in self._returned_variables()}
        names = []
        for x in self.graph.outputs:
            root, name = self.plan.root[x.index], self.name(x)
            if root.index in own and math.prod(root.shape) == math.prod(x.shape):
                own.remove(root.index)
                names.append(name)
            else:
                names.append(f"{name}.copy()")
        return names


STATIC_VIEWS = frozenset({"reshape", "permute_dims", "broadcast_to", "slice", "stop_gradient"})
"""Views whose kernels are known never to copy where the plan says that they share memory."""


def sharing(view: Array, of: Array) -> Array:
    """A view, which must not turn out to be a copy: nobody would write to that."""
    assert not view.size or np.may_share_memory(view, of), "a view was planned where numpy copies"
    return view


def returned_block(dtype: np.dtype[Any]) -> str:
    """The name of the memory of results that are copied."""
    return f"returned_{type_name(dtype)}"


def _reshaped(name: str, old: tuple[int, ...], new: tuple[int, ...]) -> str:
    """An array in another shape; a row from a column, or back, is a transpose, which is the quicker call."""
    if old == new:
        return name
    return f"{name}.T" if len(old) == 2 and 1 in old and old[::-1] == new else f"{name}.reshape({new})"


def _ends_with(shape: tuple[int, ...], inner: tuple[int, ...]) -> bool:
    return shape[len(shape) - len(inner) :] == inner

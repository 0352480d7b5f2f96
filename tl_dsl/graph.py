"""Typed programs in single-assignment form: what tracing makes and every transform takes and gives.

Nothing broadcasts in a graph but ``broadcast_to``; axes are negative; operands of elementwise instructions have equal
shapes and element types. A graph prints like a program.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from tl_dsl.primitive import CAPTURED, INPUT, Primitive

_homes = itertools.count(1)


class Source(NamedTuple):
    """The place in a user's program that an instruction comes from."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}, in {self.function}"


class Node:
    """One instruction, or an input. Nodes are made by a Builder and never change."""

    __slots__ = ("dtype", "home", "index", "op", "operands", "params", "shape", "source")

    def __init__(
        self,
        op: Primitive,
        operands: tuple[Node, ...],
        params: Mapping[str, Any],
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        index: int,
        home: int,
        source: Source | None,
    ) -> None:
        self.op = op
        self.operands = operands
        self.params = params
        self.shape = shape
        self.dtype = dtype
        self.index = index
        self.home = home
        self.source = source

    @property
    def operand(self) -> Node:
        """The operand of an instruction that has one."""
        (found,) = self.operands
        return found

    def __repr__(self) -> str:
        return f"%{self.index}:{self.op.name}{list(self.shape)}"


class Builder:
    """Appends nodes. Every builder has a number of its own, larger than those of the builders before it."""

    def __init__(self) -> None:
        self.home = next(_homes)
        self.count = 0

    def input(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Node:
        """A new input."""
        return self.typed(INPUT, (), {}, shape, dtype, None)

    def emit(
        self, op: Primitive, operands: tuple[Node, ...], params: Mapping[str, Any], source: Source | None = None
    ) -> Node:
        """A new instruction; its type follows from the primitive's rules.

        Errors: ShapeError, DTypeError when the operands do not fit the rules.
        """
        shape = op.shape(*[x.shape for x in operands], **params)
        dtype = op.dtype(*[x.dtype for x in operands], **params)
        return self.typed(op, operands, params, shape, dtype, source)

    def copy(self, node: Node, operands: tuple[Node, ...]) -> Node:
        """An instruction of another graph once more, on operands of the same types."""
        return self.typed(node.op, operands, node.params, node.shape, node.dtype, node.source)

    def typed(
        self,
        op: Primitive,
        operands: tuple[Node, ...],
        params: Mapping[str, Any],
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        source: Source | None,
    ) -> Node:
        """A new instruction whose type is known."""
        index, self.count = self.count, self.count + 1
        return Node(op, operands, params, shape, dtype, index, self.home, source)


@dataclass(frozen=True, eq=False)
class Graph:
    """A program: inputs, the instructions that its outputs need, outputs. Dead instructions are not part of it.

    >>> from tl_dsl.graph import Builder, Graph
    >>> from tl_dsl.ops import elementwise  # enters the primitives
    >>> from tl_dsl.primitive import PRIMITIVES
    >>> b = Builder()
    >>> x = b.input((3,), np.dtype("float64"))
    >>> print(Graph((x,), (b.emit(PRIMITIVES["exp"], (x,), {}),)))
    (a: float64[3]):
      b: float64[3] = exp(a)
      return b
    """

    inputs: tuple[Node, ...]
    outputs: tuple[Node, ...]

    @functools.cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The live instructions, inputs excluded, in the order in which they were made."""
        return tuple([node for node in live(self.outputs) if node.op is not INPUT])

    @functools.cached_property
    def key(self) -> Hashable:
        """A canonical form: equal for graphs that compute the same by the same instructions."""
        place = {id(node): k for k, node in enumerate(self.inputs)}
        lines: list[Hashable] = [(node.shape, node.dtype) for node in self.inputs]
        for node in self.nodes:
            place[id(node)] = len(place)
            params = tuple([_hashable(value) for value in node.params.values()]) if node.params else ()
            lines.append((node.op.name, tuple([place[id(x)] for x in node.operands]), params, node.dtype))
        return tuple(lines), tuple([place[id(node)] for node in self.outputs]), len(self.inputs)

    @functools.cached_property
    def closed(self) -> tuple[Graph, tuple[Any, ...]]:
        """The graph with an input for every captured value among its instructions, and these values."""
        captured = [node for node in self.nodes if node.op is CAPTURED]
        if not captured:
            return self, ()
        builder = Builder()
        new = {id(x): builder.input(x.shape, x.dtype) for x in (*self.inputs, *captured)}
        for node in self.nodes:
            if node.op is not CAPTURED:
                new[id(node)] = builder.copy(node, tuple([new[id(x)] for x in node.operands]))
        inputs = tuple([new[id(x)] for x in (*self.inputs, *captured)])
        return Graph(inputs, tuple([new[id(y)] for y in self.outputs])), tuple(x.params["value"] for x in captured)

    def __str__(self) -> str:
        names: dict[int, str] = {}
        fresh = _names()
        for node in (*self.inputs, *self.nodes):
            names[id(node)] = next(fresh)
        inputs = ", ".join(f"{names[id(x)]}: {typed(x)}" for x in self.inputs)
        lines = [f"({inputs}):"]
        for node in self.nodes:
            operands = [names[id(x)] for x in node.operands]
            params = [f"{name}={value}" for name, value in node.params.items()]
            lines.append(f"  {names[id(node)]}: {typed(node)} = {node.op.name}({', '.join(operands + params)})")
        lines.append("  return " + ", ".join(names[id(x)] for x in self.outputs))
        return "\n".join(lines)


def live(outputs: Iterable[Node]) -> list[Node]:
    """The nodes that the outputs depend on, themselves included, in the order in which they were made."""
    seen: dict[int, Node] = {}
    stack = list(outputs)
    while stack:
        node = stack.pop()
        index = node.index
        if index not in seen:
            seen[index] = node
            stack += node.operands
    return [seen[index] for index in sorted(seen)]


def typed(node: Node) -> str:
    """The type of a node, as ``float64[3 4]``."""
    return f"{node.dtype}[{' '.join(map(str, node.shape))}]"


def _hashable(value: Any) -> Hashable:
    if type(value) is float:  # 0.0 == -0.0 and nan != nan, yet they are different constants
        return "float", value.hex()
    return type(value).__name__, value


def _names() -> Iterator[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    for length in itertools.count(1):
        for word in itertools.product(letters, repeat=length):
            yield "".join(word)

"""A random graph while it is drawn: what there is to go on from, and what constants and inputs are taken."""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from tl_dsl.graph import Builder, Node
from tl_dsl.primitive import PRIMITIVES
from tl_dsl.scalars import Constant, Root

Shape = tuple[int, ...]

SHAPES: tuple[Shape, ...] = ((3,), (2, 3), (1, 3), (3, 3), (2, 1, 3), (2, 2, 3), (3, 1), (1,), ())
PLAIN: tuple[Constant, ...] = (0, 0, 1, 1, -1, -1, 2, 3, -3, 0.5, -0.25, Fraction(1, 3), Fraction(-5, 2))
CONSTANTS = (*PLAIN, 10**7, Fraction(1, 10**7))
WHOLE: tuple[Constant, ...] = (0, 1, -1, 2, 3, -3, 100)
RADICANDS = (Fraction(2), Fraction(8), Fraction(1, 2))
ROOTS = (*CONSTANTS, *map(Root, RADICANDS), Root(Fraction(4), -1), Root(Fraction(1), 1))
HUGE = (*CONSTANTS, 10**200, Fraction(1, 10**200), 1e200, 1e-200, 1e300, -1e300, math.inf, -math.inf, math.nan)
TRUTHS: tuple[Constant, ...] = (False, True)
POOLS: dict[str, tuple[Constant, ...]] = {"": CONSTANTS, "roots": ROOTS, "huge": HUGE}
"""What constants are drawn from, by the name of a kind of graphs; of integers always `WHOLE`, of booleans `TRUTHS`."""

OF_TRUTHS = {
    *("add", "mul", "maximum", "reshape", "permute", "broadcast", "slice", "embed", "concat", "two of a kind"),
    *("constant", "where", "stop"),
}
"""The moves that booleans have."""


class Drawing:
    """A graph as it grows; ``dtype`` is that of all its numbers, ``pool`` says what its constants are."""

    def __init__(self, rng: Random, dtype: str, pool: str) -> None:
        self.rng = rng
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self.constants = {"i": WHOLE, "u": WHOLE, "b": TRUTHS}.get(self.dtype.kind, POOLS[pool])
        self.builder = Builder()
        self.inputs: list[Node] = []
        self.values: list[Node] = [self.input(rng.choice(SHAPES)) for _ in range(2)]

    def allows(self, move: str) -> bool:
        """Whether numbers of this type have a move."""
        return move in OF_TRUTHS if self.dtype.kind == "b" else move != "div" or self.dtype.kind == "f"

    def emit(self, name: str, *operands: Node, **params: Any) -> Node:
        """An instruction."""
        return self.builder.emit(PRIMITIVES[name], operands, params)

    def input(self, shape: Shape) -> Node:
        """A new input."""
        self.inputs.append(self.builder.input(shape, self.dtype))
        return self.inputs[-1]

    def full(self, shape: Shape, *, nonzero: bool = False) -> Node:
        """A constant."""
        pool = [c for c in self.constants if c != 0 or not nonzero]
        return self.emit("full", fill_value=self.rng.choice(pool), shape=shape, dtype=self.dtype)

    def pick(self) -> Node:
        """A value, rather a late one."""
        return self.values[-1 - min(int(self.rng.expovariate(0.9)), len(self.values) - 1)]

    def like(self, shape: Shape, *, nonzero: bool = False) -> Node:
        """An operand of this shape: a value, a constant, a broadcast, a new input."""
        same = [x for x in self.values if x.shape == shape and x.dtype == self.dtype]
        chance = self.rng.random()
        if same and not nonzero and chance < 0.45:
            return self.rng.choice(same)
        if chance < 0.7:
            return self.full(shape, nonzero=nonzero)
        if chance < 0.85 and shape:
            small = tuple([1 if self.rng.random() < 0.5 else n for n in shape])
            return self.input(shape) if small == shape else self.emit("broadcast_to", self.input(small), shape=shape)
        return self.input(shape)

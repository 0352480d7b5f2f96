"""How the programs of equations are written: instructions one by one, on inputs of chosen types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from tl_dsl import Tensor
from tl_dsl.graph import Graph
from tl_dsl.op import bind, constant, trace
from tl_dsl.primitive import PRIMITIVES
from tl_dsl.scalars import Constant, Root

Shape = tuple[int, ...]
Program = Callable[..., Any]
Input = Shape | tuple[Shape, str]

V: Shape = (4,)
M: Shape = (3, 4)
N: Shape = (4, 4)
ROOT = Root(Fraction(2))


@dataclass(frozen=True)
class Equation:
    """A program, its simplest form (None: itself), and what they take: shapes, of float64 where no type is told."""

    program: Program
    simplest: Program | None
    inputs: tuple[Input, ...] = (V,)


def graph_of(program: Program, inputs: tuple[Input, ...]) -> Graph:
    """A program of tensors as a graph."""
    types = [_type_of(x) for x in inputs]

    def several(*args: Tensor) -> list[Tensor]:
        found = program(*args)
        return list(found) if isinstance(found, tuple) else [found]

    return trace(several, types)[0]


def _type_of(x: Any) -> tuple[Shape, np.dtype[Any]]:
    shape, dtype = x if len(x) == 2 and isinstance(x[1], str) else (x, "float64")
    return shape, np.dtype(dtype)


def emit(name: str, *operands: Tensor, **params: Any) -> Tensor:
    """An instruction by its name."""
    return bind(PRIMITIVES[name], *operands, **params)


def full(value: Constant, shape: Shape = V, dtype: str = "float64") -> Tensor:
    """A constant, a zero of either sign and a root of 2 among them."""
    return constant(value, shape, np.dtype(dtype), None)


def times(x: Tensor, factor: Constant) -> Tensor:
    """A product with a constant."""
    return emit("mul", x, full(factor, x.shape, str(x.dtype)))


def neg(x: Tensor) -> Tensor:
    """The negative."""
    return emit("neg", x)


def total(x: Tensor, *axis: int) -> Tensor:
    """The sum along negative axes, kept as size 1."""
    return emit("sum", x, axis=axis)


def spread(x: Tensor, *shape: int) -> Tensor:
    """Unit axes expanded."""
    return emit("broadcast_to", x, shape=shape)


def shaped(x: Tensor, *shape: int) -> Tensor:
    """In another shape."""
    return emit("reshape", x, shape=shape)


def turned(x: Tensor, *axes: int) -> Tensor:
    """With its axes in another order; the last two swapped by default."""
    return emit("permute_dims", x, axes=axes or (*range(-x.ndim, -2), -1, -2))


def cut(x: Tensor, start: Shape, size: Shape, step: Shape) -> Tensor:
    """A part."""
    return emit("slice", x, start=start, size=size, step=step)


def put(x: Tensor, start: Shape, step: Shape, shape: Shape) -> Tensor:
    """A part among zeros."""
    return emit("embed", x, start=start, step=step, shape=shape)


def joined(*parts: Tensor, axis: int = -1) -> Tensor:
    """Parts one after the other."""
    return emit("concat", *parts, axis=axis)


def cast(x: Tensor, dtype: str) -> Tensor:
    """In another type."""
    return emit("astype", x, dtype=np.dtype(dtype))

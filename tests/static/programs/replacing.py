"""`replace` of Modules and `_replace` of named tuples: names, types and axes of the fields."""

from __future__ import annotations

from typing import Any, Generic, Literal, NamedTuple, TypeVar

import numpy as np
from jaxtyping import Float, Int

import tl_dsl as tl
from tl_dsl import Tensor, nn

T = TypeVar("T")


class Affine(tl.Module):
    scale: Float[Tensor, "d"]
    shift: Float[Tensor, "d"]
    power: int

    def transposed(self, x: Float[Tensor, "n d"]) -> Affine:
        return self.replace(shift=tl.mean(x, axis=1))  # E: replace: axis 0 (d) of argument 1 (shift) must be d; got n [tensor-shape]

    def fitting(self, x: Float[Tensor, "n d"]) -> Affine:
        return self.replace(shift=tl.mean(x, axis=0), power=2)

    def of_rank(self, x: Float[Tensor, "n d"]) -> Affine:
        return self.replace(shift=x)  # E: replace: argument 1 (shift) has 2 axes, and 1 is needed [tensor-shape]

    def of_ints(self, x: Int[Tensor, "d"]) -> Affine:
        return self.replace(shift=x)  # E: Argument "shift" to "replace" of "Affine" has incompatible type "Tensor[Int, d]"; expected "Tensor[Float, ...]" [tensor-dtype]

    def misspelt(self) -> Affine:
        return self.replace(shft=self.shift)  # E: Unexpected keyword argument "shft" for "replace" of "Affine" [call-arg]

    def whole(self, x: Float[Tensor, "k"]) -> Affine:
        return self.replace(shift=x, scale=x)

    def halves(self, x: Float[Tensor, "k"], y: Float[Tensor, "m"]) -> Affine:
        return self.replace(shift=x, scale=y)  # E: replace: axis 0 (d) of argument 2 (scale) must be k; got m; where d=k from argument 1 (shift) [tensor-shape]

    def named(self, values: dict[str, Any]) -> Affine:
        return self.replace(**values)


class Box(tl.Module, Generic[T]):
    item: T


class Other:
    def replace(self, shift: Float[Tensor, "2"]) -> Float[Tensor, "3"]:
        return tl.zeros(3)


def of_parameters(p: Affine, layer: nn.Linear[Literal[3], Literal[4]], box: Box[int], other: Other) -> None:
    p.replace(shift=p.shift * 2)
    p.replace(shift=p.shift[1:])  # E: replace: axis 0 (d) of argument 1 (shift) must be {p.d}; got {p.d}-1 [tensor-shape]  # E: assumes 1 <= {p.d} [tensor-shape-assumed]
    reveal_type(layer.replace(bias=None))  # R: Linear[3, 4]
    layer.replace(bias=tl.zeros(5))  # E: replace: axis 0 (Out) of argument 1 (bias) must be 4; got 5 [tensor-shape]
    box.replace(item=3)
    box.replace(item="a")  # E: Argument "item" to "replace" of "Box" has incompatible type "str"; expected "int" [arg-type]
    reveal_type(other.replace(tl.zeros(2)))  # R: Tensor[Float, 3]
    other.replace(tl.zeros(3))  # E: replace: axis 0 of argument 1 (shift) must be 2; got 3 [tensor-shape]


class Pair(NamedTuple):
    w: Float[np.ndarray, "i o"]
    b: Float[np.ndarray, "o"]

    def turned(self, w: Float[np.ndarray, "o i"]) -> Pair:
        return self._replace(w=w)  # E: replace: axis 1 ({Pair.o}) of argument 1 (w) must be {Pair.o}; got {Pair.i}; try: transpose it: .mT [tensor-shape]


def of_tuples(p: Pair, w: Float[np.ndarray, "i o"], k: Int[np.ndarray, "o"]) -> None:
    p._replace(b=w)  # E: replace: argument 1 (b) has 2 axes, and 1 is needed [tensor-shape]
    p._replace(b=k)  # E: Argument "b" to "_replace" of "Pair" has incompatible type [tensor-dtype]
    p._replace(c=w)  # E: Unexpected keyword argument "c" for "_replace" of "Pair" [call-arg]
    p._replace(b=p.b + 1)
    p._replace(w=w, b=w[0])

"""Named tuples: the axes of one are its own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float


class Layer(NamedTuple):
    w: Float[np.ndarray, "i o"]
    b: Float[np.ndarray, "o"]

    def apply(self, x: Float[np.ndarray, "n i"]) -> Float[np.ndarray, "n o"]:
        return x @ self.w + self.b

    def wrong(self, x: Float[np.ndarray, "n i"]) -> Float[np.ndarray, "n o"]:
        return x @ self.w.T  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [n, {Layer.i}] @ [{Layer.o}, {Layer.i}] [tensor-shape]


class Grid(NamedTuple):
    values: Float[np.ndarray, "*b n"]
    edges: Float[np.ndarray, "*b n+1"]


layer = Layer(np.ones((3, 4)), np.ones(4))
reveal_type(layer.w)  # R: ndarray[Float, 3, 4]
reveal_type(layer.apply(np.ones((2, 3))))  # R: ndarray[Float, 2, 4]
layer.apply(np.ones((2, 4)))  # E: apply: axis 1 ({Layer.i}) of argument 1 (x) must be 3; got 4; where {Layer.i}=3 from the object [tensor-shape]
Layer(np.ones((3, 4)), np.ones(3))  # E: Layer: axis 0 ({Layer.o}) of argument 2 (b) must be 4; got 3; where {Layer.o}=4 from argument 1 (w) [tensor-shape]
Grid(np.ones((2, 3)), np.ones((2, 4)))
Grid(np.ones((2, 3)), np.ones((2, 3)))  # E: Grid: axis -1 ({Grid.n}+1) of argument 2 (edges) must be 4; got 3 [tensor-shape]
wider = Layer(np.ones((5, 6)), np.ones(6))
layers: list[Layer] = [layer, wider]
layers.append(Layer(np.ones((6, 7)), np.ones(7)))
reveal_type(layer._replace(b=np.zeros(4)).b)  # R: ndarray[Float, 4]
layer._replace(b=np.zeros(5))  # E: replace: axis 0 ({Layer.o}) of argument 1 (b) must be 4; got 5; where {Layer.o}=4 from the object [tensor-shape]


def init(i: int, o: int) -> Layer:
    if i == 0:
        return Layer(np.zeros((i, o)), np.zeros(i))  # E: Layer: axis 0 ({Layer.o}) of argument 2 (b) must be {o}; got {i}; where {Layer.o}={o} from argument 1 (w) [tensor-shape]  # E: assumes {i} >= 1 [tensor-shape-assumed]  # E: assumes {o} >= 1 [tensor-shape-assumed]
    return Layer(np.zeros((i, o)), np.zeros(o))  # E: assumes {i} >= 1 [tensor-shape-assumed]  # E: assumes {o} >= 1 [tensor-shape-assumed]


def forward(p: Layer, q: Layer, x: Float[np.ndarray, "n k"]) -> Float[np.ndarray, "n m"]:
    w1, b1 = p  # what is unpacked is held against nothing
    w2, b2 = q
    x @ p.w @ p.w  # E: got [n, {p.o}] @ [{p.i}, {p.o}]: {p.o} and {p.i}; wanted equal sizes [tensor-shape]  # E: The shape is lost [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]
    hidden = x @ w1 + b1  # E: The shape is lost [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]
    y: Float[np.ndarray, "n m"] = hidden @ w2 + b2  # E: The shape is lost [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]
    return y


def step(p: Layer, g: Layer, rate: float) -> Layer:
    changed = p._replace(w=p.w * 2)
    return changed._replace(w=changed.w - rate * changed.w)

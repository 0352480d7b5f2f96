"""Fields that get values in several places: what mypy infers from one of them is not held against the others."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
class A:
    def __init__(self, flag: bool) -> None:
        self.x = np.zeros((3, 4))
        if flag:
            self.y = np.zeros(3)
        else:
            self.y = np.zeros(4)
    def f(self) -> None:
        self.x = np.zeros((5, 4))
        self.x = np.concatenate([self.x, np.zeros((1, 4))])
        reveal_type(self.x)  # R: ndarray[Float64, 6, 4]
    def g(self) -> None:
        reveal_type(self.x)  # R: ndarray[Float64, ...]
class B:
    def __init__(self, flag: bool, x: Float[np.ndarray, "n d"]) -> None:
        self.n = len(x)
        self.m = x.shape[0]
        self.w = np.zeros((3, 4))
        self.history = np.zeros(0)
        self.fixed = np.zeros((2, 2))
        if flag:
            self.layer = L(3, 4)
        else:
            self.layer = L(4, 5)
        self.one = L(4, 5)
    def step(self, y: Float[np.ndarray, "k"]) -> None:
        self.n = len(y)
        self.m += 1
        self.w = self.w - 0.1 * self.w
        self.w -= 1.0
        self.history = np.append(self.history, 1.0)
        reveal_type(self.w)  # R: ndarray[Float64, 3, 4]
        reveal_type(self.layer.w)  # R: ndarray[Float, {self.layer.din}, {self.layer.dout}]
        reveal_type(self.one.w)  # R: ndarray[Float, 4, 5]
        self.fixed + np.zeros(3)  # E: add: shapes broadcast when their axes, from the last, are equal or 1; got [2, 2] and [3]; wanted 2 and 3 equal, or one of them 1 [tensor-shape]
class L:
    def __init__(self, din: int, dout: int) -> None:
        self.w: Float[np.ndarray, "{din} {dout}"] = np.zeros((din, dout))
        self.bias = None
        self.scale: Float[np.ndarray, "{dout}"] | None = None
        if din > 3:
            self.scale = np.ones(dout)
class Sub(B):
    def __init__(self, x: Float[np.ndarray, "n d"]) -> None:
        super().__init__(True, x)
        self.w = np.zeros((5, 5))
        self.layer = L(1, 2)
L(3, 4).w @ np.zeros(3)  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [3, 4] @ [3]: 4 and 3; wanted equal sizes; try: transpose the left operand: .mT [tensor-shape]

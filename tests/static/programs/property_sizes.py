"""Sizes that properties compute of fields: read where that is one expression, and held against nothing where not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True)
class Coupling:
    w: Float[np.ndarray, "half k"]
    parts: Float[np.ndarray, "*lead last"]
    width: int

    @property
    def dim(self) -> int:
        """Both halves."""
        return 2 * self.w.shape[0]

    @cached_property
    def area(self) -> int:
        return self.dim * self.width + len(self.w) - self.parts.shape[-1] % 1

    @property
    def first(self) -> int:
        return self.parts.shape[0]

    @property
    def counted(self) -> int:
        total = 0
        for row in self.w:
            total += len(row)
        return total

    def halves(self, x: Float[np.ndarray, "b {self.dim}"]) -> Float[np.ndarray, "b half"]:
        half = self.w.shape[0]
        reveal_type(np.zeros(self.dim))  # R: ndarray[Float64, 2*half]
        if x.shape[0] > 1:
            return x  # E: Incompatible return value type (got "ndarray[Float, b, 2*half]", expected "ndarray[Float, b, half]") [tensor-shape]
        return x[:, :half] * x[:, half:]

    def whole(self) -> Float[np.ndarray, "{self.area}"]:
        return np.zeros((2 * self.width + 1) * len(self.w))

    def not_read(self, x: Float[np.ndarray, "{self.counted}"]) -> Float[np.ndarray, "{self.counted}"]:
        x + self.w[:, 0]  # E: The shape is lost [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]
        x + np.zeros(self.counted)
        x + np.zeros(self.first)  # E: The shape is lost [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]
        return self.w[:, 0]  # E: The shape is lost: half and {self.counted} are not compared [tensor-shape-lost]


class Wide(Coupling):
    @property
    def twice(self) -> int:
        return 2 * self.dim

    def spread(self, x: Float[np.ndarray, "{self.twice}"]) -> Float[np.ndarray, "4 half"]:
        return x.reshape(4, -1)


class Growing:
    def __init__(self, w: Float[np.ndarray, "n k"]) -> None:
        self.w: Float[np.ndarray, "n k"] = w

    @property
    def rows(self) -> int:
        return len(self.w)

    def grow(self) -> None:
        self.w = np.concatenate([self.w, self.w])

    def fill(self, x: Float[np.ndarray, "{self.rows}"]) -> None:
        x + np.zeros(7)  # E: The shape is lost [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]


def used(n: int, c: Coupling, d: Float[np.ndarray, "3 4"]) -> None:
    reveal_type(c.whole())  # R: ndarray[Float, 2*{c.half}*{c.width}+{c.half}]
    reveal_type(np.zeros(c.dim))  # R: ndarray[Float64, 2*{c.half}]
    made = Coupling(d, d, n)
    reveal_type(made.halves(np.zeros((5, 6))))  # R: ndarray[Float, 5, 3]
    made.halves(np.zeros((5, 7)))  # E: halves: axis 1 (2*half) of argument 1 (x) must be 6; got 7; where half=3 from the object [tensor-shape]
    reveal_type(made.dim)  # R: SymInt[6]


class Flow:
    def __init__(self, w: Float[np.ndarray, "half half"]) -> None:
        self.w: Float[np.ndarray, "half half"] = w

    @property
    def dim(self) -> int:
        return 2 * len(self.w)

    def forward(self, x: Float[np.ndarray, "b {self.dim}"]) -> tuple[Float[np.ndarray, "b {self.dim}"], Float[np.ndarray, "b"]]:
        return x, x.sum(axis=1)


def composed(layers: list[Flow], x: Float[np.ndarray, "b d"]) -> Float[np.ndarray, "b"]:
    total = np.zeros(len(x))
    for layer in layers:
        x, more = layer.forward(x)  # E: The shape is lost: forward: d of argument 1 (x) is not compared with 2*{layer.half} [tensor-shape-lost]
        reveal_type(x)  # R: ndarray[Float, b, d]
        total = total + more
    total + x.sum(axis=0)  # E: got [b] and [d] [tensor-shape]
    return total

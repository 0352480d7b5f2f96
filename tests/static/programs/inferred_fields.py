"""Fields that nothing annotates: neither the shape nor the exact element type of one value is held against others."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float32, Int, UInt8


class Pose:
    def __init__(self, n: int) -> None:
        self.n = n
        self.angles = np.zeros(n)
        self.single = np.zeros(n, dtype=np.float32)
        self.counts = np.zeros(n, dtype=int)
        self.once = np.zeros(n)

    def set(self, value: Float[np.ndarray, "{self.n}"], single: Float32[np.ndarray, "2"]) -> None:
        self.angles = value
        self.single = value
        self.angles = single
        self.once = self.once + value
        self.once = self.once * single  # E: mul: shapes broadcast when [tensor-shape]

    def count(self, value: Int[np.ndarray, "{self.n}"], small: UInt8[np.ndarray, "{self.n}"]) -> None:
        self.counts = value
        self.counts = small
        self.angles = value  # E: Incompatible types in assignment (expression has type "ndarray[Int, {self.n}]", variable has type "ndarray[Float, ...]") [tensor-dtype]

    def read(self) -> Float[np.ndarray, "{self.n} 2"]:
        return self.once  # E: Incompatible return value type (got "ndarray[Float64, {self.n}]", expected "ndarray[Float, {self.n}, 2]") [tensor-shape]


def from_outside(pose: Pose, value: Float[np.ndarray, "n"], count: Int[np.ndarray, "n"]) -> None:
    pose.once = value
    pose.angles = value[:, None]
    pose.angles = count  # E: Incompatible types in assignment [tensor-dtype]

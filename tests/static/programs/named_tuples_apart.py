"""Two named tuples of one class, each of other sizes, and properties of such."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float


class Points(NamedTuple):
    at: Float[np.ndarray, "n"]
    weight: Float[np.ndarray, "n"]

    @property
    def size(self) -> int:
        return len(self.at)

    def chosen(self, which: Bool[np.ndarray, "n"]) -> "Points":
        return Points(self.at[which], self.weight[which])  # E: nothing is known of axis 0 of [?] [tensor-shape-lost]


def halves(points: Points, which: Bool[np.ndarray, "n"]) -> tuple[Points, Points]:
    return points.chosen(which), points.chosen(~which)  # E: is not compared with {points.chosen.n} [tensor-shape-lost]


def shifted(points: Points) -> Float[np.ndarray, "_"]:
    reveal_type(np.zeros(points.size))  # R: ndarray[Float64, Any]  # E: nothing is known of axis 0 of [?] [tensor-shape-lost]
    return np.zeros(points.size) + points.at  # E: nothing is known of axis 0 of [?] [tensor-shape-lost]

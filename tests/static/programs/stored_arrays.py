"""Plain classes whose fields are arrays that the constructor takes: they keep the axes that it names."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float


class Operator:
    def __init__(self, m: Float[np.ndarray, "r c"]) -> None:
        self.m = m

    def __call__(self, x: Float[np.ndarray, "c"]) -> Float[np.ndarray, "r"]:
        reveal_type(self.m)  # R: ndarray[Float, {self.r}, c]
        return self.m @ x

    def turned(self, x: Float[np.ndarray, "c"]) -> Float[np.ndarray, "r"]:
        return self.m.T @ x  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [c, {self.r}] @ [c]: {self.r} and c [tensor-shape]

    def __matmul__(self, other: Operator) -> Operator:
        return Operator(self.m @ other.m)  # E: The shape is lost [tensor-shape-lost]  # E: assumes [tensor-shape-assumed]

    def both(self, x: Float[np.ndarray, "r"], y: Float[np.ndarray, "c"]) -> None:
        x @ self.m + y
        self.m @ x  # E: [r, c] @ [r]: c and r [tensor-shape]

    def other_names(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n k"]:
        return x @ self.m.T  # E: The shape is lost [tensor-shape-lost]  # E: assumes [tensor-shape-assumed]

    def square(self) -> None:
        reveal_type(self.m)  # R: ndarray[Float, {self.r}, {self.c}]
        self.m @ self.m  # E: {self.c} and {self.r} [tensor-shape]


class Square:
    def __init__(self, m: Float[np.ndarray, "n n"], w: Float[np.ndarray, "k"]) -> None:
        self.m, self.w = m, w

    def wrong(self) -> None:
        self.m @ self.w  # E: {self.n} and {self.k} [tensor-shape]

    def right(self) -> None:
        self.m @ self.m


class Neighbours:
    """The names of a method are its own: a call binds them anew."""

    def __init__(self, x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "n"]) -> None:
        self.x = x
        self.y = y
        self.seen = x

    def predict(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n"]:
        distance = ((x[:, None] - self.x[None]) ** 2).sum(axis=-1)
        return self.y[distance.argmin(axis=1)]

    def more(self, x: Float[np.ndarray, "m d"]) -> None:
        self.seen = np.concatenate([self.seen, x])  # E: The shape is lost [tensor-shape-lost]


neighbours = Neighbours(np.zeros((100, 3)), np.zeros(100))
reveal_type(neighbours.predict(np.zeros((5, 3))))  # R: ndarray[Float, 5]
reveal_type(neighbours.x)  # R: ndarray[Float, 100, 3]
reveal_type(neighbours.seen)  # R: ndarray[Float, ...]
reveal_type(Operator(np.zeros((2, 3))).m)  # R: ndarray[Float, 2, 3]


def of_parameters(f: Operator, g: Operator) -> None:
    f.m @ f.m  # E: {f.c} and {f.r} [tensor-shape]
    f.m @ g.m  # E: The shape is lost [tensor-shape-lost]  # E: assumes [tensor-shape-assumed]


class Scaled(Operator):
    def __init__(self, m: Float[np.ndarray, "a b"], scale: Float[np.ndarray, "a"]) -> None:
        super().__init__(m)
        self.scale = scale

    def scaled(self, x: Float[np.ndarray, "c"]) -> Float[np.ndarray, "r"]:
        return self.scale * (self.m @ x)  # E: The shape is lost [tensor-shape-lost]  # E: assumes [tensor-shape-assumed]


class Growing:
    def __init__(self, x: Float[np.ndarray, "n"]) -> None:
        self.x = x

    def grow(self) -> None:
        self.x = np.append(self.x, 0.0)

    def read(self, y: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
        return self.x + y  # E: The shape is lost [tensor-shape-lost]


class Both:
    """A value that the object keeps, and an axis of the same name."""

    def __init__(self, x: Float[np.ndarray, "k d"], k: int) -> None:
        self.x = x
        self.k = k

    def read(self) -> Float[np.ndarray, "{self.k} 2"]:
        return self.x  # E: The shape is lost [tensor-shape-lost]

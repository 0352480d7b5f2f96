"""Plain classes whose constructors choose the sizes of their fields from ints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


class Dense:
    def __init__(self, inputs: int, outputs: int, scale: float = 0.1) -> None:
        self.outputs = outputs
        rng = np.random.default_rng(0)
        self.w: Float[np.ndarray, "i o"] = scale * rng.normal(size=(inputs, outputs)) / np.sqrt(inputs)
        self.b: Float[np.ndarray, "o"] = np.zeros(outputs)

    def __call__(self, x: Float[np.ndarray, "*b i"]) -> Float[np.ndarray, "*b o"]:
        return x @ self.w + self.b + np.ones(self.outputs)

    def wrong(self, x: Float[np.ndarray, "*b i"]) -> Float[np.ndarray, "*b o"]:
        return x @ self.w.T  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one [tensor-shape]


class Declared:
    w: Float[np.ndarray, "i o"]
    b: Float[np.ndarray, "o"]

    def __init__(self, inputs: int, outputs: int) -> None:
        self.w = np.ones((inputs, outputs))
        self.b = np.ones(inputs)  # E: Incompatible types in assignment (expression has type "ndarray[Float64, {inputs}]", variable has type "ndarray[Float, {outputs}]") [tensor-shape]


class Open:
    """Where one value does not say its sizes, or says numbers, nothing is held."""

    def __init__(self, inputs: int, outputs: int, table: Float[np.ndarray, "p q"]) -> None:
        self.w: Float[np.ndarray, "i o"] = np.ones((inputs, outputs))
        self.v: Float[np.ndarray, "o r"] = table
        self.u: Float[np.ndarray, "i"] = np.ones(3)


class Mlp:
    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        self.inputs = inputs
        self.first = Dense(inputs, hidden)
        self.second = Dense(inputs, outputs)

    def __call__(self, x: Float[np.ndarray, "n {self.inputs}"]) -> Float[np.ndarray, "n k"]:
        return self.second(self.first(x))  # E: Dense: axis -1 ({inputs}) of argument 1 (x) must be {self.inputs}; got {hidden} [tensor-shape]


def network(x: Float[np.ndarray, "n 784"]) -> Float[np.ndarray, "n 10"]:
    hidden, out = Dense(784, 64), Dense(32, 10)
    reveal_type(hidden.w)  # R: ndarray[Float, 784, 64]
    return out(hidden(x))  # E: Dense: axis -1 ({inputs}) of argument 1 (x) must be 32; got 64; where {inputs}=32 from the object [tensor-shape]


class Codec:
    def __init__(self, dim: int, depth: int) -> None:
        self.dim = dim
        self.depth = depth

    def decode(self, z: Float[np.ndarray, "n {self.dim}+{self.depth}"]) -> Float[np.ndarray, "n {self.dim}"]:
        return z[:, : self.dim]  # E: assumes [tensor-shape-assumed]

    def wrong(self, x: Float[np.ndarray, "n {self.dim}"]) -> Float[np.ndarray, "n {self.dim}"]:
        return self.decode(x)  # E: decode: axis 1 ({self.depth}+{self.dim}) of argument 1 (z) must be {self.depth}+{self.dim}; got {self.dim} [tensor-shape]


class Cell:
    """An expression may take the constructor's ints: nothing checks the fields of a plain class in their order."""

    w: Float[np.ndarray, "hidden inputs+hidden"]

    def __init__(self, inputs: int, hidden: int) -> None:
        self.w = np.ones((hidden, inputs + hidden))
        self.inputs = inputs
        self.hidden = hidden

    def step(self, x: Float[np.ndarray, "inputs"], h: Float[np.ndarray, "{self.hidden}"]) -> Float[np.ndarray, "hidden"]:
        self.w @ np.concatenate([x, x])  # E: matmul contracts the last axis of the left operand [tensor-shape]
        return self.w @ np.concatenate([x, h])


@dataclass
class Checked:
    w: Float[np.ndarray, "hidden inputs+hidden"]  # E: nothing before it binds "inputs" [tensor-annotation]

    def __init__(self, inputs: int, hidden: int) -> None:
        self.w = np.ones((hidden, inputs + hidden))


def cells() -> None:
    reveal_type(Cell(3, 4).w)  # R: ndarray[Float, 4, 7]


DEPTH = 6


class WithDefaults:
    def __init__(self, inputs: int, outputs: int = 7) -> None:
        self.w: Float[np.ndarray, "i o"] = np.ones((inputs, outputs))


def kept(x: Float[np.ndarray, "n d"], k: int = DEPTH) -> Float[np.ndarray, "n {k}"]:
    assert 0 <= k <= x.shape[1]
    return x[:, :k]


reveal_type(WithDefaults(3).w)  # R: ndarray[Float, 3, 7]
reveal_type(WithDefaults(3, outputs=4).w)  # R: ndarray[Float, 3, 4]
reveal_type(kept(np.ones((3, 9))))  # R: ndarray[Float, 3, 6]
reveal_type(kept(np.ones((3, 9)), 2))  # R: ndarray[Float, 3, 2]


class Normaliser:
    """A value that the object keeps is one of its methods' promises: the axes of an argument are others."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.mean: Float[np.ndarray, "{dim}"] | None = None
        self.scale: Float[np.ndarray, "{dim}"] = np.zeros(dim)

    def fit(self, x: Float[np.ndarray, "n {self.dim}"]) -> None:
        self.mean = x.mean(axis=1)  # E: Incompatible types in assignment [tensor-shape]
        self.mean = x.mean(axis=0)
        self.scale = x.std(axis=1)  # E: Incompatible types in assignment (expression has type "ndarray[Float, n]", variable has type "ndarray[Float, {self.dim}]") [tensor-shape]

    def take(self, x: Float[np.ndarray, "n"]) -> None:
        self.scale = x  # E: The shape is lost: n and {self.dim} are not compared [tensor-shape-lost]

    @property
    def shift(self) -> Float[np.ndarray, "{self.dim}"]:
        return -self.scale

    @shift.setter
    def shift(self, value: Float[np.ndarray, "{self.dim}"]) -> None:
        self.scale = -value

    def moved(self, x: Float[np.ndarray, "n {self.dim}"]) -> None:
        self.shift = x.sum(axis=1)  # E: Incompatible types in assignment [tensor-shape]
        self.shift = x[0]


class Table:
    """A field that a method gives more rows keeps no size of the constructor's."""

    def __init__(self, rows: int, dim: int) -> None:
        self.rows = rows
        self.values: Float[np.ndarray, "rows dim"] = np.zeros((rows, dim))

    def add(self, row: Float[np.ndarray, "dim"]) -> None:
        self.values = np.concatenate([self.values, row[None]])

from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar
import numpy as np
from jaxtyping import Float
N = TypeVar("N", bound=int)
M = TypeVar("M", bound=int)
class Linear:
    def __init__(self, width: int, out: int) -> None:
        self.width = width
        self.w: Float[np.ndarray, "{width} {out}"] = np.zeros((width, out))
    def __call__(self, x: Float[np.ndarray, "b {self.width}"]) -> Float[np.ndarray, "b _"]:
        return x @ self.w
class Net(Linear):
    def __init__(self, n: int, hidden: int) -> None:
        super().__init__(n, hidden)
        self.last = Linear(hidden, 2)
@dataclass
class Data:
    x: Float[np.ndarray, "n d"]
    y: Float[np.ndarray, "n"]
class Grows:
    def __init__(self, x: Float[np.ndarray, "n d"]) -> None:
        self.x: Float[np.ndarray, "n d"] = x
        self.more = np.zeros(3)
    def grow(self) -> None:
        self.x = np.concatenate([self.x, self.x])
        self.more = np.zeros(4)
class Square(Generic[N, M]):
    w: Float[np.ndarray, "N M"]
    def __init__(self, n: N, m: M) -> None:
        self.w = np.zeros((n, m))
data = Data(np.zeros((5, 3)), np.zeros(5))
net = Net(7, 8)
square = Square(2, 3)

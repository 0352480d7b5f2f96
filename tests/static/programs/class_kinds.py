"""Kinds of classes: generic in sizes, mutable dataclasses, subclasses that pass sizes on, classes with constants."""

from __future__ import annotations
from dataclasses import dataclass, field, replace, KW_ONLY
from typing import Final, TypeVar, Generic, ClassVar, Literal
import numpy as np
from jaxtyping import Float, Int
from typing_extensions import Self

N = TypeVar("N", bound=int)
M = TypeVar("M", bound=int)

class Lin(Generic[N, M]):
    w: Float[np.ndarray, "N M"]
    def __init__(self, n: N, m: M) -> None:
        self.w = np.zeros((n, m))
    def __call__(self, x: Float[np.ndarray, "b N"]) -> Float[np.ndarray, "b M"]:
        return x @ self.w
    def bad(self, x: Float[np.ndarray, "b N"]) -> Float[np.ndarray, "b M"]:
        return x @ self.w.T  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [b, N] @ [M, N]: N and M; wanted equal sizes; try: transpose the right operand: .mT [tensor-shape]

g = Lin(3, 4)
reveal_type(g)  # R: tests.static.programs.class_kinds.Lin[3, 4]
reveal_type(g.w)  # R: ndarray[Float, 3, 4]
reveal_type(g(np.zeros((2, 3))))  # R: ndarray[Float, 2, 4]
g(np.zeros((2, 4)))  # E: Lin: axis 1 (N) of argument 1 (x) must be 3; got 4; where N=3 from the object [tensor-shape]
def takes(l: Lin[Literal[3], Literal[4]]) -> Float[np.ndarray, "2 4"]:
    reveal_type(l.w)  # R: ndarray[Float, 3, 4]
    return l(np.zeros((2, 3)))
takes(g)
takes(Lin(4, 3))  # E: takes: axis 0 of the N of argument 1 (l) must be 3; got 4 [tensor-shape]  # E: takes: axis 0 of the M of argument 1 (l) must be 4; got 3 [tensor-shape]
decl: Lin[Literal[3], Literal[4]] = Lin(3, 4)
decl2: Lin[Literal[3], Literal[4]] = Lin(3, 5)  # E: Incompatible types in assignment (expression has type "Lin[3, 5]", variable has type "Lin[3, 4]") [tensor-shape]
def make() -> Lin[Literal[3], Literal[4]]:
    return Lin(3, 4)
def make2() -> Lin[Literal[3], Literal[4]]:
    return Lin(4, 4)  # E: Incompatible return value type (got "Lin[4, 4]", expected "Lin[3, 4]") [tensor-shape]
class Holder:
    l: Lin[Literal[3], Literal[4]]
    def __init__(self) -> None:
        self.l = Lin(3, 4)
        self.l = Lin(3, 3)  # E: Incompatible types in assignment (expression has type "Lin[3, 3]", variable has type "Lin[3, 4]") [tensor-shape]
    def run(self, x: Float[np.ndarray, "b 3"]) -> Float[np.ndarray, "b 4"]:
        return self.l(x)
def gen(l: Lin[N, M], k: Lin[M, N], x: Float[np.ndarray, "b N"]) -> Float[np.ndarray, "b N"]:
    reveal_type(l(x))  # R: ndarray[Float, b, M]
    return k(l(x))
reveal_type(gen(Lin(3, 4), Lin(4, 3), np.zeros((2, 3))))  # R: ndarray[Float, 2, 3]
gen(Lin(3, 4), Lin(3, 4), np.zeros((2, 3)))  # E: gen: axis 0 (M) of the N of argument 2 (k) must be 4; got 3; where M=4 from the M of argument 1 (l) [tensor-shape]  # E: gen: axis 0 (N) of the M of argument 2 (k) must be 3; got 4; where N=3 from the N of argument 1 (l) [tensor-shape]
def chain(l: Lin[N, M], x: Float[np.ndarray, "b N"]) -> Float[np.ndarray, "b M"]:
    return l(x)
reveal_type(chain(g, np.zeros((2, 3))))  # R: ndarray[Float, 2, Any]
chain(g, np.zeros((2, 4)))  # E: chain: axis 1 (N) of argument 2 (x) must be 3; got 4; where N=3 from the N of argument 1 (l) [tensor-shape]

@dataclass
class Data:
    x: Float[np.ndarray, "n d"]
    y: Float[np.ndarray, "n"]
    _: KW_ONLY
    scale: float = 1.0
    extra: list[Float[np.ndarray, "d"]] = field(default_factory=list)

    def split(self) -> tuple[Data, Data]:
        k = len(self.x) // 2
        return Data(self.x[:k], self.y[:k]), Data(self.x[k:], self.y[k:])  # E: Data: assumes (n//2) >= 1 [tensor-shape-assumed]  # E: Data: assumes ((n+1)//2) >= 1 [tensor-shape-assumed]

    def subset(self, idx: Int[np.ndarray, "k"]) -> Data:
        return Data(self.x[idx], self.y[idx])

    def wrong(self) -> Data:
        return Data(self.x, self.x[0])  # E: Data: axis 0 (n) of argument 2 (y) must be n; got d; where n is from argument 1 (x) [tensor-shape]

    def __len__(self) -> int:
        return len(self.x)

    @property
    def d(self) -> int:
        return self.x.shape[1]

    def norm(self) -> Self:
        return replace(self, x=self.x / self.scale)

    def fewer(self) -> Self:
        return replace(self, x=self.x[1:])  # E: replace: axis 0 (n) of argument 2 (x) must be n; got n-1 [tensor-shape]

    def both(self) -> Float[np.ndarray, "n d+1"]:
        return np.concatenate([self.x, self.y[:, None]], axis=1)

dt = Data(np.zeros((5, 2)), np.zeros(5))
reveal_type(dt.x)  # R: ndarray[Float, 5, 2]
reveal_type(dt.both())  # R: ndarray[Float, 5, 3]
a, b = dt.split()
reveal_type(a.x)  # R: ndarray[Float, Any, Any]
reveal_type(dt.norm().x)  # R: ndarray[Float, Any, Any]
Data(np.zeros((5, 2)), np.zeros(4))  # E: Data: axis 0 (n) of argument 2 (y) must be 5; got 4; where n=5 from argument 1 (x) [tensor-shape]
dt.x = np.zeros((5, 2))
dt.x = np.zeros((6, 2))  # E: Incompatible types in assignment (expression has type "ndarray[Float64, 6, 2]", variable has type "ndarray[Float, 5, 2]") [tensor-shape]
dt.y += 1.0

class Base:
    def __init__(self, d: int) -> None:
        self.d = d
        self.w: Float[np.ndarray, "{d} {d}"] = np.eye(d)
    def f(self, x: Float[np.ndarray, "{self.d}"]) -> Float[np.ndarray, "{self.d}"]:
        return self.w @ x
class Sub(Base):
    def __init__(self, d: int, k: int) -> None:
        super().__init__(d)
        self.k = k
        self.v: Float[np.ndarray, "{self.d} {k}"] = np.zeros((d, k))
    def g(self, x: Float[np.ndarray, "{self.d}"]) -> Float[np.ndarray, "{self.k}"]:
        return self.f(x) @ self.v
    def h(self, x: Float[np.ndarray, "{self.d}"]) -> Float[np.ndarray, "{self.k}"]:
        return self.v @ self.f(x)  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [{self.d}, {self.k}] @ [{self.d}]: {self.k} and {self.d}; wanted equal sizes; try: transpose the left operand: .mT [tensor-shape]
s = Sub(3, 4)
reveal_type(s.g(np.zeros(3)))  # R: ndarray[Float, 4]
reveal_type(s.f(np.zeros(3)))  # R: ndarray[Float, 3]
s.g(np.zeros(5))  # E: g: axis 0 ({self.d}) of argument 1 (x) must be 3; got 5; where {self.d}=3 from the object [tensor-shape]
class Same(Base):
    def more(self) -> Float[np.ndarray, "{self.d} {self.d}"]:
        return self.w + np.zeros((self.d, self.d))
reveal_type(Same(3).f(np.zeros(3)))  # R: ndarray[Float, 3]
Same(3).f(np.zeros(4))  # E: f: axis 0 ({self.d}) of argument 1 (x) must be 3; got 4; where {self.d}=3 from the object [tensor-shape]

class Counter:
    def __init__(self, n: int) -> None:
        self.n = n
    def step(self) -> None:
        self.n += 1
    def zeros(self) -> Float[np.ndarray, "{self.n}"]:
        return np.zeros(self.n)  # E: The shape is lost: nothing is known of axis 0 of [?] [tensor-shape-lost]
c = Counter(3)
c.step()
c.zeros() + np.zeros(4)  # E: The shape is lost: this cannot be decided: add: [?] and [4] [tensor-shape-lost]

class Const:
    SIZE: ClassVar[int] = 4
    WIDTH: Final = 5
    w: Float[np.ndarray, "4 5"] = np.zeros((4, 5))
    def f(self) -> Float[np.ndarray, "4"]:
        return self.w @ np.zeros(self.WIDTH)
    def g(self) -> Float[np.ndarray, "4"]:
        return self.w @ np.zeros(Const.WIDTH - 1)  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [4, 5] @ [4]: 5 and 4; wanted equal sizes; try: transpose the left operand: .mT [tensor-shape]
    def h(self) -> Float[np.ndarray, "4"]:
        return np.zeros(self.SIZE)  # E: The shape is lost: {self.SIZE} and 4 are not compared [tensor-shape-lost]


class Untyped:
    def __init__(self, value, size=3):
        self.value = value
        self.size = size


class PartlyTyped:
    def __init__(self, value, size: int):  # type: ignore[no-untyped-def]
        self.value = value
        self.size = size

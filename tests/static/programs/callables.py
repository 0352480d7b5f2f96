"""Functions as values: in fields, variables and containers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor

Row = Float[Tensor, "k"]


def grown(x: Float[Tensor, "n"]) -> Float[Tensor, "n+1"]:
    return tl.pad(x, (0, 1))


def twice(x: Float[Tensor, "n m"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    return x @ y


grows: list[Callable[[Float[Tensor, "n"]], Float[Tensor, "n+1"]]] = [grown]
table: dict[str, Callable[[Float[Tensor, "n m"], Float[Tensor, "m"]], Float[Tensor, "n"]]] = {"a": twice}
reveal_type(grows[0](tl.zeros(3)))  # R: Tensor[Float, 4]
reveal_type(table["a"](tl.zeros((2, 3)), tl.zeros(3)))  # R: Tensor[Float, 2]
table["a"](tl.zeros((2, 3)), tl.zeros(4))  # E: axis 0 (m) of argument 2 must be 3; got 4; where m=3 from argument 1 [tensor-shape]
h = twice
reveal_type(h(tl.zeros((2, 3)), tl.zeros(3)))  # R: Tensor[Float, 2]
h(tl.zeros((2, 3)), tl.zeros(4))  # E: axis 0 (m) of argument 2 (y) must be 3; got 4; where m=3 from argument 1 (x) [tensor-shape]
both = [twice, twice]
both[0](tl.zeros((2, 3)), tl.zeros(4))  # E: twice: axis 0 (m) of argument 2 (y) must be 3; got 4; where m=3 from argument 1 (x) [tensor-shape]
reveal_type(both[0](tl.zeros((2, 3)), tl.zeros(3)))  # R: Tensor[Float, 2]
reveal_type([grown][0](tl.zeros(3)))  # R: Tensor[Float, 4]
reveal_type((grown, twice)[0](tl.zeros(3)))  # R: Tensor[Float, 4]
for f in both:
    f(tl.zeros((2, 3)), tl.zeros(4))  # E: axis 0 (m) of argument 2 (y) must be 3; got 4; where m=3 from argument 1 (x) [tensor-shape]
    reveal_type(f(tl.zeros((2, 3)), tl.zeros(3)))  # R: Tensor[Float, 2]


class Holder:
    f: Callable[[Float[Tensor, "n"]], Float[Tensor, "n+1"]]
    g: Callable[[Float[Tensor, "n m"], Float[Tensor, "m"]], Float[Tensor, "n"]]
    h: Callable[[Float[Tensor, "*b n"]], Float[Tensor, "*b"]] | None = None

    def __init__(self) -> None:
        self.f = grown
        self.g = twice
        self.i = twice
        self.k = grown

    def run(self, x: Float[Tensor, "q"]) -> Float[Tensor, "q+1"]:
        self.f(self.f(x))
        if self.h is not None:
            reveal_type(self.h(tl.zeros((2, 3))))  # R: Tensor[Float, 2]
        return self.f(x)


o = Holder()
reveal_type(o.f(tl.zeros(3)))  # R: Tensor[Float, 4]
reveal_type(o.g(tl.zeros((2, 3)), tl.zeros(3)))  # R: Tensor[Float, 2]
o.g(tl.zeros((2, 3)), tl.zeros(4))  # E: axis 0 (m) of argument 2 must be 3; got 4; where m=3 from argument 1 [tensor-shape]
reveal_type(o.i(tl.zeros((2, 3)), tl.zeros(3)))  # R: Tensor[Float, 2]
o.i(tl.zeros((2, 3)), tl.zeros(4))  # E: axis 0 (m) of argument 2 (y) must be 3; got 4; where m=3 from argument 1 (x) [tensor-shape]
reveal_type(o.k(tl.zeros(3)))  # R: Tensor[Float, 4]


@dataclass
class Layer:
    w: Float[Tensor, "o i"]
    act: Callable[[Float[Tensor, "*s"]], Float[Tensor, "*s"]]

    def __call__(self, x: Float[Tensor, "*b i"]) -> Float[Tensor, "*b o"]:
        return self.act(x @ self.w.T)

    def wrong(self, x: Float[Tensor, "*b i"]) -> Float[Tensor, "*b o"]:
        return self.act(x)  # E: Incompatible return value type (got "Tensor[Float, *b, i]", expected "Tensor[Float, *b, o]") [tensor-shape]


reveal_type(Layer(tl.zeros((4, 3)), tl.tanh)(tl.zeros((2, 3))))  # R: Tensor[Float, 2, 4]


def made(k: Float[Tensor, "n n"]) -> Callable[[Float[Tensor, "b n"]], Float[Tensor, "b n"]]:
    return lambda x: x @ k


reveal_type(made(tl.zeros((3, 3)))(tl.zeros((5, 3))))  # R: Tensor[Float, 5, 3]
made(tl.zeros((3, 3)))(tl.zeros((5, 4)))  # E: axis 1 of argument 1 must be 3; got 4 [tensor-shape]


def local(x: Float[Tensor, "n"]) -> None:
    f: Callable[[Float[Tensor, "n"]], Float[Tensor, "n"]] = tl.exp
    g: Callable[[Float[Tensor, "a"]], Float[Tensor, "a a"]] = lambda v: v[:, None] * v
    reveal_type(f(x))  # R: Tensor[Float, n]
    reveal_type(g(x))  # R: Tensor[Float, n, n]
    reveal_type(g(tl.zeros(3)))  # R: Tensor[Float, 3, 3]
    f(tl.zeros(3))  # E: axis 0 (n) of argument 1 must be n; got 3 [tensor-shape]


def fixed(f: Callable[[Float[Tensor, "3"]], Float[Tensor, "4"]], fs: list[Callable[[Row], Row]]) -> None:
    reveal_type(f(tl.zeros(3)))  # R: Tensor[Float, 4]
    f(tl.zeros(4))  # E: axis 0 of argument 1 must be 3; got 4 [tensor-shape]


fixed(grown, [])

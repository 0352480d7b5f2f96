"""Functions as values: in fields, variables and containers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from jaxtyping import Float

import numpy as np
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


# What only one function among the parameters mentions is bound at each of its calls, and by what is given for it.
Kernel = Callable[[Float[Tensor, "p d"], Float[Tensor, "q d"]], Float[Tensor, "p q"]]


def inner(a: Float[Tensor, "p d"], b: Float[Tensor, "q d"]) -> Float[Tensor, "p q"]:
    return a @ b.T


def turned(a: Float[Tensor, "p d"], b: Float[Tensor, "q d"]) -> Float[Tensor, "q p"]:
    return b @ a.T


def of_three(a: Float[Tensor, "3 d"], b: Float[Tensor, "3 d"]) -> Float[Tensor, "3 3"]:
    return a @ b.T


def gram(kernel: Kernel, x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
    reveal_type(kernel(x, x))  # R: Tensor[Float, n, n]
    kernel(x, y.T)  # E: kernel: axis 1 (d) of argument 2 must be d; got m [tensor-shape]
    reveal_type(gram(kernel, y, x))  # R: Tensor[Float, m, n]
    return kernel(x, y)


gram(inner, tl.zeros((3, 4)), tl.zeros((2, 4)))
gram(of_three, tl.zeros((3, 4)), tl.zeros((3, 4)))  # E: The shape is lost: gram: ? of the parameter of argument 1 (kernel) is not compared with 3 [tensor-shape-lost]
gram(turned, tl.zeros((3, 4)), tl.zeros((2, 4)))  # E: gram: the result of argument 1 (kernel) must be [p, q]; got [q, p] [tensor-shape]
gram(lambda a, b: a @ b.T, tl.zeros((3, 4)), tl.zeros((2, 4)))


def rows(f: Callable[[Float[Tensor, "*b"]], Float[Tensor, "*b"]], x: Float[Tensor, "n d"]) -> Float[Tensor, "d d"]:
    return f(x.T) @ f(x)


def wider(f: Callable[[Float[Tensor, "p d"]], Float[Tensor, "p r"]], x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    return f(x)  # E: Incompatible return value type (got "Tensor[Float, n, r]", expected "Tensor[Float, n, d]") [tensor-shape]


# What mypy says of a user's generic functions.
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


def compose(f: Callable[[A], B], g: Callable[[B], C]) -> Callable[[A], C]:
    return lambda x: g(f(x))


def again(f: Callable[[A], A], x: A) -> A:
    return f(f(x))


def up(x: Float[Tensor, "n 3"]) -> Float[Tensor, "n 5"]:
    return x @ tl.zeros((3, 5))


def down(x: Float[Tensor, "n 5"]) -> Float[Tensor, "n 2"]:
    return x @ tl.zeros((5, 2))


def square(x: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
    return x * x


reveal_type(compose(up, down)(tl.zeros((4, 3))))  # R: Tensor[Float, 4, 2]
compose(down, up)  # E: compose: one B has to fit all arguments; got Tensor[Float, n, 2] for the result of argument 1 (f) and Tensor[Float, n, 3] for the parameter of argument 2 (g) [tensor-shape]
reveal_type(again(square, tl.zeros((4, 3))))  # R: Tensor[Float64, 4, 3]
again(up, tl.zeros((4, 3)))  # E: Argument 1 to "again" has incompatible type [tensor-shape]


def mean(x: Float[Tensor, "d"], y: Float[Tensor, "d d"]) -> float:
    return float(tl.sum(x @ y))


def sums(xs: Float[Tensor, "k d"], ys: Float[Tensor, "k d d"]) -> float:
    return sum(mean(x, y) for x, y in zip(xs, ys[0]))  # E: mean: argument 2 (y) has 1 axis, and 2 are needed; got [d]; wanted [d, d] [tensor-shape]


class Model:
    def fit(self, k: Kernel, x: Float[Tensor, "n d"]) -> Float[Tensor, "n n"]:
        return k(x, x)


class Wider(Model):
    def fit(
        self, k: Callable[[Float[Tensor, "a d"], Float[Tensor, "b d"]], Float[Tensor, "a b"]], x: Float[Tensor, "n d"]
    ) -> Float[Tensor, "n n"]:
        return k(x, x)


class Keeps:
    def __init__(self, kernel: Kernel) -> None:
        self.declared: Kernel = kernel
        self.inferred = kernel

    def both(self, x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
        return self.declared(x, y) + self.inferred(x, y)  # E: The shape is lost: this cannot be decided [tensor-shape-lost]


def passed_on(k: Kernel, *others: Kernel, x: Float[Tensor, "n d"]) -> Float[Tensor, "n n"]:
    kept: list[Kernel] = [k]
    kept.append(k)
    f: Kernel = k
    p: Float[Tensor, "p"] = tl.zeros(3)  # not the p of a kernel
    f(x, x)
    kept[0](x, x)
    return others[0](x, x) + k(x, x) * p[0]


def scaled(k: Kernel, s: float) -> Kernel:
    return lambda a, b: s * k(a, b)


def swapped(k: Kernel, s: float) -> Kernel:
    return lambda a, b: s * k(b, a)  # E: k: axis 0 (p) of argument 1 must be p; got q [tensor-shape]  # E: k: axis 0 (q) of argument 2 must be q; got p [tensor-shape]


def one_more(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n+1"]:
    return np.zeros(len(x) + 1)


def as_it_is(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    return x


class OneMore:
    def __call__(self, x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n+1"]:
        return np.zeros(len(x) + 1)


@dataclass
class Affine:
    w: Float[np.ndarray, "d h"]

    def __call__(self, x: Float[np.ndarray, "d"]) -> Float[np.ndarray, "h"]:
        return x @ self.w


def declared_callables(x: Float[np.ndarray, "k"]) -> None:
    f: Callable[[Float[np.ndarray, "k"]], Float[np.ndarray, "k"]] = as_it_is
    g: Callable[[Float[np.ndarray, "k"]], Float[np.ndarray, "k"]] = one_more  # E: axis 0 (k) of the result of the function must be k; got k+1 [tensor-shape]
    h: Callable[[Float[np.ndarray, "k"]], Float[np.ndarray, "k"]] = OneMore()  # E: axis 0 (k) of the result of the function must be k; got k+1 [tensor-shape]


def function_given_back() -> Callable[[Float[np.ndarray, "n"]], Float[np.ndarray, "n"]]:
    return one_more  # E: axis 0 (n) of the result of the function must be n; got n+1 [tensor-shape]


def objects_that_are_called(x: Float[np.ndarray, "k"], affine: Affine) -> None:
    f: Callable[[Float[np.ndarray, "k"]], Float[np.ndarray, "k"]] = affine  # E: the axes of Affine are not compared with those of a function [tensor-shape-lost]
    list(map(affine, [x, x]))  # E: the axes of Affine are not compared with those of a function [tensor-shape-lost]

"""A gradient with respect to an object has the axes of the object."""

from typing import NamedTuple, TypeVar

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor

T = TypeVar("T")


class Params(NamedTuple):
    w1: Float[Tensor, "h d"]
    w2: Float[Tensor, "k h"]


class Layer(tl.Module):
    w: Float[Tensor, "o i"]
    b: Float[Tensor, "*s"]


class Sized:
    def __init__(self, o: int, i: int) -> None:
        self.o, self.i = o, i
        self.w: Float[Tensor, "{self.o} {self.i}"] = tl.zeros((o, i))


def of_sized(s: Sized) -> Float[Tensor, ""]:
    return tl.sum(s.w)


def sizes(s: Sized) -> None:
    reveal_type(tl.grad(of_sized)(s).w)  # R: Tensor[Float, {s.o}, {s.i}]


def loss(p: Params, x: Float[Tensor, "n m"]) -> Float[Tensor, ""]:
    return tl.sum(p.w1) + tl.sum(p.w2) + tl.sum(x)


def norm(x: Float[Tensor, "n m"], l: Layer) -> Float[Tensor, ""]:
    return tl.sum(l.w) * tl.sum(l.b) + tl.sum(x)


def step(p: Params, x: Float[Tensor, "n m"]) -> Params:
    g = tl.grad(loss)(p, x)  # E: assumes { [tensor-shape-assumed]
    p.w1 - 0.1 * g.w2  # E: got [{p.h}, {p.d}] and [{p.k}, {p.h}]; wanted {p.h} and {p.k} equal, or one of them 1 [tensor-shape]
    return Params(p.w1 - 0.1 * g.w1, p.w2 - 0.1 * g.w2)  # E: assumes { [tensor-shape-assumed]


def several(l: Layer, x: Float[Tensor, "n m"]) -> None:
    value, g = tl.value_and_grad(norm, argnums=1)(x, l)
    reveal_type(g.w)  # R: Tensor[Float, {l.o}, {l.i}]
    of_x, of_l = tl.grad(norm, argnums=(0, 1))(l=l, x=x)
    reveal_type(of_l.w)  # R: Tensor[Float, {l.o}, {l.i}]
    reveal_type(of_x)  # R: Tensor[Float, n, m]
    derivative = tl.grad(norm, argnums=1)
    h = derivative(x, l)
    reveal_type(h.w)  # R: Tensor[Float, {l.o}, {l.i}]


def known(x: Float[Tensor, "n m"]) -> None:
    layer, other = Layer(tl.zeros((3, 4)), tl.zeros((2, 5))), Layer(tl.zeros((5, 4)), tl.zeros(3))
    g = tl.grad(norm, argnums=1)(x, layer)
    reveal_type(g.w)  # R: Tensor[Float, 3, 4]
    reveal_type(g.b)  # R: Tensor[Float, 2, 5]
    other.w - g.w  # E: got [5, 4] and [3, 4]; wanted 5 and 3 equal, or one of them 1 [tensor-shape]


def second(first: T, then: T) -> T:
    return then


def passed_on(l: Layer, m: Layer, x: Float[Tensor, "n m"]) -> None:
    g = second(l, tl.grad(norm, argnums=1)(x, m))
    reveal_type(g.w)  # R: Tensor[Float, {g.o}, {g.i}]


def changed(p: Params, x: Float[Tensor, "n m"]) -> Params:
    for _ in range(3):
        g = tl.grad(loss)(p, x)  # E: assumes { [tensor-shape-assumed]
        p = Params(p.w1 - g.w1, p.w2 - g.w2)  # E: The shape is lost [tensor-shape-lost]  # E: assumes { [tensor-shape-assumed]
    return p

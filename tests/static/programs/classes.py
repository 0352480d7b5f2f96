"""Axes of classes that are no Modules: dataclasses and plain classes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Protocol

from jaxtyping import Float, Int
from typing_extensions import Self

import tl_dsl as tl
from tl_dsl import Tensor


@dataclass(frozen=True)
class Affine:
    w: Float[Tensor, "i o"]
    b: Float[Tensor, "o"]

    def __call__(self, x: Float[Tensor, "n i"]) -> Float[Tensor, "n o"]:
        reveal_type(self.w)  # R: Tensor[Float, i, o]
        return x @ self.w + self.b

    def wrong(self, x: Float[Tensor, "n i"]) -> Float[Tensor, "n o"]:
        return x @ self.w.T + self.b  # E: got [n, i] @ [o, i]: i and o; wanted equal sizes [tensor-shape]

    def back(self, y: Float[Tensor, "n o"]) -> Float[Tensor, "n i"]:
        return y @ self.w.T

    def with_other(self, other: Affine, x: Float[Tensor, "n i"]) -> None:
        reveal_type(other.w)  # R: Tensor[Float, {other.i}, {other.o}]
        self.w + other.w  # E: The shape is lost [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]
        other(self(x))  # E: The shape is lost: Affine: o of argument 1 (x) is not compared with {other.i} [tensor-shape-lost]
        x @ other.w  # E: The shape is lost: this cannot be decided: matmul: [n, i] @ [{other.i}, {other.o}]: i and {other.i} [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]

    def of_self(self, other: Self) -> None:
        reveal_type(other.w)  # R: Tensor[Float, {other.i}, {other.o}]
        other.w @ self.w.T  # E: The shape is lost: this cannot be decided: matmul: [{other.i}, {other.o}] @ [o, i]: {other.o} and o [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]

    @property
    def turned(self) -> Float[Tensor, "o i"]:
        return self.w.T

    @classmethod
    def zero(cls, i: int, o: int) -> Affine:
        return cls(tl.zeros((i, o)), tl.zeros(o))  # E: Affine: assumes {i} >= 1 [tensor-shape-assumed]  # E: Affine: assumes {o} >= 1 [tensor-shape-assumed]

    @staticmethod
    def of(w: Float[Tensor, "i o"]) -> Affine:
        return Affine(w, w[0])


layer = Affine(tl.zeros((3, 4)), tl.zeros(4))
reveal_type(layer.w)  # R: Tensor[Float, 3, 4]
reveal_type(layer(tl.zeros((2, 3))))  # R: Tensor[Float, 2, 4]
reveal_type(layer.turned)  # R: Tensor[Float, 4, 3]
reveal_type(layer.back(layer(tl.zeros((2, 3)))))  # R: Tensor[Float, 2, 3]
layer(tl.zeros((2, 4)))  # E: Affine: axis 1 (i) of argument 1 (x) must be 3; got 4; where i=3 from the object [tensor-shape]
layer.back(tl.zeros((2, 3)))  # E: back: axis 1 (o) of argument 1 (y) must be 4; got 3; where o=4 from the object [tensor-shape]
Affine(tl.zeros((3, 4)), tl.zeros(3))  # E: Affine: axis 0 (o) of argument 2 (b) must be 4; got 3; where o=4 from argument 1 (w) [tensor-shape]
Affine(b=tl.zeros(4), w=tl.zeros((4, 3)))  # E: Affine: axis 0 (o) of argument 2 (b) must be 3; got 4; where o=3 from argument 1 (w) [tensor-shape]
other = Affine(tl.zeros((4, 3)), tl.zeros(3))
reveal_type(other(layer(tl.zeros((2, 3)))))  # R: Tensor[Float, 2, 3]
layer(other(tl.zeros((2, 4))))
layer(layer(tl.zeros((2, 3))))  # E: must be 3; got 4 [tensor-shape]
reveal_type(Affine.zero(3, 4).w)  # R: Tensor[Float, Any, Any]


def two(a: Affine, b: Affine, x: Float[Tensor, "n k"]) -> None:
    reveal_type(a.w)  # R: Tensor[Float, {a.i}, {a.o}]
    reveal_type(a(x))  # E: The shape is lost: Affine: k of argument 1 (x) is not compared with {a.i} [tensor-shape-lost]  # R: Tensor[Float, n, {a.o}]
    b(a(x))  # E: The shape is lost: Affine: {a.o} of argument 1 (x) is not compared with {b.i} [tensor-shape-lost]  # E: The shape is lost: Affine: k of argument 1 (x) is not compared with {a.i} [tensor-shape-lost]
    a.w @ b.w  # E: The shape is lost: this cannot be decided: matmul: [{a.i}, {a.o}] @ [{b.i}, {b.o}]: {a.o} and {b.i} [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]
    a.w + b.w  # E: The shape is lost [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]
    x @ a.w  # E: The shape is lost: this cannot be decided: matmul: [n, k] @ [{a.i}, {a.o}]: k and {a.i} [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]


@dataclass(frozen=True, kw_only=True)
class Deep(Affine):
    v: Float[Tensor, "o k"]
    steps: int = 0

    def deeper(self, x: Float[Tensor, "n i"]) -> Float[Tensor, "n k"]:
        return self(x) @ self.v

    def through(self, x: Float[Tensor, "n i"]) -> Float[Tensor, "n k"]:
        return super().__call__(x) @ self.v

    def not_deeper(self, x: Float[Tensor, "n i"]) -> Float[Tensor, "n k"]:
        return self(x) @ self.v.T  # E: got [n, o] @ [k, o]: o and k; wanted equal sizes [tensor-shape]


deep = Deep(tl.zeros((3, 4)), tl.zeros(4), v=tl.zeros((4, 5)))
reveal_type(deep.deeper(tl.zeros((2, 3))))  # R: Tensor[Float, 2, 5]
reveal_type(deep(tl.zeros((2, 3))))  # R: Tensor[Float, 2, 4]
reveal_type(deep.w)  # R: Tensor[Float, 3, 4]
Deep(tl.zeros((3, 4)), tl.zeros(4), v=tl.zeros((5, 5)))  # E: Deep: axis 0 (o) of argument 3 (v) must be 4; got 5; where o=4 from argument 1 (w) [tensor-shape]


class Plain:
    """The constructor's parameters name the axes of the fields."""

    def __init__(self, w: Float[Tensor, "i o"], b: Float[Tensor, "o"]) -> None:
        self.w: Float[Tensor, "i o"] = w
        self.b: Float[Tensor, "o"] = b

    def __call__(self, x: Float[Tensor, "n i"]) -> Float[Tensor, "n o"]:
        return x @ self.w + self.b

    def wrong(self, x: Float[Tensor, "n i"]) -> Float[Tensor, "n o"]:
        return x @ self.w.mT + self.b  # E: got [n, i] @ [o, i]: i and o; wanted equal sizes [tensor-shape]


class Swapped:
    def __init__(self, w: Float[Tensor, "i o"]) -> None:
        self.w: Float[Tensor, "i o"] = w.T  # E: Incompatible types in assignment (expression has type "Tensor[Float, o, i]", variable has type "Tensor[Float, i, o]") [tensor-shape]


plain = Plain(tl.zeros((3, 4)), tl.zeros(4))
reveal_type(plain(tl.zeros((2, 3))))  # R: Tensor[Float, 2, 4]
reveal_type(plain.b)  # R: Tensor[Float, 4]
plain(tl.zeros((2, 4)))  # E: Plain: axis 1 (i) of argument 1 (x) must be 3; got 4; where i=3 from the object [tensor-shape]
Plain(tl.zeros((3, 4)), tl.zeros(3))  # E: Plain: axis 0 (o) of argument 2 (b) must be 4; got 3 [tensor-shape]


class Chosen:
    """Sizes that the constructor chooses are the object's: nothing is said where they are chosen."""

    scale: Float[Tensor, "o"]

    def __init__(self, table: Float[Tensor, "a b"], k: int) -> None:
        self.w: Float[Tensor, "i o"] = tl.zeros((3, 4))
        self.v: Float[Tensor, "o i"] = table
        self.scale = tl.zeros(k)
        self.u: Float[Tensor, "2 a"] = tl.zeros((3, 5))  # E: Incompatible types in assignment [tensor-shape]

    def __call__(self, x: Float[Tensor, "n i"]) -> Float[Tensor, "n o"]:
        return x @ self.w * self.scale


chosen = Chosen(tl.zeros((2, 2)), 5)
reveal_type(chosen.w)  # R: Tensor[Float, Any, Any]
chosen(tl.zeros((2, 9)))  # E: The shape is lost: Chosen: 9 of argument 1 (x) is not compared with ? [tensor-shape-lost]


class Buffer:
    """A class that gives a field another value says thereby that its axes may change."""

    def __init__(self, data: Float[Tensor, "n d"], mean: Float[Tensor, "d"]) -> None:
        self.data: Float[Tensor, "n d"] = data
        self.mean: Float[Tensor, "d"] = mean

    def append(self, row: Float[Tensor, "d"]) -> None:
        self.data = tl.concat([self.data, row[None]])

    def shift(self, by: Float[Tensor, "d"]) -> None:
        self.mean = self.mean + by

    def spread(self, by: Float[Tensor, "n"]) -> None:
        self.mean = self.mean + by  # E: add: shapes broadcast when [tensor-shape]


buffer = Buffer(tl.zeros((2, 3)), tl.zeros(3))
buffer.append(tl.zeros(3))  # E: The shape is lost: append: 3 of argument 1 (row) is not compared with ? [tensor-shape-lost]
reveal_type(buffer.data)  # R: Tensor[Float, Any, Any]
buffer.data + tl.zeros((3, 3))  # E: The shape is lost: this cannot be decided: add: [?, ?] and [3, 3] [tensor-shape-lost]


class Owner:
    def __init__(self, i: int, layer: Affine) -> None:
        self.inner = Affine(tl.zeros((i, 4)), tl.zeros(4))  # E: Affine: assumes {i} >= 1 [tensor-shape-assumed]
        self.fixed = Affine(tl.zeros((3, 4)), tl.zeros(4))
        self.given = layer
        self.layers = [layer, self.fixed]

    def __call__(self, x: Float[Tensor, "n 3"]) -> Float[Tensor, "n 4"]:
        reveal_type(self.inner.w)  # R: Tensor[Float, {i}, 4]
        self.given.w + self.inner.w  # E: The shape is lost [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]
        for layer in self.layers:
            layer(x)  # E: The shape is lost: Affine: 3 of argument 1 (x) is not compared with {layer.i} [tensor-shape-lost]
        self.fixed(x.T)  # E: Affine: axis 1 (i) of argument 1 (x) must be 3; got n [tensor-shape]
        return self.fixed(x)


class HasWeights(Protocol):
    @property
    def w(self) -> Float[Tensor, "p q"]: ...


def takes(p: HasWeights) -> None: ...


takes(layer)
held: HasWeights = layer
changed = dataclasses.replace(layer, b=tl.zeros(4))
resized = dataclasses.replace(layer, w=tl.zeros((7, 7)), b=tl.zeros(7))
reveal_type(changed.w)  # R: Tensor[Float, 3, 4]
reveal_type(resized.w)  # R: Tensor[Float, 7, 7]
resized(tl.zeros((2, 7)))
resized(tl.zeros((2, 3)))  # E: Affine: axis 1 (i) of argument 1 (x) must be 7; got 3 [tensor-shape]
dataclasses.replace(layer, b=tl.zeros(7))  # E: replace: axis 0 (o) of argument 2 (b) must be 4; got 7; where o=4 from the object [tensor-shape]
dataclasses.replace(layer, w=tl.zeros((3, 7)))  # E: replace: axis 1 (o) of argument 2 (w) must be 4; got 7; where o=4 from the object [tensor-shape]
reveal_type(dataclasses.replace(layer, w=tl.zeros((7, 4))).w)  # R: Tensor[Float, 7, 4]


@dataclass
class Mixing:
    w: Float[Tensor, "d k"]

    def __call__(self, x: Float[Tensor, "*b d"]) -> Float[Tensor, "*b d"]:
        return x * tl.sum(self.w)


@dataclass
class Mixed:
    """What an object of unknown sizes takes, it gives back."""

    mixing: Mixing
    layers: list[Mixing]
    up: Float[Tensor, "d h"]

    def __call__(self, x: Float[Tensor, "t d"]) -> Float[Tensor, "t d"]:
        reveal_type(self.mixing(x))  # E: The shape is lost [tensor-shape-lost]  # R: Tensor[Float, t, d]
        for layer in self.layers:
            x = x + layer(x)  # E: The shape is lost [tensor-shape-lost]
        return x @ self.up  # E: Incompatible return value type (got "Tensor[Float, t, h]", expected "Tensor[Float, t, d]") [tensor-shape]


class Factors:
    """A method that has to do with numbers of its object alone has names of its own."""

    def __init__(self, rank: int, rate: float = 0.1) -> None:
        self.rank, self.rate = rank, rate
        self.left: Float[Tensor, "n k"] | None = None
        self.right: Float[Tensor, "m k"] | None = None

    def solved(self, x: Float[Tensor, "n m"], y: Float[Tensor, "m k"]) -> Float[Tensor, "n k"]:
        return self.rate * (x @ y)

    def fitted(self, x: Float[Tensor, "n m"], y: Float[Tensor, "m k"]) -> None:
        self.left = self.solved(x, y)
        self.right = self.solved(x.T, self.solved(x, y))
        self.solved(x.T, y)  # E: axis 0 (m) of argument 2 (y) must be n; got m [tensor-shape]


class Declared(tl.Module):
    """The axes that a class declares are those of its methods, whatever these have to do with."""

    left: Float[Tensor, "n k"]

    def made(self) -> Float[Tensor, "n"]:
        return tl.zeros(3)  # E: Incompatible return value type (got "Tensor[Float64, 3]", expected "Tensor[Float, n]") [tensor-shape]

    def given(self, x: Float[Tensor, "n"]) -> Float[Tensor, "k"]:
        return x  # E: Incompatible return value type [tensor-shape]


Square = Float[Tensor, "n n"]


class DeclaredByName(tl.Module):
    left: Square

    def made(self) -> Float[Tensor, "n"]:
        return tl.zeros(3)  # E: Incompatible return value type (got "Tensor[Float64, 3]", expected "Tensor[Float, n]") [tensor-shape]


def of_declared(made: Declared) -> None:
    made.given(tl.zeros(3))  # E: 3 of argument 1 (x) is not compared with {made.n} [tensor-shape-lost]


class Lagged:
    """What an int of an object has to do with the axes of its arrays is for the constructor to say."""

    def __init__(self, p: int) -> None:
        self.p = p
        self.weights: Float[Tensor, "p"] | None = None

    def __call__(self, x: Float[Tensor, "n {self.p}"]) -> Float[Tensor, "n"]:
        assert self.weights is not None
        return x @ self.weights  # E: that [n, {self.p}] @ [p]: {self.p} and p fit [tensor-shape-assumed]  # E: cannot be decided [tensor-shape-lost]

    def wrong(self, x: Float[Tensor, "n {self.p}"], y: Float[Tensor, "k"]) -> Float[Tensor, "n"]:
        return x @ y  # E: got [n, {self.p}] @ [k]: {self.p} and k [tensor-shape]

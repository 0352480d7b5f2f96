"""Calls of annotated functions: every axis is bound once, and instantiated in the result."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Optional, Protocol, overload

import jaxtyping as jt
from jaxtyping import Float, Int
from jaxtyping import Float as F

import tl_dsl as tl
from tl_dsl import Tensor

Row = Float[Tensor, "7"]
Rows = Float[Tensor, "k 7"]


def affine(x: Float[Tensor, "batch n"], w: Float[Tensor, "n m"], b: Float[Tensor, "m"]) -> Float[Tensor, "batch m"]:
    return x @ w + b


def grown(x: Float[Tensor, "n"]) -> Float[Tensor, "n+1"]:
    return tl.concat([x, tl.zeros(1)])


def halves(x: Float[Tensor, "h w"], y: Float[Tensor, "2*h"]) -> Float[Tensor, "h w//2"]:
    return tl.zeros((x.shape[0], x.shape[1] // 2))


def tail(x: Float[Tensor, "*b n"], w: Float[Tensor, "n m"]) -> Float[Tensor, "*b m"]:
    return x @ w


def same(x: Float[Tensor, "*b"], y: Float[Tensor, "*b"]) -> Float[Tensor, "*b"]:
    return x + y


affine(tl.zeros((8, 3)), tl.zeros((3, 5)), tl.zeros(4))  # E: affine: axis 0 (m) of argument 3 (b) must be 5; got 4; where m=5 from argument 2 (w) [tensor-shape]
reveal_type(affine(tl.zeros((8, 3)), tl.zeros((3, 5)), b=tl.zeros(5)))  # R: Tensor[Float, 8, 5]
affine(tl.zeros((8, 3)), tl.zeros((3, 5)), tl.zeros((5, 1)))  # E: affine: argument 3 (b) has 2 axes, and 1 is needed; got [5, 1]; wanted [5] [tensor-shape]
reveal_type(grown(grown(tl.zeros(3))))  # R: Tensor[Float, 5]
reveal_type(halves(tl.zeros((3, 9)), tl.zeros(6)))  # R: Tensor[Float, 3, 4]
halves(tl.zeros((3, 9)), tl.zeros(5))  # E: halves: axis 0 (2*h) of argument 2 (y) must be 6; got 5; where h=3 from argument 1 (x) [tensor-shape]
reveal_type(tail(tl.zeros((2, 6, 9)), tl.zeros((9, 5))))  # R: Tensor[Float, 2, 6, 5]
reveal_type(tail(tl.zeros(9), tl.zeros((9, 5))))  # R: Tensor[Float, 5]
tail(tl.zeros((2, 6, 8)), tl.zeros((9, 5)))  # E: tail: axis 0 (n) of argument 2 (w) must be 8; got 9; where n=8 from argument 1 (x) [tensor-shape]
same(tl.zeros((2, 3)), tl.zeros((2, 4)))  # E: same: the axes *b are [2, 3] from argument 1 (x); got [2, 4] in argument 2 (y) [tensor-shape]


def body(x: Float[Tensor, "p q"], y: Float[Tensor, "q"]) -> Float[Tensor, "p"]:
    reveal_type(affine(x, x.mT, tl.zeros(x.shape[0])))  # R: Tensor[Float, p, p]
    reveal_type(grown(y))  # R: Tensor[Float, q+1]
    wrong: Float[Tensor, "p"] = y  # E: Incompatible types in assignment (expression has type "Tensor[Float, q]", variable has type "Tensor[Float, p]") [tensor-shape]
    other: Float[Tensor, "r"] = y
    return grown(y)  # E: Incompatible return value type (got "Tensor[Float, q+1]", expected "Tensor[Float, p]") [tensor-shape]


def aliases(row: Row, rows: Rows, again: F[Tensor, "7"], third: jt.Float[Tensor, "7"]) -> Float[Tensor, "7"]:
    reveal_type(rows)  # R: Tensor[Float, k, 7]
    return row + again + third


def only_in_result(x: Float[Tensor, "n"]) -> Float[Tensor, "m"]:
    return x[:2]  # E: getitem: assumes 2 <= n [tensor-shape-assumed]


reveal_type(only_in_result(tl.zeros(3)))  # R: Tensor[Float, Any]


def optional(x: Float[Tensor, "n"], b: Optional[Float[Tensor, "n"]] = None, *, k: int = 1) -> Float[Tensor, "n"]:
    return x if b is None else x * b


optional(tl.zeros(3))
optional(tl.zeros(3), tl.zeros(4))  # E: optional: axis 0 (n) of argument 2 (b) must be 3; got 4; where n=3 from argument 1 (x) [tensor-shape]
optional(tl.zeros(3), None, k=2)


def containers(
    xs: list[Float[Tensor, "n"]], pair: tuple[Float[Tensor, "n"], Float[Tensor, "m"]]
) -> dict[str, Float[Tensor, "n+m"]]:
    return {"both": tl.concat([xs[0], pair[1]])}


reveal_type(containers([tl.zeros(3)], (tl.zeros(3), tl.zeros(4))))  # R: dict[str, Tensor[Float, 7]]
containers([tl.zeros(3)], (tl.zeros(5), tl.zeros(4)))  # E: containers: axis 0 (n) of item 1 of argument 2 (pair) must be 3; got 5; where n=3 from item 1 of argument 1 (xs) [tensor-shape]


def many(*xs: Float[Tensor, "n"], start: int = 0) -> Float[Tensor, "n"]:
    return xs[start]


many(tl.zeros(3), tl.zeros(3), tl.zeros(4))  # E: many: axis 0 (n) of argument 1 (xs) must be 3; got 4; where n=3 from argument 1 (xs) [tensor-shape]


@overload
def either(x: Float[Tensor, "n"]) -> Float[Tensor, "n 1"]: ...
@overload
def either(x: Float[Tensor, "n"], k: int) -> Float[Tensor, "n n"]: ...
def either(x: Float[Tensor, "n"], k: int = 0) -> Tensor:
    return x


reveal_type(either(tl.zeros(3)))  # R: Tensor[Float, 3, 1]
reveal_type(either(tl.zeros(3), 1))  # R: Tensor[Float, 3, 3]


def applied(f: Callable[[Float[Tensor, "a"]], Float[Tensor, "a"]], x: Float[Tensor, "a"]) -> Float[Tensor, "a"]:
    return f(x)


def same_size(x: Float[Tensor, "k"]) -> Float[Tensor, "k"]:
    return x


reveal_type(applied(same_size, tl.zeros(3)))  # R: Tensor[Float, 3]
applied(grown, tl.zeros(3))  # E: applied: axis 0 (a) of the result of argument 1 (f) must be 3; got 4; where a=3 from argument 2 (x) [tensor-shape]


class Pair(NamedTuple):
    w: Float[Tensor, "5 7"]
    b: Float[Tensor, "7"]


@dataclass
class Data:
    images: Float[Tensor, "n 64"]
    labels: Int[Tensor, "n"]


def uses(p: Pair, d: Data) -> Float[Tensor, "5"]:
    reveal_type(d.images)  # R: Tensor[Float, {d.n}, 64]
    return p.w @ p.b


Pair(tl.zeros((5, 7)), tl.zeros(8))  # E: Pair: axis 0 of argument 2 (b) must be 7; got 8 [tensor-shape]


class Base:
    def run(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x

    @staticmethod
    def fixed(x: Float[Tensor, "n"]) -> Float[Tensor, "2*n"]:
        return tl.concat([x, x])


class Renamed(Base):
    def run(self, x: Float[Tensor, "m"]) -> Float[Tensor, "m"]:
        return x


class Narrow(Base):
    def run(self, x: Float[Tensor, "3"]) -> Float[Tensor, "3"]:  # E: run overrides that of Base: axis 0 of argument 1 must be 3; got n [tensor-shape]
        return x


reveal_type(Base().run(tl.zeros(3)))  # R: Tensor[Float, 3]
reveal_type(Base.fixed(tl.zeros(3)))  # R: Tensor[Float, 6]


def outer(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    def inner(y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x

    return inner(x)


def unknown(x: Tensor, y, z: Float[Tensor, "..."], u: Float[Tensor, "_ 4"]) -> Float[Tensor, "4"]:  # type: ignore
    affine(x, y, z)  # E: The shape is lost: affine: [...] of argument 1 (x) is not compared with [batch, n] [tensor-shape-lost]
    reveal_type(u)  # R: Tensor[Float, Any, 4]
    reveal_type(x @ u)  # E: The shape is lost: the last axis of [...] or [?, 4] is not known [tensor-shape-lost]  # R: Tensor
    return z  # E: The shape is lost: [...] of the result is not compared with [4] [tensor-shape-lost]  # E: The shape is lost: [...] of the result is not compared with [4] [tensor-shape-lost]


def broadcasting(x: Float[Tensor, "#n m"], y: Float[Tensor, "n m"]) -> Float[Tensor, "n m"]:
    return x + y


def by_value(n: int, m: int) -> Float[Tensor, "{n} {m}"]:
    return tl.zeros((n, m))


def by_value_wrong(n: int, m: int) -> Float[Tensor, "{n} {m}"]:
    return tl.zeros((m, n))  # E: Incompatible return value type (got "Tensor[Float64, {m}, {n}]", expected "Tensor[Float, {n}, {m}]") [tensor-shape]


def labels(logits: Float[Tensor, "b c"], y: Int[Tensor, "b"], classes: int) -> Float[Tensor, "b c"]:
    return logits * tl.one_hot(y, classes)  # E: The shape is lost: this cannot be decided: mul: [b, c] and [b, {classes}] [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]


reveal_type(by_value(3, 4))  # R: Tensor[Float, 3, 4]


@tl.typed
def decorated(x: Float[Tensor, "n m"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    return x @ y


@tl.compile
def compiled(x: Float[Tensor, "n m"], y: Float[Tensor, "m"]) -> Float[Tensor, "n+1"]:
    return tl.pad(x @ y, (0, 1))


decorated(tl.zeros((2, 3)), tl.zeros(4))  # E: decorated: axis 0 (m) of argument 2 (y) must be 3; got 4; where m=3 from argument 1 (x) [tensor-shape]
reveal_type(compiled(tl.zeros((2, 3)), tl.zeros(3)))  # R: Tensor[Float, 3]
compiled(tl.zeros((2, 3)), tl.zeros(4))  # E: compiled: axis 0 (m) of argument 2 (y) must be 3; got 4; where m=3 from argument 1 (x) [tensor-shape]
[decorated][0](tl.zeros((2, 3)), tl.zeros(4))  # E: decorated: axis 0 (m) of argument 2 (y) must be 3; got 4; where m=3 from argument 1 (x) [tensor-shape]


def closure(w: Float[Tensor, "i o"], x: Float[Tensor, "b i"]) -> Float[Tensor, "i o"]:
    def objective(w: Float[Tensor, "i o"]) -> Float[Tensor, ""]:
        reveal_type(x @ w)  # R: Tensor[Float, b, o]
        w + w.mT  # E: add: shapes broadcast when their axes, from the last, are equal or 1; got [i, o] and [o, i]; wanted i and o equal, or one of them 1 [tensor-shape]
        return tl.mean(x @ w)

    reveal_type(tl.grad(objective)(w))  # R: Tensor[Float, i, o]
    return w - 0.1 * tl.grad(objective)(w)


def loops(xs: Float[Tensor, "k n"]) -> Float[Tensor, "n"]:
    total = tl.zeros(xs.shape[1])
    for x in xs:
        reveal_type(x)  # R: Tensor[Float, n]
        total = total + x
    return total


class Layer(Protocol):
    def __call__(self, x: Float[Tensor, "*b n"]) -> Float[Tensor, "*b m"]: ...


def run(layer: Layer, x: Float[Tensor, "3 4"]) -> Tensor:
    return layer(x)


run(tl.nn.Linear(4, 5, key=0), tl.zeros((3, 4)))
reveal_type(functools.partial(grown, tl.zeros(3))())  # R: Tensor[Float, 4]


class Shaped(tl.Module):
    w: Float[Tensor, "a b"]

    @property
    def turned(self) -> Float[Tensor, "b a"]:
        return self.w.T

    @classmethod
    def made(cls, a: int) -> Shaped:
        return cls(tl.zeros((a, 3)))  # E: Shaped: assumes {a} >= 1 [tensor-shape-assumed]

    @staticmethod
    def fixed(x: Float[Tensor, "b"], y: Float[Tensor, "b"]) -> Float[Tensor, "b"]:
        return x + y


reveal_type(Shaped(tl.zeros((2, 3))).turned)  # R: Tensor[Float, 3, 2]
reveal_type(Shaped.fixed(tl.zeros(9), tl.zeros(9)))  # R: Tensor[Float, 9]
Shaped.fixed(tl.zeros(9), tl.zeros(8))  # E: fixed: axis 0 (b) of argument 2 (y) must be 9; got 8; where b=9 from argument 1 (x) [tensor-shape]


def swapped(p: tuple[Float[Tensor, "n"], Float[Tensor, "m"]]) -> tuple[Float[Tensor, "m"], Float[Tensor, "n"]]:
    a, b = p
    return b, a


def not_swapped(p: tuple[Float[Tensor, "n"], Float[Tensor, "m"]]) -> tuple[Float[Tensor, "m"], Float[Tensor, "n"]]:
    return p  # E: Incompatible return value type (got "tuple[Tensor[Float, n], Tensor[Float, m]]", expected "tuple[Tensor[Float, m], Tensor[Float, n]]") [tensor-shape]


class Composite(Base):
    def run(self, x: Float[Tensor, "k"]) -> Float[Tensor, "k+1"]:  # E: run overrides that of Base: axis 0 (n) of the result must be n; got n+1 [tensor-shape]
        return tl.pad(x, (0, 1))

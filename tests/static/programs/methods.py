"""Signatures with shapes in methods of every kind, and in what spreads over a call."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Iterator

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor

b, c = tl.zeros(3), tl.zeros(4)


class Plain:
    @functools.cached_property
    def wrong(self) -> Float[Tensor, "4"]:
        return tl.zeros(5)  # E: Incompatible return value type (got "Tensor[Float64, 5]", expected "Tensor[Float, 4]") [tensor-shape]

    @functools.cached_property
    def cached(self) -> Float[Tensor, "4"]:
        return tl.zeros(4)

    @property
    def computed(self) -> Float[Tensor, "4"]:
        return tl.zeros(4)

    @classmethod
    def of_class(cls, x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x + y

    @staticmethod
    def static(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, "2*n"]:
        return tl.concat([x, y])

    def chained(self, x: Float[Tensor, "n"]) -> Float[Tensor, "2*n"]:
        reveal_type(self.static(x, x))  # R: Tensor[Float, 2*n]
        self.static(x, self.static(x, x))  # E: static: axis 0 (n) of argument 2 (y) must be n; got 2*n; where n is from argument 1 (x) [tensor-shape]
        return self.of_class(self.static(x, x), Plain.static(x, x))


m = Plain()
reveal_type(m.cached + m.computed)  # R: Tensor[Float, 4]
m.cached + b  # E: add: shapes broadcast when their axes, from the last, are equal or 1; got [4] and [3]; wanted 4 and 3 equal, or one of them 1 [tensor-shape]
m.computed + b  # E: add: shapes broadcast when their axes, from the last, are equal or 1; got [4] and [3]; wanted 4 and 3 equal, or one of them 1 [tensor-shape]
Plain.of_class(b, c)  # E: of_class: axis 0 (n) of argument 2 (y) must be 3; got 4; where n=3 from argument 1 (x) [tensor-shape]
m.of_class(b, c)  # E: of_class: axis 0 (n) of argument 2 (y) must be 3; got 4; where n=3 from argument 1 (x) [tensor-shape]
Plain.static(b, c)  # E: static: axis 0 (n) of argument 2 (y) must be 3; got 4; where n=3 from argument 1 (x) [tensor-shape]
m.static(b, c)  # E: static: axis 0 (n) of argument 2 (y) must be 3; got 4; where n=3 from argument 1 (x) [tensor-shape]
reveal_type(m.static(b, b))  # R: Tensor[Float, 6]
reveal_type(Plain.of_class(b, b))  # R: Tensor[Float, 3]
reveal_type(m.of_class(b, b))  # R: Tensor[Float, 3]
f = m.static
f(b, c)  # E: axis 0 (n) of argument 2 (y) must be 3; got 4; where n=3 from argument 1 (x) [tensor-shape]
reveal_type(f(b, b))  # R: Tensor[Float, 6]


def twice(x: Float[Tensor, "n m"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    return x @ y


async def fetched(x: Float[Tensor, "n m"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    return x @ y


async def waits() -> None:
    reveal_type(await fetched(tl.zeros((2, 3)), b))  # R: Tensor[Float, 2]
    await fetched(tl.zeros((2, 3)), c)  # E: fetched: axis 0 (m) of argument 2 (y) must be 3; got 4; where m=3 from argument 1 (x) [tensor-shape]


def rows(x: Float[Tensor, "n m"]) -> Iterator[Float[Tensor, "m"]]:
    for row in x:
        yield row


def columns(x: Float[Tensor, "n m"]) -> Iterator[Float[Tensor, "n"]]:
    for row in x:
        yield row  # E: Incompatible types in "yield" (actual type "Tensor[Float, m]", expected type "Tensor[Float, n]") [tensor-shape]


async def later(x: Float[Tensor, "n m"]) -> AsyncIterator[Float[Tensor, "m"]]:
    yield x[0]


async def uses() -> None:
    for row in rows(tl.zeros((2, 3))):
        reveal_type(row)  # R: Tensor[Float, 3]
        row + c  # E: add: shapes broadcast when their axes, from the last, are equal or 1; got [3] and [4]; wanted 3 and 4 equal, or one of them 1 [tensor-shape]
    async for row in later(tl.zeros((2, 3))):
        reveal_type(row)  # R: Tensor[Float, 3]
    reveal_type(next(rows(tl.zeros((2, 3)))))  # R: Tensor[Float, 3]


def many(*xs: Float[Tensor, "n"], **ks: Float[Tensor, "n m"]) -> Float[Tensor, "n"]:
    reveal_type(xs)  # R: tuple[Tensor[Float, n], ...]
    reveal_type(ks)  # R: dict[str, Tensor[Float, n, m]]
    return xs[0] + ks["a"].sum(axis=1)


reveal_type(many(b, a=tl.zeros((3, 4))))  # R: Tensor[Float, 3]
many(b, a=tl.zeros((4, 4)))  # E: many: axis 0 (n) of argument 2 (ks) must be 3; got 4; where n=3 from argument 1 (xs) [tensor-shape]
reveal_type(many(*[b, b]))  # R: Tensor[Float, 3]
many(*(b, c))  # E: many: axis 0 (n) of argument 1 (xs) must be 3; got 4; where n=3 from argument 1 (xs) [tensor-shape]
several = [b, b]
many(*several, a=tl.zeros((4, 4)))  # E: many: axis 0 (n) of argument 2 (ks) must be 3; got 4; where n=3 from argument 1 (xs) [tensor-shape]
good, wrong = (tl.zeros((2, 3)), b), (tl.zeros((2, 3)), c)
reveal_type(twice(*good))  # R: Tensor[Float, 2]
twice(*wrong)  # E: twice: axis 0 (m) of argument 2 (y) must be 3; got 4; where m=3 from argument 1 (x) [tensor-shape]
reveal_type(many(b, **{"a": tl.zeros((3, 4))}))  # R: Tensor[Float, 3]
named = {"a": tl.zeros((4, 4))}
many(b, **named)  # E: many: axis 0 (n) of argument 2 (ks) must be 3; got 4; where n=3 from argument 1 (xs) [tensor-shape]


def sizes(x: Float[Tensor, "n m"]) -> None:
    k: int = max(x.shape)
    tl.zeros((k, min(x.shape[0], x.shape[1]), max(x.shape[0], 3)))  # E: The shape is lost: nothing is known of axis 0 of [?, min(m,n), ?] [tensor-shape-lost]
    reveal_type(list(x.shape))  # R: list[SymInt[int]]
    total = 0
    for size in x.shape:
        total += size
    sorted(x.shape)
    sum(x.shape)
    divmod(x.shape[0], 2)
    k += x.shape[0]
    {x.shape[0]: 1, x.shape[1]: 2}


layers = [tl.nn.Linear(3, 4, key=0), tl.nn.Linear(4, 5, key=1)]
reveal_type(layers)  # R: list[Linear[int, int]]
y = tl.zeros((2, 3))
for layer in layers:
    reveal_type(layer(y))  # E: The shape is lost: Linear: 3 of argument 1 (x) is not compared with ? [tensor-shape-lost]  # R: Tensor[Float, 2, Any]

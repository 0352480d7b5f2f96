"""Rows of arrays through enumerate, zip and their kin; lists of arrays of any length; caches; classes in a variable."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Int64

import tl_dsl as tl
from tl_dsl import Tensor


def rows(x: Float[np.ndarray, "n d"], y: Float[Tensor, "n k"], w: Float[Tensor, "k k"]) -> list[Float[np.ndarray, "n"]]:
    for i, row in enumerate(x):
        reveal_type(row)  # R: ndarray[Float, d]
        x[i] @ row
        x.T @ row  # E: matmul contracts [tensor-shape]
    for a, b in zip(x, y):
        reveal_type(a)  # R: ndarray[Float, d]
        w @ b
    reveal_type(tuple(y))  # R: tuple[Tensor[Float, k], ...]
    reveal_type(next(iter(y)))  # R: Tensor[Float, k]
    return list(x)  # E: Incompatible return value type (got "list[ndarray[Float, d]]", expected "list[ndarray[Float, n]]") [tensor-shape]


def norm(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n"]:
    return np.sqrt(np.sum(x * x, axis=1))


def norms(xs: list[Float[np.ndarray, "n d"]]) -> list[Float[np.ndarray, "n"]]:
    if len(xs) > 3:
        return [norm(x.T) for x in xs]  # E: List comprehension has incompatible type List[ndarray[Float, d]]; expected List[ndarray[Float, n]] [tensor-shape]
    if len(xs) > 2:
        return list(map(norm, [x.T for x in xs]))  # E: Argument 1 to "map" has incompatible type [tensor-shape]
    return list(map(norm, xs))


def lists(
    x: Float[np.ndarray, "n d"], xs: list[Float[np.ndarray, "a b"]], f: Callable[[Float[np.ndarray, "d"]], Float[np.ndarray, "k"]], m: int
) -> Float[np.ndarray, "n k"]:
    reveal_type(np.stack([f(row) for row in x], axis=1))  # R: ndarray[Float, k, n]
    reveal_type(np.array([[0.5 for _ in range(3)] for _ in x]))  # R: ndarray[Float64, n, 3]
    reveal_type(np.concatenate([x[i] for i in range(m)]))  # R: ndarray[Float, d*{m}]  # E: concatenate: assumes {m} >= 1 [tensor-shape-assumed]
    reveal_type(np.stack(xs, axis=2))  # R: ndarray[Float, a, b, Any]  # E: nothing is known of axis 2 of [a, b, ?] [tensor-shape-lost]
    reveal_type(np.mean(xs, axis=0))  # R: ndarray[Float, a, b]
    outs = []
    for row in x:
        outs.append(f(row))
    outs_again = np.stack(outs, axis=1)
    if m > 1:
        return outs_again  # E: Incompatible return value type (got "ndarray[Float, k, n]", expected "ndarray[Float, n, k]") [tensor-shape]
    return np.stack([f(row) for row in x])


def tensors(x: Float[Tensor, "n d"], xs: list[Float[Tensor, "a b"]]) -> Float[Tensor, "d n"]:
    reveal_type(tl.stack([tl.sum(row) for row in x]))  # R: Tensor[Float, n]
    reveal_type(tl.concat(xs, axis=1))  # R: Tensor[Float, a, Any]  # E: nothing is known of axis 1 of [a, ?] [tensor-shape-lost]
    return tl.stack([row * 2.0 for row in x])  # E: Incompatible return value type (got "Tensor[Float, n, d]", expected "Tensor[Float, d, n]") [tensor-shape]


@functools.cache
def basis(n: int, k: int = 3) -> Float[np.ndarray, "{n}+1 {k}"]:
    return np.ones((n + 1, k))


@functools.lru_cache(maxsize=8)
def nodes(n: int) -> Float[np.ndarray, "{n}"]:
    return np.linspace(0.0, 1.0, n)


def design(x: Float[np.ndarray, "9"]) -> Float[np.ndarray, "4"]:
    reveal_type(nodes(4))  # R: ndarray[Float, 4]
    x @ basis(9, k=4)  # E: matmul contracts [tensor-shape]
    return x @ basis(8, k=4)


@dataclass
class Linear:
    w: Float[np.ndarray, "o i"]
    b: Float[np.ndarray, "o"]

    @classmethod
    def zeros(cls) -> Linear:
        return cls(np.zeros((2, 3)), b=np.zeros(3))  # E: Linear: axis 0 (o) of argument 2 (b) must be 2; got 3; where o=2 from argument 1 (w) [tensor-shape]


def backwards(xs: list[Float[np.ndarray, "n"]], pairs: list[tuple[Float[np.ndarray, "n"], str]]) -> None:
    for x in reversed(xs):
        reveal_type(x)  # R: ndarray[Float, n]
    for i, x in enumerate(reversed(xs)):
        reveal_type(x)  # R: ndarray[Float, n]
    for x, name in reversed(pairs):
        np.outer(x, x) + np.ones((len(x), len(x) + 1))  # E: add: shapes broadcast when their axes, from the last, are equal or 1 [tensor-shape]
    reveal_type(next(reversed([1, 2])))  # R: int


def sums(xs: list[Float[np.ndarray, "n d"]], ys: dict[str, Float[np.ndarray, "n d"]]) -> Float[np.ndarray, "n"]:
    reveal_type(sum(xs) / len(xs))  # R: ndarray[Float, n, d]
    reveal_type(sum(y.sum(axis=1) for y in ys.values()))  # R: ndarray[Float, n]
    reveal_type(sum(len(x) for x in xs))  # R: int
    if len(xs) > 1:
        return sum(x.sum(axis=0) for x in xs)  # E: Incompatible return value type (got "ndarray[Float, d]", expected "ndarray[Float, n]") [tensor-shape]
    if len(ys) > 1:
        return sum([y.sum(axis=0) for y in ys.values()])  # E: (got "ndarray[Float, d]", expected "ndarray[Float, n]") [tensor-shape]
    if ys:
        return sum(xs)  # E: (got "ndarray[Float, n, d]", expected "ndarray[Float, n]") [tensor-shape]
    return sum([xs[0][:, 0], xs[1][:, 0]])


def asked_by_the_place(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "m"]:
    if len(x) > 3:
        return functools.reduce(np.add, x)  # E: reduce does not tell what the rows of [n, m] are [tensor-shape-lost]
    map(float, x[0])
    map(np.add, x, x.T)  # E: map does not tell what the rows of [n, m] are [tensor-shape-lost]  # E: of [m, n] [tensor-shape-lost]
    for a, b in itertools.zip_longest(x, [x]):  # E: zip_longest does not tell [tensor-shape-lost]
        a + b
    return max(x, key=lambda row: 1)  # E: [...] of the result is not compared with [m] [tensor-shape-lost]


def sums_of_rows(x: Float[np.ndarray, "n m"], xs: list[Float[np.ndarray, "n m"]]) -> Float[np.ndarray, "m"]:
    sum(x) + x[:, 0]  # E: add: shapes broadcast when [tensor-shape]
    reveal_type(sum(x, x[0]))  # R: ndarray[Float, m]
    reveal_type(sum(xs, x))  # R: ndarray[Float, n, m]
    sum(x, x[:, 0])  # E: sum: [m] is added to [n] [tensor-shape-lost]
    return sum(x)


def numbers(
    seen: Int[np.ndarray, "t"], emit: Float[np.ndarray, "s k"], p: Float[np.ndarray, "s"], exact: Int64[np.ndarray, "t"]
) -> None:
    for i, symbol in enumerate(seen):
        reveal_type(emit[symbol])  # R: ndarray[Float, k]
        emit[:, symbol] * emit[symbol]  # E: got [s] and [k] [tensor-shape]
    for symbol in seen:
        p * emit[symbol]  # E: got [s] and [k] [tensor-shape]
    for w, n in zip(p, exact):
        reveal_type(w)  # R: numpy.float64
        reveal_type(w * emit)  # R: ndarray[Float64, s, k]
        emit[n] + p  # E: got [k] and [s] [tensor-shape]

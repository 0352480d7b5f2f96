"""Losses at calls: what is unknown is said where it is not compared, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def untyped(x):  # type: ignore[no-untyped-def]
    return x * 2


def affine(x: Float[Tensor, "b n"], w: Float[Tensor, "n m"]) -> Float[Tensor, "b m"]:
    return x @ w


def only(x: Float[Tensor, "b n"]) -> Float[Tensor, "b"]:
    return x.sum(axis=1)


def same(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    return x + y


def unannotated(x: Float[Tensor, "b n"]) -> None:
    y = untyped(x)  # E: The shape is lost: the function that is called has no annotations [tensor-shape-lost]
    z = tl.exp(y)
    affine(z, x.mT)
    affine(y, x.mT)
    untyped(3)


def anything(x: Float[Tensor, "b n"], a: Any, anyf: Callable[..., Any]) -> None:
    y = x @ a
    y + x
    only(a)  # E: The shape is lost: only: Any of argument 1 (x) is not compared with Tensor[Float, b, n] [tensor-shape-lost]
    only(anyf(x))  # E: The shape is lost: only: Any of argument 1 (x) is not compared with Tensor[Float, b, n] [tensor-shape-lost]
    tl.exp(a)  # E: The shape is lost: an operand has the type Any [tensor-shape-lost]
    only(y)  # E: The shape is lost: only: Any of argument 1 (x) is not compared with Tensor[Float, b, n] [tensor-shape-lost]


def open_parts(x: Float[Tensor, "b n"], bare: Tensor, dots: Float[Tensor, "..."], some: Float[Tensor, "_ 4"]) -> None:
    doubled = dots * 2
    only(bare)  # E: The shape is lost: only: [...] of argument 1 (x) is not compared with [b, n] [tensor-shape-lost]
    only(doubled)  # E: The shape is lost: only: [...] of argument 1 (x) is not compared with [b, n] [tensor-shape-lost]
    only(some)
    reveal_type(affine(some, tl.zeros((4, 3))))  # R: Tensor[Float, Any, 3]
    same(some[:, 0], x[:, 0])  # E: The shape is lost: same: b of argument 2 (y) is not compared with ? [tensor-shape-lost]
    bare + x  # E: The shape is lost: this cannot be decided: add: [...] and [b, n] [tensor-shape-lost]
    z = doubled @ x  # E: The shape is lost: the last axis of [...] or [b, n] is not known [tensor-shape-lost]
    only(z)
    reveal_type(some @ tl.zeros((4, 3)))  # R: Tensor[Float, Any, 3]
    some + tl.zeros((3, 4))  # E: The shape is lost: this cannot be decided: add: [?, 4] and [3, 4] [tensor-shape-lost]
    (some * 2 + some[0]).sum()
    dots.sum()
    dots + 1
    dots + dots  # E: The shape is lost: this cannot be decided: add: [...] and [...] [tensor-shape-lost]
    tl.softmax(dots, axis=-1)  # E: The shape is lost: axis -1 lies among the axes ... of [...] [tensor-shape-lost]
    given: Float[Tensor, "b n"] = dots  # E: The shape is lost: [...] of the value is not compared with [b, n] [tensor-shape-lost]
    only(given)


def joined(x: Float[Tensor, "b n"], k: int) -> None:
    y = x[:k]  # E: assumes {k} >= 0 [tensor-shape-assumed]  # E: assumes {k} <= b [tensor-shape-assumed]
    same(y[0], x[0])  # E: assumes {k} >= 1 [tensor-shape-assumed]
    same(y[:, 0], x[:, 0])  # E: assumes {k} >= 1 [tensor-shape-assumed]  # E: The shape is lost: same: b of argument 2 (y) is not compared with {k} [tensor-shape-lost]


def by_value(x: Float[Tensor, "n"], k: int) -> None:
    same(x, tl.zeros(k))  # E: The shape is lost: same: {k} of argument 2 (y) is not compared with n [tensor-shape-lost]


def after_an_error(x: Float[Tensor, "n m"], w: Float[Tensor, "k"]) -> Float[Tensor, "n m"]:
    wrong = w.T  # E: T transposes a matrix [tensor-shape]
    size = len(wrong)
    tl.zeros((size + 1, wrong.shape[0], wrong.size))
    tl.concat([wrong, x])
    x[: len(wrong)]
    return affine(x, w)  # E: argument 2 (w) has 1 axis, and 2 are needed [tensor-shape]


def to_the_axes_of_another(x: Float[Tensor, "*b n n"], y: Float[Tensor, "n q *b"]) -> Float[Tensor, "n q *b"]:
    return x.reshape(y.shape)  # E: reshape keeps the number of elements; got [n, n] to [n, q]: n**2 elements and n*q, beside *b [tensor-shape]


def by_lambda(x: Float[Tensor, "b n"]) -> Float[Tensor, "n"]:
    f = lambda k: tl.zeros(k)  # noqa: E731
    g = lambda k=3: tl.zeros(k)  # noqa: E731
    h = lambda t: x  # noqa: E731
    only(h(3))
    y = f(7)  # E: The shape is lost: the function that is called has no annotations [tensor-shape-lost]
    y + x
    g() + x  # E: The shape is lost: the function that is called has no annotations [tensor-shape-lost]
    return f(x.shape[0])  # E: The shape is lost: the function that is called has no annotations [tensor-shape-lost]


class Held:
    def __init__(self, w: Float[Tensor, "r c"]) -> None:
        self.w = w


def of_an_object(p: Held) -> None:
    f = lambda q: q.w.mT  # noqa: E731
    f(p) + p.w  # E: The shape is lost: the function that is called has no annotations [tensor-shape-lost]

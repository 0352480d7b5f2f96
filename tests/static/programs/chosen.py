"""Values of which one is chosen, with axes that may be broadcast: for mypy, they are of one type."""

from typing import TypeVar

import numpy as np
from jaxtyping import Float

from tl_dsl import Tensor

T = TypeVar("T")


def second(x: T, y: T) -> T:
    return y


def by_a_condition(a: Float[np.ndarray, "#n"], b: Float[np.ndarray, "#m"], flag: bool) -> Float[np.ndarray, "#n"]:
    t = a if flag else b  # E: [#n] and [#m] are not told apart from here on [tensor-shape-lost]
    return t


def with_an_unknown_one(c: Float[Tensor, "#n d"], flag: bool) -> Float[Tensor, "#n"]:
    t = c[..., 0] if flag else c[1:, -1]  # E: [#n] and [?] are not told apart from here on [tensor-shape-lost]
    return t


def by_a_branch(a: Float[np.ndarray, "#n"], b: Float[np.ndarray, "#m"], flag: bool) -> Float[np.ndarray, "#n"]:
    t = a
    if flag:
        t = b  # E: [#n] and [#m] are not told apart from here on [tensor-shape-lost]
    return t


def one_after_the_other(a: Float[Tensor, "#n"], b: Float[Tensor, "#m"], flag: bool) -> Float[Tensor, "#n"]:
    t = b
    t = a
    if flag:
        t = t * 2
        t = a + t
    for _ in range(3):
        t = t + a
    return t


def any_number(a: Float[Tensor, "*#n"], b: Float[Tensor, "*#m"], flag: bool) -> Float[Tensor, "*#n"]:
    t = a if flag else b  # E: [*#n] and [*#m] are not told apart from here on [tensor-shape-lost]
    return t


def in_a_list(a: Float[Tensor, "#n"], b: Float[Tensor, "#m"]) -> None:
    for t in [a, b]:  # E: [#n] and [#m] are not told apart from here on [tensor-shape-lost]
        t + 1.0
    for u in (a, b):  # E: [#n] and [#m] are not told apart from here on [tensor-shape-lost]
        u + 1.0
    for v in [a, a]:
        v + 1.0


def the_same(a: Float[Tensor, "#n"] | None, b: Float[Tensor, "#n"], flag: bool) -> Float[Tensor, "#n"]:
    t = a if a is not None else b
    u = b + 1.0 if flag else t
    return u


def open_beside(a: Float[Tensor, "*#n"], c: Float[Tensor, "..."]) -> Float[Tensor, "*#n"]:
    return a + c  # E: [...] of the result is not compared with [*#n] [tensor-shape-lost]


def sum_of_others(a: Float[Tensor, "*#n"], b: Float[Tensor, "*#m"]) -> Float[Tensor, "*#n"]:
    return a + b  # E: [...] of the result is not compared with [*#n] [tensor-shape-lost]


def another_name(b: Float[Tensor, "*#m"], a: Float[Tensor, "*#n"]) -> Float[Tensor, "*#n"]:
    return b  # E: [*#m] of the result is not compared with [*#n] [tensor-shape-lost]


def the_sum(a: Float[Tensor, "*#n"], b: Float[Tensor, "*#n"]) -> Float[Tensor, "*#n"]:
    return a + b


class Kept:
    x: Float[np.ndarray, "#n"]
    y: Float[np.ndarray, "#m"]

    def __init__(self, x: Float[np.ndarray, "#n"], y: Float[np.ndarray, "#m"]) -> None:
        self.x = x
        self.y = y

    def one(self, flag: bool) -> None:
        t = self.x if flag else self.y  # E: [#n] and [#m] are not told apart from here on [tensor-shape-lost]
        t + 1.0


def by_a_function(a: Float[np.ndarray, "#n"], b: Float[np.ndarray, "#m"]) -> Float[np.ndarray, "#n"]:
    second(a, a)
    max(a, b, key=np.size)  # E: [#n] and [#m] are not told apart from here on [tensor-shape-lost]
    list((a, b))  # E: [#n] and [#m] are not told apart from here on [tensor-shape-lost]
    return second(a, b)  # E: [#n] and [#m] are not told apart from here on [tensor-shape-lost]


def in_containers(a: Float[Tensor, "#n"], b: Float[Tensor, "#m"], i: int, flag: bool) -> None:
    xs = [a]
    xs.append(a)
    xs.append(b)  # E: [#n] and [#m] are not told apart from here on [tensor-shape-lost]
    table = {"a": a}
    table["b"] = b  # E: [#n] and [#m] are not told apart from here on [tensor-shape-lost]
    {True: a, False: b}[flag]  # E: [#n] and [#m] are not told apart from here on [tensor-shape-lost]
    [lambda: a, lambda: b][i]()  # E: [#n] and [#m] are not told apart from here on [tensor-shape-lost]
    pair = (a, b)
    pair[0] + 1.0
    pair[i]  # E: [#n] and [#m] are not told apart from here on [tensor-shape-lost]
    for t in pair:  # E: [#n] and [#m] are not told apart from here on [tensor-shape-lost]
        t + 1.0


def held_by_a_result(a: Float[Tensor, "#n"], b: Float[Tensor, "#m"], flag: bool) -> dict[str, Float[Tensor, "#n"]]:
    xs: list[Float[Tensor, "#n"]] = [b for _ in range(2)]  # E: must be n or 1; got #m [tensor-shape]
    print(xs)
    if flag:
        return {"a": a}
    return {"a": b}  # E: must be n or 1; got #m [tensor-shape]

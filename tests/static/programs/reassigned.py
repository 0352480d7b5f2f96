"""Variables that are assigned to again: what they are is what was assigned last."""

import numpy as np
from jaxtyping import Float, Int

import tl_dsl as tl
from tl_dsl import Tensor


def twice(x: Float[Tensor, "n 4"], y: Float[Tensor, "_ 4"], z: Float[Tensor, "5 4"]) -> None:
    t = x
    t = y
    reveal_type(t)  # R: Tensor[Float, Any, 4]
    t + z  # E: this cannot be decided [tensor-shape-lost]
    t = z
    reveal_type(t)  # R: Tensor[Float, 5, 4]
    t + z
    t = x
    reveal_type(t)  # R: Tensor[Float, n, 4]


def parameter(x: Float[Tensor, "3"], y: Float[Tensor, "#n"], z: Float[Tensor, "n"]) -> Float[Tensor, "3"]:
    x = y
    return x  # E: axis 0 of the result must be 3; got #n [tensor-shape]


def branches(x: Float[Tensor, "n 4"], y: Float[Tensor, "_ 4"], z: Float[Tensor, "n 4"], flag: bool) -> None:
    t = x
    if flag:
        t = y
        reveal_type(t)  # R: Tensor[Float, Any, 4]
        t = z
    reveal_type(t)  # R: Tensor[Float, n, 4]
    if flag:
        t = y
    reveal_type(t)  # R: Tensor[Float, Any, 4] | Tensor[Float, n, 4]
    t = z[:2] if flag else z  # E: getitem: assumes 2 <= n [tensor-shape-assumed]
    reveal_type(t)  # R: Tensor[Float, 2, 4] | Tensor[Float, n, 4]


def loops(x: Float[np.ndarray, "n 4"], y: Float[np.ndarray, "_ 4"], ys: list[Float[np.ndarray, "_ 4"]]) -> Float[np.ndarray, "n 4"]:
    t = y
    for _ in range(3):
        t = x * 2
        reveal_type(t)  # R: ndarray[Float, n, 4]
    for t in ys:
        reveal_type(t)  # R: ndarray[Float, Any, 4]
    while True:
        t = x
        t = t + x
        break
    reveal_type(t)  # R: ndarray[Float, n, 4]
    return t


def together(x: Float[Tensor, "n"], y: Float[Tensor, "_"]) -> Float[Tensor, "n"]:
    t, (u, *rest) = y, (y, x)
    t, u = x, y
    reveal_type(t)  # R: Tensor[Float, n]
    reveal_type(u)  # R: Tensor[Float, Any]
    u += 1.0
    reveal_type(u)  # R: Tensor[Float, Any]
    return t


def captured(x: Float[Tensor, "n"], y: Float[Tensor, "_"]) -> Float[Tensor, "n"]:
    t = y
    t = x

    def inner() -> Float[Tensor, "n"]:
        return t

    def changes() -> None:
        nonlocal t
        t = y  # E: The shape is lost: a function finds another value in t from here on [tensor-shape-lost]

    reveal_type(t)  # R: Tensor[Float, n]
    inner()
    return tl.vmap(lambda row: row * 2)(t)


def elements(x: Float[Tensor, "n"], y: Int[Tensor, "n"]) -> Int[Tensor, "n"]:
    t = y
    t = x
    return t  # E: expected "Tensor[Int, n]" [tensor-dtype]


def at_once(a: Float[Tensor, "n"], b: Float[Tensor, "m"], x: Float[Tensor, "k l"]) -> Float[Tensor, "n"]:
    a, b = b, a
    reveal_type(a)  # R: Tensor[Float, m]
    reveal_type(b)  # R: Tensor[Float, n]
    x, y = x.mT, x @ x.mT
    reveal_type(x)  # R: Tensor[Float, l, k]
    reveal_type(y)  # R: Tensor[Float, k, k]
    (x, y), [a, *rest] = (y, x), (b, a, y)
    reveal_type(x)  # R: Tensor[Float, k, k]
    a, b = a * 2, y @ a  # E: matmul contracts [tensor-shape]
    empty, x = [], x
    empty.append(1)
    table, size = {1: 2.5}, 0
    table, size = {1: 2}, len(table)
    return tl.zeros((size,))  # E: nothing is known of axis 0 of [?] [tensor-shape-lost]


class Pair(tl.Module):
    first: Float[Tensor, "n"]
    second: Float[Tensor, "n"]
    count: int


def of_pair(pair: Pair, low: int, high: int) -> None:
    low, high = high, low + 1
    pair.first, pair.second = pair.second, pair.first

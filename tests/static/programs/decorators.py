"""Decorators keep axes that only the result of a function has."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import ParamSpec, TypeVar

import numpy as np
from jaxtyping import Float

P = ParamSpec("P")
T = TypeVar("T")


@contextlib.contextmanager
def scratch(n: int, m: int) -> Iterator[Float[np.ndarray, "{n} {m}"]]:
    yield np.zeros((n, m))


@contextlib.asynccontextmanager
async def later(n: int) -> AsyncIterator[Float[np.ndarray, "{n}"]]:
    yield np.zeros(n)


@contextlib.contextmanager
def turned(x: Float[np.ndarray, "n m"]) -> Iterator[Float[np.ndarray, "m n"]]:
    yield x.T


def listed(f: Callable[P, Iterator[T]]) -> Callable[P, list[T]]:
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> list[T]:
        return list(f(*args, **kwargs))

    return wrapped


@listed
def rows(n: int, k: int) -> Iterator[Float[np.ndarray, "{n}"]]:
    for _ in range(k):
        yield np.zeros(n)


def managed(x: Float[np.ndarray, "n d"]) -> None:
    n, d = x.shape
    with scratch(n, d) as out:
        out += x
        out += x @ x.T  # E: got [n, d] and [n, n] [tensor-shape]
    with scratch(2, m=3) as out:
        reveal_type(out)  # R: ndarray[Float, 2, 3]
    with turned(x) as y:
        reveal_type(y)  # R: ndarray[Float, d, n]
    reveal_type(rows(n, 3))  # R: list[ndarray[Float, n]]


async def awaited(x: Float[np.ndarray, "n d"]) -> None:
    async with later(len(x)) as out:
        reveal_type(out)  # R: ndarray[Float, n]

"""Protocols and decorators: functions and objects in the place of others."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

from beartype import beartype
from jaxtyping import Float, jaxtyped

import tl_dsl as tl
from tl_dsl import Tensor

P = ParamSpec("P")
R = TypeVar("R")


class Grows(Protocol):
    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n+1"]: ...


class HasRun(Protocol):
    def run(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]: ...


class GoodRun:
    def run(self, x: Float[Tensor, "k"]) -> Float[Tensor, "k"]:
        return x


class BadRun:
    def run(self, x: Float[Tensor, "k"]) -> Float[Tensor, "2*k"]:
        return tl.concat([x, x])


def one_more(x: Float[Tensor, "k"]) -> Float[Tensor, "k+1"]:
    return tl.pad(x, (0, 1))


def two_more(x: Float[Tensor, "k"]) -> Float[Tensor, "k+2"]:
    return tl.pad(x, (0, 2))


def uses_run(r: HasRun, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    return r.run(x)


def uses_grows(grows: Grows, x: Float[Tensor, "n"]) -> Float[Tensor, "n+1"]:
    reveal_type(grows(x))  # R: Tensor[Float, n+1]
    return grows(x)


reveal_type(uses_run(GoodRun(), tl.zeros(3)))  # R: Tensor[Float, 3]
uses_run(BadRun(), tl.zeros(3))  # E: uses_run: axis 0 (n) of the result of run of argument 1 (r) must be n; got 2*n [tensor-shape]
uses_grows(one_more, tl.zeros(3))
uses_grows(two_more, tl.zeros(3))  # E: uses_grows: axis 0 (n+1) of the result of __call__ of argument 1 (grows) must be n+1; got n+2 [tensor-shape]


def kept(f: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(f)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        return f(*args, **kwargs)

    return inner


def listed(f: Callable[P, R]) -> Callable[P, list[R]]:
    def inner(*args: P.args, **kwargs: P.kwargs) -> list[R]:
        return [f(*args, **kwargs)]

    return inner


@kept
def plain(x: Float[Tensor, "n m"], y: Float[Tensor, "m"]) -> Float[Tensor, "n+1"]:
    return tl.pad(x @ y, (0, 1))


@jaxtyped(typechecker=beartype)
def checked(x: Float[Tensor, "n m"], y: Float[Tensor, "m"]) -> Float[Tensor, "n+1"]:
    return tl.pad(x @ y, (0, 1))


@listed
def lists(x: Float[Tensor, "n m"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    return x @ y


class Method:
    @kept
    def run(self, x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, "n+1"]:
        return tl.pad(x + y, (0, 1))


a, b, c = tl.zeros((2, 3)), tl.zeros(3), tl.zeros(4)
reveal_type(plain(a, b))  # R: Tensor[Float, 3]
plain(a, c)  # E: plain: axis 0 (m) of argument 2 (y) must be 3; got 4; where m=3 from argument 1 (x) [tensor-shape]
reveal_type(checked(a, b))  # R: Tensor[Float, 3]
checked(a, c)  # E: checked: axis 0 (m) of argument 2 (y) must be 3; got 4; where m=3 from argument 1 (x) [tensor-shape]
reveal_type(lists(a, b))  # R: list[Tensor[Float, 2]]
lists(a, c)  # E: lists: axis 0 (m) of argument 2 (y) must be 3; got 4; where m=3 from argument 1 (x) [tensor-shape]
reveal_type(Method().run(b, b))  # R: Tensor[Float, 4]
Method().run(b, c)  # E: run: axis 0 (n) of argument 2 (y) must be 3; got 4; where n=3 from argument 1 (x) [tensor-shape]

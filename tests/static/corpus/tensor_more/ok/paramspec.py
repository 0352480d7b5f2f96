import functools
from collections.abc import Callable
from typing import (
    ParamSpec,
    TypeVar,
)

from jaxtyping import (
    Float,
)

import tl_dsl as tl
from tl_dsl import Tensor

P = ParamSpec("P")
R = TypeVar("R")


def logged(f: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(f)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        return f(*args, **kwargs)

    return inner


@logged
def project(x: Float[Tensor, "n d"], w: Float[Tensor, "d k"]) -> Float[Tensor, "n k"]:
    return x @ w


def _run() -> None:
    project(tl.ones((3, 4)), tl.ones((4, 5)))

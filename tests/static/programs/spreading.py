"""`#n` and `*#b`: a size that is n or 1, and axes that broadcast to those of `*b`."""

import numpy as np
from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor

Spread = Float[Tensor, "*#b #n"]


def to_n(x: Float[Tensor, "n"], y: Float[Tensor, "#n"]) -> Float[Tensor, "n"]:
    reveal_type(x + y)  # R: Tensor[Float, n]
    reveal_type(y)  # R: Tensor[Float, Any]
    return x + y


def runs(x: Float[Tensor, "*#b k"], y: Float[Tensor, "*#b k"]) -> Float[Tensor, "*b k"]:
    return x + y  # E: The shape is lost: [*#b] of the result is not compared with [*b] [tensor-shape-lost]


def aliases(x: Spread, y: Spread) -> Float[Tensor, "*b n"]:
    return x + y  # E: The shape is lost: #n of the result is not compared with n [tensor-shape-lost]


def of_numpy(x: Float[np.ndarray, "*#b"], y: Float[np.ndarray, "*#b"], z: Float[np.ndarray, "#n #n+1"]) -> None: ...


def user(a: Float[Tensor, "m"], b: Float[Tensor, "l"]) -> None:
    reveal_type(to_n(a, a))  # R: Tensor[Float, m]
    to_n(a, b)  # E: to_n: axis 0 (#n) of argument 2 (y) must be m or 1; got l; where n=m from argument 1 (x) [tensor-shape]
    to_n(a, tl.zeros(1))


to_n(tl.zeros(3), tl.zeros(2))  # E: to_n: axis 0 (#n) of argument 2 (y) must be 3 or 1; got 2; where n=3 from argument 1 (x) [tensor-shape]
reveal_type(runs(tl.zeros((2, 1, 3)), tl.zeros((5, 3))))  # R: Tensor[Float, 2, 5, 3]
runs(tl.zeros((2, 4, 3)), tl.zeros((5, 3)))  # E: runs: the axes *b are [2, 4] from argument 1 (x); got [5] in argument 2 (y) [tensor-shape]
reveal_type(aliases(tl.zeros((2, 1, 3)), tl.zeros((5, 3))))  # R: Tensor[Float, 2, 5, 3]
aliases(tl.zeros((2, 1, 3)), tl.zeros((5, 4)))  # E: aliases: axis -1 (#n) of argument 2 (y) must be 3 or 1; got 4 [tensor-shape]
of_numpy(np.zeros((2, 1)), np.zeros((1, 3)), np.zeros((5, 1)))
of_numpy(np.zeros((2, 1)), np.zeros((1, 3)), np.zeros((5, 2)))  # E: of_numpy: axis 1 (#n+1) of argument 3 (z) must be 6 or 1; got 2 [tensor-shape]

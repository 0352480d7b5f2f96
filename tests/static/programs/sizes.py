"""Named constants, tuples of them, and what Python computes from sizes."""

import math
from typing import Final
import numpy as np
from jaxtyping import Float
import tl_dsl as tl
from tests.static.programs import constants as consts
from tests.static.programs.constants import HIDDEN, OUTER, SHAPE, Config
from tl_dsl import Tensor
TWICE: Final = HIDDEN * 2
PAIR: Final = (HIDDEN, TWICE + 1)
N, M = 3, 4

reveal_type(tl.zeros(HIDDEN))  # R: Tensor[Float64, 64]
reveal_type(tl.zeros(consts.HIDDEN))  # R: Tensor[Float64, 64]
reveal_type(tl.zeros((HIDDEN, HIDDEN // 2)))  # R: Tensor[Float64, 64, 32]
reveal_type(tl.zeros(OUTER))  # E: The shape is lost: the sizes are not known here [tensor-shape-lost]  # R: Tensor
reveal_type(tl.zeros(SHAPE))  # R: Tensor[Float64, 3, 4]
reveal_type(tl.zeros(TWICE))  # R: Tensor[Float64, 128]
reveal_type(tl.zeros(PAIR))  # R: Tensor[Float64, 64, 129]
reveal_type(tl.zeros((Config.WIDTH, Config.DEPTH)))  # R: Tensor[Float64, 32, 128]
reveal_type(tl.zeros(Config().WIDTH))  # R: Tensor[Float64, 32]
reveal_type(tl.zeros((N, M)))  # R: Tensor[Float64, 3, 4]
reveal_type(tl.zeros(PAIR[1]))  # R: Tensor[Float64, 129]
reveal_type(tl.zeros((*SHAPE, 5)))  # R: Tensor[Float64, 3, 4, 5]
reveal_type(tl.zeros(SHAPE + (5,)))  # R: Tensor[Float64, 3, 4, 5]
reveal_type(tl.zeros(SHAPE[::-1]))  # R: Tensor[Float64, 4, 3]
reveal_type(tl.zeros(2 * SHAPE))  # R: Tensor[Float64, 3, 4, 3, 4]
reveal_type(tl.zeros(math.prod(SHAPE)))  # R: Tensor[Float64, 12]
reveal_type(tl.zeros(HIDDEN ** 2))  # R: Tensor[Float64, 4096]
reveal_type(tl.zeros(2 ** 3))  # R: Tensor[Float64, 8]
reveal_type(tl.zeros(-(-HIDDEN // 5)))  # R: Tensor[Float64, 13]
reveal_type(tl.zeros(abs(HIDDEN)))  # R: Tensor[Float64, 64]
reveal_type(tl.zeros(int(HIDDEN / 2)))  # E: The shape is lost: the sizes are not known here [tensor-shape-lost]  # R: Tensor
reveal_type(tl.zeros(max(HIDDEN, 3)))  # R: Tensor[Float64, 64]
reveal_type(tl.zeros(divmod(HIDDEN, 5)))  # E: The shape is lost: nothing is known of axis 0 of [?, ?] [tensor-shape-lost]  # R: Tensor[Float64, Any, Any]
reveal_type(tl.zeros(sum(SHAPE)))  # R: Tensor[Float64, 7]
reveal_type(tl.zeros(len(SHAPE)))  # R: Tensor[Float64, 2]

def f(x: Float[Tensor, "n m"], y: Float[Tensor, "*b k"], z: Float[Tensor, "n m 3"], k: int) -> None:
    n, m = x.shape
    reveal_type(tl.zeros((n, m)))  # R: Tensor[Float64, n, m]
    reveal_type(tl.zeros(x.shape))  # R: Tensor[Float64, n, m]
    reveal_type(tl.zeros(x.shape + (k,)))  # E: The shape is lost: nothing is known of axis 2 of [n, m, ?] [tensor-shape-lost]  # R: Tensor[Float64, n, m, Any]
    reveal_type(tl.zeros(x.shape[:-1] + (k,)))  # E: The shape is lost: nothing is known of axis 1 of [n, ?] [tensor-shape-lost]  # R: Tensor[Float64, n, Any]
    reveal_type(tl.zeros((*x.shape[:-1], k)))  # R: Tensor[Float64, n, {k}]
    reveal_type(tl.zeros((*y.shape[:-1], 3)))  # R: Tensor[Float64, *b, 3]
    reveal_type(tl.zeros(y.shape[:-1] + (3,)))  # R: Tensor[Float64, *b, 3]
    reveal_type(tl.zeros((*y.shape, 3)))  # R: Tensor[Float64, *b, k, 3]
    reveal_type(tl.zeros(math.prod(x.shape)))  # R: Tensor[Float64, m*n]
    reveal_type(tl.zeros(math.prod(z.shape[1:])))  # R: Tensor[Float64, 3*m]
    reveal_type(x.reshape(-1))  # R: Tensor[Float, m*n]
    reveal_type(x.reshape(x.size))  # R: Tensor[Float, m*n]
    reveal_type(z.reshape(n, -1))  # R: Tensor[Float, n, 3*m]
    reveal_type(z.reshape((x.shape[0] * m, 3)))  # R: Tensor[Float, m*n, 3]
    reveal_type(z.reshape(-1, z.shape[-1]))  # R: Tensor[Float, m*n, 3]
    reveal_type(x / n ** 0.5)  # R: Tensor[Float, n, m]
    reveal_type(x / m ** -0.5)  # R: Tensor[Float, n, m]
    reveal_type(x / math.sqrt(n))  # R: Tensor[Float, n, m]
    reveal_type(x / k ** 0.5)  # R: Tensor[Float, n, m]
    reveal_type(tl.zeros(n ** 2))  # R: Tensor[Float64, n**2]
    reveal_type(tl.zeros(int(n / 2)))  # E: The shape is lost: the sizes are not known here [tensor-shape-lost]  # R: Tensor
    reveal_type(tl.zeros(max(n, m)))  # E: The shape is lost: the sizes are not known here [tensor-shape-lost]  # R: Tensor
    reveal_type(tl.zeros(min(n, 3)))  # R: Tensor[Float64, min(n,3)]
    reveal_type(tl.zeros(sum(x.shape)))  # R: Tensor[Float64, m+n]
    reveal_type(tl.zeros(divmod(n, 2)))  # E: The shape is lost: nothing is known of axis 0 of [?, ?] [tensor-shape-lost]  # R: Tensor[Float64, Any, Any]
    reveal_type(tl.zeros(divmod(n, 2)[0]))  # E: The shape is lost: the sizes are not known here [tensor-shape-lost]  # R: Tensor
    reveal_type(tl.zeros(len(x)))  # R: Tensor[Float64, n]
    reveal_type(tl.zeros(len(x) + 1))  # R: Tensor[Float64, n+1]
    reveal_type(tl.zeros(-(-n // 2)))  # R: Tensor[Float64, ((n+1)//2)]
    reveal_type(tl.zeros(len(x.shape)))  # R: Tensor[Float64, 2]
    reveal_type(tl.zeros(x.ndim))  # E: The shape is lost: the sizes are not known here [tensor-shape-lost]  # R: Tensor
    reveal_type(tl.zeros(k))  # R: Tensor[Float64, {k}]
    for i in range(n):
        reveal_type(x[i])  # R: Tensor[Float, m]
        reveal_type(x[: i + 1])  # E: The shape is lost: nothing is known of axis 0 of [?, m] [tensor-shape-lost]  # R: Tensor[Float, Any, m]
    (a, b), c = x.shape, z.shape[2]
    reveal_type(tl.zeros((b, a, c)))  # R: Tensor[Float64, m, n, 3]
    d, *rest = z.shape
    reveal_type(tl.zeros((d, *rest)))  # E: The shape is lost: shape is not known here [tensor-shape-lost]  # R: Tensor
    reveal_type(tl.zeros(x.shape[::-1]))  # R: Tensor[Float64, m, n]
    reveal_type(tl.zeros(n if k else m))  # R: Tensor[Float64, n] | Tensor[Float64, m]
    h = n // 2
    reveal_type(tl.zeros((h, n - h)))  # R: Tensor[Float64, (n//2), ((n+1)//2)]
    h += 1
    reveal_type(tl.zeros(h))  # R: Tensor[Float64, (n//2)+1]
    reveal_type(tl.zeros(tuple(x.shape)))  # E: The shape is lost: shape is not known here [tensor-shape-lost]  # R: Tensor
    reveal_type(tl.zeros(int(n)))  # R: Tensor[Float64, n]
    reveal_type(tl.zeros(n * 1))  # R: Tensor[Float64, n]
    reveal_type(tl.zeros((n,) * 2))  # R: Tensor[Float64, n, n]
    s = x.shape
    reveal_type(tl.zeros((s[0], s[1] + 1)))  # R: Tensor[Float64, n, m+1]
    reveal_type(tl.zeros(x.shape[-2:]))  # R: Tensor[Float64, n, m]
    reveal_type(tl.zeros(y.shape[-1]))  # R: Tensor[Float64, k]
    reveal_type(tl.zeros((n, m)[1]))  # R: Tensor[Float64, m]


def slices_by_value(x: Float[Tensor, "n m"], k: int) -> None:
    reveal_type(x[:k])  # E: getitem: assumes {k} >= 0 [tensor-shape-assumed]  # E: getitem: assumes {k} <= n [tensor-shape-assumed]  # R: Tensor[Float, {k}, m]
    reveal_type(x[-k:])  # E: getitem: assumes {k} >= 1 [tensor-shape-assumed]  # R: Tensor[Float, {k}, m]
    reveal_type(x[len(x) :])  # R: Tensor[Float, 0, m]
    reveal_type(x[len(x) * 2 :])  # R: Tensor[Float, 0, m]


def remainders(n: Float[Tensor, "n"], a: Float[Tensor, "k (n+1)//2"]) -> Float[Tensor, "0 (n+1)//2"]:
    return a[a.size :]


def whole_slices(a: Float[Tensor, "*b n m"]) -> Float[Tensor, "*b n m"]:
    reveal_type(a[:, ::-1])  # R: Tensor[Float, *b, n, m]
    return a[::-1]


def rotate_half(x: Float[Tensor, "b d"], cos: Float[Tensor, "b d//2"]) -> Float[Tensor, "b d//2 2"]:
    """Two parts of one axis are equal where nothing is left over, which is assumed."""
    h = x.shape[-1] // 2
    reveal_type(x[:, :h] * x[:, h:])  # E: mul: assumes 2 divides d [tensor-shape-assumed]  # R: Tensor[Float, b, (d//2)]
    x1, x2 = x[:, ::2], x[:, 1::2]
    x1 @ x2.T
    x1 + x[:, ::3]  # E: add: shapes broadcast when their axes, from the last, are equal or 1 [tensor-shape]
    x - x[:, : 2 * h]
    return tl.stack([-x2 * cos, x1], axis=-1)


def cut_to_fit(x: Float[Tensor, "b d"]) -> None:
    h = x.shape[-1] // 2
    x - x[:, : 2 * h]  # E: sub: shapes broadcast when their axes, from the last, are equal or 1; got [b, d] and [b, 2*(d//2)] [tensor-shape]


def counted_down(x: Float[Tensor, "n"]) -> None:
    reveal_type(tl.arange(len(x) - 1))  # R: Tensor[Int64, n-1]
    reveal_type(tl.arange(len(x) - 2))  # E: arange: assumes n-2 >= 0 [tensor-shape-assumed]  # R: Tensor[Int64, n-2]
    reveal_type(tl.arange(len(x), 0))  # R: Tensor[Int64, 0]


def of_any_or_one(x: Float[Tensor, "_ #m"], y: Float[Tensor, "m m"]) -> None: ...


def given_any(x: Float[Tensor, "_ n"], y: Float[Tensor, "n n"]) -> None:
    of_any_or_one(x.T, y)  # E: of_any_or_one: n of argument 2 (y) is not compared with ? [tensor-shape-lost]
    of_any_or_one(x, y)


def sums_of_sizes(x: Float[np.ndarray, "n m"], y: Float[np.ndarray, "k"]) -> Float[np.ndarray, "n*m"]:
    reveal_type(np.zeros(sum(x.shape)))  # R: ndarray[Float64, m+n]
    reveal_type(np.zeros(sum(x.shape)))  # R: ndarray[Float64, m+n]
    reveal_type(np.ones((sum(x.shape), 3)))  # R: ndarray[Float64, m+n, 3]
    reveal_type(np.ones((sum(y.shape), 3)))  # R: ndarray[Float64, k, 3]
    np.zeros(math.prod(y.shape))
    return np.zeros(math.prod(x.shape))

"""Facts about sizes in a program that uses only numpy and jaxtyping."""

import sys
import numpy as np
from jaxtyping import Float
from numpy import ndarray


def added(x: Float[ndarray, "n"], y: Float[ndarray, "m"]) -> Float[ndarray, "m"]:
    assert x.shape[0] == y.shape[0]
    return x + y


def lengths(x: Float[ndarray, "n k"], y: Float[ndarray, "m k"]) -> Float[ndarray, "n k"]:
    assert len(x) == len(y), "as many rows"
    return x * y


def named(x: Float[ndarray, "n k"], w: Float[ndarray, "j m"]) -> Float[ndarray, "n m"]:
    n, k = x.shape
    j, m = w.shape
    assert k == j and m > 0
    return x @ w


def whole_shapes(x: Float[ndarray, "n m"], y: Float[ndarray, "p q"]) -> Float[ndarray, "n m"]:
    assert x.shape == y.shape
    return y


def wrong_sum(x: Float[ndarray, "n"], y: Float[ndarray, "m"], z: Float[ndarray, "k"]) -> Float[ndarray, "n"]:
    assert x.shape[0] == y.shape[0]
    return x + z  # E: shapes broadcast when their axes [tensor-shape]


def heads(x: Float[ndarray, "t d"], h: int) -> Float[ndarray, "t {h} d//{h}"]:
    t, d = x.shape
    assert d % h == 0
    return x.reshape(t, h, d // h)


def heads_back(x: Float[ndarray, "t d"], h: int) -> Float[ndarray, "t d"]:
    t, d = x.shape
    if d % h != 0:
        raise ValueError(f"{h} does not divide {d}")
    y = x.reshape(t, h, d // h).transpose(1, 0, 2)
    return y.transpose(1, 0, 2).reshape(t, -1)


def pairs(x: Float[ndarray, "n d"]) -> Float[ndarray, "n//2 d"]:
    assert x.shape[0] % 2 == 0
    return x.reshape(-1, 2, x.shape[1]).mean(axis=1)


def interleave(x: Float[ndarray, "n"]) -> Float[ndarray, "n"]:
    n = len(x)
    assert n % 2 == 0
    return np.concatenate([x[: n // 2], x[n // 2 :]])


def concat_odd(x: Float[ndarray, "n"]) -> Float[ndarray, "n"]:
    n = len(x)
    return np.concatenate([x[: n // 2], x[: n // 2]])  # E: Incompatible return value type [tensor-shape]


def diff(x: Float[ndarray, "n"]) -> Float[ndarray, "n-2"]:
    if len(x) < 2:
        raise ValueError
    return np.diff(np.diff(x))


def exits(x: Float[ndarray, "n"], y: Float[ndarray, "m"]) -> Float[ndarray, "n"]:
    if x.shape != y.shape:
        sys.exit(1)
    return x + y


def fixed(x: Float[ndarray, "4"], y: Float[ndarray, "n"]) -> Float[ndarray, "4"]:
    if x.shape[0] != 4:
        raise ValueError
    if y.shape[0] == 4:
        return y
    if y.shape != (4,):
        return x
    return x + y


def rank(x: Float[ndarray, "..."]) -> Float[ndarray, "..."]:
    if x.ndim == 1:
        return x[:, None] * x
    if x.ndim == 2:
        return x @ x.T
    return x


def ternary(x: Float[ndarray, "n"], y: Float[ndarray, "m"]) -> Float[ndarray, "n"]:
    return x + y if len(x) == len(y) else x


def ternary_wrong(x: Float[ndarray, "n"], y: Float[ndarray, "m"]) -> Float[ndarray, "n"]:
    return x if len(x) == len(y) else x + y  # E: shapes broadcast when their axes [tensor-shape]


def both(x: Float[ndarray, "n"], y: Float[ndarray, "m"]) -> bool:
    return len(x) == len(y) and bool((x + y).sum() > 0)


def neither(x: Float[ndarray, "n"], y: Float[ndarray, "m"]) -> bool:
    return len(x) != len(y) or bool((x + y).sum() > 0)


def wrongly(x: Float[ndarray, "n"], y: Float[ndarray, "m"]) -> bool:
    return len(x) == len(y) or bool((x + y).sum() > 0)  # E: shapes broadcast when their axes [tensor-shape]


def all_of(x: Float[ndarray, "n"], ys: list[Float[ndarray, "m"]]) -> list[Float[ndarray, "n"]]:
    return [x + y for y in ys if len(y) == len(x)]


def padded(x: Float[ndarray, "n"], length: int) -> Float[ndarray, "{length}"]:
    assert len(x) <= length
    return np.concatenate([x, np.zeros(length - len(x))])


def truncate(x: Float[ndarray, "n"], k: int) -> Float[ndarray, "{k}"]:
    assert 0 <= k <= len(x)
    return x[:k]

"""Conditions that have a name, leave several things open, are not understood, or make an array fit."""

import numpy as np
from jaxtyping import Float

from tl_dsl import Tensor

N = Float[np.ndarray, "n d"]
M = Float[np.ndarray, "m d"]
K = Float[np.ndarray, "k d"]


def named(x: N, y: M) -> N:
    same = x.shape == y.shape
    if not same:
        return x
    return x + y


def named_tensors(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "n d"]:
    different = x.shape[0] != y.shape[0]
    if different:
        raise ValueError
    return x + y


def named_twice(x: N, y: M, flag: bool) -> N:
    same = x.shape == y.shape
    if flag:
        same = True
    if same:
        return x + y  # E: shapes broadcast [tensor-shape]
    return x


def of_what_the_array_was(x: N, y: M, z: K) -> K:
    same = x.shape == z.shape
    x = y
    if same:
        return x + z  # E: got [m, d] and [k, d] [tensor-shape]
    return z


def of_one_branch(x: N, y: M, flag: bool) -> N:
    if flag:
        same = x.shape == y.shape
    return x + y if same else x  # E: shapes broadcast [tensor-shape]


def chosen(x: N, y: M) -> N:
    same = x.shape == y.shape
    return x + y if same else x


def several_names(x: N, y: M) -> N:
    same = x.shape == y.shape
    big = x.shape[0] > 3
    if same and big:
        return x + y
    if not same or big:
        return x
    return x + y


def the_other_way_round(x: N, y: M) -> N:
    same = x.shape == y.shape
    if same:
        return x
    return x + y  # E: shapes broadcast [tensor-shape]


def by_walrus(x: N, y: M) -> N:
    if same := x.shape == y.shape:
        return x + y
    return x * float(same)


def one_or_all(x: N, y: M) -> N:
    if y.shape[0] not in (1, x.shape[0]):
        raise ValueError
    return x + y


def shape_among(x: N, y: M) -> N:
    assert y.shape in (x.shape, (1, x.shape[1]))
    return x + y


def either(x: N, y: M) -> N:
    if y.shape[0] == 1 or y.shape[0] == x.shape[0]:
        return x + y
    return x


def either_of_others(x: N, y: M, z: K) -> N:
    if y.shape[0] == z.shape[0] or y.shape[0] == x.shape[0]:
        return x + y  # E: shapes broadcast [tensor-shape]
    return x


def one_case_is_not_a_result(x: N, y: M) -> N:
    if x.shape[0] in (1, len(y)):
        return y  # E: Incompatible return value type [tensor-shape]
    return x


def case_by_case(x: N, y: M) -> N:
    if x.shape[0] == len(y) or y.shape == x.shape:
        return y
    return x


def neither_less_nor_more(x: N, y: M) -> N:
    if x.shape[0] > y.shape[0]:
        return x
    if x.shape[0] < y.shape[0]:
        return x
    return x + y


def not_less_alone(x: N, y: M) -> N:
    if x.shape[0] > y.shape[0]:
        return x
    return x + y  # E: shapes broadcast [tensor-shape]


def as_many_elements(x: N, y: M) -> N:
    if x.size == y.size:
        return x + y
    return x


def understood_by_nobody(x: N, y: M) -> N:
    if np.array_equal(x.shape, y.shape):
        return x + y  # E: line 134, which speaks of these sizes, is not understood [tensor-shape-lost]
    return x


def all_of_them(x: N, y: M, z: K) -> N:
    if any(each.shape != x.shape for each in (y, z)):
        raise ValueError
    return x + y  # E: is not understood [tensor-shape-lost]


def of_a_result(x: N, y: M) -> N:
    assert np.array_equal(x.shape, y.shape)
    return y  # E: a condition that is not understood has spoken of these sizes [tensor-shape-lost]


def takes_two(x: N, y: N) -> N:
    return x


def of_arguments(x: N, y: M) -> N:
    assert np.array_equal(x.shape, y.shape)
    return takes_two(x, y)  # E: m of argument 2 (y) is not compared with n [tensor-shape-lost]


def of_other_arrays(x: N, y: M, z: K) -> N:
    assert np.array_equal(x.shape, z.shape)
    return x + y  # E: shapes broadcast [tensor-shape]


def of_values(x: N, y: M) -> N:
    if np.allclose(x.mean(0), y.mean(0)) and x.shape[0] > 2:
        return x + y  # E: shapes broadcast [tensor-shape]
    return x


def padded_or_cut(x: N, y: M) -> N:
    if len(y) < len(x):
        y = np.concatenate([y, np.zeros((x.shape[0] - y.shape[0], y.shape[1]))])
    elif len(y) > len(x):
        y = y[: x.shape[0]]
    return x + y


def padded_or_cut_to_a_number(y: M, n: int) -> Float[np.ndarray, "{n} d"]:
    if len(y) < n:
        y = np.pad(y, ((0, n - len(y)), (0, 0)))
    elif len(y) > n:
        y = y[:n]  # E: getitem: assumes {n} >= 0 [tensor-shape-assumed]
    return y


def cut_alone(x: N, y: M) -> N:
    if len(y) > len(x):
        y = y[: len(x)]
    return x + y  # E: shapes broadcast [tensor-shape]


def repeated(x: N, y: M) -> N:
    if len(y) == 1:
        y = np.repeat(y, len(x), axis=0)
    elif len(y) != len(x):
        raise ValueError
    return x + y


def repeated_wrongly(x: N, y: M) -> N:
    if len(y) == 1:
        y = np.repeat(y, len(x) + 1, axis=0)
    elif len(y) != len(x):
        raise ValueError
    return x + y  # E: got [n, d] and [n+1, d] [tensor-shape]


def grown(x: N, y: M) -> N:
    while y.shape[0] != x.shape[0]:
        x = x[:1] + x
    return x + y


def grown_or_left(x: N, y: M) -> N:
    while y.shape[0] != x.shape[0]:
        if x.sum() > 3:
            break
    return x + y  # E: shapes broadcast [tensor-shape]


def of_two_element_types(x: N, y: N, flag: bool) -> N:
    if flag:
        y = np.float64(2) * y
    return x + y


def read_by_functions(x: N, y: M) -> N:
    assert np.shape(x) == np.shape(y)
    reveal_type(np.shape(y))  # R: tuple[SymInt[m], SymInt[d]]
    return x + np.zeros(np.shape(y)) + np.ones(np.size(x) // x.shape[0])


def in_a_set(x: N, y: M) -> N:
    if len({x.shape, y.shape}) != 1:
        raise ValueError
    return x + y  # E: is not understood [tensor-shape-lost]


def odd(x: Float[np.ndarray, "h"], w: Float[np.ndarray, "k"]) -> Float[np.ndarray, "h"]:
    k = w.shape[0]
    if k % 2 == 0:
        raise ValueError
    return np.pad(x, k // 2)[: x.shape[0] + 2 * (k // 2) - k + 1]


def even(x: Float[np.ndarray, "h"]) -> Float[np.ndarray, "h"]:
    if x.shape[0] % 2:
        return x
    return np.repeat(x[::2], 2)


def odd_but_taken_for_even(x: Float[np.ndarray, "h"]) -> Float[np.ndarray, "h"]:
    if x.shape[0] % 2 == 1:
        return np.repeat(x[::2], 2)  # E: Incompatible return value type [tensor-shape]
    return x


def padded_to_an_odd_number(t: Float[np.ndarray, "b"], dim: int) -> Float[np.ndarray, "b {dim}"]:
    out = np.zeros((t.shape[0], 2 * (dim // 2)))
    if dim % 2:
        out = np.pad(out, ((0, 0), (0, 1)))
    return out


def lifted(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n//2"]:
    if x.shape[0] % 2:
        raise ValueError
    even, odd = x[::2].copy(), x[1::2].copy()
    odd -= even
    even += odd / 2
    return even


def lifted_though_odd(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n//2"]:
    if x.shape[0] % 2 == 0:
        raise ValueError
    return x[::2].copy()  # E: Incompatible return value type [tensor-shape]

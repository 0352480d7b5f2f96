"""Runs of any number of axes: in the other order, and held against what operations ask of few axes."""

import numpy as np
from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def turned(x: Float[np.ndarray, "*b n 4"], y: Float[np.ndarray, "*b"]) -> Float[np.ndarray, "4 n *b"]:
    reveal_type(x.T)  # R: ndarray[Float, 4, n, *reversed(b)]
    reveal_type(np.exp(x.T).T + x)  # R: ndarray[Float, *b, n, 4]
    reveal_type(np.ones((3, *y.T.shape)))  # R: ndarray[Float64, 3, *reversed(b)]
    y + y.T  # E: got [*b] and [*reversed(b)] [tensor-shape]
    if y.shape == (2, 3):
        reveal_type(x.T)  # R: ndarray[Float, 4, n, *reversed(b)]
        reveal_type(y.T)  # R: ndarray[Float, 3, 2]
        np.ones((4, 5, 3, 2)) + x.T  # E: got [4, 5, 3, 2] and [4, n, *reversed(b)] [tensor-shape]
        np.ones((3, 2)) + x[..., 0, 0].T
    return x.T  # E: expected "ndarray[Float, 4, n, *b]" [tensor-shape]


def palindrome(x: Float[np.ndarray, "n n *b"]) -> Float[np.ndarray, "n n *b"]:
    return x.T  # E: got "ndarray[Float, *reversed(b), n, n]" [tensor-shape]


def first(x: Float[np.ndarray, "n *c"], y: Float[np.ndarray, "n"]) -> Float[np.ndarray, "*c n"]:
    return np.moveaxis(x, 0, -1)


def rows(x: Float[np.ndarray, "*c 2 m"]) -> Float[np.ndarray, "m *c"]:
    return np.moveaxis(x[..., 0, :], -1, 0)


def calls(x: Float[np.ndarray, "*b n 2"], y: Float[np.ndarray, "*b"], n: Float[np.ndarray, "n"]) -> None:
    reveal_type(first(x.T, np.ones(2)))  # R: ndarray[Float, n, *reversed(b), 2]
    first(x, n)  # E: The shape is lost: first: [*b, n, 2] of argument 1 (x) is not compared with [n, *c] [tensor-shape-lost]
    first(y, n)  # E: first: argument 1 (x) has 0 axes, and at least 1 is needed; got []; wanted [n, *c]; where *b has no axes [tensor-shape]
    rows(x.T)  # E: rows: axis -2 of argument 1 (x) must be 2; got n; where *b has one axis [tensor-shape]
    rows(x.mT)


def moved(x: Float[np.ndarray, "*b m n"], y: Float[np.ndarray, "m n *b"]) -> None:
    reveal_type(np.moveaxis(x, -1, 0))  # R: ndarray[Float, n, *b, m]
    reveal_type(np.moveaxis(y, (1, 0), (0, -1)))  # R: ndarray[Float, n, *b, m]
    reveal_type(np.moveaxis(y, 1, 1))  # R: ndarray[Float, m, n, *b]
    np.moveaxis(y, 0, -2)  # E: The shape is lost: axis -2 lies among the axes *b of [m, n, *b] [tensor-shape-lost]
    np.moveaxis(y, 0, 2)  # E: The shape is lost: axis 2 lies among the axes *b of [m, n, *b] [tensor-shape-lost]


def few(x: Float[np.ndarray, "m *b"], y: Float[np.ndarray, "*b"], z: Float[np.ndarray, "k n *b"], k: int) -> None:
    x.min(axis=1)  # E: The shape is lost: axis 1 lies among the axes *b of [m, *b] [tensor-shape-lost]
    y.min(axis=0)  # E: The shape is lost: axis 0 lies among the axes *b of [*b] [tensor-shape-lost]
    y[:-1]  # E: The shape is lost: the index reaches into the axes *b of [*b] [tensor-shape-lost]
    z[..., 0, 0]  # E: The shape is lost: the index reaches into the axes *b of [k, n, *b] [tensor-shape-lost]
    z[0, ..., 0, 0]  # E: The shape is lost: the index reaches into the axes *b of [k, n, *b] [tensor-shape-lost]
    np.hstack([z, x])  # E: hstack: concat joins arrays with equal numbers of axes; got [k, n] and [m]; where *b has no axes [tensor-shape]
    reveal_type(np.hstack([z, z]))  # R: ndarray[Float, k, 2*n, *b]
    np.dot(y, z[..., 0])  # E: The shape is lost: the index reaches into the axes *b of [k, n, *b] [tensor-shape-lost]
    np.transpose(x, (1, 0))  # E: The shape is lost: the number of axes of [m, *b] is not known [tensor-shape-lost]
    y.min(axis=k)  # E: The shape is lost: the axis is not known before the program runs [tensor-shape-lost]
    np.swapaxes(0, x, 1)  # E: the axis is not known before the program runs [tensor-shape-lost]


def products(x: Float[np.ndarray, "*b m"], w: Float[np.ndarray, "m k"], y: Float[np.ndarray, "*b"]) -> None:
    reveal_type(np.dot(x, w))  # R: ndarray[Float, *b, k]
    w @ x.T  # E: got [m, k] @ [m]: k and m; wanted equal sizes; where *b has no axes [tensor-shape]
    np.dot(y, w)  # E: got [b[0]] @ [m, k]: b[0] and m; wanted equal sizes; where *b has one axis [tensor-shape]


def scales(x: Float[np.ndarray, "m *b"]) -> Float[np.ndarray, "m *b"]:
    reveal_type(x.shape[-1] ** 0.5)  # R: float
    return x / x.shape[-1] ** 0.5


def enough(x: Float[np.ndarray, "m *b"], y: Float[Tensor, "*b"], n: Float[np.ndarray, "n"]) -> None:
    if x.ndim > 1:
        x.min(axis=1)  # E: The shape is lost: axis 1 lies among the axes *b of [m, *b] [tensor-shape-lost]
    first(x[0], n)  # E: The shape is lost: first: [*b] of argument 1 (x) is not compared with [n, *c] [tensor-shape-lost]
    y[0]  # E: The shape is lost: the index reaches into the axes *b of [*b] [tensor-shape-lost]


def tensors(x: Float[Tensor, "m *b"], y: Float[Tensor, "*b"]) -> None:
    tl.min(x, axis=1)  # E: The shape is lost: axis 1 lies among the axes *b of [m, *b] [tensor-shape-lost]
    tl.min(y, axis=0)  # E: The shape is lost: axis 0 lies among the axes *b of [*b] [tensor-shape-lost]
    x[0, 0]  # E: The shape is lost: the index reaches into the axes *b of [m, *b] [tensor-shape-lost]


def spread(x: Float[Tensor, "#n n"], y: Float[Tensor, "k"], z: Float[Tensor, "n"]) -> None:
    y @ x  # E: got [k] @ [#n, n]: k and #n; wanted equal sizes [tensor-shape]
    z @ x  # E: The shape is lost: this cannot be decided: matmul: [n] @ [1, n]: n and 1 [tensor-shape-lost]


def scalar(x: Float[np.ndarray, "n k"]) -> Float[np.ndarray, "1"]:
    return x[0, 0].reshape(-1)


def taken(x: Float[np.ndarray, "n k"], i: int, some: Float[np.ndarray, "k"] | None) -> None:
    total = x.sum()
    total[i]  # E: an array has at most one index for each axis; got 1 index for [], a result without axes [tensor-index]
    x[0, 0][::-1]  # E: an array has at most one index for each axis [tensor-index]
    for _ in range(3):
        mean = x.mean()
        mean = mean[1:]  # E: an array has at most one index for each axis [tensor-index]
    either = x.sum() if some is None else some
    either[0]  # E: an array has at most one index for each axis [tensor-index]
    i[0]  # E: Value of type "int" is not indexable [index]


def opposite(x: Float[Tensor, "{k}-1 2"], k: int) -> Float[Tensor, "{k}-1 {k}-1"]:
    tl.ones((3, 1 - k)) @ x  # E: ones: assumes -{k}+1 >= 0 [tensor-shape-assumed]
    same: Float[Tensor, "{k}-1 {k}-1"] = tl.eye(1 - k)  # E: eye: assumes -{k}+1 >= 0 [tensor-shape-assumed]
    tl.ones((3, 2 - k)) @ x  # E: wanted equal sizes [tensor-shape]  # E: ones: assumes -{k}+2 >= 0 [tensor-shape-assumed]
    return same


def written_out(x: Float[np.ndarray, "*b n"], y: Float[np.ndarray, "*b"]) -> Float[np.ndarray, "n 3 2"]:
    assert y.shape == (2, 3)
    wrong: Float[np.ndarray, "n 2 3"] = x.T  # E: "ndarray[Float, n, *reversed(b)]" [tensor-shape]
    return x.T


def of_as_many_elements(p: Float[np.ndarray, "*b k d"]) -> None:
    reveal_type(p.reshape(p.T.shape))  # R: ndarray[Float, d, k, *reversed(b)]

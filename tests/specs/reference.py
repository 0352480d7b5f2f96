"""What numpy answers, by the names of tl_specs: the public operations, and those of graphs where they differ."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Reference = Callable[..., Any]


def softmax(x: Any, axis: int = -1) -> Any:
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))


def gelu(x: Any, approximate: str = "none") -> Any:
    if approximate == "tanh":
        return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + erf(x / math.sqrt(2)))


def pad(x: Any, widths: Any, constant_values: Any = 0) -> Any:
    return np.pad(x, widths if x.ndim else (), constant_values=constant_values) if x.ndim else x


def scatter_add(x: Any, indices: Any, updates: Any, axis: int = 0) -> Any:
    out = x.copy()
    where = (slice(None),) * (axis % x.ndim) + (indices,)
    np.add.at(out, where, updates)
    return out


def slice_graph(x: Any, start: Any, size: Any, step: Any) -> Any:
    return x[np.ix_(*(a + s * np.arange(n) for a, n, s in zip(start, size, step, strict=True)))] if x.ndim else x


def embed(x: Any, start: Any, step: Any, shape: Any) -> Any:
    out = np.zeros(shape)
    out[np.ix_(*(a + s * np.arange(n) for a, n, s in zip(start, x.shape, step, strict=True))) if x.ndim else ()] = x
    return out


def arange_graph(start: Any, step: Any, size: int, dtype: str) -> Any:
    return (start + step * np.arange(size)).astype(dtype)


def argsort(x: Any, axis: int = -1, descending: bool = False) -> Any:
    return np.argsort(-x if descending else x, axis=axis, kind="stable")


def spread_but(axis: int, x: Any, indices: Any) -> Any:
    sizes = [max(n, m) for n, m in zip(x.shape, indices.shape, strict=True)]
    ends = [[n if k == axis % x.ndim else size for k, (n, size) in enumerate(zip(y.shape, sizes, strict=True))]
            for y in (x, indices)]  # fmt: skip
    return np.broadcast_to(x, ends[0]), np.broadcast_to(indices, ends[1])


def running(x: Any, axis: int, reverse: bool) -> Any:
    return np.flip(np.cumsum(np.flip(x, axis), axis), axis) if reverse else np.cumsum(x, axis)


def cholesky(x: Any, upper: bool = False) -> Any:
    lower = np.linalg.cholesky((x + np.swapaxes(x, -1, -2)) / 2)
    return np.swapaxes(lower, -1, -2) if upper else lower


def vector_norm(x: Any, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    if math.isinf(ord):
        return (np.max if ord > 0 else np.min)(np.abs(x), axis=axis, keepdims=keepdims)
    return np.sum(np.abs(x) ** ord, axis=axis, keepdims=keepdims) ** (1 / ord)


def take(x: Any, indices: Any, axis: int) -> Any:
    return np.take(x, indices, axis=axis)


erf = np.vectorize(math.erf, otypes=[float])


def _cofactors(x: Any) -> Any:
    """The signed minors, of singular matrices, too."""
    places = range(x.shape[-1])
    found = np.empty(x.shape)
    for i in places:
        for j in places:
            rows, columns = ([k for k in places if k != one] for one in (i, j))
            found[..., i, j] = (-1) ** (i + j) * np.linalg.det(x[..., rows, :][..., columns])
    return found


PUBLIC: dict[str, Reference] = {
    **{
        name: getattr(np, name)
        for name in [
            "add",
            "exp",
            "log",
            "sin",
            "cos",
            "tanh",
            "sqrt",
            "abs",
            "sign",
            "square",
            "maximum",
            "minimum",
            "clip",
        ]
    },
    **{"sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative, "pow": np.power, "erf": erf},
    **{
        name: getattr(np, name)
        for name in ["less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "where"]
    },
    **{name: getattr(np, name) for name in ["logical_and", "logical_or", "logical_xor", "logical_not", "matmul"]},
    **{
        name: getattr(np, name)
        for name in ["sum", "mean", "max", "min", "argmax", "reshape", "squeeze", "expand_dims", "repeat"]
    },
    "var": lambda x, correction=0.0, **how: np.var(x, ddof=correction, **how),
    "T": lambda x: x.T,
    "mT": lambda x: x.mT,
    "matrix_transpose": lambda x: np.swapaxes(x, -1, -2),
    "permute_dims": np.transpose,
    "broadcast_to": np.broadcast_to,
    "concat": lambda *xs, **how: np.concatenate(xs, **how),
    "stack": lambda *xs, **how: np.stack(xs, **how),
    "pad": pad,
    "take": take,
    "scatter_add": scatter_add,
    "getitem": lambda x, key: x[key],
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.logaddexp(0, x),
    "relu": lambda x: np.where(x > 0, x, 0.0),
    "gelu": gelu,
    "softmax": softmax,
    "log_softmax": lambda x, axis=-1: x - logsumexp(x, axis, True),
    "logsumexp": logsumexp,
    **{
        name: getattr(np, name)
        for name in ["zeros", "ones", "full", "eye", "arange", "zeros_like", "ones_like", "full_like"]
    },
    "one_hot": lambda x, n: np.eye(n)[x],
    "linalg.solve": np.linalg.solve,
    "linalg.inv": np.linalg.inv,
    "linalg.det": np.linalg.det,
    "linalg.cholesky": cholesky,
    "linalg.vector_norm": vector_norm,
    "linalg.norm": lambda x, ord=None, axis=None, keepdims=False: np.linalg.norm(x, ord, axis, keepdims),
    "std": lambda x, correction=0.0, **how: np.std(x, ddof=correction, **how),
    **{name: getattr(np, name) for name in ["argmin", "prod", "cumsum", "linspace"]},
    "argsort": argsort,
    "sort": lambda x, axis=-1, descending=False: np.take_along_axis(x, argsort(x, axis, descending), axis),
    "take_along_axis": lambda x, i, axis=-1: np.take_along_axis(*spread_but(axis, x, i), axis),
    "einsum": np.einsum,
    "tensordot": lambda x, y, axes=2: np.tensordot(x, y, axes),
    "outer": np.outer,
    "split": lambda x, cuts, axis=0: np.concatenate([part.ravel() for part in np.split(x, cuts, axis)]),
    **{name: getattr(np, name) for name in ["flip", "roll", "tile", "tril", "triu"]},
    "diagonal": lambda x, offset=0, axis1=-2, axis2=-1: np.diagonal(x, offset, axis1, axis2),
    "trace": lambda x, offset=0, axis1=-2, axis2=-1: np.trace(x, offset, axis1, axis2),
    "stop_gradient": lambda x: x,
    "astype": lambda x, dtype: x.astype(dtype),
}
GRAPH: dict[str, Reference] = {
    **PUBLIC,
    "sum": lambda x, axis: np.sum(x, axis=axis, keepdims=True),
    "max": lambda x, axis: np.max(x, axis=axis, keepdims=True),
    "min": lambda x, axis: np.min(x, axis=axis, keepdims=True),
    "pivot": lambda x, axis: x.max(axis=axis, keepdims=True),
    "pow_scalar": lambda x, exponent: np.power(x, float(exponent)),
    "cumsum": lambda x, axis, reverse: (
        np.flip(np.cumsum(np.flip(x, axis), axis), axis) if reverse else np.cumsum(x, axis)
    ),
    "prod": lambda x, axis: np.prod(x, axis=axis, keepdims=True),
    "solve": np.linalg.solve,
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "cofactor": _cofactors,
    "cholesky": lambda x: cholesky(x),
    "slice": slice_graph,
    "embed": embed,
    "arange": arange_graph,
    "eye": lambda n_rows, n_cols, dtype: np.eye(n_rows, n_cols, dtype=dtype),
}

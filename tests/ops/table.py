"""One table over the registry of operations: sample calls, and what numpy says of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Reference = Callable[..., Any]


@dataclass(frozen=True)
class Row:
    """A call of an operation. ``operands`` are shapes, arrays or Python numbers; floats are drawn in ``domain``."""

    op: str
    operands: tuple[Any, ...]
    reference: Reference
    params: dict[str, Any] = field(default_factory=dict)
    extra: tuple[Any, ...] = ()
    domain: tuple[float, float] = (-2.0, 2.0)
    as_list: bool = False
    before: tuple[Any, ...] = ()
    """Arguments in front of the operands, as the subscripts of einsum."""

    def __str__(self) -> str:
        shapes = [x if isinstance(x, tuple) else np.asarray(x).tolist() for x in self.operands]
        return f"{self.op}{self.before or ''}{shapes}{self.extra or ''}{self.params or ''}".replace(" ", "")

    def arrays(self, dtype: Any = np.float64, seed: int = 0) -> list[Any]:
        """The operands as arrays: shapes become drawn floats."""
        rng = np.random.default_rng([seed, *map(ord, str(self))])
        return [self._operand(x, rng, dtype) for x in self.operands]

    def _operand(self, x: Any, rng: np.random.Generator, dtype: Any) -> Any:
        if isinstance(x, tuple):
            return rng.uniform(*self.domain, x).astype(dtype)
        return x.astype(dtype) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x


def _erf(x: Any) -> Any:
    return np.vectorize(math.erf, otypes=[x.dtype])(x)


def _softmax(x: Any, axis: int = -1) -> Any:
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def _scatter(x: Any, indices: Any, updates: Any, axis: int = 0) -> Any:
    out = np.moveaxis(np.array(x), axis, 0)
    np.add.at(out, indices, np.moveaxis(updates, tuple(range(axis, axis + indices.ndim)), tuple(range(indices.ndim))))
    return np.moveaxis(out, 0, axis)


def _one_hot(x: Any, n: int) -> Any:
    return (x[..., None] == np.arange(n)).astype(float)


NO_DERIVATIVE = {
    "less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "argmax", "argmin", "argsort",
    "logical_not", "logical_and", "logical_or", "logical_xor",
}  # fmt: skip
I = np.array  # noqa: E741
SOUND = np.random.default_rng(3).uniform(-1, 1, (2, 4, 4)) + 4 * np.eye(4)
DEFINITE = SOUND @ np.swapaxes(SOUND, -1, -2)
UNARY: dict[str, tuple[Reference, tuple[float, float]]] = {
    "abs": (np.abs, (-2, 2)), "sign": (np.sign, (-2, 2)), "neg": (np.negative, (-2, 2)), "square": (np.square, (-2, 2)),
    "sqrt": (np.sqrt, (0.1, 2)), "exp": (np.exp, (-2, 2)), "log": (np.log, (0.1, 2)), "sin": (np.sin, (-2, 2)),
    "cos": (np.cos, (-2, 2)), "tanh": (np.tanh, (-2, 2)), "erf": (_erf, (-2, 2)),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), (-4, 4)), "softplus": (lambda x: np.log1p(np.exp(x)), (-4, 4)),
    "relu": (lambda x: np.maximum(x, 0), (-2, 2)),
    "gelu": (lambda x: x * (1 + _erf(x / np.sqrt(x.dtype.type(2)))) / 2, (-2, 2)),
    "stop_gradient": (lambda x: x, (-2, 2)),
    "zeros_like": (np.zeros_like, (-2, 2)), "ones_like": (np.ones_like, (-2, 2)),
}  # fmt: skip
BINARY: dict[str, tuple[Reference, tuple[float, float]]] = {
    "add": (np.add, (-2, 2)), "sub": (np.subtract, (-2, 2)), "mul": (np.multiply, (-2, 2)),
    "div": (np.divide, (0.5, 2)), "pow": (np.power, (0.5, 2)), "maximum": (np.maximum, (-2, 2)),
    "minimum": (np.minimum, (-2, 2)), "less": (np.less, (-2, 2)), "less_equal": (np.less_equal, (-2, 2)),
    "greater": (np.greater, (-2, 2)), "greater_equal": (np.greater_equal, (-2, 2)), "equal": (np.equal, (-2, 2)),
    "not_equal": (np.not_equal, (-2, 2)),
}  # fmt: skip
BROADCASTS = [((3,), (3,)), ((2, 3), (3,)), ((3, 1), (1, 4)), ((), (2, 2)), ((2, 1, 3), (4, 1)), ((0,), (1,))]
BOOLS = I([True, False, True]), I([[True], [False]])
REDUCTIONS: list[dict[str, Any]] = [
    {}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (0, 2)}, {"axis": (-1, 0), "keepdims": True},
]  # fmt: skip

ROWS: list[Row] = [
    *[Row(name, (shape,), f, domain=d) for name, (f, d) in UNARY.items() for shape in [(), (3,), (2, 1), (0, 2)]],
    *[Row(name, shapes, f, domain=d) for name, (f, d) in BINARY.items() for shapes in BROADCASTS],
    *[Row(name, ((2, 3), 2.0), f, domain=d) for name, (f, d) in BINARY.items()],
    *[Row(name, (2, (3,)), f, domain=d) for name, (f, d) in BINARY.items()],
    *[Row("pow", ((3,), e), np.power, domain=(0.5, 2)) for e in (0, 1, 3, 4, 5, -1, -2, 0.5, 1.5)],
    Row("gelu", ((4,),), lambda x, approximate: x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
        {"approximate": "tanh"}),
    Row("clip", ((5,), -0.5, 0.5), np.clip), Row("clip", ((2, 3), (3,), 1.5), np.clip),
    Row("clip", ((5,), None, 0.5), np.clip), Row("clip", ((5,), -0.5), lambda x, low: np.maximum(x, low)),
    *[Row(n, BOOLS, getattr(np, n)) for n in ("logical_and", "logical_or", "logical_xor")],
    Row("logical_not", BOOLS[:1], np.logical_not),
    Row("where", (BOOLS[0], (3,), (3,)), np.where), Row("where", (BOOLS[1], (3,), 1.5), np.where),
    *[Row("matmul", s, np.matmul) for s in [((2, 3), (3, 4)), ((3,), (3, 4)), ((2, 3), (3,)), ((3,), (3,)),
      ((5, 2, 3), (3, 4)), ((5, 2, 3), (5, 3, 1)), ((1, 2, 3), (4, 3, 2)), ((2, 0), (0, 3)),
      ((2, 1, 2, 3), (3, 3, 4))]],
    Row("matrix_transpose", ((2, 3, 4),), lambda x: np.swapaxes(x, -1, -2)), Row("transpose", ((2, 3),), np.transpose),
    *[Row(n, ((2, 3, 4),), getattr(np, n), p)
      for n in ("sum", "mean", "max", "min", "var", "std", "prod") for p in REDUCTIONS],
    Row("sum", ((0, 3),), np.sum, {"axis": 0}), Row("sum", ((),), np.sum), Row("var", ((4, 1),), np.var, {"axis": 1}),
    Row("var", ((4,),), lambda x, correction: np.var(x, ddof=1), {"correction": 1}),
    *[Row("logsumexp", ((2, 3, 4),), lambda x, **p: np.log(np.sum(np.exp(x), **p)), p) for p in REDUCTIONS],
    *[Row("softmax", ((2, 3),), _softmax, p) for p in ({}, {"axis": 0})],
    *[Row("log_softmax", ((2, 3),), lambda x, **p: np.log(_softmax(x, **p)), p) for p in ({}, {"axis": 0})],
    *[Row(n, ((2, 3),), getattr(np, n), p) for n in ("argmax", "argmin")
      for p in ({}, {"axis": 0}, {"axis": 1, "keepdims": True})],
    Row("prod", ((0, 3),), np.prod, {"axis": 0}), Row("prod", ((),), np.prod), Row("prod", ((2, 0),), np.prod),
    Row("prod", (I([[0.0, 2, 0], [3, 0, 4]]),), np.prod, {"axis": 1}),
    *[Row("cumsum", (s,), np.cumsum, p) for s in ((2, 3, 4), (1, 5, 1)) for p in ({}, {"axis": 0}, {"axis": -2})],
    Row("cumsum", ((0, 2),), np.cumsum, {"axis": 0}), Row("cumsum", ((),), np.cumsum),
    *[Row("sort", (s,), np.sort, p) for s in ((7,), (3, 4), (0, 2)) for p in ({}, {"axis": 0})],
    Row("sort", ((3, 4),), lambda x, descending: -np.sort(-x), {"descending": True}),
    Row("sort", (I([3, 1, 2]),), np.sort), Row("sort", (I([True, False]),), np.sort),
    *[Row("argsort", (s,), np.argsort, p) for s in ((7,), (3, 4), (0, 2)) for p in ({}, {"axis": 0})],
    Row("argsort", (I([1, 0, 1, 0]),), lambda x, descending: I([0, 2, 1, 3]), {"descending": True}),
    *[Row("take_along_axis", ((3, 4), i), np.take_along_axis, {"axis": a}) for a, i in (
        (1, I([[0, -1], [3, 3], [1, 0]])), (0, I([[2, 0, -1, 0]])), (-1, I([[0], [1], [2]])))],
    *[Row("linspace", (), np.linspace, p, a) for p, a in (
        ({}, (0, 1, 5)), ({"endpoint": False}, (0.5, -1.5, 4)), ({}, (3, 3, 1)), ({"dtype": np.float32}, (0, 1, 3)))],
    *[Row("reshape", ((2, 6),), np.reshape, extra=(s,)) for s in ((3, 4), (-1,), (2, -1, 3), 12)],
    *[Row("permute_dims", ((2, 3, 4),), np.transpose, extra=(a,)) for a in ((2, 0, 1), (0, -1, 1))],
    *[Row("expand_dims", ((2, 3),), np.expand_dims, {"axis": a}) for a in (0, 1, -1)],
    *[Row("squeeze", ((1, 3, 1),), np.squeeze, extra=(a,)) for a in (0, -1, (0, 2))],
    *[Row("broadcast_to", (s,), np.broadcast_to, extra=((2, 3),)) for s in ((3,), (2, 1), (), (2, 3))],
    *[Row("concat", ((2, 3), (2, 3)), lambda *xs, axis=0: np.concatenate(xs, axis=axis), p, as_list=True)
      for p in ({}, {"axis": 1}, {"axis": -1})],
    Row("concat", ((2, 3), (1, 3), (0, 3)), lambda *xs: np.concatenate(xs), as_list=True),
    *[Row("stack", ((2, 3), (2, 3)), lambda *xs, axis=0: np.stack(xs, axis=axis), p, as_list=True)
      for p in ({}, {"axis": 1}, {"axis": -1})],
    *[Row("pad", ((2, 3),), lambda x, w: np.pad(x, w), extra=(w,)) for w in (1, (1, 2), ((0, 1), (2, 0)))],
    Row("pad", ((3,),), lambda x, w, constant_values: np.pad(x, w, constant_values=constant_values),
        {"constant_values": 1.5}, ((1, 2),)),
    *[Row("repeat", ((2, 3),), np.repeat, p, (3,)) for p in ({"axis": 0}, {"axis": -1})],
    *[Row("getitem", ((3, 4, 5),), lambda x, key: x[key], extra=(k,)) for k in (
        0, -1, slice(1, 3), slice(None, None, -1), slice(None, None, 2), (slice(None), -1), (..., 2), (None, 1),
        (0, slice(1, 3), None), (..., slice(None, 0)), (slice(3, 0, -2), ..., 0), ())],
    *[Row("take", ((3, 4), i), np.take, {"axis": a})
      for a in (0, -1) for i in (I([2, 0, -1]), I([[0, 1], [1, 1]]), I(1))],
    Row("scatter_add", ((3, 2), I([0, 2, 0, -1]), (4, 2)), _scatter),
    Row("scatter_add", ((2, 3), I([0, 2]), (2, 2)), _scatter, {"axis": 1}),
    Row("one_hot", (I([0, 2, 5]),), _one_hot, extra=(3,)), Row("one_hot", (I([[0], [1]]),), _one_hot, extra=(2,)),
    *[Row(n, (), getattr(np, n), extra=(s,)) for n in ("zeros", "ones") for s in (3, (2, 0), ())],
    Row("full", (), np.full, extra=((2, 3), 1.5)), Row("full", (), np.full, extra=(2, 7)),
    Row("full_like", ((2, 3),), np.full_like, extra=(1.5,)),
    Row("eye", (), np.eye, extra=(3,)), Row("eye", (), np.eye, extra=(2, 4)),
    *[Row("arange", (), np.arange, extra=a) for a in ((4,), (1, 7, 2), (5, 0, -2), (0.0, 1.0, 0.25), (3, 3))],
    *[Row("linalg.solve", (a, b), np.linalg.solve) for a, b in (
        (SOUND[0], (4,)), (SOUND[0], (4, 2)), (SOUND, (4,)), (SOUND, (4, 3)), (SOUND[0], (3, 4, 1)), ((0, 0), (0, 2)))],
    *[Row("linalg.inv", (a,), np.linalg.inv) for a in (SOUND[0], SOUND, (0, 0), (0, 2, 2))],
    *[Row("linalg.det", (a,), np.linalg.det) for a in (SOUND[0], SOUND, (3, 2, 2), (0, 0), (0, 2, 2))],
    *[Row("linalg.cholesky", (a,), lambda x: np.linalg.cholesky((x + np.swapaxes(x, -1, -2)) / 2))
      for a in (DEFINITE[0], DEFINITE, (0, 0))],
    *[Row("linalg.norm", ((2, 3, 4),), np.linalg.norm, p) for p in (
        {}, {"axis": 1}, {"axis": (0, 2), "keepdims": True}, {"axis": (2, 0), "ord": np.inf}, {"axis": 0, "ord": 3})],
    *[Row("linalg.norm", (s,), np.linalg.norm, extra=(o,))
      for s in ((3,), (3, 4)) for o in (1, -1, np.inf, -np.inf)],
    Row("linalg.norm", ((3, 4),), np.linalg.norm, extra=("fro",)), Row("linalg.norm", ((0,),), np.linalg.norm),
    *[Row("linalg.vector_norm", ((2, 3),), np.linalg.vector_norm, p) for p in (
        {}, {"axis": 1, "ord": 3}, {"ord": 1}, {"axis": 0, "ord": np.inf}, {"ord": 2.5, "keepdims": True})],
    *[Row("einsum", shapes, np.einsum, before=(text,)) for text, shapes in (
        ("ij,jk->ik", ((4, 3), (3, 5))), ("ij,jk", ((0, 3), (3, 5))), ("bhqd,bhkd->bhqk", ((2, 3, 4, 5), (2, 3, 6, 5))),
        ("...qd,...kd->...qk", ((2, 3, 4, 5), (3, 6, 5))), ("i,ij,j", ((4,), (4, 5), (5,))), ("ijk->kj", ((2, 3, 4),)),
        ("aab,bc->ca", ((3, 3, 2), (2, 4))), ("ij,jk,kl,lm->mi", ((2, 3), (3, 4), (4, 5), (5, 2))),
        ("i...,j...->ij...", ((2, 1, 3), (4, 5, 3))), ("zYxY->zx", ((2, 3, 4, 3),)), (",,->", ((), (), ())))],
    *[Row("tensordot", s, np.tensordot, p) for s, p in (
        (((2, 3, 4), (3, 4, 5)), {}), (((2, 3), (3, 4)), {"axes": 1}), (((2, 3), (4,)), {"axes": 0}),
        (((2, 3, 4), (4, 2)), {"axes": ((0, -1), (1, 0))}), (((2, 3), (4, 2)), {"axes": (0, 1)}))],
    Row("outer", ((3,), (4,)), np.outer),
    *[Row("split", ((4, 6),), np.split, p, (cuts,)) for p in ({}, {"axis": 1}, {"axis": -1})
      for cuts in (2, 1, (1, 3), (3, 1), (-1, 9), ())],
    Row("split", ((0, 2),), np.split, extra=(3,)),
    *[Row("flip", ((2, 3, 4),), np.flip, p) for p in ({}, {"axis": 1}, {"axis": (0, -1)})],
    Row("flip", ((0, 2),), np.flip),
    *[Row("roll", ((3, 4),), np.roll, p, (by,)) for p, by in (
        ({}, 5), ({"axis": 0}, -1), ({"axis": 1}, 4), ({"axis": (0, 1)}, (1, -2)), ({"axis": (0, 1)}, 1))],
    Row("roll", ((0, 2),), np.roll, extra=(1,)),
    *[Row("tile", (s,), np.tile, extra=(by,)) for s in ((2, 3), (), (1,), (0, 2)) for by in (2, (2, 3), (2, 1, 2), 0)],
    *[Row("diagonal", (s,), lambda x, offset=0, axis1=-2, axis2=-1: np.diagonal(x, offset, axis1, axis2), p)
      for s in ((3, 4), (4, 2), (3, 3, 3)) for p in ({}, {"offset": 2}, {"offset": -1}, {"offset": 7}, {"axis1": 0})
      if len(s) > 2 or "axis1" not in p],
    *[Row("trace", (s,), lambda x, offset=0: np.trace(x, offset, -2, -1), p)
      for s in ((3, 4), (2, 3, 3)) for p in ({}, {"offset": 1}, {"offset": -1})],
    *[Row(n, (s,), getattr(np, n), p)
      for n in ("tril", "triu") for s in ((3, 4), (2, 3, 3)) for p in ({}, {"k": 1}, {"k": -2}, {"k": 9})],
    Row("astype", ((3,),), lambda x, dtype: x.astype(dtype), extra=(np.float32,)),
    Row("astype", ((3,),), lambda x, dtype: x.astype(dtype), extra=(np.int64,)),
]  # fmt: skip

"""Equations of sums along axes and of matrix products."""

from __future__ import annotations

from typing import Any

import tl_dsl as tl
from tl_checker.gradients.equations.programs import (
    Equation,
    M,
    N,
    Program,
    V,
    emit,
    full,
    neg,
    shaped,
    spread,
    total,
    turned,
)
from tl_dsl import Tensor

CUBE = (2, 3, 4)
HALF = "float16"


def _same(program: Program, *inputs: Any) -> Equation:
    return Equation(program, None, inputs or (V,))


def _row(x: Tensor, n: int = 4) -> Tensor:
    """A vector as a row of a square matrix of equal rows."""
    return spread(shaped(x, 1, n), n, n)


def _column(x: Tensor, n: int = 4) -> Tensor:
    """A vector as a column of a square matrix of equal columns."""
    return spread(shaped(x, n, 1), n, n)


_SUMS: dict[str, Equation] = {
    "the sum along a unit axis": Equation(lambda x: total(x, -2), lambda x: x, ((1, 4),)),
    "the sum along a unit axis and another": Equation(lambda x: total(x, -2, -1), lambda x: total(x, -1), ((1, 4),)),
    "the sum of sums": Equation(lambda x: total(total(x, -1), -2), lambda x: total(x, -2, -1), (M,)),
    "the sum of sums along axes in any order": Equation(
        lambda x: total(total(x, -3), -2, -1), lambda x: total(x, -3, -2, -1), (CUBE,)
    ),
    "the sum of a constant": Equation(lambda x: x * total(full(0.5, M), -2), lambda x: x * 1.5, ((1, 4),)),
    "the sum of a constant along axes": Equation(
        lambda x: x * total(full(0.5, CUBE), -3, -1), lambda x: x * 4, ((1, 3, 1),)
    ),
    "the sum of a constant that overflows": _same(lambda x: x * total(full(1e200), -1), (1,)),
    "the sum of repeated elements": Equation(lambda x: total(spread(x, 3, 4), -2), lambda x: x * 3, ((1, 4),)),
    "the sum of elements repeated along one axis": Equation(
        lambda x: total(spread(x, 3, 4), -2, -1), lambda x: total(x, -1) * 3, ((1, 4),)
    ),
    "the sum of elements repeated along two axes": Equation(
        lambda x: total(spread(x, 2, 3, 4), -3, -2), lambda x: x * 6, ((1, 1, 4),)
    ),
    "the sum of elements repeated along another axis too": Equation(
        lambda x: total(spread(x, 2, 3, 4), -3), lambda x: spread(x * 2, 1, 3, 4), ((1, 1, 4),)
    ),
    "the sum of elements repeated along another axis": _same(lambda x: total(spread(x, 3, 4), -1), (1, 4)),
    "the sum of bits repeated too often for them": _same(lambda x: total(spread(x, 70, 1000), -2, -1), ((1, 1), HALF)),
    "the sum past a new unit axis": Equation(
        lambda x: total(shaped(x, 3, 1, 4), -3), lambda x: shaped(total(x, -2), 1, 1, 4), (M,)
    ),
    "the sum past unit axes less": Equation(
        lambda x: total(shaped(x, 3, 4), -1), lambda x: shaped(total(x, -3), 3, 1), ((3, 4, 1, 1),)
    ),
    "the sum of another shape": _same(lambda x: total(shaped(x, 2, 6), -1), M),
    "the sum of another shape of as many axes": _same(lambda x: total(shaped(x, 4, 3), -1), M),
    "the sum of rows times numbers": Equation(
        lambda x, y: total(x * spread(y, 3, 4), -1), lambda x, y: total(x, -1) * y, (M, (3, 1))
    ),
    "the sum of numbers times rows": Equation(
        lambda x, y: total(spread(y, 3, 4) * x, -1), lambda x, y: total(x, -1) * y, (M, (3, 1))
    ),
    "the sum along both axes of rows times numbers": _same(lambda x, y: total(x * spread(y, 3, 4), -2, -1), M, (3, 1)),
    "the sum of all times a number": Equation(
        lambda x, y: total(x * spread(y, 3, 4), -2, -1), lambda x, y: total(x, -2, -1) * y, (M, (1, 1))
    ),
    "the sum of rows times a number": Equation(
        lambda x, y: total(x * spread(y, 3, 4), -1), lambda x, y: total(x, -1) * spread(y, 3, 1), (M, (1, 1))
    ),
    "the sum of rows divided by numbers": Equation(
        lambda x, y: total(x / spread(y, 3, 4), -1), lambda x, y: total(x, -1) / y, (M, (3, 1))
    ),
    "the sum of numbers divided by rows": _same(lambda x, y: total(spread(y, 3, 4) / x, -1), M, (3, 1)),
    "the sum of rows times other rows": _same(lambda x, y: total(x * spread(y, 3, 4), -1), M, (1, 4)),
    "the sum of rows in half precision": _same(lambda x, y: total(x * spread(y, 3, 4), -1), (M, HALF), ((3, 1), HALF)),
    "the sum of rows that are added": _same(lambda x, y: total(x + spread(y, 3, 4), -1), M, (3, 1)),
}

_OVER_BATCHES: dict[str, Equation] = {
    "the sum of products over a batch": Equation(
        lambda x, y: total(x @ y, -3),
        lambda x, y: shaped(turned(shaped(turned(x), 10, 3)) @ shaped(y, 10, 4), 1, 3, 4),
        ((2, 3, 5), (2, 5, 4)),
    ),
    "the sum of products over a batch and rows": Equation(
        lambda x, y: total(x @ y, -3, -2),
        lambda x, y: shaped(total(turned(shaped(turned(x), 10, 3)) @ shaped(y, 10, 4), -2), 1, 1, 4),
        ((2, 3, 5), (2, 5, 4)),
    ),
    "the sum of products over two axes of a batch": Equation(
        lambda x, y: total(x @ y, -4, -3),
        lambda x, y: shaped(turned(shaped(turned(x), 20, 3)) @ shaped(y, 20, 4), 1, 1, 3, 4),
        ((2, 2, 3, 5), (2, 2, 5, 4)),
    ),
    "the sum of products over one axis of two": _same(lambda x, y: total(x @ y, -4), (2, 2, 3, 5), (2, 2, 5, 4)),
    "the sum of products over the longer axis of a batch": Equation(
        lambda x, y: total(x @ y, -4),
        lambda x, y: shaped(turned(shaped(turned(x), 10, 3)) @ shaped(y, 10, 4), 1, 1, 3, 4),
        ((2, 1, 3, 5), (2, 1, 5, 4)),
    ),
    "the sum of the rows of products": _same(lambda x, y: total(x @ y, -2), (2, 3, 5), (2, 5, 4)),
    "the sum of the rows of a product": _same(lambda x, y: total(x @ y, -2), M, N),
}

_BATCHES: dict[str, Equation] = {
    "a batch times a matrix": Equation(
        lambda x, w: x @ spread(shaped(w, 1, 4, 4), 2, 4, 4),
        lambda x, w: shaped(shaped(x, 6, 4) @ w, 2, 3, 4),
        (CUBE, N),
    ),
    "a batch times rows that repeat in matrices": Equation(
        lambda x, w: x @ spread(w, 2, 4, 5),
        lambda x, w: shaped(shaped(x, 6, 4) @ spread(shaped(w, 1, 5), 4, 5), 2, 3, 5),
        (CUBE, (1, 1, 5)),
    ),
    "a batch times a constant matrix": Equation(
        lambda x: x @ full(2, (2, 4, 5)), lambda x: shaped(shaped(x, 6, 4) @ full(2, (4, 5)), 2, 3, 5), (CUBE,)
    ),
    "a batch of one": Equation(
        lambda x, y: x @ y, lambda x, y: shaped(shaped(x, 3, 4) @ shaped(y, 4, 5), 1, 3, 5), ((1, 3, 4), (1, 4, 5))
    ),
    "a batch of equal products": Equation(
        lambda x, y: spread(x, 2, 3, 4) @ spread(y, 2, 4, 5),
        lambda x, y: spread(shaped(shaped(x, 3, 4) @ shaped(y, 4, 5), 1, 3, 5), 2, 3, 5),
        ((1, 3, 4), (1, 4, 5)),
    ),
    "a batch of two axes of equal products": Equation(
        lambda x, y: spread(x, 2, 6, 3, 4) @ spread(y, 2, 6, 4, 5),
        lambda x, y: spread(shaped(shaped(x, 3, 4) @ shaped(y, 4, 5), 1, 1, 3, 5), 2, 6, 3, 5),
        ((1, 1, 3, 4), (1, 1, 4, 5)),
    ),
    "a matrix times a batch of vectors": Equation(
        lambda x, y: spread(x, 2, 3, 4) @ y,
        lambda x, y: shaped(shaped(y, 2, 4) @ shaped(turned(x), 4, 3), 2, 3, 1),
        ((1, 3, 4), (2, 4, 1)),
    ),
    "a matrix times a batch": _same(lambda x, y: spread(x, 2, 3, 4) @ y, (1, 3, 4), (2, 4, 5)),
    "a batch of matrices that repeat along one axis": _same(
        lambda x, y: x @ spread(y, 2, 2, 4, 5), (2, 2, 3, 4), (2, 1, 4, 5)
    ),
    "a batch times a batch": _same(lambda x, y: x @ y, (2, 3, 4), (2, 4, 5)),
    "a matrix times a matrix": _same(lambda x, y: x @ y, M, N),
}

_DIAGONALS: dict[str, Equation] = {
    "an identity times": Equation(lambda x: tl.eye(3) @ x, lambda x: x, (M,)),
    "times an identity": Equation(lambda x: x @ tl.eye(4), lambda x: x, (M,)),
    "times a wide identity": _same(lambda x: x @ tl.eye(4, 5), M),
    "a tall identity times": _same(lambda x: tl.eye(5, 3) @ x, M),
    "a diagonal times": Equation(lambda x, v: (tl.eye(4) * _row(v)) @ x, lambda x, v: x * _column(v), (N, V)),
    "a diagonal that stands second times": Equation(
        lambda x, v: (_row(v) * tl.eye(4)) @ x, lambda x, v: x * _column(v), (N, V)
    ),
    "a diagonal of a column times": Equation(
        lambda x, v: (tl.eye(4) * _column(v)) @ x, lambda x, v: x * _column(v), (N, V)
    ),
    "times a diagonal": Equation(lambda x, v: x @ (tl.eye(4) * _row(v)), lambda x, v: x * _row(v), (N, V)),
    "times a diagonal of a matrix": _same(lambda x, y: x @ (tl.eye(4) * y), N, N),
    "times a multiple of an identity": Equation(lambda x: x @ (tl.eye(4) * 3), lambda x: x * 3, (M,)),
    "times a negative diagonal": Equation(
        lambda x, v: x @ neg(tl.eye(4) / _row(v) * 1), lambda x, v: neg(x @ (tl.eye(4) / _row(v))), (N, V)
    ),
    "times a diagonal twice": Equation(
        lambda x, v, w: x @ (tl.eye(4) * _row(v) * _column(w)), lambda x, v, w: x * _row(v * w), (N, V, V)
    ),
    "times a diagonal in another shape": Equation(
        lambda x, v: x @ shaped(shaped(tl.eye(4) * _row(v), 4, 1, 4) * 3, 4, 4),
        lambda x, v: x * spread(shaped(v, 1, 4) * 3, 4, 4),
        (N, V),
    ),
    "times a diagonal, turned": Equation(
        lambda x, v: x @ turned(tl.eye(4) * _row(v)), lambda x, v: x * _row(v), (N, V)
    ),
    "a chosen diagonal times": Equation(
        lambda x, c: tl.where(spread(c, 4, 4), tl.eye(4), full(0, N)) @ x,
        lambda x, c: x * _column(tl.where(shaped(c, 4), full(1), full(0))),
        (N, ((1, 4), "bool")),
    ),
    "a diagonal chosen among ones times": _same(
        lambda x, c: tl.where(spread(c, 4, 4), tl.eye(4), full(1, N)) @ x, N, ((1, 4), "bool")
    ),
    "a diagonal chosen by a matrix times": _same(lambda x, c: tl.where(c, tl.eye(4), full(0, N)) @ x, N, (N, "bool")),
    "zeros chosen before a diagonal times": _same(
        lambda x, c: tl.where(spread(c, 4, 4), full(0, N), tl.eye(4)) @ x, N, ((1, 4), "bool")
    ),
    "a sum of diagonals times": _same(lambda x, v: (tl.eye(4) + tl.eye(4) * _row(v)) @ x, N, V),
    "an identity in two rows": _same(lambda x: emit("matmul", shaped(tl.eye(4), 2, 8), x), (8, 3)),
    "an identity in one row": _same(lambda x: emit("matmul", shaped(tl.eye(4), 1, 16), x), (16, 2)),
}

EQUATIONS = _SUMS | _OVER_BATCHES | _BATCHES | _DIAGONALS

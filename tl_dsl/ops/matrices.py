"""Equations, inverses, determinants and factors of square matrices, in ``tl.linalg``.

A matrix that has none is outside of the domain: its result is nan.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from tl_dsl import dtypes
from tl_dsl.op import bind, op
from tl_dsl.ops import matrix_kernels as kernels
from tl_dsl.ops.compare import greater_equal
from tl_dsl.ops.creation import arange, eye, full
from tl_dsl.ops.diagonals import tril
from tl_dsl.ops.indexing import TAKE
from tl_dsl.ops.linear_algebra import matmul, swapped
from tl_dsl.ops.manipulation import concat, permute_dims
from tl_dsl.ops.operands import (
    broadcast,
    converted,
    floating,
    floating_promote_rule,
    floating_rule,
    promoted,
    reshaped,
    sizes,
)
from tl_dsl.ops.rearrange import flip
from tl_dsl.ops.reduction import sum as sum_of
from tl_dsl.primitive import Primitive, primitive
from tl_dsl.shapes import Shape, broadcast_shapes, solve_shape, square_shape
from tl_dsl.tensor import Tensor

Array = np.ndarray[Any, Any]
BOTH = (-2, -1)


def _solve_kernel(a: Array, b: Array) -> Array:
    return kernels.stacked(np.linalg.solve, kernels.eliminated, b.shape, a, b)


def _solve_tangent(y: Tensor, a: Tensor, b: Tensor, da: Tensor | None, db: Tensor | None) -> Tensor:
    """a dy = db - da y."""
    if da is None:
        assert db is not None
        return bind(SOLVE, a, db)
    moved = matmul(da, y)
    return bind(SOLVE, a, -moved if db is None else db - moved)


def _solve_batch(size: int, operands: Any, batched: Any) -> Tensor:
    """Many right sides of one matrix stand side by side, so that it is factored once."""
    a, b = operands
    if batched[0]:
        return bind(SOLVE, a, b if batched[1] else broadcast(b, (size, *b.shape)))
    *stack, n, k = b.shape[1:]
    inner = tuple(range(1, b.ndim - 1))
    beside = reshaped(permute_dims(b, (*inner, 0, b.ndim - 1)), (*stack, n, size * k))
    found = reshaped(bind(SOLVE, a, beside), (*stack, n, size, k))
    return permute_dims(found, (b.ndim - 2, *range(b.ndim - 2), b.ndim - 1))


@op(name="linalg.solve", shape=solve_shape, dtype=floating_promote_rule)
def solve(x1: Tensor, x2: Tensor, /) -> Tensor:
    """``"*b n n", "*b n k" -> "*b n k"``: the x for which x1 @ x = x2, stacks broadcast; a vector stands for a column.

    Errors: ShapeError; DTypeError unless floating; DomainError for singular matrices.

    >>> import tl_dsl as tl
    >>> tl.linalg.solve(tl.tensor([[2.0, 0.0], [0.0, 4.0]]), tl.tensor([2.0, 2.0]))
    Tensor[float64, 2]([1. , 0.5])
    """
    a, b = promoted(x1, x2)
    shape = sizes(solve_shape(a.shape, b.shape))
    a, b = floating(a, "solve"), floating(b, "solve")
    columns = reshaped(b, (*b.shape, 1)) if b.ndim == 1 else b
    stack = sizes(broadcast_shapes(a.shape[:-2], columns.shape[:-2]))
    a, columns = (broadcast(x, (*stack, *x.shape[-2:])) for x in (a, columns))
    return reshaped(bind(SOLVE, a, columns), shape)


SOLVE: Primitive = primitive(
    "solve",
    shape=lambda a, b: sizes(solve_shape(a, b)),
    kernel=_solve_kernel,
    jvp=_solve_tangent,
    transpose=(None, lambda g, a, b: bind(SOLVE, swapped(a), g)),
    batch=_solve_batch,
)


@op(name="linalg.inv", shape=lambda x, /: square_shape(x, "inv"), dtype=floating_rule)
def inv(x: Tensor, /) -> Tensor:
    """``"*b n n" -> "*b n n"``: the inverse of matrices. d: -x⁻¹ dx x⁻¹.

    Errors: ShapeError; DTypeError unless floating; DomainError for singular matrices.

    >>> import tl_dsl as tl
    >>> tl.linalg.inv(tl.tensor([[2.0, 0.0], [0.0, 4.0]]))
    Tensor[float64, 2 2]([[0.5 , 0.  ],
                        [0.  , 0.25]])
    """
    value = floating(x, "inv")
    square_shape(value.shape, "inv")
    return bind(INV, value)


INV: Primitive = primitive(
    "inv",
    shape=lambda x: x,
    kernel=lambda x: kernels.stacked(np.linalg.inv, kernels.inverted, x.shape, x),
    jvp=lambda y, x, dx: -matmul(matmul(y, dx), y),
)


def _scaled(scale: Tensor, x: Tensor) -> Tensor:
    """A number for each matrix, times the matrix."""
    return reshaped(scale, (*scale.shape, 1, 1)) * x


MINORS = 3
"""Cofactors of so many rows are differentiated minor by minor, which takes n⁵ steps instead of n³."""


def _cofactor_tangent(y: Tensor, x: Tensor, dx: Tensor) -> Tensor | None:
    """Of cofactors c of many rows (⟨c, dx⟩ c - c dxᵀ c)/det x; of few, where det x may be 0, those of each minor."""
    n = x.shape[-1]
    if n < 2:
        return None
    if n == 2:
        return flip(dx, axis=BOTH) * _signs(2, x)
    if n <= MINORS:
        return sum_of(bind(COFACTOR, _minors(x)) * _minors(dx), axis=BOTH) * _signs(n, x)
    change = _scaled(sum_of(y * dx, axis=BOTH), y) - matmul(matmul(y, swapped(dx)), y)
    determinant = sum_of(x * y, axis=BOTH) * Fraction(1, n)
    return change / reshaped(determinant, (*determinant.shape, 1, 1))


def _signs(n: int, like: Tensor) -> Tensor:
    """(-1)^(i + j)."""
    alternating = concat([full(1, (-1) ** i, dtype=like.dtype) for i in range(n)], axis=0)
    return reshaped(alternating, (n, 1)) * reshaped(alternating, (1, n))


def _minors(x: Tensor) -> Tensor:
    """``"*b n n" -> "*b n n n-1 n-1"``: what is left of a matrix without row i and column j."""
    *stack, n, _ = x.shape
    places, left_out = reshaped(arange(n - 1), (1, n - 1)), reshaped(arange(n), (n, 1))
    kept = reshaped(places + converted(greater_equal(places, left_out), dtypes.int64), (n * (n - 1),))
    rank, both = len(stack), bind(TAKE, bind(TAKE, x, kept, axis=-2), kept, axis=-1)
    both = reshaped(both, (*stack, n, n - 1, n, n - 1))
    return permute_dims(both, (*range(rank), rank, rank + 2, rank + 1, rank + 3))


COFACTOR: Primitive = primitive(
    "cofactor",
    shape=lambda x: x,
    kernel=lambda x: kernels.stacked(kernels.cofactors, kernels.cofactors_of, x.shape, x),
    jvp=_cofactor_tangent,
)


@op(name="linalg.det", shape=lambda x, /: square_shape(x, "det")[:-2], dtype=floating_rule)
def det(x: Tensor, /) -> Tensor:
    """``"*b n n" -> "*b"``: the determinant of matrices. d: by cofactors, so that singular matrices have one, too.

    The second derivative of singular matrices of more than three rows is refused, and that of nearly singular ones
    loses as many digits as the determinant has too few. Errors: ShapeError; DTypeError.

    >>> import tl_dsl as tl
    >>> tl.linalg.det(tl.tensor([[1.0, 2.0], [2.0, 4.0]])), tl.grad(tl.linalg.det)(tl.tensor([[1.0, 2.0], [2.0, 4.0]]))
    (Tensor[float64](0.), Tensor[float64, 2 2]([[ 4., -2.],
                        [-2.,  1.]]))
    """
    value = floating(x, "det")
    square_shape(value.shape, "det")
    return bind(DET, value)


DET: Primitive = primitive(
    "det",
    shape=lambda x: x[:-2],
    kernel=lambda x: kernels.stacked(np.linalg.det, kernels.determinant, x.shape[:-2], x),
    jvp=lambda y, x, dx: sum_of(bind(COFACTOR, x) * dx, axis=BOTH),
)


def _symmetric(x: Any, transposed: Any) -> Any:
    return (x + transposed) / 2


def _cholesky_kernel(x: Array) -> Array:
    return kernels.stacked(np.linalg.cholesky, kernels.factored, x.shape, _symmetric(x, x.swapaxes(-1, -2)))


def _cholesky_tangent(y: Tensor, x: Tensor, dx: Tensor) -> Tensor:
    """y Φ(y⁻¹ ds y⁻ᵀ) for the symmetric part ds of dx; Φ takes the lower triangle and half of the diagonal."""
    change = bind(SOLVE, y, swapped(bind(SOLVE, y, _symmetric(dx, swapped(dx)))))
    half = change * (eye(x.shape[-1], dtype=x.dtype) * Fraction(1, 2))
    return matmul(y, tril(change, k=-1) + half)


def _cholesky_rule(x: Shape, /, *, upper: Any = False) -> Shape:
    return square_shape(x, "cholesky")


@op(name="linalg.cholesky", shape=_cholesky_rule, dtype=floating_rule)
def cholesky(x: Tensor, /, *, upper: bool = False) -> Tensor:
    """``"*b n n" -> "*b n n"``: the lower triangle l for which l lᵀ is x, or with ``upper`` its transpose.

    Of a matrix that is not symmetric, the symmetric part (x + xᵀ)/2 is meant, in derivatives, too.
    Errors: ShapeError; DTypeError unless floating; DomainError unless positive definite.

    >>> import tl_dsl as tl
    >>> tl.linalg.cholesky(tl.tensor([[4.0, 2.0], [2.0, 10.0]]))
    Tensor[float64, 2 2]([[2., 0.],
                        [1., 3.]])
    """
    value = floating(x, "cholesky")
    square_shape(value.shape, "cholesky")
    lower = bind(CHOLESKY, value)
    return swapped(lower) if upper else lower


CHOLESKY: Primitive = primitive(
    "cholesky", shape=lambda x: x, kernel=_cholesky_kernel, jvp=_cholesky_tangent
)  # fmt: skip

"""Running sums, and products."""

from __future__ import annotations

from typing import Any

import numpy as np

from tl_dsl.op import bind, op
from tl_dsl.ops import arguments
from tl_dsl.ops.arithmetic import mul
from tl_dsl.ops.operands import number, number_rule, reshaped, sizes
from tl_dsl.ops.rearrange import part
from tl_dsl.primitive import Primitive, primitive
from tl_dsl.shapes import Shape, normalize_axes, normalize_axis, reduce_shape, running_shape
from tl_dsl.tensor import Tensor, TensorLike

__all__ = ["cumsum", "prod"]


def _running_kernel(x: np.ndarray[Any, Any], *, axis: int, reverse: bool) -> np.ndarray[Any, Any]:
    if not reverse:
        return np.add.accumulate(x, axis=axis, dtype=x.dtype)
    return np.flip(np.add.accumulate(np.flip(x, axis), axis=axis, dtype=x.dtype), axis)


@op(shape=lambda x, /, *, axis=None: running_shape(x, axis), dtype=number_rule)
def cumsum(x: TensorLike, /, *, axis: int | None = None) -> Tensor:
    """``"*s" -> "*s"``: the sums of all elements so far along an axis, or in row-major order without one.

    Errors: ShapeError; DTypeError for booleans.

    >>> import tl_dsl as tl
    >>> tl.cumsum(tl.tensor([[1, 2], [3, 4]]), axis=1)
    Tensor[int64, 2 2]([[1, 3],
                      [3, 7]])
    """
    value = number(x, "cumsum")
    if axis is None:
        return bind(CUMSUM, reshaped(value, (value.size,)), axis=-1, reverse=False)
    return bind(
        CUMSUM, value, axis=normalize_axis(arguments.integer(axis, "an axis"), value.shape), reverse=False
    )  # fmt: skip


CUMSUM: Primitive = primitive(
    "cumsum",
    shape=lambda x, *, axis, reverse: x,
    kernel=_running_kernel,
    linear="jointly",
    transpose=(lambda g, x, *, axis, reverse: bind(CUMSUM, g, axis=axis, reverse=not reverse),),
)


def _product_tangent(y: Tensor, x: Tensor, dx: Tensor, *, axis: tuple[int, ...]) -> Tensor | None:
    """Σ_i dx_i Π_{j≠i} x_j without a division, so that zeros do no harm: pairs are multiplied until one is left."""
    if any(x.shape[one] == 0 for one in axis):
        return None  # a product of nothing
    for one in axis:
        x, dx = _multiplied(x, dx, one + x.ndim)
    return dx


def _multiplied(x: Tensor, dx: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """The product along an axis, kept with size 1, and its tangent."""
    rest: tuple[Tensor, Tensor] | None = None
    while (n := x.shape[axis]) > 1:
        half = n // 2
        if n % 2:
            middle = part(x, axis, half, half + 1), part(dx, axis, half, half + 1)
            rest = middle if rest is None else _product(*rest, *middle)
        first, second = (0, half), (n - half, n)
        x, dx = _product(
            part(x, axis, *first), part(dx, axis, *first), part(x, axis, *second), part(dx, axis, *second)
        )  # fmt: skip
    return (x, dx) if rest is None else _product(x, dx, *rest)


def _product(x: Tensor, dx: Tensor, y: Tensor, dy: Tensor) -> tuple[Tensor, Tensor]:
    return mul(x, y), mul(dx, y) + mul(x, dy)


def _prod_rule(x: Shape, /, *, axis: Any = None, keepdims: Any = False) -> Shape:
    return reduce_shape(x, axis, keepdims)


@op(shape=_prod_rule, dtype=number_rule)
def prod(x: TensorLike, /, *, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
    """The product along axes, all of them by default; 1 where there is nothing. d: right where factors are 0, too.

    Errors: ShapeError; DTypeError for booleans.

    >>> import tl_dsl as tl
    >>> tl.prod(tl.tensor([[1.0, 2.0], [3.0, 4.0]]), axis=0), tl.grad(tl.prod)(tl.tensor([0.0, 2.0, 3.0]))
    (Tensor[float64, 2]([3., 8.]), Tensor[float64, 3]([6., 0., 0.]))
    """
    value, axis = number(x, "prod"), arguments.axes(axis)
    axes = normalize_axes(axis, value.shape)
    kept = bind(PROD, value, axis=axes) if axes else value
    return kept if keepdims else reshaped(kept, sizes(reduce_shape(value.shape, axis, False)))


PROD: Primitive = primitive(
    "prod",
    shape=lambda x, *, axis: tuple([1 if k - len(x) in axis else n for k, n in enumerate(x)]),
    kernel=lambda x, *, axis: np.multiply.reduce(x, axis=axis, keepdims=True, dtype=x.dtype),
    jvp=_product_tangent,
)

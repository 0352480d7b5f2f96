"""Comparisons, logic and the choice between values. Comparisons are constant for derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tl_dsl import dtypes, scalars
from tl_dsl.dtypes import DType
from tl_dsl.errors import DTypeError
from tl_dsl.op import bind, op
from tl_dsl.ops.operands import (
    as_tensor,
    broadcast,
    broadcast_rule,
    elementwise,
    equal_shapes,
    promote_rule,
    promoted,
    sizes,
    zeros_of,
)
from tl_dsl.primitive import Primitive, primitive
from tl_dsl.shapes import broadcast_shapes
from tl_dsl.tensor import Tensor, TensorLike

__all__ = [
    "equal",
    "greater",
    "greater_equal",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "not_equal",
    "where",
]


def _comparison(name: str, ufunc: np.ufunc, on_objects: Callable[..., Any]) -> Primitive:
    return primitive(
        name,
        shape=equal_shapes,
        dtype=lambda x, y: dtypes.bool,
        kernel=lambda x, y: on_objects(x, y) if object in (x.dtype, y.dtype) else ufunc(x, y),
        ufunc=ufunc,
        constant=True,
    )


def _bool_of(*operands: type[DType]) -> type[DType]:
    promote_rule(*operands)
    return dtypes.Bool


@op(shape=broadcast_rule, dtype=_bool_of)
def less(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """``x1 < x2``, broadcast, as booleans.

    >>> import tl_dsl as tl
    >>> tl.tensor([1.0, 3.0]) < 2
    Tensor[bool, 2]([ True, False])
    """
    return elementwise(LESS, x1, x2)


LESS: Primitive = _comparison("less", np.less, scalars.less)


@op(shape=broadcast_rule, dtype=_bool_of)
def less_equal(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """``x1 <= x2``, broadcast, as booleans.

    >>> import tl_dsl as tl
    >>> tl.tensor([1.0, 2.0]) <= 1
    Tensor[bool, 2]([ True, False])
    """
    return elementwise(LESS_EQUAL, x1, x2)


LESS_EQUAL: Primitive = _comparison("less_equal", np.less_equal, lambda x, y: ~scalars.less(y, x))


@op(shape=broadcast_rule, dtype=_bool_of)
def greater(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """``x1 > x2``, broadcast, as booleans.

    >>> import tl_dsl as tl
    >>> tl.tensor([1.0, 3.0]) > 2
    Tensor[bool, 2]([False,  True])
    """
    return elementwise(GREATER, x1, x2)


GREATER: Primitive = _comparison("greater", np.greater, lambda x, y: scalars.less(y, x))


@op(shape=broadcast_rule, dtype=_bool_of)
def greater_equal(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """``x1 >= x2``, broadcast, as booleans.

    >>> import tl_dsl as tl
    >>> tl.tensor([1.0, 2.0]) >= 2
    Tensor[bool, 2]([False,  True])
    """
    return elementwise(GREATER_EQUAL, x1, x2)


GREATER_EQUAL: Primitive = _comparison("greater_equal", np.greater_equal, lambda x, y: ~scalars.less(x, y))


@op(shape=broadcast_rule, dtype=_bool_of)
def equal(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """``x1 == x2``, broadcast, as booleans.

    >>> import tl_dsl as tl
    >>> tl.tensor([1.0, 2.0]) == 2
    Tensor[bool, 2]([False,  True])
    """
    return elementwise(EQUAL, x1, x2)


EQUAL: Primitive = _comparison("equal", np.equal, scalars.equal)


@op(shape=broadcast_rule, dtype=_bool_of)
def not_equal(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """``x1 != x2``, broadcast, as booleans.

    >>> import tl_dsl as tl
    >>> tl.tensor([1.0, 2.0]) != 2
    Tensor[bool, 2]([ True, False])
    """
    return elementwise(NOT_EQUAL, x1, x2)


NOT_EQUAL: Primitive = _comparison("not_equal", np.not_equal, lambda x, y: ~scalars.equal(x, y))


def _logical(name: str, ufunc: np.ufunc) -> Primitive:
    return primitive(
        name, shape=equal_shapes, dtype=lambda *x: dtypes.bool, kernel=ufunc, ufunc=ufunc, constant=True
    )  # fmt: skip


def _truths(*operands: TensorLike) -> list[Tensor]:
    values = promoted(*operands)
    for x in values:
        _truth_rule(dtypes.of(x.dtype))
    return values


def _truth_rule(*operands: type[DType]) -> type[DType]:
    for x in operands:
        if issubclass(x, (dtypes.Num, dtypes.WeakInt, dtypes.WeakFloat)):
            raise DTypeError("logic takes booleans", got=x.__name__, wanted="Bool", suggestion="x != 0")
    return dtypes.Bool


@op(shape=broadcast_rule, dtype=_truth_rule)
def logical_and(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """``x1 & x2`` of booleans, broadcast. Errors: DTypeError for numbers.

    >>> import tl_dsl as tl
    >>> tl.tensor([True, False]) & True
    Tensor[bool, 2]([ True, False])
    """
    return elementwise(LOGICAL_AND, *_truths(x1, x2))


LOGICAL_AND: Primitive = _logical("logical_and", np.logical_and)


@op(shape=broadcast_rule, dtype=_truth_rule)
def logical_or(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """``x1 | x2`` of booleans, broadcast. Errors: DTypeError for numbers.

    >>> import tl_dsl as tl
    >>> tl.tensor([True, False]) | False
    Tensor[bool, 2]([ True, False])
    """
    return elementwise(LOGICAL_OR, *_truths(x1, x2))


LOGICAL_OR: Primitive = _logical("logical_or", np.logical_or)


@op(shape=broadcast_rule, dtype=_truth_rule)
def logical_xor(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """``x1 ^ x2`` of booleans, broadcast. Errors: DTypeError for numbers.

    >>> import tl_dsl as tl
    >>> tl.tensor([True, False]) ^ True
    Tensor[bool, 2]([False,  True])
    """
    return elementwise(LOGICAL_XOR, *_truths(x1, x2))


LOGICAL_XOR: Primitive = _logical("logical_xor", np.logical_xor)


@op(shape=broadcast_rule, dtype=_truth_rule)
def logical_not(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: ``~x`` of booleans. Errors: DTypeError for numbers.

    >>> import tl_dsl as tl
    >>> ~tl.tensor([True, False])
    Tensor[bool, 2]([False,  True])
    """
    return bind(LOGICAL_NOT, *_truths(x))


LOGICAL_NOT: Primitive = _logical("logical_not", np.logical_not)


def _chosen_tangent(
    z: Tensor, c: Tensor, x: Tensor, y: Tensor, dc: None, dx: Tensor | None, dy: Tensor | None
) -> Tensor:
    zero = zeros_of(z)
    return bind(WHERE, c, zero if dx is None else dx, zero if dy is None else dy)


def _where_dtype(condition: type[DType], x1: type[DType], x2: type[DType]) -> type[DType]:
    _truth_rule(condition)
    return promote_rule(x1, x2)


@op(shape=broadcast_rule, dtype=_where_dtype)
def where(condition: TensorLike, x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """``x1`` where the condition holds and ``x2`` elsewhere, broadcast; what is not chosen does not matter, nan or not.

    Errors: ShapeError; DTypeError unless the condition is boolean.

    >>> import tl_dsl as tl
    >>> x = tl.tensor([-1.0, 1.0])
    >>> tl.where(x > 0, tl.log(x), 0)
    Tensor[float64, 2]([0., 0.])
    """
    (chosen,) = _truths(as_tensor(condition))
    left, right = promoted(x1, x2)
    shape = sizes(broadcast_shapes(chosen.shape, left.shape, right.shape))
    return bind(WHERE, *[broadcast(part, shape) for part in (chosen, left, right)])


WHERE: Primitive = primitive(
    "where",
    shape=equal_shapes,
    dtype=lambda c, x, y: x,
    kernel=scalars.choose,
    jvp=_chosen_tangent,
    transpose=(
        None,
        lambda g, c, x, y: bind(WHERE, c, g, zeros_of(g)),
        lambda g, c, x, y: bind(WHERE, c, zeros_of(g), g),
    ),
)

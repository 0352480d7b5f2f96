"""Sums of products over labelled axes: einsum, tensordot and outer, made of matrix products."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from tl_dsl import dtypes
from tl_dsl.dtypes import DType
from tl_dsl.errors import ArgumentError, DTypeError
from tl_dsl.op import op
from tl_dsl.ops import arguments
from tl_dsl.ops.arithmetic import mul
from tl_dsl.ops.diagonals import diagonal
from tl_dsl.ops.linear_algebra import matmul
from tl_dsl.ops.manipulation import permute_dims
from tl_dsl.ops.operands import broadcast, promote_rule, promoted, reshaped, sizes, sum_axes
from tl_dsl.shapes import (
    einsum_shape,
    outer_shape,
    parse_subscripts,
    tensordot_axes,
    tensordot_shape,
)
from tl_dsl.tensor import Tensor, TensorLike

__all__ = ["einsum", "outer", "tensordot"]

Labels = tuple[Any, ...]


def _products_rule(*operands: type[DType]) -> type[DType]:
    found = promote_rule(*operands)
    if found is dtypes.Bool:
        raise DTypeError("products are ones of numbers", got="Bool", wanted="Int or Float")
    return found


def _numbers(*operands: TensorLike) -> list[Tensor]:
    values = promoted(*operands)
    _products_rule(dtypes.of(values[0].dtype))
    return values


@op(shape=einsum_shape, dtype=lambda subscripts, /, *operands: _products_rule(*operands))
def einsum(subscripts: str, /, *operands: TensorLike) -> Tensor:
    """The sum of products that the subscripts describe: one letter an axis, ``...`` for axes that broadcast.

    Letters that the result lacks are summed over; a letter that stands twice at an operand is a diagonal. Without
    ``->`` the result has the letters that stand once, in alphabetical order. Every letter has one size. Three and
    more operands are multiplied in pairs, those with the smallest product first.
    Errors: ShapeError; ArgumentError for subscripts that make no sense; DTypeError for booleans.

    >>> import tl_dsl as tl
    >>> tl.einsum("ij,jk->ik", tl.tensor([[1.0, 2.0]]), tl.tensor([[3.0], [4.0]]))
    Tensor[float64, 1 1]([[11.]])
    >>> tl.einsum("ii->i", tl.tensor([[1, 2], [3, 4]]))
    Tensor[int64, 2]([1, 4])
    """
    if not isinstance(subscripts, str):
        raise ArgumentError("the subscripts of einsum are a str", got=type(subscripts).__name__)
    parsed = parse_subscripts(subscripts)
    if not operands:
        raise ArgumentError("einsum takes tensors", got="none")
    values = _numbers(*operands)
    shape = sizes(einsum_shape(subscripts, *[x.shape for x in values]))
    ranks = [x.ndim - len(labels) + 1 for x, labels in zip(values, parsed.operands, strict=True) if "..." in labels]
    most = max(ranks, default=0)
    written = [
        _spelled(labels, x.ndim - len(labels) + 1, most) for x, labels in zip(values, parsed.operands, strict=True)
    ]
    result = _spelled(parsed.result, most, most)
    full = dict(zip(result, shape, strict=True))
    terms = [_simple(_full(x, labels, full), labels) for x, labels in zip(values, written, strict=True)]
    return _multiplied(terms, result)


def _spelled(labels: tuple[str, ...], count: int, most: int) -> Labels:
    """The labels with a number for each axis of `...`, counted so that the last one is the same at all operands."""
    return tuple([one for label in labels for one in (range(most - count, most) if label == "..." else (label,))])


def _full(x: Tensor, labels: Labels, sizes: dict[Any, int]) -> Tensor:
    """The operand with the axes of `...` that have size 1 broadcast."""
    wanted = [sizes[label] if isinstance(label, int) else n for label, n in zip(labels, x.shape, strict=True)]
    return broadcast(x, tuple(wanted))


def _simple(x: Tensor, labels: Labels) -> tuple[Tensor, Labels]:
    """The operand with each label once: repeated ones are diagonals."""
    for label in labels:
        while labels.count(label) > 1:
            first = labels.index(label)
            second = labels.index(label, first + 1)
            x = diagonal(x, axis1=first, axis2=second)
            labels = (*[one for k, one in enumerate(labels) if k not in (first, second)], label)
    return x, labels


def _multiplied(terms: list[tuple[Tensor, Labels]], result: Labels) -> Tensor:
    """The product of all terms, summed over what the result lacks, with the axes in the order of the result."""
    while len(terms) > 1:
        pairs = itertools.combinations(range(len(terms)), 2)
        i, j = (0, 1) if len(terms) == 2 else min(pairs, key=lambda pair: _growth(terms, pair, result))
        others = [term for k, term in enumerate(terms) if k not in (i, j)]
        keep = {*result, *[label for _, labels in others for label in labels]}
        terms = [_pair(*_summed(*terms[i], keep | {*terms[j][1]}), *_summed(*terms[j], keep | {*terms[i][1]}), keep)]
        terms += others
    return _ordered(*_summed(*terms[0], set(result)), result)


def _growth(terms: list[tuple[Tensor, Labels]], pair: tuple[int, int], result: Labels) -> int:
    """How much larger the product of two terms is than they are."""
    (x, left), (y, right) = (terms[k] for k in pair)
    keep = {*result, *[label for k, (_, labels) in enumerate(terms) if k not in pair for label in labels]}
    known: dict[Any, int] = dict(zip((*left, *right), (*x.shape, *y.shape), strict=True))
    return math.prod(n for label, n in known.items() if label in keep) - x.size - y.size


def _summed(x: Tensor, labels: Labels, keep: set[Any]) -> tuple[Tensor, Labels]:
    """The sum over the labels that nobody needs."""
    gone = tuple([k - x.ndim for k, label in enumerate(labels) if label not in keep])
    kept = tuple([label for label in labels if label in keep])
    shape = tuple([n for n, label in zip(x.shape, labels, strict=True) if label in keep])
    return (reshaped(sum_axes(x, gone), shape), kept) if gone else (x, labels)


def _pair(x: Tensor, left: Labels, y: Tensor, right: Labels, keep: set[Any]) -> tuple[Tensor, Labels]:
    """The product of two terms: a matrix product over what both have and nobody needs, else elementwise."""
    known = dict(zip((*left, *right), (*x.shape, *y.shape), strict=True))
    batch = tuple([label for label in left if label in right and label in keep])
    inner = tuple([label for label in left if label in right and label not in keep])
    rows = tuple([label for label in left if label not in right])
    columns = tuple([label for label in right if label not in left])
    many = tuple([known[label] for label in batch])
    n, k, m = (math.prod([known[label] for label in group]) for group in (rows, inner, columns))
    shape = tuple([known[label] for label in (*batch, *rows, *columns)])
    a = reshaped(_ordered(x, left, (*batch, *rows, *inner)), (*many, n, k))
    if inner:
        product = matmul(a, reshaped(_ordered(y, right, (*batch, *inner, *columns)), (*many, k, m)))
    else:
        product = mul(a, reshaped(_ordered(y, right, (*batch, *columns)), (*many, 1, m)))
    return reshaped(product, shape), (*batch, *rows, *columns)


def _ordered(x: Tensor, labels: Labels, wanted: Labels) -> Tensor:
    return permute_dims(x, tuple([labels.index(label) for label in wanted]))


def _tensordot_rule(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
    return tensordot_shape(x1, x2, axes)


@op(shape=_tensordot_rule, dtype=lambda x1, x2, /, *, axes=2: _products_rule(x1, x2))
def tensordot(
    x1: Tensor, x2: Tensor, /, *, axes: int | tuple[Sequence[int], Sequence[int]] | tuple[int, int] = 2
) -> Tensor:
    """The sum of products over the last axes of x1 and the first of x2, or over pairs of axes.

    Errors: ShapeError unless the axes agree; DTypeError for booleans.

    >>> import tl_dsl as tl
    >>> tl.tensordot(tl.ones((2, 3)), tl.ones((3, 4)), axes=1).shape
    (2, 4)
    """
    left, right = _numbers(x1, x2)
    if isinstance(axes, (tuple, list)):
        axes = tuple([tuple(_listed(side)) for side in axes])
    else:
        axes = arguments.integer(axes, "the number of axes")
    first, second = tensordot_axes(left.shape, right.shape, axes)
    tensordot_shape(left.shape, right.shape, axes)
    names: Labels = tuple([("left", k) for k in range(left.ndim)])
    others: list[Any] = [("right", k) for k in range(right.ndim)]
    for i, j in zip(first, second, strict=True):
        others[j] = names[i]
    kept = tuple([name for name in (*names, *others) if not (name in names and name in others)])
    return _multiplied([(left, names), (right, tuple(others))], kept)


def _listed(side: Any) -> list[int]:
    return [arguments.integer(axis, "an axis") for axis in (side if isinstance(side, (tuple, list)) else (side,))]


@op(shape=outer_shape, dtype=_products_rule)
def outer(x1: Tensor, x2: Tensor, /) -> Tensor:
    """``"n", "m" -> "n m"``: the products of all pairs. Errors: ShapeError unless vectors; DTypeError for booleans.

    >>> import tl_dsl as tl
    >>> tl.outer(tl.tensor([1, 2]), tl.tensor([3, 4]))
    Tensor[int64, 2 2]([[3, 4],
                      [6, 8]])
    """
    left, right = _numbers(x1, x2)
    outer_shape(left.shape, right.shape)
    return mul(reshaped(left, (left.size, 1)), reshaped(right, (1, right.size)))

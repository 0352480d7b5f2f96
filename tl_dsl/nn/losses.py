"""Losses of a batch of outputs against targets of the same shape.

``reduction`` is "mean", "sum" or "none". The mean of nothing is zero: an empty batch counts as one.
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

from jaxtyping import Float

from tl_dsl import ops
from tl_dsl.errors import ArgumentError, ShapeError
from tl_dsl.tensor import Tensor

Reduction: TypeAlias = Literal["mean", "sum", "none"]


def mse_loss(output: Float[Tensor, "*s"], target: Float[Tensor, "*s"], /, *, reduction: Reduction = "mean") -> Tensor:
    """The squared error Σ(ŷ - y)²/N over all N elements, batch included; "sum" drops N, "none" keeps ``"*s"``.

    Errors: ShapeError when the shapes differ (nothing broadcasts); ArgumentError for another reduction.

    >>> import tl_dsl as tl
    >>> mse_loss(tl.tensor([1.0, 2.0]), tl.tensor([0.0, 0.0]))
    Tensor[float64](2.5)
    """
    _same_shape("mse_loss", output, target)
    return _reduced(ops.square(output - target), reduction, math.prod(output.shape))


def cross_entropy(
    logits: Float[Tensor, "*b c"], target: Float[Tensor, "*b c"], /, *, reduction: Reduction = "mean"
) -> Tensor:
    """-Σ y·log softmax(logits) over the last axis, for one-hot or soft targets.

    "mean" divides by the number of rows (all axes but the last), "sum" adds the rows, "none" keeps ``"*b"``.
    Errors: ShapeError when the shapes differ; ArgumentError for another reduction.

    >>> import tl_dsl as tl
    >>> cross_entropy(tl.zeros((2, 3)), tl.eye(3)[:2]).item() == math.log(3)
    True
    """
    if not logits.shape:
        raise ShapeError("cross_entropy needs an axis of classes", got="a scalar", wanted='"*b c"')
    _same_shape("cross_entropy", logits, target, hint="tl.one_hot(labels, classes, dtype=...) for integer labels")
    rows = -ops.sum(target * ops.log_softmax(logits, axis=-1), axis=-1)
    return _reduced(rows, reduction, math.prod(logits.shape[:-1]))


def _reduced(losses: Tensor, reduction: Reduction, count: int) -> Tensor:
    if reduction == "none":
        return losses
    if reduction == "sum":
        return ops.sum(losses)
    if reduction == "mean":
        return ops.sum(losses) / max(count, 1)
    raise ArgumentError("a reduction is mean, sum or none", got=repr(reduction))


def _same_shape(loss: str, output: Tensor, target: Tensor, hint: str = "") -> None:
    if output.shape != target.shape:
        raise ShapeError(
            f"{loss} compares an output with a target of the same shape",
            got=f"output {list(output.shape)} and target {list(target.shape)}",
            wanted=f"a target of shape {list(output.shape)}",
            suggestion=hint,
        )

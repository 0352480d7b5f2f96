"""Losses of models: scalar functions of an output and a target, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tl_dsl.errors import ArgumentError, DifferentiationError
from tl_dsl.nn.losses import Reduction, cross_entropy, mse_loss
from tl_dsl.ops import stop_gradient
from tl_dsl.shapes import show_shape
from tl_dsl.tensor import Tensor

Y = TypeVar("Y")
T = TypeVar("T")


@dataclass(frozen=True)
class OutputLoss(Generic[Y, T]):
    """``(output, target) -> scalar``: any pure function of tensors.

    >>> import tl_dsl as tl
    >>> absolute = OutputLoss(lambda output, target: tl.sum(tl.abs(output - target)))
    >>> absolute(tl.tensor([1.0, 2.0]), tl.tensor([0.0, 4.0]))
    Tensor[float64](3.)
    """

    function: Callable[[Y, T], Tensor]

    def __call__(self, output: Y, target: T) -> Tensor:
        """The loss of an output against a target. Errors: DifferentiationError unless it is one number."""
        value = self.function(output, target)
        if not isinstance(value, Tensor):
            raise ArgumentError("a loss returns a Tensor", got=type(value).__name__)
        if value.shape != ():
            raise DifferentiationError(
                "a loss is one number",
                got=show_shape(value.shape),
                wanted="[]",
                suggestion='reduction="mean" or "sum"',
            )
        return value

    @staticmethod
    def mse(reduction: Reduction = "mean") -> AlikeLoss:
        """Σ(ŷ - y)²/N over all N elements, batch included; "sum" drops N. See ``nn.mse_loss``."""
        return AlikeLoss(_Reduced(mse_loss, reduction))

    @staticmethod
    def cross_entropy_one_hot(reduction: Reduction = "mean") -> AlikeLoss:
        """-Σ y·log softmax(ŷ) over the last axis, by the number of rows; "sum" adds them. See ``nn.cross_entropy``."""
        return AlikeLoss(_Reduced(cross_entropy, reduction))

    @staticmethod
    def detach(loss: OutputLoss[Y, T]) -> OutputLoss[Y, T]:
        """The same value without derivatives through the output, in every mode; the target stays live.

        >>> import tl_dsl as tl
        >>> y, t = tl.tensor([1.0]), tl.tensor([3.0])
        >>> tl.grad(OutputLoss.detach(OutputLoss.mse()), argnums=(0, 1))(y, t)
        (Tensor[float64, 1]([0.]), Tensor[float64, 1]([4.]))
        """
        return OutputLoss(_Detached(loss))


@dataclass(frozen=True)
class AlikeLoss(OutputLoss[Tensor, Tensor]):
    """A loss whose target has the shape of the output; the static checker compares them."""


@dataclass(frozen=True)
class _Reduced:
    loss: Callable[..., Tensor]
    reduction: Reduction

    def __call__(self, output: Tensor, target: Tensor) -> Tensor:
        return self.loss(output, target, reduction=self.reduction)


@dataclass(frozen=True)
class _Detached:
    loss: OutputLoss[Any, Any]

    def __call__(self, output: Any, target: Any) -> Tensor:
        return self.loss(stop_gradient(output), target)

"""Activations as layers without parameters; each applies the operation of the same name."""

from __future__ import annotations

from typing import Literal

from jaxtyping import Float

from tl_dsl import ops
from tl_dsl.nn.module import Module
from tl_dsl.tensor import Tensor


class Identity(Module):
    """``"*s" -> "*s"``: the input itself."""

    def __call__(self, x: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
        """``x``."""
        return x


class ReLU(Module):
    """``"*s" -> "*s"``: max(x, 0), with derivative 0 at 0.

    >>> import tl_dsl as tl
    >>> ReLU()(tl.tensor([-1.0, 2.0]))
    Tensor[float64, 2]([0., 2.])
    """

    def __call__(self, x: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
        """``tl.relu(x)``."""
        return ops.relu(x)


class Tanh(Module):
    """``"*s" -> "*s"``: the hyperbolic tangent."""

    def __call__(self, x: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
        """``tl.tanh(x)``."""
        return ops.tanh(x)


class Sigmoid(Module):
    """``"*s" -> "*s"``: 1/(1 + e⁻ˣ)."""

    def __call__(self, x: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
        """``tl.sigmoid(x)``."""
        return ops.sigmoid(x)


class Softplus(Module):
    """``"*s" -> "*s"``: log(1 + eˣ), which does not overflow."""

    def __call__(self, x: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
        """``tl.softplus(x)``."""
        return ops.softplus(x)


class GELU(Module):
    """``"*s" -> "*s"``: x Φ(x), or its approximation by tanh.

    >>> GELU(approximate="tanh")
    GELU(approximate='tanh')
    """

    approximate: Literal["none", "tanh"] = "none"

    def __call__(self, x: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
        """``tl.gelu(x)``."""
        return ops.gelu(x, approximate=self.approximate)


class Softmax(Module):
    """``"*s" -> "*s"``: eˣ over its sum along one axis."""

    axis: int = -1

    def __call__(self, x: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
        """``tl.softmax(x)``."""
        return ops.softmax(x, axis=self.axis)


class LogSoftmax(Module):
    """``"*s" -> "*s"``: the logarithm of softmax, without overflow."""

    axis: int = -1

    def __call__(self, x: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
        """``tl.log_softmax(x)``."""
        return ops.log_softmax(x, axis=self.axis)

"""The affine map of the last axis: y = x Wᵀ + b."""

from __future__ import annotations

import math
from typing import Generic

import numpy as np
import numpy.typing as npt
from jaxtyping import Float
from typing_extensions import TypeVar

from tl_dsl.errors import ArgumentError
from tl_dsl.nn.initializers import Key, fold_in, kaiming_uniform, uniform
from tl_dsl.nn.module import Module
from tl_dsl.tensor import Tensor

In = TypeVar("In", bound=int, default=int, covariant=True)
Out = TypeVar("Out", bound=int, default=int, covariant=True)


class Linear(Module, Generic[In, Out]):
    """``"*b In" -> "*b Out"``: x Wᵀ + b, with the weight stored as ``"Out In"``.

    Both are drawn from ±1/√in_features, as torch.nn.Linear does. Errors: ArgumentError for sizes below one.

    >>> import tl_dsl as tl
    >>> layer = Linear(2, 3, key=0)
    >>> layer
    Linear(weight=float64[3 2], bias=float64[3])
    >>> layer(tl.ones((5, 2))).shape
    (5, 3)
    """

    weight: Float[Tensor, "Out In"]
    bias: Float[Tensor, "Out"] | None

    def __init__(
        self,
        in_features: In,
        out_features: Out,
        *,
        key: Key,
        bias: bool = True,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        for name, size in (("in_features", in_features), ("out_features", out_features)):
            if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
                raise ArgumentError("the sizes of a Linear are positive integers", got=f"{name}={size!r}")
        bound = 1 / math.sqrt(in_features)
        shape = (int(out_features), int(in_features))
        self.set_fields(
            weight=kaiming_uniform(shape, key=fold_in(key, 0), a=math.sqrt(5.0), dtype=dtype),
            bias=uniform(shape[:1], key=fold_in(key, 1), low=-bound, high=bound, dtype=dtype) if bias else None,
        )

    @property
    def in_features(self) -> int:
        """The size of the last axis of the input."""
        return self.weight.shape[1]

    @property
    def out_features(self) -> int:
        """The size of the last axis of the output."""
        return self.weight.shape[0]

    def __call__(self, x: Float[Tensor, "*b In"]) -> Float[Tensor, "*b Out"]:
        """Apply the map. Errors: ShapeError unless the last axis of ``x`` has in_features elements."""
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias

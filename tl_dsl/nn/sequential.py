"""Layers in a row, and the layer that joins axes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Generic, overload

from jaxtyping import Float
from typing_extensions import TypeVarTuple, Unpack

from tl_dsl import ops
from tl_dsl.errors import ArgumentError, ShapeError
from tl_dsl.nn.module import Module, show_value
from tl_dsl.tensor import Tensor

Layers = TypeVarTuple("Layers", default=Unpack[tuple[Any, ...]])


class Sequential(Module, Generic[*Layers]):
    """Layers applied one after the other; a layer is any callable of one tensor. Without layers it is the identity.

    Its static type lists the layers, so that the checker can follow sizes from each to the next.
    Errors: ArgumentError for a layer that cannot be called.

    >>> from tl_dsl import nn
    >>> net = nn.Sequential(nn.Linear(4, 8, key=0), nn.ReLU(), nn.Linear(8, 2, key=1))
    >>> len(net), net[1], net[1:2]
    (3, ReLU(), Sequential(ReLU()))
    """

    layers: tuple[*Layers]

    def __init__(self, *layers: *Layers) -> None:
        each: tuple[Any, ...] = layers
        for place, layer in enumerate(each):
            if not callable(layer):
                raise ArgumentError("a layer is a callable of one tensor", got=f"{layer!r} in place {place}")
        self.set_fields(layers=layers)

    def __call__(self, x: Tensor) -> Tensor:
        """Apply the layers. Errors: those of the layers."""
        for layer in self:
            x = layer(x)
        return x

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.layers)

    @overload
    def __getitem__(self, place: int) -> Any: ...

    @overload
    def __getitem__(self, place: slice) -> Sequential: ...

    def __getitem__(self, place: int | slice) -> Any:
        found: Any = self.layers[place]
        return Sequential(*found) if isinstance(place, slice) else found

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(show_value, self.layers))})"


class Flatten(Module):
    """``"b *s" -> "b n"``: all axes but the first joined into one, n = product of ``*s``.

    >>> import tl_dsl as tl
    >>> Flatten()(tl.ones((2, 3, 4))).shape
    (2, 12)
    """

    def __call__(self, x: Float[Tensor, "b *s"]) -> Float[Tensor, "b _"]:
        """``x`` with two axes. Errors: ShapeError for a scalar."""
        if not x.shape:
            raise ShapeError("Flatten keeps the first axis", got="a scalar", wanted='"b *s"')
        return ops.reshape(x, (x.shape[0], math.prod(x.shape[1:])))

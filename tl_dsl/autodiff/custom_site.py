"""What a rule of the user's takes and returns: arguments taken apart, and answers held against what they belong to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from tl_dsl import dtypes
from tl_dsl.autodiff.custom_calls import Type, place_of
from tl_dsl.errors import ArgumentError, DTypeError, ShapeError
from tl_dsl.ops import full
from tl_dsl.pytree import TreeDef, flatten_as, tree_flatten, tree_unflatten
from tl_dsl.shapes import show_shape
from tl_dsl.tensor import Tensor, tensor

NUMBERS = (bool, int, float, np.number, np.bool_, Fraction)
"""Python's numbers: arguments that stay what they are, with tangents of zero."""


@dataclass(frozen=True)
class Site:
    """The arguments of one call: those held by ``nondiff_argnums``, and the others with their leaves."""

    held: dict[int, Any]
    given: tuple[Any, ...]
    leaves: list[Any]
    treedef: TreeDef
    parameters: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What the tensors among the leaves are called: a parameter and the way inside of it."""
        count = len(self.held) + len(self.given)
        last = len(self.parameters) - 1  # one may stand for all that follow
        places = [self.parameters[min(k, last)] for k in range(count) if k not in self.held]
        paths = [
            place + path for place, child in zip(places, self.treedef.children, strict=True) for path in child.paths()
        ]
        return tuple([paths[k] for k in self.tensors])

    @property
    def tensors(self) -> list[int]:
        """The places of tensors among the leaves; the others are Python's numbers."""
        return [k for k, leaf in enumerate(self.leaves) if isinstance(leaf, (Tensor, np.ndarray))]

    def merged(self, given: Sequence[Any]) -> list[Any]:
        """All arguments in their order."""
        rest = iter(given)
        return [self.held[k] if k in self.held else next(rest) for k in range(len(self.held) + len(given))]

    def first(self) -> list[Any]:
        """The arguments that rules take first."""
        return [self.held[k] for k in sorted(self.held)]

    def primals(self, tensors: Sequence[Tensor]) -> tuple[Any, ...]:
        """The arguments with these tensors at their places."""
        return self._with(tensors, self.leaves)

    def tangents(self, tensors: Sequence[Tensor]) -> tuple[Any, ...]:
        """Tangents of the arguments: these for tensors, zeros for numbers."""
        return self._with(tensors, [0.0 if isinstance(x, (float, np.floating, Fraction)) else 0 for x in self.leaves])

    def _with(self, tensors: Sequence[Tensor], leaves: list[Any]) -> tuple[Any, ...]:
        full_leaves = list(leaves)
        for k, x in zip(self.tensors, tensors, strict=True):
            full_leaves[k] = x
        trees: tuple[Any, ...] = tree_unflatten(self.treedef, full_leaves)
        return trees


@dataclass(frozen=True)
class Results:
    """The structure and types of a function's results, which its rule must keep to."""

    name: str
    tree: TreeDef
    types: tuple[Type, ...]

    def value(self, value: Any, rule: Callable[..., Any]) -> list[Tensor]:
        """The results as a rule has them.

        Errors: ArgumentError, ShapeError, DTypeError when they are not like the function's.
        """
        what = f"the value that the rule of {self.name} returns"
        leaves = _leaves(self.tree, value, what, rule)
        return [
            _fitting(leaf, kind, what, "as the function's", rule) for leaf, kind in zip(leaves, self.types, strict=True)
        ]

    def tangents(self, tangents: Any, rule: Callable[..., Any]) -> list[Tensor | None]:
        """The tangents of the results, None where there are none. Errors: as ``value``."""
        what = f"the tangent that the rule of {self.name} returns"
        leaves = _leaves(self.tree, tangents, what, rule)
        return [
            _fitting(leaf, kind, what, "as its result", rule) if dtypes.is_floating(kind[1]) else None
            for leaf, kind in zip(leaves, self.types, strict=True)
        ]


def _leaves(treedef: TreeDef, tree: Any, what: str, rule: Callable[..., Any]) -> list[Any]:
    try:
        return flatten_as(treedef, tree)
    except ArgumentError as error:
        raise ArgumentError(
            f"{what} has one structure with what it belongs to",
            got=error.got,
            wanted=error.wanted,
            where=place_of(rule),
        ) from None


def _fitting(leaf: Any, kind: Type, what: str, like: str, rule: Callable[..., Any]) -> Tensor:
    """A leaf as a tensor of that type; a Python number is a scalar of any. Errors: ShapeError, DTypeError."""
    shape, dtype = kind
    if isinstance(leaf, NUMBERS) and shape == ():
        return full((), leaf, dtype=dtype)  # type: ignore[arg-type]
    if not isinstance(leaf, (Tensor, np.ndarray, *NUMBERS)):
        raise ArgumentError(f"{what} is a tensor", got=type(leaf).__name__, where=place_of(rule))
    x: Tensor = tensor(leaf)  # type: ignore[arg-type]
    if x.shape != shape:
        raise ShapeError(
            f"{what} has the same shape {like}",
            got=show_shape(x.shape),
            wanted=show_shape(shape),
            where=place_of(rule),
            suggestion="nothing broadcasts here: tl.broadcast_to, or tl.sum over an axis that was broadcast",
        )
    if x.dtype not in (dtype, dtypes.object_):
        raise DTypeError(
            f"{what} has the same element type {like}",
            got=str(x.dtype),
            wanted=str(dtype),
            where=place_of(rule),
            suggestion=f"tl.astype(x, tl.{dtype})",
        )
    return x


def cotangents_of(name: str, site: Site, found: Any, bwd: Callable[..., Any]) -> list[Tensor | None]:
    """What bwd returned, a cotangent for each tensor among the arguments, None for zero."""
    if not isinstance(found, (tuple, list)) or len(found) != len(site.given):
        raise ArgumentError(
            f"bwd of {name} returns a tuple with a cotangent for each argument",
            got=described(found),
            wanted=f"a tuple of {len(site.given)}",
            where=place_of(bwd),
        )
    what = f"the cotangent that bwd of {name} returns"
    leaves: list[Any] = []
    for arg, gx in zip(site.given, found, strict=True):
        treedef = tree_flatten(arg)[1]
        leaves += [None] * treedef.size if gx is None else _leaves(treedef, gx, what, bwd)
    cotangents: list[Tensor | None] = []
    for k in site.tensors:
        x = site.leaves[k]
        none = leaves[k] is None or not dtypes.is_floating(x.dtype)
        dtype = dtypes.float64 if x.dtype == dtypes.object_ else x.dtype
        cotangents.append(None if none else _fitting(leaves[k], (x.shape, dtype), what, "as its argument", bwd))
    return cotangents


def described(value: Any) -> str:
    return f"a {type(value).__name__} of {len(value)}" if isinstance(value, (tuple, list)) else type(value).__name__

"""Transforms of transforms: second and third derivatives of ⟨u, f⟩ by every nesting, and batches of derivatives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tl_dsl as tl
from tl_checker.gradients.entries import Entry, Part, Scalars
from tl_checker.gradients.function_parts import (
    Seeds,
    Tangents,
    example,
    hessian_parts,
    moving,
    parts_of,
    stacked,
    weighted_sum,
)
from tl_checker.gradients.traced import Traced
from tl_dsl import Tensor
from tl_dsl.pytree import tree_flatten, tree_map

SMALL = 8
"""Up to so many elements whole Hessians are asked for in every nesting."""


@dataclass(frozen=True)
class _Nest:
    """⟨u, f⟩ as a function of the moved arguments, and dense directions of these."""

    traced: Traced
    total: Callable[..., Tensor]
    moved: list[Any]
    v: tuple[Any, ...]
    w: tuple[Any, ...]

    def gradient(self, *xs: Any) -> Any:
        """Reverse mode."""
        return tl.grad(self.total, tuple(range(len(xs))))(*xs)

    def slope(self, *xs: Any) -> Tensor:
        """Forward mode, along v."""
        slope: Tensor = tl.jvp(self.total, xs, self.v)[1]
        return slope

    def curvature(self, *xs: Any) -> Tensor:
        """Forward over forward, along v and w."""
        curvature: Tensor = tl.jvp(self.slope, xs, self.w)[1]
        return curvature


Nested = Callable[[_Nest], Any]

SECOND: dict[str, tuple[str, Nested]] = {
    "jvp of grad": ("forward over reverse", lambda n: tl.jvp(n.gradient, tuple(n.moved), n.v)[1]),
    "grad of jvp": ("reverse over forward", lambda n: _all(n.slope)(*n.moved)),
    "grad of grad": ("reverse over reverse", lambda n: _all(lambda *xs: _dot(n.gradient(*xs), n.v))(*n.moved)),
    "linearize of grad": ("forward over reverse", lambda n: tl.linearize(n.gradient, *n.moved)[1](*n.v)),
}
"""The Hessian times v, by nesting."""

THIRD: dict[str, tuple[str, Nested]] = {
    "jvp of jvp of grad": (
        "forward over forward over reverse",
        lambda n: tl.jvp(lambda *xs: tl.jvp(n.gradient, xs, n.v)[1], tuple(n.moved), n.w)[1],
    ),
    "grad of jvp of jvp": ("reverse over forward over forward", lambda n: _all(n.curvature)(*n.moved)),
}
"""The third derivative along v and w, by nesting."""

BATCHES: dict[str, tuple[str, Nested]] = {
    "vmap of grad": ("batch", lambda n: tl.vmap(n.gradient)(*stacked(n.traced, n.moved))),
    "grad of vmap": (
        "reverse",
        lambda n: _all(lambda *xs: tl.sum(tl.vmap(n.total)(*xs)))(*stacked(n.traced, n.moved)),
    ),
}
"""The gradients of a batch of two examples."""

SECOND_BATCHES: dict[str, tuple[str, Nested]] = {
    "vmap of jvp of grad": (
        "batch",
        lambda n: tl.vmap(lambda *xs: tl.jvp(n.gradient, xs, n.v)[1])(*stacked(n.traced, n.moved)),
    ),
    "jvp of grad of vmap": (
        "forward over reverse",
        lambda n: tl.jvp(
            _all(lambda *xs: tl.sum(tl.vmap(n.total)(*xs))),
            tuple(stacked(n.traced, n.moved)),
            tree_map(lambda x: tl.stack((x, x)), n.v),
        )[1],
    ),
}
"""The Hessians of a batch of two examples times v."""

HESSIANS: dict[str, tuple[str, Nested]] = {
    "jacfwd of jacrev": ("forward over reverse", lambda n: _twice(n, tl.jacfwd, tl.jacrev)),
    "jacrev of jacfwd": ("reverse over forward", lambda n: _twice(n, tl.jacrev, tl.jacfwd)),
}

SECOND_ORDER = frozenset({*SECOND, *THIRD, *HESSIANS, *SECOND_BATCHES, "jvp of jvp"})
"""Nestings that tell nothing of a function whose second derivative is zero."""


def nestings_of(traced: Traced) -> list[Entry]:
    """Every nesting, at traced arguments."""
    v, w, seeds = Tangents(traced, "tangents"), Tangents(traced, "others"), Seeds(traced)

    def entry(name: str, mode: str, read: Callable[[_Nest], list[Part]]) -> Entry:
        def call(scalars: Scalars) -> list[Part]:
            function, moved = moving(traced, scalars)
            total = weighted_sum(function, seeds(scalars))
            return read(_Nest(traced, total, moved, v(scalars), w(scalars)))

        return Entry(name, mode, call)

    def products(nested: Nested, *fixed: Any) -> Callable[[_Nest], list[Part]]:
        return lambda n: parts_of(traced, nested(n), fixed=fixed, seed=seeds.row)

    def batches(nested: Nested, *fixed: Any) -> Callable[[_Nest], list[Part]]:
        def read(n: _Nest) -> list[Part]:
            both = nested(n)
            first = parts_of(traced, example(both, 0), seed=seeds.row, fixed=fixed)
            return first + parts_of(traced, example(both, 1), seed=seeds.row, fixed=fixed, scaled=traced.point.other)

        return read

    def whole(nested: Nested) -> Callable[[_Nest], list[Part]]:
        return lambda n: hessian_parts(traced, nested(n), seed=seeds.row)

    def number(n: _Nest) -> list[Part]:
        return [Part("all arguments", n.curvature(*n.moved), (), fixed=(v.direction, w.direction), seed=seeds.row)]

    found = [entry(name, mode, products(nested, v.direction)) for name, (mode, nested) in SECOND.items()]
    found.append(entry("jvp of jvp", "forward over forward", number))
    found += [entry(name, mode, products(nested, v.direction, w.direction)) for name, (mode, nested) in THIRD.items()]
    found += [entry(name, mode, batches(nested)) for name, (mode, nested) in BATCHES.items()]
    found += [entry(name, mode, batches(nested, v.direction)) for name, (mode, nested) in SECOND_BATCHES.items()]
    if traced.size <= SMALL:
        found += [entry(name, mode, whole(nested)) for name, (mode, nested) in HESSIANS.items()]
    return found


def _all(function: Callable[..., Any]) -> Callable[..., Any]:
    """The gradient in every argument."""
    return lambda *xs: tl.grad(function, tuple(range(len(xs))))(*xs)


def _dot(trees: Any, others: Any) -> Tensor:
    pairs = zip(tree_flatten(trees)[0], tree_flatten(others)[0], strict=True)
    terms = [tl.sum(tl.mul(x, y)) for x, y in pairs]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _twice(n: _Nest, outer: Any, inner: Any) -> Any:
    everything = tuple(range(len(n.moved)))
    return outer(inner(n.total, everything), everything)(*n.moved)

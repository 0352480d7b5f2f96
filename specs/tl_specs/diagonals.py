"""Diagonals and triangles of matrices: items whose column is their row plus a constant, or on one side of it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tl_specs import scalar as sc
from tl_specs.array import Array, Shape, wrap
from tl_specs.draw import reals
from tl_specs.manipulation import permute_dims
from tl_specs.rearrange import gathered
from tl_specs.reduction import fold, total
from tl_specs.spec import Sample, Spec


def diagonal(x: Array, *, offset: int = 0, axis1: int = -2, axis2: int = -1) -> Array:
    """out[*b, i] = x[*b, i, i + offset], or x[*b, i - offset, i] where the offset is negative, while both exist.

    >>> diagonal(Array.of([[1, 2, 3], [4, 5, 6]]), offset=1).items
    [2, 6]
    """
    first, second = wrap(axis1, len(x.shape)), wrap(axis2, len(x.shape))
    if first == second:
        raise ValueError(f"axes {axis1} and {axis2} are one")
    rest = [a for a in range(len(x.shape)) if a not in (first, second)]
    matrices = permute_dims(x, [*rest, first, second])
    *batch, n, m = matrices.shape
    places = [(i, i + offset) for i in range(n) if 0 <= i + offset < m]
    return gathered(matrices, [*batch, len(places)], lambda *at: [*at[:-1], *places[at[-1]]])


def trace(x: Array, *, offset: int = 0, axis1: int = -2, axis2: int = -1) -> Array:
    """Σ_i x[*b, i, i + offset].

    >>> trace(Array.of([[1, 2], [3, 4]])).items
    [5]
    """
    return fold(diagonal(x, offset=offset, axis1=axis1, axis2=axis2), -1, False, total)


def _kept_where(x: Array, inside: Callable[[int, int], bool]) -> Array:
    if len(x.shape) < 2:
        raise ValueError(f"an array of shape {x.shape} has no triangles")
    pairs = zip(x.indices(), x.items, strict=True)
    return Array(x.shape, [z if inside(*at[-2:]) else sc.embed(0, z) for at, z in pairs])


def tril(x: Array, *, k: int = 0) -> Array:
    """x[*b, i, j] where j ≤ i + k, else 0.

    >>> tril(Array.of([[1, 2], [3, 4]])).tolist()
    [[1, 0], [3, 4]]
    """
    return _kept_where(x, lambda i, j: j <= i + k)


def triu(x: Array, *, k: int = 0) -> Array:
    """x[*b, i, j] where j ≥ i + k, else 0.

    >>> triu(Array.of([[1, 2], [3, 4]])).tolist()
    [[1, 2], [0, 4]]
    """
    return _kept_where(x, lambda i, j: j >= i + k)


_DIAGONALS: tuple[tuple[Shape, dict[str, Any]], ...] = (
    *(((2, 3), {}), ((3, 3), {}), ((3, 2), {}), ((2, 3), {"offset": 1}), ((3, 2), {"offset": -1}), ((1, 1), {})),
    *(((3, 3), {"offset": -2}), ((2, 3, 2), {}), ((2, 3, 2), {"axis1": 0, "axis2": 1}), ((1, 3), {"offset": 2})),
    *(((2, 2, 2), {"offset": 1, "axis1": 2, "axis2": 0}), ((3, 2), {"axis1": 1, "axis2": 0, "offset": 1})),
)
_TRIANGLES: tuple[tuple[Shape, int | None], ...] = (
    *(((2, 3), None), ((3, 3), None), ((3, 2), 1), ((3, 3), -1), ((2, 2, 3), 0), ((1, 3), 0), ((3, 1), -1)),
    *(((2, 2), 1), ((1, 2, 2, 2), -1)),
)


def _diagonal_samples(rng: Random) -> list[Sample]:
    return [Sample(f"{shape} {params}", (reals(rng, shape),), params) for shape, params in _DIAGONALS]


def _triangle_samples(rng: Random) -> list[Sample]:
    return [Sample(f"{s} at {k}", (reals(rng, s),), {} if k is None else {"k": k}) for s, k in _TRIANGLES]


PRIMITIVES: dict[str, Spec] = {}
PUBLIC: dict[str, Spec] = {
    "diagonal": Spec(diagonal, (0,), _diagonal_samples),
    "trace": Spec(trace, (0,), _diagonal_samples),
    "tril": Spec(tril, (0,), _triangle_samples),
    "triu": Spec(triu, (0,), _triangle_samples),
}

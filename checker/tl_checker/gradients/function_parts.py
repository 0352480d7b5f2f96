"""What the entry points of functions take and give: seeds, tangents and batches, and the parts of results."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np

import tl_dsl as tl
from tl_checker.gradients.balls import Objects, objects
from tl_checker.gradients.derivatives import dense
from tl_checker.gradients.entries import Part, Scalars
from tl_checker.gradients.quotients import Direction
from tl_checker.gradients.traced import Traced
from tl_dsl import Tensor
from tl_dsl.pytree import flatten_as, tree_flatten, tree_map, tree_unflatten

Moved = tuple[Callable[..., Any], list[Any]]


class Tangents:
    """A dense direction of all moved leaves, or of one of them (the others are zero), in any element type."""

    def __init__(self, traced: Traced, what: str, leaf: int | None = None) -> None:
        rng = Random(f"{traced.point.rng_seed} {what}")
        vs = [dense(rng, x.shape) for x in traced.point.leaves]
        self.direction: Direction = [v if leaf in (None, k) else None for k, v in enumerate(vs)]
        pairs = enumerate(zip(vs, traced.point.leaves, strict=True))
        self._arrays = [np.asarray(_as_floats(v, x) * (leaf in (None, k))) for k, (v, x) in pairs]
        self._traced = traced

    def __call__(self, scalars: Scalars) -> tuple[Any, ...]:
        """The tangents of the moved arguments."""
        return trees(self._traced, [scalars(x) for x in self._arrays])


class Seeds:
    """Weights of all items of the result: ``row`` of them as balls; called, in the structure of the result."""

    def __init__(self, traced: Traced) -> None:
        rng = Random(f"{traced.point.rng_seed} seeds")
        found = [dense(rng, y.shape) for y in traced.call.results]
        items = [item for array in found for item in array.reshape(-1).tolist()]
        self.row: Objects = objects((len(items),), items)
        self._arrays = [_as_floats(v, y) for v, y in zip(found, traced.call.results, strict=True)]
        self._tree = traced.call.out_tree

    def __call__(self, scalars: Scalars) -> Any:
        return tree_unflatten(self._tree, [scalars(x) for x in self._arrays])


def _as_floats(v: Objects, like: Any) -> np.ndarray[Any, Any]:
    return np.array([float(z) for z in v.reshape(-1).tolist()], like.dtype).reshape(like.shape)


def moving(traced: Traced, scalars: Scalars) -> Moved:
    """The function of the moved arguments alone, for entry points that move all of theirs, and these."""
    args = traced.args(scalars)

    def function(*moved: Any) -> Any:
        full = list(args)
        for k, value in zip(traced.argnums, moved, strict=True):
            full[k] = value
        return traced.function(*full)

    return function, [args[k] for k in traced.argnums]


def weighted_sum(function: Callable[..., Any], seeds: Any) -> Callable[..., Tensor]:
    """⟨seeds, f⟩, a scalar function."""
    weights = tree_flatten(seeds)[0]

    def total(*args: Any) -> Tensor:
        items = zip(weights, tree_flatten(function(*args))[0], strict=True)
        terms = [tl.sum(tl.mul(y, w)) for w, y in items]
        value = terms[0]
        for term in terms[1:]:
            value = value + term
        return value

    return total


def as_array(x: Tensor) -> Any:
    """The array of a tensor; a traced one as it is."""
    return x if not isinstance(x._value, np.ndarray) else x._value


def trees(traced: Traced, leaves: list[Any]) -> tuple[Any, ...]:
    """Leaves of the moved arguments as these arguments."""
    found, rest = [], list(leaves)
    for k in traced.argnums:
        treedef = tree_flatten(traced.arguments.trees[k])[1]
        found.append(tree_unflatten(treedef, rest[: treedef.size]))
        rest = rest[treedef.size :]
    return tuple(found)


def another(traced: Traced, tree: Any) -> Any:
    """Moved arguments at the second example of a batch."""
    return tree_map(lambda x: x * traced.point.other, tree)


def stacked(traced: Traced, moved: list[Any]) -> list[Any]:
    """A batch of two examples of each moved argument."""
    return [tree_map(lambda x, y: tl.stack((x, y)), tree, another(traced, tree)) for tree in moved]


def example(tree: Any, number: int) -> Any:
    """One example of a batched result. Errors: ValueError when the batch has not two."""
    if any(y.shape[:1] != (2,) for y in tree_flatten(tree)[0]):
        raise ValueError("the batch of the result has another size than those of the arguments")
    return tree_map(lambda y: y[number], tree)


def outputs(traced: Traced, argument: str, tree: Any, **how: Any) -> list[Part]:
    """The parts of something of the structure of the result."""
    leaves = flatten_as(traced.call.out_tree, tree)
    triples = zip(leaves, traced.call.results, rows_of(traced), strict=True)
    return [Part(argument, leaf, y.shape, rows=rows, types=(y.dtype,), **how) for leaf, y, rows in triples]


def rows_of(traced: Traced) -> list[tuple[int, int]]:
    """Where the items of each result stand in the row of all of them."""
    ends = list(itertools.accumulate(math.prod(y.shape) for y in traced.call.results))
    return list(zip([0, *ends], ends, strict=False))


def parts_of(traced: Traced, gradients: Any, also: tuple[Any, ...] = (), **how: Any) -> list[Part]:
    """The parts of something of the structure of the moved arguments; ``also`` are element types that it may have."""
    leaves = tree_flatten(gradients)[0]
    own = traced.point.leaves
    return [
        Part(name, g, own[leaf].shape, (leaf,), types=(own[leaf].dtype, *also), **how)
        for leaf, (name, g) in enumerate(zip(traced.names, leaves, strict=True))
    ]


def jacobian_parts(traced: Traced, blocks: Any, **how: Any) -> list[Part]:
    """The parts of a tree of results whose leaves are trees of the moved arguments."""
    leaves = traced.point.leaves
    places = [(k, leaf) for k in range(len(traced.call.results)) for leaf in range(len(leaves))]
    parts = []
    for (k, leaf), block in zip(places, tree_flatten(blocks)[0], strict=True):
        y, x = traced.call.results[k], leaves[leaf]
        types = (y.dtype, x.dtype)
        parts.append(
            Part(traced.names[leaf], block, y.shape + x.shape, (leaf,), rows=rows_of(traced)[k], types=types, **how)
        )
    return parts


def hessian_parts(traced: Traced, blocks: Any, **how: Any) -> list[Part]:
    """The parts of trees of the moved arguments inside of each other."""
    leaves = traced.point.leaves
    places = itertools.product(range(len(leaves)), repeat=2)
    pairs = zip(places, tree_flatten(blocks)[0], strict=True)
    return [Part(traced.names[i], block, leaves[i].shape + leaves[j].shape, (i, j), **how) for (i, j), block in pairs]

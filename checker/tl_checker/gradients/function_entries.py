"""The entry points of `tl_dsl.autodiff.function`, each applied to a function at drawn arguments."""

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
from tl_checker.gradients.entries import Entry, Part, Scalars
from tl_checker.gradients.quotients import Direction
from tl_checker.gradients.traced import Traced
from tl_dsl import Tensor
from tl_dsl.pytree import TreeDef, flatten_as, tree_flatten, tree_map, tree_unflatten

SHORTER = 0.75
"""How much shorter the second example of a batch is than the first: it stays where the function is defined."""

HESSIAN_LIMIT = 24
"""Up to so many elements of all arguments together the whole Hessian is asked for; hvp covers larger ones."""


def entries_of(traced: Traced) -> list[Entry]:
    """Every entry point that applies to a function, at traced arguments."""
    several = [_value(traced), _vjp(traced), _jvp(traced), _jacobian(traced, "jacrev"), _jacobian(traced, "jacfwd")]
    several += [_linearize(traced), _vmap(traced)]
    if traced.scalar:
        several += [_grad(traced), _value_and_grad(traced), _hvp(traced)]
        if traced.size <= HESSIAN_LIMIT:
            several.append(_hessian(traced))
    return several


def _value(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        return _outputs(traced, "", tl.program(traced.function)(*traced.args(scalars)))

    return Entry("program", "value", call)


def _grad(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        if len(traced.argnums) == 1:  # asked for as people do, by a number
            gradients = (tl.grad(traced.function, traced.argnums[0])(*traced.args(scalars)),)
        else:
            gradients = tl.grad(traced.function, traced.argnums)(*traced.args(scalars))
        return _parts(traced, gradients, None)

    return Entry("grad", "reverse", call)


def _value_and_grad(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        value, gradients = tl.value_and_grad(traced.function, traced.argnums)(*traced.args(scalars))
        return [*_outputs(traced, "value", value), *_parts(traced, gradients, None)]

    return Entry("value_and_grad", "reverse", call)


def _seeds(traced: Traced) -> tuple[Objects, list[np.ndarray[Any, Any]]]:
    """Weights of all items of the result, and the same as arrays of the results' shapes."""
    rng = Random(f"{traced.point.rng_seed} seeds")
    found = [dense(rng, y.shape) for y in traced.call.results]
    row = [item for array in found for item in array.reshape(-1).tolist()]
    floats = [
        np.array([float(z) for z in array.reshape(-1).tolist()], y.dtype).reshape(y.shape)
        for array, y in zip(found, traced.call.results, strict=True)
    ]
    return objects((len(row),), row), floats


def _moving(traced: Traced) -> Callable[..., Any]:
    """The function of the moved arguments alone, for entry points that move all of theirs."""

    def bound(scalars: Scalars) -> tuple[Callable[..., Any], list[Any]]:
        args = traced.args(scalars)

        def function(*moved: Any) -> Any:
            full = list(args)
            for k, value in zip(traced.argnums, moved, strict=True):
                full[k] = value
            return traced.function(*full)

        return function, [args[k] for k in traced.argnums]

    return bound


def _vjp(traced: Traced) -> Entry:
    seed, arrays = _seeds(traced)

    def call(scalars: Scalars) -> list[Part]:
        function, moved = _moving(traced)(scalars)
        value, pullback = tl.vjp(function, *moved)
        cotangent = tree_unflatten(traced.call.out_tree, [scalars(x) for x in arrays])
        return [*_outputs(traced, "value", value), *_parts(traced, pullback(cotangent), seed)]

    return Entry("vjp", "reverse", call)


def _tangents(traced: Traced, scalars: Scalars, leaf: int | None) -> tuple[tuple[Any, ...], list[Objects | None]]:
    """Tangents that move one leaf (all of them for None), and the same as a direction."""
    rng = Random(f"{traced.point.rng_seed} tangents")
    vs = [dense(rng, x.shape) for x in traced.point.leaves]
    direction = [v if leaf in (None, k) else None for k, v in enumerate(vs)]
    arrays = [
        np.array([float(z) if leaf in (None, k) else 0.0 for z in v.reshape(-1).tolist()], x.dtype).reshape(x.shape)
        for k, (v, x) in enumerate(zip(vs, traced.point.leaves, strict=True))
    ]
    return _trees(traced, [scalars(x) for x in arrays]), direction


def _trees(traced: Traced, leaves: list[Any]) -> tuple[Any, ...]:
    found, rest = [], list(leaves)
    for treedef in _treedefs(traced):
        found.append(tree_unflatten(treedef, rest[: treedef.size]))
        rest = rest[treedef.size :]
    return tuple(found)


def _treedefs(traced: Traced) -> list[TreeDef]:
    return [tree_flatten(traced.arguments.trees[k])[1] for k in traced.argnums]


def _jvp(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        function, moved = _moving(traced)(scalars)
        parts = []
        for leaf, name in enumerate(traced.names):
            tangents, direction = _tangents(traced, scalars, leaf)
            value, dy = tl.jvp(function, tuple(moved), tangents)
            parts += [*_outputs(traced, "value", value), *_outputs(traced, name, dy, fixed=direction)]
        return parts

    return Entry("jvp", "forward", call)


def _linearize(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        function, moved = _moving(traced)(scalars)
        value, pushforward = tl.linearize(function, *moved)
        parts = _outputs(traced, "value", value)
        for leaf, name in enumerate(traced.names):
            tangents, direction = _tangents(traced, scalars, leaf)
            parts += _outputs(traced, name, pushforward(*tangents), fixed=direction)
        return parts

    return Entry("linearize", "forward", call)


def _jacobian(traced: Traced, name: str) -> Entry:
    transform = {"jacrev": tl.jacrev, "jacfwd": tl.jacfwd}[name]

    def call(scalars: Scalars) -> list[Part]:
        blocks = tree_flatten(transform(traced.function, traced.argnums)(*traced.args(scalars)))[0]
        places = [(k, leaf) for k in range(len(traced.call.results)) for leaf in range(len(traced.names))]
        parts = []
        for (k, leaf), block in zip(places, blocks, strict=True):
            shape = traced.call.results[k].shape + traced.point.leaves[leaf].shape
            parts.append(Part(traced.names[leaf], block, shape, (leaf,), rows=_rows(traced)[k]))
        return parts

    return Entry(name, "reverse" if name == "jacrev" else "forward", call)


def _hvp(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        function, moved = _moving(traced)(scalars)
        tangents, direction = _tangents(traced, scalars, None)
        products = tl.hvp(function, tuple(moved), tangents)
        return _parts(traced, products, None, direction)

    return Entry("hvp", "forward over reverse", call)


def _hessian(traced: Traced) -> Entry:
    def call(scalars: Scalars) -> list[Part]:
        blocks = tree_flatten(tl.hessian(traced.function, traced.argnums)(*traced.args(scalars)))[0]
        leaves = traced.point.leaves
        places = [(i, j) for i in range(len(leaves)) for j in range(len(leaves))]
        pairs = zip(places, blocks, strict=True)
        return [Part(traced.names[i], block, leaves[i].shape + leaves[j].shape, (i, j)) for (i, j), block in pairs]

    return Entry("hessian", "forward over reverse", call)


def _vmap(traced: Traced) -> Entry:
    """A batch of the arguments and of three quarters of them, each example against the reference.

    Integers and truth values are the same in both examples, and batched too.
    """

    def call(scalars: Scalars) -> list[Part]:
        batches, axes = [], []
        for k, tree in enumerate(traced.args(scalars)):
            leaves, treedef = tree_flatten(tree)
            batched = all(isinstance(x, Tensor) for x in leaves)
            pairs = [(x, x * SHORTER if k in traced.argnums else x) for x in leaves] if batched else []
            batches.append(tree_unflatten(treedef, [tl.stack(pair) for pair in pairs]) if batched else tree)
            axes.append(0 if batched else None)
        found = tl.vmap(traced.function, tuple(axes))(*batches)
        if any(y.shape[0] != 2 for y in tree_flatten(found)[0]):
            raise ValueError("the batch of the result has another size than those of the arguments")
        first, second = (tree_map(lambda y, k=k: y[k], found) for k in range(2))
        return [*_outputs(traced, "", first), *_outputs(traced, "", second, scaled=SHORTER)]

    return Entry("vmap", "batch", call)


def _outputs(traced: Traced, argument: str, tree: Any, **how: Any) -> list[Part]:
    """The parts of something of the structure of the result."""
    leaves = flatten_as(traced.call.out_tree, tree)
    triples = zip(leaves, traced.call.results, _rows(traced), strict=True)
    return [Part(argument, leaf, y.shape, rows=rows, **how) for leaf, y, rows in triples]


def _rows(traced: Traced) -> list[tuple[int, int]]:
    """Where the items of each result stand in the row of all of them."""
    ends = list(itertools.accumulate(math.prod(y.shape) for y in traced.call.results))
    return list(zip([0, *ends], ends, strict=False))


def _parts(traced: Traced, gradients: Any, seed: Objects | None, fixed: Direction | None = None) -> list[Part]:
    """The parts of something of the structure of the moved arguments."""
    leaves = tree_flatten(gradients)[0]
    pairs = enumerate(zip(traced.names, leaves, strict=True))
    own = traced.point.leaves
    return [Part(name, g, own[leaf].shape, (leaf,), fixed=fixed, seed=seed) for leaf, (name, g) in pairs]

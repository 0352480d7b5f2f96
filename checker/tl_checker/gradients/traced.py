"""A function traced at arguments, with the reference beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tl_checker.gradients.entries import Point, Scalars, on_floats
from tl_checker.gradients.program import ReferenceProgram
from tl_dsl import Tensor, dtypes
from tl_dsl.autodiff.traced import TracedCall, trace_call
from tl_dsl.errors import ArgumentError
from tl_dsl.pytree import tree_flatten, tree_unflatten


@dataclass(frozen=True)
class Arguments:
    """Drawn arguments of a function: numpy arrays and Python values, as trees, by parameter."""

    label: str
    trees: tuple[Any, ...]


@dataclass(frozen=True)
class Traced:
    """A function at drawn arguments. The leaves of the arguments ``argnums`` are those that are moved."""

    function: Callable[..., Any]
    arguments: Arguments
    argnums: tuple[int, ...]
    names: tuple[str, ...]
    call: TracedCall
    point: Point

    def args(self, scalars: Scalars) -> list[Any]:
        """The arguments in one element type."""
        return [cast_tree(tree, scalars) for tree in self.arguments.trees]

    @property
    def scalar(self) -> bool:
        """Whether the function has a gradient."""
        return [y.shape for y in self.call.results] == [()]

    @property
    def bare(self) -> bool:
        """Whether no moved argument is a container."""
        return all(isinstance(self.arguments.trees[k], np.ndarray) for k in self.argnums)

    @property
    def outputs(self) -> int:
        """How many elements the results have."""
        return sum(math.prod(y.shape) for y in self.call.results)

    @property
    def size(self) -> int:
        """How many elements are moved."""
        return sum(x.size for x in self.point.leaves)


def traced_at(
    function: Callable[..., Any], target: str, parameters: Sequence[str], arguments: Arguments, seed: int
) -> Traced:
    """Trace a function of those parameters. Errors: its own; ArgumentError when there is nothing to differentiate."""
    trees = [cast_tree(tree, on_floats()) for tree in arguments.trees]
    argnums = tuple([k for k, tree in enumerate(arguments.trees) if _movable(tree)])
    if not argnums:
        raise ArgumentError(f"{target} has no floating argument to differentiate")
    call = trace_call(function, trees, argnums)
    if not any(math.prod(y.shape) for y in call.results):
        raise ArgumentError(f"{target} has an empty result here")
    if any(not dtypes.is_floating(y.dtype) for y in call.results):
        raise ArgumentError(f"{target} has a result that is not floating")
    leaves, names = [], []
    for k in argnums:
        own, treedef = tree_flatten(arguments.trees[k])
        leaves += [np.asarray(leaf) for leaf in own]
        names += [parameters[k] + path for path in treedef.paths()]
    inputs = [x.numpy() for x in call.values]
    point = Point(
        arguments.label,
        tuple(leaves),
        ReferenceProgram(call.graph, inputs, call.wrt),
        f"{seed} {target} {arguments.label}",
    )
    return Traced(function, arguments, argnums, tuple(names), call, point)


def _movable(tree: Any) -> bool:
    leaves = tree_flatten(tree)[0]
    return bool(leaves) and all(isinstance(x, np.ndarray) and x.dtype.kind == "f" for x in leaves)


def as_numpy(tree: Any) -> Any:
    """A tree with numpy arrays for tensors."""
    leaves, treedef = tree_flatten(tree)
    return tree_unflatten(treedef, [x.numpy() if isinstance(x, Tensor) else x for x in leaves])


def cast_tree(tree: Any, scalars: Scalars) -> Any:
    """A tree with tensors of one element type for numpy arrays."""
    leaves, treedef = tree_flatten(tree)
    return tree_unflatten(treedef, [scalars(x) if isinstance(x, np.ndarray) else x for x in leaves])

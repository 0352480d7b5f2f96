"""A call of a user's function as a graph: trees become flat inputs and outputs, captured values hidden inputs."""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from tl_dsl import dtypes
from tl_dsl.errors import ArgumentError, DifferentiationError, ShapeError
from tl_dsl.evaluate import evaluate
from tl_dsl.evaluate.domain import finite
from tl_dsl.graph import Graph, Node
from tl_dsl.op import trace_of, tracing
from tl_dsl.pytree import TreeDef, flatten_as, tree_flatten, tree_unflatten
from tl_dsl.shapes import show_shape
from tl_dsl.tensor import PASSED, Tensor, tensor
from tl_dsl.transform.replay import replay

ArgNums = int | tuple[int, ...]


@dataclass(frozen=True)
class TracedCall:
    """A function traced on the types of some arguments.

    The graph's inputs are the leaves to be differentiated, then the other tensors, then captured values; ``values``
    holds them all. Its outputs are the ``count`` leaves of the result, then those of the auxiliary result.
    """

    graph: Graph
    values: list[Tensor]
    wrt: int
    wrt_trees: tuple[TreeDef, ...]
    count: int
    out_tree: TreeDef
    aux_tree: TreeDef | None

    @property
    def primal_inputs(self) -> tuple[Node, ...]:
        """The inputs to be differentiated."""
        return self.graph.inputs[: self.wrt]

    @property
    def results(self) -> tuple[Node, ...]:
        """The outputs that belong to the result, without the auxiliary ones."""
        return self.graph.outputs[: self.count]

    def packed(self, leaves: Sequence[Tensor], argnums: ArgNums) -> Any:
        """Leaves of the differentiated arguments as trees: one tree for an int, a tuple for a tuple."""
        trees, rest = [], list(leaves)
        for treedef in self.wrt_trees:
            trees.append(tree_unflatten(treedef, rest[: treedef.size]))
            rest = rest[treedef.size :]
        return tuple(trees) if isinstance(argnums, (tuple, list)) else trees[0]

    def result(self, leaves: Sequence[Tensor]) -> Any:
        """Leaves of the result as a tree."""
        return tree_unflatten(self.out_tree, list(leaves))

    def aux(self, leaves: Sequence[Tensor]) -> Any:
        """Leaves of the auxiliary result as a tree."""
        assert self.aux_tree is not None
        return tree_unflatten(self.aux_tree, list(leaves))


def trace_call(
    function: Callable[..., Any], args: Sequence[Any], argnums: ArgNums | None, *, has_aux: bool = False
) -> TracedCall:
    """Trace ``function(*args)``, to be differentiated with respect to the arguments ``argnums`` (None: none).

    Python numbers become tensors where they are differentiated and stay as they are elsewhere; other values pass
    through. Errors: DifferentiationError for arguments without derivative, ArgumentError for wrong numbers or
    results.
    """
    chosen = () if argnums is None else _chosen(argnums, args)
    flat = [tree_flatten(arg) for arg in args]
    leaves = {(k, j): leaf for k, (found, _) in enumerate(flat) for j, leaf in enumerate(found)}
    order: list[tuple[int, int]] = []
    for k in chosen:
        for j, leaf in enumerate(flat[k][0]):
            leaves[k, j] = differentiable(leaf, f"argument {k}")
            order.append((k, j))
    wrt = len(order)
    order += [at for at, leaf in leaves.items() if at[0] not in chosen and isinstance(leaf, (Tensor, np.ndarray))]
    values = [tensor(leaves[at]) for at in order]
    with tracing() as trace:
        nodes = [trace.builder.input(x.shape, _traced_dtype(x)) for x in values]
        leaves |= dict(zip(order, map(Tensor, nodes), strict=True))
        traced = [
            tree_unflatten(treedef, [leaves[k, j] for j in range(len(found))])
            for k, (found, treedef) in enumerate(flat)
        ]
        out, aux = _split(function(*traced), has_aux)
        out_leaves, out_tree = tree_flatten(out)
        aux_leaves, aux_tree = tree_flatten(aux)
        outputs = [trace.lift(_as_result(leaf, function)) for leaf in (*out_leaves, *aux_leaves)]
        captured = list(trace.captured.values())
    graph = Graph((*nodes, *[node for _, node in captured]), tuple(outputs))
    values += [value for value, _ in captured]
    trees = tuple([flat[k][1] for k in chosen])
    return TracedCall(graph, values, wrt, trees, len(out_leaves), out_tree, aux_tree if has_aux else None)


def run(graph: Graph, values: Sequence[Tensor]) -> list[Tensor]:
    """The outputs of a graph on tensors: computed, or emitted into the innermost trace among them.

    Errors: DomainError when a result is not finite although every input is.
    """
    graph, captured = graph.closed
    values = [*values, *captured]
    traced = [value for x in values if type(value := x._value) is Node]
    if traced:
        trace = trace_of(max(traced, key=lambda node: node.home))
        return [Tensor(node) for node in replay(graph, [trace.lift(x) for x in values], trace)]
    arrays: list[Any] = [x._value for x in values]
    faults = [fault for x in values if (fault := x._fault) is not None]
    results = evaluate(graph, arrays, passing=bool(faults))
    if not faults:
        return [Tensor(array) for array in results]
    if PASSED in faults:
        return [Tensor(array, PASSED) for array in results]
    return [Tensor(array, None if finite(array) else faults[0]) for array in results]


def carrying(given: Sequence[Tensor], residuals: Sequence[Tensor]) -> list[Tensor]:
    """Residuals with the fault of what they were computed of: what follows of them, finite or not, is no other one."""
    faults = [fault for x in given if (fault := x._fault) is not None]
    if not faults or any(type(x._value) is Node for x in residuals):
        return list(residuals)
    return [Tensor(x._value, PASSED if PASSED in faults else faults[0]) for x in residuals]


def matching(treedef: TreeDef, nodes: Sequence[Node], tree: Any, what: str) -> list[Tensor]:
    """The leaves of tangents or cotangents, which must have the structure, shapes and types of what they belong to.

    Errors: ArgumentError, ShapeError, DifferentiationError.
    """
    found = [tensor(leaf) for leaf in flatten_as(treedef, tree, what)]
    paths = treedef.paths()
    for leaf, node, path in zip(found, nodes, paths, strict=True):
        if leaf.shape != node.shape:
            raise ShapeError(
                f"{what} have the shapes of their primals",
                got=f"{show_shape(leaf.shape)} {f'at {path}' if path else ''}".strip(),
                wanted=show_shape(node.shape),
            )
        if not dtypes.is_floating(leaf.dtype):
            raise DifferentiationError(f"{what} are floating", got=str(leaf.dtype), wanted=str(node.dtype))
    return [
        x if x.dtype == node.dtype else x.astype(node.dtype)  # which leaves exact scalars as they are
        for x, node in zip(found, nodes, strict=True)
    ]


def differentiable(leaf: Any, what: str) -> Tensor:
    """A leaf as a tensor that has derivatives.

    Errors: DifferentiationError for integers, booleans and other objects.
    """
    if isinstance(leaf, (float, np.floating, Fraction)):
        return tensor(leaf)  # type: ignore[arg-type]
    if isinstance(leaf, (Tensor, np.ndarray)) and dtypes.is_floating(leaf.dtype):
        return tensor(leaf)
    got = leaf.dtype if isinstance(leaf, (Tensor, np.ndarray)) else type(leaf).__name__
    raise DifferentiationError(
        "derivatives are taken with respect to floating tensors",
        got=f"{got} in {what}",
        wanted="float32 or float64",
        suggestion="tl.astype(x, tl.float64), or argnums without this argument",
    )


def floating_results(call: TracedCall, transform: str) -> None:
    """Errors: DifferentiationError when a result is an integer or a boolean."""
    for node in call.results:
        if not dtypes.is_floating(node.dtype):
            raise DifferentiationError(
                f"{transform} takes functions with floating results",
                got=str(node.dtype),
                suggestion="has_aux=True for results that are not differentiated",
            )


def _chosen(argnums: ArgNums, args: Sequence[Any]) -> tuple[int, ...]:
    given = argnums if isinstance(argnums, (tuple, list)) else (argnums,)
    try:
        chosen = tuple([range(len(args))[operator.index(k)] for k in given])
    except (TypeError, IndexError):
        chosen = ()
    if len(set(chosen)) != len(given):
        raise ArgumentError(
            "argnums are different numbers of positional arguments",
            got=f"{argnums!r} with {len(args)} arguments",
            wanted="an int or a tuple of ints",
        )
    return chosen


def _traced_dtype(x: Tensor) -> np.dtype[Any]:
    return dtypes.float64 if x.dtype == dtypes.object_ else x.dtype


def _split(out: Any, has_aux: bool) -> tuple[Any, Any]:
    if not has_aux:
        return out, None
    if not isinstance(out, tuple) or len(out) != 2:
        raise ArgumentError(
            "with has_aux=True a function returns (result, auxiliary)", got=type(out).__name__, wanted="a pair"
        )
    return out


def _as_result(leaf: Any, function: Callable[..., Any]) -> Tensor:
    if isinstance(leaf, (Tensor, int, float)):
        return tensor(leaf)
    function = inspect.unwrap(function)
    while isinstance(function, functools.partial):
        function = inspect.unwrap(function.func)
    name = getattr(function, "__name__", type(function).__name__)
    raise ArgumentError(
        "a transformed function returns tensors, in containers or alone",
        got=f"{type(leaf).__name__} from {name}",
        wanted="Tensor",
        suggestion="tl.tensor(array) for constants; operations of tl_dsl instead of numpy's for the rest",
    )

"""Derivatives of functions of tensors: thin compositions of the graph transforms.

Functions are n-ary; arguments and results are pytrees. Every entry point traces its function at each call, so nothing
is stale, and finds compiled code by the graph. They nest to any order. Names and meaning are those of jax and
torch.func.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

import numpy as np

from tl_dsl.autodiff.custom_calls import forbid_reverse_only, has_reverse_only
from tl_dsl.autodiff.traced import (
    ArgNums,
    TracedCall,
    carrying,
    floating_results,
    matching,
    run,
    trace_call,
)
from tl_dsl.errors import DifferentiationError
from tl_dsl.graph import Graph, Node
from tl_dsl.op import Trace, tracing
from tl_dsl.ops import eye, ones, permute_dims, reshape
from tl_dsl.pytree import tree_flatten, tree_map
from tl_dsl.shapes import show_shape
from tl_dsl.tensor import Tensor, tensor
from tl_dsl.transform.batch import batch
from tl_dsl.transform.jvp import jvp as jvp_graph
from tl_dsl.transform.jvp import push_forward
from tl_dsl.transform.linearize import Linearized
from tl_dsl.transform.linearize import linearize as linearize_graph
from tl_dsl.transform.replay import replay
from tl_dsl.transform.restrict import restrict
from tl_dsl.transform.transpose import pull_back, transpose

P = ParamSpec("P")
R = TypeVar("R")


def grad(f: Callable[P, Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[P, Any]:
    """``(*s) -> ()`` becomes ``(*s) -> (*s)``: the gradient of a scalar function, by reverse mode.

    With a tuple of ``argnums`` the result is a tuple; with ``has_aux`` it is ``(gradient, auxiliary)``.
    Errors: DifferentiationError when the result is not a floating scalar or an argument is not floating.

    >>> import tl_dsl as tl
    >>> tl.grad(lambda x: tl.mean(x * x))(tl.tensor([0.5, -1.2]))
    Tensor[float64, 2]([ 0.5, -1.2])
    """

    @functools.wraps(f)
    def gradient(*args: P.args, **kwargs: P.kwargs) -> Any:
        _, aux, gradients = _value_and_gradients(f, args, kwargs, argnums, has_aux, "grad", value=False)
        return (gradients, aux) if has_aux else gradients

    return gradient


def value_and_grad(f: Callable[P, Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[P, Any]:
    """The value of a scalar function and its gradient; ``((value, auxiliary), gradient)`` with aux.

    Errors: as ``grad``.

    >>> import tl_dsl as tl
    >>> tl.value_and_grad(lambda x: tl.sum(x * x))(tl.tensor([3.0]))
    (Tensor[float64](9.), Tensor[float64, 1]([6.]))
    """

    @functools.wraps(f)
    def value_and_gradient(*args: P.args, **kwargs: P.kwargs) -> Any:
        value, aux, gradients = _value_and_gradients(f, args, kwargs, argnums, has_aux, "value_and_grad", value=True)
        return ((value, aux), gradients) if has_aux else (value, gradients)

    return value_and_gradient


def _value_and_gradients(
    f: Callable[..., Any], args: Any, kwargs: Any, argnums: ArgNums, has_aux: bool, name: str, *, value: bool
) -> tuple[Any, Any, Any]:
    call = trace_call(_with_keywords(f, kwargs), args, argnums, has_aux=has_aux)
    _require_scalar(call, name)
    graph = gradient_graph(call.graph, call.wrt, value=value)
    results = run(graph, call.values)
    y = call.result([results.pop(0)]) if value else None
    aux = call.aux(results[call.wrt :]) if has_aux else None
    return y, aux, call.packed(results[: call.wrt], argnums)


def gradient_graph(graph: Graph, wrt: int, *, value: bool) -> Graph:
    """The graph of the gradient of a graph in its first ``wrt`` inputs; its first output is the scalar.

    Outputs: the value when asked for, the gradients, then the further outputs of the graph.
    """
    with tracing() as trace:
        inputs = [trace.builder.input(x.shape, x.dtype) for x in graph.inputs]
        tangents = [trace.builder.input(x.shape, x.dtype) for x in graph.inputs[:wrt]]
        known, pushed = push_forward(graph, inputs, dict(enumerate(tangents)), trace)
        seed = trace.lift(ones((), dtype=graph.outputs[0].dtype))
        gradients = pull_back(pushed[:1], tangents, [seed], trace)
    return Graph(tuple(inputs), (*(known[:1] if value else ()), *gradients, *known[1:]))


def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """``(value, pullback)``: the pullback takes a cotangent of the result to a tuple of cotangents of the arguments.

    ``(value, pullback, auxiliary)`` with aux. Errors: DifferentiationError; the pullback raises ShapeError for a
    cotangent of another shape than the result.

    >>> import tl_dsl as tl
    >>> y, pullback = tl.vjp(tl.square, tl.tensor([0.5, -1.2]))
    >>> pullback(tl.ones(2))
    (Tensor[float64, 2]([ 1. , -2.4]),)
    """
    call = trace_call(f, primals, tuple(range(len(primals))), has_aux=has_aux)
    floating_results(call, "vjp")
    split = linearize_graph(call.graph, range(call.wrt), outputs=call.count)
    values = run(split.known, call.values)
    outputs = len(call.graph.outputs)
    residuals = carrying(call.values, values[outputs:])
    back = transpose(split.linear, split.residuals)

    def pullback(cotangent: Any) -> Any:
        seeds = matching(call.out_tree, call.results, cotangent, "cotangents")
        return call.packed(run(back, [*residuals, *seeds]), tuple(range(len(primals))))

    result = call.result(values[: call.count])
    return (result, pullback, call.aux(values[call.count : outputs])) if has_aux else (result, pullback)


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], *, has_aux: bool = False) -> Any:
    """``(value, tangent)``: the derivative of the result along tangents of the arguments, by forward mode.

    ``(value, tangent, auxiliary)`` with aux. Errors: DifferentiationError; ShapeError when a tangent has another shape
    than its primal.

    >>> import tl_dsl as tl
    >>> tl.jvp(tl.square, (tl.tensor([0.5, -1.2]),), (tl.tensor([1.0, 0.0]),))
    (Tensor[float64, 2]([0.25, 1.44]), Tensor[float64, 2]([ 1., -0.]))
    """
    call, seeds = _with_tangents(f, primals, tangents, has_aux)
    graph = jvp_graph(call.graph, range(call.wrt), outputs=call.count)
    forbid_reverse_only(graph)
    values = run(graph, [*call.values, *seeds])
    outputs = len(call.graph.outputs)
    pair = call.result(values[: call.count]), call.result(values[outputs:])
    return (*pair, call.aux(values[call.count : outputs])) if has_aux else pair


def _with_tangents(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool
) -> tuple[TracedCall, list[Tensor]]:
    args = _arguments(primals, "primals")
    call = trace_call(f, args, tuple(range(len(args))), has_aux=has_aux)
    floating_results(call, "jvp")
    _, treedef = tree_flatten(args)
    return call, matching(treedef, call.primal_inputs, _arguments(tangents, "tangents"), "tangents")


def _arguments(values: Sequence[Any], what: str) -> tuple[Any, ...]:
    if not isinstance(values, (tuple, list)):
        raise DifferentiationError(
            f"{what} are a tuple with one entry for each argument", got=type(values).__name__, suggestion="(x,)"
        )
    return tuple(values)


def linearize(f: Callable[..., Any], *primals: Any) -> Any:
    """``(value, pushforward)``: the pushforward takes tangents of the arguments to the tangent of the result.

    The function is evaluated once, however many tangents follow. Errors: as ``jvp``.

    >>> import tl_dsl as tl
    >>> y, pushforward = tl.linearize(tl.square, tl.tensor([0.5, -1.2]))
    >>> pushforward(tl.tensor([0.0, 1.0]))
    Tensor[float64, 2]([ 0. , -2.4])
    """
    call = trace_call(f, primals, tuple(range(len(primals))))
    floating_results(call, "linearize")
    split = linearize_graph(call.graph, range(call.wrt))
    forbid_reverse_only(split.linear)
    values = run(split.known, call.values)
    residuals = carrying(call.values, values[call.count :])
    _, treedef = tree_flatten(tuple(primals))

    def pushforward(*tangents: Any) -> Any:
        seeds = matching(treedef, call.primal_inputs, tangents, "tangents")
        return call.result(run(split.linear, [*residuals, *seeds]))

    return call.result(values[: call.count]), pushforward


def jacrev(f: Callable[P, Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[P, Any]:
    """``(*s) -> (*t)`` becomes ``(*s) -> (*t *s)``: the Jacobian, output axes first, by one batched reverse pass.

    A tree of results gives a tree of Jacobians, each over the trees of the arguments. Errors: DifferentiationError.

    >>> import tl_dsl as tl
    >>> tl.jacrev(tl.square)(tl.tensor([0.5, 1.2]))
    Tensor[float64, 2 2]([[1. , 0. ],
                          [0. , 2.4]])
    """
    return _jacobian(f, argnums, has_aux, "jacrev", _reverse_rows)


def jacfwd(f: Callable[P, Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[P, Any]:
    """``(*s) -> (*t)`` becomes ``(*s) -> (*t *s)``: the Jacobian, output axes first, by one batched forward pass.

    Errors: DifferentiationError.

    >>> import tl_dsl as tl
    >>> tl.jacfwd(tl.square)(tl.tensor([0.5, 1.2]))
    Tensor[float64, 2 2]([[1. , 0. ],
                          [0. , 2.4]])
    """
    return _jacobian(f, argnums, has_aux, "jacfwd", _forward_columns)


Blocks = Callable[[Linearized, list[Node], list[Node], Trace], list[list[Tensor]]]


def _jacobian(f: Callable[P, Any], argnums: ArgNums, has_aux: bool, name: str, blocks_of: Blocks) -> Callable[P, Any]:
    @functools.wraps(f)
    def jacobian(*args: P.args, **kwargs: P.kwargs) -> Any:
        call = trace_call(_with_keywords(f, kwargs), args, argnums, has_aux=has_aux)
        floating_results(call, name)
        split = linearize_graph(call.graph, range(call.wrt), outputs=call.count)
        outputs = len(call.graph.outputs)
        with tracing() as trace:
            inputs = [trace.builder.input(x.shape, x.dtype) for x in call.graph.inputs]
            known = replay(split.known, inputs, trace)
            blocks = blocks_of(split, known[: call.count], known[outputs:], trace)
            flat = [trace.lift(block) for row in blocks for block in row]
        results = run(Graph(tuple(inputs), (*flat, *known[call.count : outputs])), call.values)
        rows = [call.packed(results[k * call.wrt : (k + 1) * call.wrt], argnums) for k in range(call.count)]
        tree = call.result(rows)
        return (tree, call.aux(results[call.count * call.wrt :])) if has_aux else tree

    return jacobian


def _reverse_rows(split: Linearized, outputs: list[Node], residuals: list[Node], trace: Trace) -> list[list[Tensor]]:
    """The blocks of the Jacobian, an output a row: the linear graph of each transposed, with a batch of seeds."""
    rows = []
    for y, dy in zip(outputs, split.linear.outputs, strict=True):
        back = transpose(Graph(split.linear.inputs, (dy,)), split.residuals)
        batched = batch(back, math.prod(y.shape), [False] * len(residuals) + [True])
        pulled = replay(batched, [*residuals, trace.lift(_seeds(y))], trace)
        rows.append([reshape(Tensor(g), (*y.shape, *g.shape[1:])) for g in pulled])
    return rows


def _forward_columns(split: Linearized, outputs: list[Node], residuals: list[Node], trace: Trace) -> list[list[Tensor]]:
    """Jacobian blocks, an output a row: the linear graph pushed once for each input, with a batch of seeds."""
    inputs = split.linear.inputs[split.residuals :]
    columns = []
    for k, x in enumerate(inputs):
        alone = restrict(split.linear, split.residuals, k)
        batched = batch(alone, math.prod(x.shape), [False] * len(residuals) + [True])
        pushed = replay(batched, [*residuals, trace.lift(_seeds(x))], trace)
        columns.append([_axes_last(Tensor(dy), x.shape) for dy in pushed])
    return [[column[k] for column in columns] for k in range(len(outputs))]


def _second_blocks(split: Linearized, outputs: list[Node], residuals: list[Node], trace: Trace) -> list[list[Tensor]]:
    """Forward over reverse, or reverse over reverse where a function on the way has a rule for reverse mode only."""
    blocks = _reverse_rows if has_reverse_only(split.linear) else _forward_columns
    return blocks(split, outputs, residuals, trace)


def _seeds(x: Node) -> Tensor:
    """One unit vector for each element of x, as a batch."""
    size = math.prod(x.shape)
    return reshape(eye(size, dtype=x.dtype), (size, *x.shape))


def _axes_last(pushed: Tensor, shape: tuple[int, ...]) -> Tensor:
    """``"s *t" -> "*t *shape"``: the batch axis goes last and is taken apart."""
    moved = permute_dims(pushed, (*range(1, pushed.ndim), 0))
    return reshape(moved, (*pushed.shape[1:], *shape))


def hessian(f: Callable[P, Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[P, Any]:
    """``(*s) -> ()`` becomes ``(*s) -> (*s *s)``: the Hessian of a scalar function, a batched jvp of the gradient.

    Errors: as ``grad``.

    >>> import tl_dsl as tl
    >>> tl.hessian(lambda x: tl.mean(x * x))(tl.tensor([0.5, -1.2]))
    Tensor[float64, 2 2]([[1., 0.],
                          [0., 1.]])
    """
    return _jacobian(grad(f, argnums, has_aux), argnums, has_aux, "hessian", _second_blocks)


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The Hessian of a scalar function times a vector, without the Hessian: a tuple with an entry for each argument.

    Forward over reverse; reverse over reverse where a function on the way has a custom_vjp, since the Hessian is
    symmetric. Errors: as ``grad`` and ``jvp``.

    >>> import tl_dsl as tl
    >>> tl.hvp(lambda x: tl.sum(x * x * x), (tl.tensor([1.0, 2.0]),), (tl.tensor([1.0, 1.0]),))
    (Tensor[float64, 2]([ 6., 12.]),)
    """
    args = _arguments(primals, "primals")
    call, seeds = _with_tangents(grad(f, tuple(range(len(args)))), args, tangents, False)
    graph = jvp_graph(call.graph, range(call.wrt))
    if has_reverse_only(graph):
        split = linearize_graph(call.graph, range(call.wrt))
        residuals = carrying(call.values, run(split.known, call.values)[call.count :])
        return call.result(run(transpose(split.linear, split.residuals), [*residuals, *seeds]))
    return call.result(run(graph, [*call.values, *seeds])[call.count :])


def _with_keywords(f: Callable[..., Any], keywords: Any) -> Callable[..., Any]:
    """The function with its keyword arguments, whose numpy arrays become tensors as those of the others do."""
    given = {name: tree_map(lambda x: tensor(x) if isinstance(x, np.ndarray) else x, v) for name, v in keywords.items()}
    return functools.partial(f, **given) if given else f


def _require_scalar(call: TracedCall, name: str) -> None:
    shapes = [node.shape for node in call.results]
    if shapes != [()]:
        raise DifferentiationError(
            f"{name} takes a function with one scalar result",
            got=" and ".join(map(show_shape, shapes)) or "no result",
            wanted="[]",
            suggestion="tl.sum or tl.mean of the result, or tl.jacrev for its Jacobian",
        )
    floating_results(call, name)

"""Derivatives of models in their parameters, inputs and targets, as compositions of the transforms of functions.

P stands for the parameters of the model, σ for the shape of its input, τ of its output, υ of the target. A model runs
with the given parameters in place of its own. A repeated call with equal structure, shapes and types runs no Python of
the model, unless that code reads what can change unnoticed (``guard``).

Parameters that are not floating, such as a table of indices, are carried along: nothing is derived in them, the arrays
of gradients and Jacobians at their places are zeros of their own type, and directions at their places are not read.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from tl_dsl.autodiff import function
from tl_dsl.autodiff.loss import OutputLoss
from tl_dsl.autodiff.params import M, Params, ParamsJacobian, Split, leaves_for, with_zeros
from tl_dsl.autodiff.program import Program, program
from tl_dsl.autodiff.traces import Traces
from tl_dsl.errors import ArgumentError
from tl_dsl.pytree import Static, TreeDef, tree_unflatten
from tl_dsl.tensor import Tensor, tensor

TRACES = Traces(256)
"""The traces of the entry points of all models."""

Loss = OutputLoss[Any, Any]
Transform = Callable[[Callable[..., Any]], Callable[..., Any]]


def loss_program(model: M, loss: Loss) -> Program[[Params[M], Tensor, Tensor], Tensor]:
    """``(P, σ, υ) -> ()``: the program that the gradients below differentiate; it can be called and printed.

    >>> import tl_dsl as tl
    >>> layer = tl.nn.Linear(2, 1, key=0, bias=False)
    >>> print(loss_program(layer, tl.OutputLoss.mse("sum")).graph(tl.init_params(layer), tl.ones(2), tl.ones(1)))
    (a: float64[1 2], b: float64[2], c: float64[1]):
      d: float64[2 1] = permute_dims(a, axes=(-1, -2))
      e: float64[1 2] = reshape(b, shape=(1, 2))
      f: float64[1 1] = matmul(e, d)
      g: float64[1] = reshape(f, shape=(1,))
      h: float64[1] = sub(g, c)
      i: float64[1] = mul(h, h)
      j: float64[1] = sum(i, axis=(-1,))
      k: float64[] = reshape(j, shape=())
      return k
    """
    require_loss(loss)

    def value(params: Params[M], x: Tensor, target: Tensor) -> Tensor:
        structure, leaves = leaves_for(model, params)
        return loss(_run(structure, leaves, x), target)

    return program(value)


def vjp_params(model: M, params: Params[M], x: Tensor, seed_out: Tensor) -> Params[M]:
    """``(P, σ, τ) -> P``: Jᵀ·seed in the parameters. Errors: ShapeError for a seed that is not of shape τ."""
    structure, leaves = _of_output(_pulled_to_params, model, params, x, seed_out)
    return Params(structure, with_zeros(leaves, params))


def vjp_inputs(model: M, params: Params[M], x: Tensor, seed_out: Tensor) -> tuple[Tensor]:
    """``(P, σ, τ) -> (σ,)``: Jᵀ·seed in the input. Errors: ShapeError for a seed that is not of shape τ."""
    return (vjp_input(model, params, x, seed_out),)


def vjp_input(model: M, params: Params[M], x: Tensor, seed_out: Tensor) -> Tensor:
    """``(P, σ, τ) -> σ``: ``vjp_inputs`` without the tuple."""
    gradient: Tensor = _of_output(_pulled_to_input, model, params, x, seed_out)[1]
    return gradient


def jacrev_params(model: M, params: Params[M], x: Tensor) -> ParamsJacobian[M]:
    """``(P, σ) -> P``, each array with the axes of τ before its own; ``.rows()`` goes through the elements of τ."""
    structure, (leaves, output) = _of_output(_jacobian, model, params, x)
    return ParamsJacobian(structure, with_zeros(leaves, params, output.shape), output.shape)


def grad_params(model: M, loss: Loss, params: Params[M], x: Tensor, target: Tensor) -> Params[M]:
    """``(P, σ, υ) -> P``: the gradient of the loss in the parameters.

    Errors: ShapeError, ArgumentError when parameters, input or target do not fit; DifferentiationError for a loss that
    is not one number.

    >>> import tl_dsl as tl
    >>> layer, x = tl.nn.Linear(2, 1, key=0, bias=False), tl.tensor([3.0, 4.0])
    >>> grad_params(layer, tl.OutputLoss.mse(), tl.init_params(layer), x, layer(x) - 0.5).weight
    Tensor[float64, 1 2]([[3., 4.]])
    """
    structure, leaves = _of_loss(_grad_p, model, loss, params, x, target)
    return Params(structure, with_zeros(leaves, params))


def grad_inputs(model: M, loss: Loss, params: Params[M], x: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """``(P, σ, υ) -> (σ, υ)``: the gradient of the loss in the input and in the target. Errors: as ``grad_params``."""
    gradients: tuple[Tensor, Tensor] = _of_loss(_grad_xy, model, loss, params, x, target)[1]
    return gradients


def grad_x(model: M, loss: Loss, params: Params[M], x: Tensor, target: Tensor) -> Tensor:
    """``(P, σ, υ) -> σ``: the gradient of the loss in the input, whatever the type of the target."""
    gradient: Tensor = _of_loss(_grad_x, model, loss, params, x, target)[1]
    return gradient


def grad_target(model: M, loss: Loss, params: Params[M], x: Tensor, target: Tensor) -> Tensor:
    """``(P, σ, υ) -> υ``: the gradient of the loss in the target."""
    gradient: Tensor = _of_loss(_grad_y, model, loss, params, x, target)[1]
    return gradient


def jvp_params(model: M, loss: Loss, params: Params[M], x: Tensor, target: Tensor, vparams: Params[M]) -> Tensor:
    """``(P, σ, υ, P) -> ()``: the derivative of the loss along ``vparams``, input and target held."""
    derivative: Tensor = _of_loss(_pushed_from_params, model, loss, params, x, target, vparams)[1]
    return derivative


def hvp_params(model: M, loss: Loss, params: Params[M], x: Tensor, target: Tensor, vparams: Params[M]) -> Params[M]:
    """``(P, σ, υ, P) -> P``: the Hessian of the loss in the parameters times ``vparams``, forward over reverse."""
    structure, leaves = _of_loss(_hessian_times, model, loss, params, x, target, vparams)
    return Params(structure, with_zeros(leaves, params))


def value_and_grads(
    model: M, loss: Loss, params: Params[M], x: Tensor, target: Tensor
) -> tuple[Tensor, Params[M], Tensor, Tensor]:
    """``(P, σ, υ) -> ((), P, σ, υ)``: the loss and its gradients in parameters, input and target; one evaluation."""
    structure, (value, (dparams, dx, dtarget)) = _of_loss(_value_and_all, model, loss, params, x, target)
    return value, Params(structure, with_zeros(dparams, params)), dx, dtarget


def value_and_grad_params(
    model: M, loss: Loss, params: Params[M], x: Tensor, target: Tensor
) -> tuple[Tensor, Params[M]]:
    """``(P, σ, υ) -> ((), P)``: the loss and its gradient in the parameters, from one evaluation."""
    structure, (value, leaves) = _of_loss(_value_and_p, model, loss, params, x, target)
    return value, Params(structure, with_zeros(leaves, params))


def value_and_grad_x(model: M, loss: Loss, params: Params[M], x: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """``(P, σ, υ) -> ((), σ)``: the loss and its gradient in the input, from one evaluation."""
    pair: tuple[Tensor, Tensor] = _of_loss(_value_and_x, model, loss, params, x, target)[1]
    return pair


def value_and_grad_target(model: M, loss: Loss, params: Params[M], x: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """``(P, σ, υ) -> ((), υ)``: the loss and its gradient in the target, from one evaluation."""
    pair: tuple[Tensor, Tensor] = _of_loss(_value_and_y, model, loss, params, x, target)[1]
    return pair


# Transforms of ``(leaves of P, x) -> output``


def _pulled_to_params(output: Callable[..., Any]) -> Callable[..., Any]:
    return lambda p, x, seed: function.vjp(lambda q: output(q, x), p)[1](seed)[0]


def _pulled_to_input(output: Callable[..., Any]) -> Callable[..., Any]:
    return lambda p, x, seed: function.vjp(lambda z: output(p, z), x)[1](seed)[0]


def _jacobian(output: Callable[..., Any]) -> Callable[..., Any]:
    def twice(p: Any, x: Any) -> tuple[Any, Any]:
        y = output(p, x)
        return y, y

    return function.jacrev(twice, has_aux=True)


# Transforms of ``(leaves of P, x, target) -> loss``

_grad_p: Transform = functools.partial(function.grad, argnums=0)
_grad_x: Transform = functools.partial(function.grad, argnums=1)
_grad_y: Transform = functools.partial(function.grad, argnums=2)
_grad_xy: Transform = functools.partial(function.grad, argnums=(1, 2))
_value_and_p: Transform = functools.partial(function.value_and_grad, argnums=0)
_value_and_x: Transform = functools.partial(function.value_and_grad, argnums=1)
_value_and_y: Transform = functools.partial(function.value_and_grad, argnums=2)
_value_and_all: Transform = functools.partial(function.value_and_grad, argnums=(0, 1, 2))


def _pushed_from_params(value: Callable[..., Any]) -> Callable[..., Any]:
    return lambda p, x, y, v: function.jvp(lambda q: value(q, x, y), (p,), (v,))[1]


def _hessian_times(value: Callable[..., Any]) -> Callable[..., Any]:
    return lambda p, x, y, v: function.hvp(lambda q: value(q, x, y), (p,), (v,))[0]


def _of_output(transform: Transform, model: M, params: Params[M], *tensors: Tensor) -> tuple[TreeDef, Any]:
    """A transform of the model's output, applied: the structure of the model, and the result."""
    structure, leaves = leaves_for(model, params)
    split = Split.of(leaves)

    def make() -> Callable[..., Any]:
        def call(*flat: Any) -> Any:
            live, held, rest = split.parts(flat)
            return transform(lambda p, x: _run(structure, split.joined(p, held), x))(live, *rest)

        return call

    values = [*split.live(leaves), *split.held(leaves), *map(_as_tensor, tensors, _ROLES)]
    return structure, TRACES.call((transform, structure, split), make, values)


def _of_loss(
    transform: Transform, model: M, loss: Loss, params: Params[M], x: Tensor, target: Tensor, *directions: Params[M]
) -> tuple[TreeDef, Any]:
    """A transform of the loss, applied: the structure of the model, and the result."""
    structure, leaves = leaves_for(model, params)
    require_loss(loss)
    split = Split.of(leaves)

    def make() -> Callable[..., Any]:
        def call(*flat: Any) -> Any:
            live, held, (x, y, *direction) = split.parts(flat)
            value = transform(lambda p, z, t: loss(_run(structure, split.joined(p, held), z), t))
            return value(live, x, y, tuple(direction)) if directions else value(live, x, y)

        return call

    values = [*split.live(leaves), *split.held(leaves), *map(_as_tensor, (x, target), _ROLES)]
    for direction in directions:
        values += split.live(leaves_for(model, direction, "vparams")[1])
    return structure, TRACES.call((transform, structure, split, Static(loss)), make, values)


def _run(structure: TreeDef, leaves: Any, x: Any) -> Any:
    return tree_unflatten(structure, leaves)(x)


_ROLES = ("the input", "the target or seed")


def _as_tensor(x: Any, role: str) -> Tensor:
    if isinstance(x, Tensor):
        return x
    if isinstance(x, (np.ndarray, float)):
        return tensor(x)
    raise ArgumentError(f"{role} is a Tensor", got=type(x).__name__, suggestion="tl.tensor(values)")


def require_loss(loss: Any) -> None:
    """Errors: ArgumentError for what is not an OutputLoss."""
    if not isinstance(loss, OutputLoss):
        raise ArgumentError("a loss is an OutputLoss", got=type(loss).__name__, suggestion="tl.OutputLoss(function)")

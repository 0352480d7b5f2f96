"""The benchmark cases, each written three times: by hand in numpy, for HIPS autograd, and in tl_dsl. All in float64."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np

import tl_dsl as tl

Array = np.ndarray[Any, np.dtype[np.float64]]
Function = Callable[..., Any]


@dataclass(frozen=True)
class Case:
    """One computation: numpy by hand, HIPS autograd, and a function for ``tl.compile``, on the same arrays."""

    name: str
    arguments: tuple[Any, ...]
    by_hand: Function
    hips: Function
    ours: Function


def cases() -> list[Case]:
    """All cases, with their data."""
    return [_tiny(), _mlp(), _jacobian(), _hvp()]


def _parameters(rng: np.random.Generator, *sizes: int) -> tuple[Array, ...]:
    found: list[Array] = []
    for fan_in, fan_out in itertools.pairwise(sizes):
        found += [rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in), 0.1 * rng.standard_normal(fan_out)]
    return tuple(found)


# A small regression: mean squared error of tanh


def _tiny() -> Case:
    rng = np.random.default_rng(1)
    arguments = (_parameters(rng, 4, 16, 1), rng.standard_normal((8, 4)), rng.standard_normal((8, 1)))
    hips = autograd.value_and_grad(lambda p, x, y: _squared_error(anp, p, x, y))
    ours = tl.value_and_grad(lambda p, x, y: _squared_error(tl, p, x, y))
    return Case("tiny MLP 4-16-1, batch 8, gradient", arguments, _tiny_by_hand, hips, ours)


def _squared_error(xp: Any, parameters: Any, x: Any, y: Any) -> Any:
    w1, b1, w2, b2 = parameters
    difference = xp.tanh(x @ w1 + b1) @ w2 + b2 - y
    return xp.mean(difference * difference)


def _tiny_by_hand(parameters: Any, x: Array, y: Array) -> Any:
    w1, b1, w2, b2 = parameters
    h = np.tanh(x @ w1 + b1)
    difference = h @ w2 + b2 - y
    loss = (difference * difference).mean()
    g = difference * (2 / difference.size)
    dz = (g @ w2.T) * (1 - h * h)
    return loss, (x.T @ dz, dz.sum(0), h.T @ g, g.sum(0))


# Classification: relu, softmax cross-entropy


def _mlp() -> Case:
    rng = np.random.default_rng(1)
    arguments = (_parameters(rng, 784, 128, 10), rng.standard_normal((64, 784)), _one_hot(rng.integers(0, 10, 64)))
    hips = autograd.value_and_grad(_cross_entropy_hips)
    return Case("MLP 784-128-10, batch 64, gradient", arguments, _mlp_by_hand, hips, tl.value_and_grad(_cross_entropy))


def _one_hot(labels: Any) -> Array:
    hot: Array = np.eye(10)[labels]
    return hot


def _cross_entropy(parameters: Any, x: Any, y: Any) -> Any:
    w1, b1, w2, b2 = parameters
    scores = tl.relu(x @ w1 + b1) @ w2 + b2
    return -tl.sum(y * tl.log_softmax(scores)) / x.shape[0]


def _cross_entropy_hips(parameters: Any, x: Any, y: Any) -> Any:
    w1, b1, w2, b2 = parameters
    scores = anp.maximum(x @ w1 + b1, 0) @ w2 + b2
    shifted = scores - anp.max(scores, axis=1, keepdims=True)
    return (anp.sum(anp.log(anp.sum(anp.exp(shifted), axis=1))) - anp.sum(shifted * y)) / x.shape[0]


def _mlp_by_hand(parameters: Any, x: Array, y: Array) -> Any:
    w1, b1, w2, b2 = parameters
    h = np.maximum(x @ w1 + b1, 0)
    z = h @ w2 + b2
    z -= z.max(1, keepdims=True)
    e = np.exp(z)
    total = e.sum(1, keepdims=True)
    loss = (np.log(total[:, 0]) - (z * y).sum(1)).mean()
    e /= total
    e -= y
    e *= 1 / len(y)
    dh = e @ w2.T
    dh *= h > 0
    return loss, (x.T @ dh, dh.sum(0), h.T @ e, e.sum(0))


# The Jacobian of two tanh layers


def _jacobian() -> Case:
    rng = np.random.default_rng(1)
    parameters = _parameters(rng, 64, 64, 64)
    arguments = (rng.standard_normal(64), parameters)
    hips = autograd.jacobian(lambda x, p: _two_layers(anp, x, p))
    ours = tl.jacrev(lambda x, p: _two_layers(tl, x, p))
    return Case("jacrev of 64-64-64", arguments, _jacobian_by_hand, hips, ours)


def _two_layers(xp: Any, x: Any, parameters: Any) -> Any:
    w1, b1, w2, b2 = parameters
    return xp.tanh(xp.tanh(x @ w1 + b1) @ w2 + b2)


def _jacobian_by_hand(x: Array, parameters: Any) -> Any:
    w1, b1, w2, b2 = parameters
    h = np.tanh(x @ w1 + b1)
    y = np.tanh(h @ w2 + b2)
    return (((1 - y * y)[:, None] * w2.T) * (1 - h * h)) @ w1.T


# Hessian times vector of the classifier


def _hvp() -> Case:
    case, rng = _mlp(), np.random.default_rng(7)
    parameters, x, y = case.arguments
    direction = _parameters(rng, 784, 128, 10)
    gradient = autograd.grad(_cross_entropy_hips)

    def hips(p: Any, v: Any, x: Any, y: Any) -> Any:
        dot = autograd.grad(lambda q: sum([anp.sum(a * b) for a, b in zip(gradient(q, x, y), v, strict=True)]))
        return dot(p)

    def ours(p: Any, v: Any, x: Any, y: Any) -> Any:
        return tl.hvp(lambda q: _cross_entropy(q, x, y), (p,), (v,))

    return Case("hvp of that MLP", (parameters, direction, x, y), _hvp_by_hand, hips, ours)


def _hvp_by_hand(parameters: Any, direction: Any, x: Array, y: Array) -> Any:
    (w1, b1, w2, b2), (v1, c1, v2, c2) = parameters, direction
    z = x @ w1
    z += b1
    mask = z > 0
    h = z * mask
    dh = x @ v1
    dh += c1
    dh *= mask
    scores = h @ w2
    scores += b2
    scores -= scores.max(1, keepdims=True)
    p = np.exp(scores)
    p /= p.sum(1, keepdims=True)
    ds = dh @ w2
    ds += h @ v2
    ds += c2
    dp = p * ds
    dp -= p * dp.sum(1, keepdims=True)
    dp *= 1 / len(y)
    p -= y
    p *= 1 / len(y)
    g = dp @ w2.T
    g += p @ v2.T
    g *= mask
    return x.T @ g, g.sum(0), h.T @ dp + dh.T @ p, dp.sum(0)

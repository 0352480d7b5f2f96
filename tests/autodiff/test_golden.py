"""The golden values of functions: printed or computed elsewhere, in every mode that can give them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tl_dsl as tl
from tl_dsl import Tensor

X = tl.tensor([0.5, -1.2])
A = tl.tensor([0.4, -0.7, 1.1])
U = tl.tensor([1.0, 0.5, -2.0])
W = tl.tensor([0.25, -1.5, 2.0])


def mean_square(x: Tensor) -> Tensor:
    return tl.mean(x * x)


def quartic(x: Tensor) -> Tensor:
    return x**4 + 1


def cubic(x: Tensor, y: Tensor) -> Tensor:
    return (2 * x + 3 * y + 1) ** 3


def weighted(x: Tensor) -> Tensor:
    return tl.exp(x) * tl.mean(x * x)


def decay(x: Tensor) -> Tensor:
    return tl.exp(-2 * x)


def half_decay(x: Tensor) -> Tensor:
    return decay(x) / 2 + tl.tensor(0.1)


GOLDEN: list[tuple[str, Callable[[], Any], Any]] = [
    ("jacobian of square, reverse", lambda: tl.jacrev(tl.square)(X), [[1, 0], [0, -2.4]]),
    ("jacobian of square, forward", lambda: tl.jacfwd(tl.square)(X), [[1, 0], [0, -2.4]]),
    ("vjp of square", lambda: tl.vjp(tl.square, X)[1](tl.ones(2))[0], [1, -2.4]),
    ("mean square", lambda: mean_square(X), 0.845),
    ("its gradient", lambda: tl.grad(mean_square)(X), [0.5, -1.2]),
    ("its Hessian", lambda: tl.hessian(mean_square)(X), [[1, 0], [0, 1]]),
    (
        "log-softmax, jvp",
        lambda: tl.jvp(tl.log_softmax, (tl.tensor([0.0, math.log(2)]),), (tl.tensor([1.0, 0.0]),))[1],
        [2 / 3, -1 / 3],
    ),
    ("exp", lambda: tl.exp(tl.tensor(0.5)), 1.648721),
    ("d/dx e^(-2x)", lambda: tl.grad(decay)(0.5), -0.735759),
    ("d/dx e^(-2x), forward", lambda: tl.jacfwd(decay)(0.5), -0.735759),
    ("half decay", lambda: half_decay(tl.tensor(0.5)), 0.283940),
    ("its derivative", lambda: tl.grad(half_decay)(0.5), -0.367879),
    ("its second derivative", lambda: tl.grad(tl.grad(half_decay))(0.5), 0.735759),
    ("stopped, reverse", lambda: tl.grad(lambda x: x * tl.stop_gradient(x))(3.0), 3),
    ("stopped, forward", lambda: tl.jacfwd(lambda x: x * tl.stop_gradient(x))(3.0), 3),
    ("stopped, linearized", lambda: tl.linearize(lambda x: x * tl.stop_gradient(x), 3.0)[1](1.0), 3),
    ("stopped, second order", lambda: tl.hessian(lambda x: x * tl.stop_gradient(x))(3.0), 0),
    ("quartic", lambda: quartic(tl.tensor([1.0, 2.0])), [2, 17]),
    ("its gradient", lambda: tl.grad(lambda x: tl.sum(quartic(x)))(tl.tensor([1.0, 2.0])), [4, 32]),
    ("its Hessian", lambda: tl.hessian(lambda x: tl.sum(quartic(x)))(tl.tensor([1.0, 2.0])), [[12, 0], [0, 48]]),
    ("cubic", lambda: cubic(tl.tensor(1.0), tl.tensor(2.0)), 729),
    ("dx", lambda: tl.grad(cubic)(1.0, 2.0), 486),
    ("dxdy", lambda: tl.grad(tl.grad(cubic), 1)(1.0, 2.0), 324),
    ("dydx", lambda: tl.grad(tl.grad(cubic, 1), 0)(1.0, 2.0), 324),
    ("dxdxdy", lambda: tl.grad(tl.grad(tl.grad(cubic)), 1)(1.0, 2.0), 72),
    ("fourth order", lambda: tl.grad(tl.grad(tl.grad(tl.grad(cubic)), 1), 1)(1.0, 2.0), 0),
    ("third order, forward", lambda: tl.jacfwd(tl.jacfwd(tl.jacfwd(cubic)), 1)(1.0, 2.0), 72),
    ("<Ju, w>", lambda: tl.sum(tl.jvp(weighted, (A,), (U,))[1] * W), -15.528866),
    ("<u, J'w>", lambda: tl.sum(tl.vjp(weighted, A)[1](W)[0] * U), -15.528866),
]


@pytest.mark.parametrize(("name", "compute", "wanted"), GOLDEN, ids=[f"{k}-{row[0]}" for k, row in enumerate(GOLDEN)])
def test_golden(name: str, compute: Callable[[], Any], wanted: Any) -> None:
    np.testing.assert_allclose(np.asarray(compute()), wanted, rtol=2e-6, atol=1e-12)


@pytest.mark.parametrize(("name", "compute", "wanted"), GOLDEN, ids=[f"{k}-{row[0]}" for k, row in enumerate(GOLDEN)])
def test_golden_compiled_as_a_program(name: str, compute: Callable[[], Any], wanted: Any) -> None:
    """The same, emitted into an outer trace."""
    program = tl.compile(lambda seed: compute() + seed * 0)
    np.testing.assert_allclose(np.asarray(program(tl.tensor(1.0))), wanted, rtol=2e-6, atol=1e-12)

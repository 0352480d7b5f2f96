"""Optimisers against their published update rules, computed by hand step by step."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tl_dsl import nn, optim
from tl_dsl.errors import ArgumentError, ShapeError
from tl_dsl.pytree import tree_flatten, tree_map
from tl_dsl.tensor import Tensor, tensor

RNG = np.random.default_rng(0)
START = RNG.normal(size=(3, 2))
GRADIENTS = RNG.normal(size=(5, 3, 2))


def torch_sgd(lr: float, momentum: float = 0, weight_decay: float = 0, nesterov: bool = False) -> Any:
    """The loop in torch.optim.SGD's documentation (dampening 0), literally."""
    p, b = START.copy(), None
    for g in GRADIENTS:
        g = g + weight_decay * p
        if momentum:
            b = g if b is None else momentum * b + g
            g = g + momentum * b if nesterov else b
        p = p - lr * g
    return p


def torch_adam(lr: float, b1: float, b2: float, eps: float, weight_decay: float = 0) -> Any:
    """The loop in torch.optim.Adam's documentation, literally."""
    p, m, v = START.copy(), np.zeros((3, 2)), np.zeros((3, 2))
    for t, g in enumerate(GRADIENTS, 1):
        g = g + weight_decay * p
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g**2
        p = p - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)
    return p


CASES: list[tuple[Any, Any]] = [
    (optim.SGD(0.1), torch_sgd(0.1)),
    (optim.SGD(0.1, momentum=0.9), torch_sgd(0.1, 0.9)),
    (optim.SGD(0.1, momentum=0.9, nesterov=True), torch_sgd(0.1, 0.9, nesterov=True)),
    (optim.SGD(0.1, momentum=0.5, weight_decay=0.2), torch_sgd(0.1, 0.5, 0.2)),
    (optim.SGD(0.1, weight_decay=0.2), torch_sgd(0.1, 0, 0.2)),
    (optim.Adam(), torch_adam(1e-3, 0.9, 0.999, 1e-8)),
    (optim.Adam(0.1, betas=(0.5, 0.9), eps=1e-3, weight_decay=0.3), torch_adam(0.1, 0.5, 0.9, 1e-3, 0.3)),
]


@pytest.mark.parametrize(("opt", "wanted"), CASES, ids=lambda value: repr(value)[:60])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_against_the_published_rule(opt: Any, wanted: Any, dtype: Any) -> None:
    params: dict[str, Any] = {"w": tensor(START, dtype=dtype), "b": (tensor(np.asarray(1, dtype)), None)}
    before = np.array(params["w"])
    state = opt.init(params)
    for g in GRADIENTS:
        start = params
        params, state = opt.update(
            {"w": tensor(g, dtype=dtype), "b": (tensor(np.asarray(2, dtype)), None)}, state, params
        )
    assert params["w"].dtype == dtype and params["b"][0].shape == () and params["b"][0].dtype == dtype
    np.testing.assert_allclose(np.asarray(params["w"]), wanted, rtol=1e-12 if dtype is np.float64 else 1e-4, atol=1e-6)
    assert start is not params and np.array_equal(before, START.astype(dtype))


def test_by_hand() -> None:
    """SGD(0.5, momentum=0.5) on g = 1: v = 1, 1.5, 1.75; p = 0, -0.5, -1.25, -2.125."""
    opt = optim.SGD(0.5, momentum=0.5)
    p = tensor(0.0)
    state = opt.init(p)
    seen = []
    for _ in range(3):
        p, state = opt.update(tensor(1.0), state, p)
        seen.append(p.item())
    assert seen == [-0.5, -1.25, -2.125]
    assert state.velocity is not None and state.velocity.item() == 1.75


def test_modules_keep_their_type() -> None:
    layer = nn.Linear(2, 3, key=0)
    gradient = tree_map(lambda x: x * 0 + 1, layer)
    opt = optim.Adam(0.1)
    new, state = opt.update(gradient, opt.init(layer), layer)
    assert isinstance(new, nn.Linear) and tree_flatten(new)[1] == tree_flatten(layer)[1]
    np.testing.assert_allclose(np.asarray(new.weight), np.asarray(layer.weight) - 0.1, rtol=1e-6)
    assert isinstance(state.mean, nn.Linear)


def test_exact_fractions() -> None:
    p = tensor(np.array([Fraction(1, 3)], object))
    opt = optim.SGD(0.5)
    new, _ = opt.update(tensor(np.array([Fraction(2)], object)), opt.init(p), p)
    assert new.numpy()[0] == Fraction(-2, 3)


def test_bad_input() -> None:
    for make in (
        lambda: optim.SGD(-1.0),
        lambda: optim.SGD(0.1, nesterov=True),
        lambda: optim.Adam(betas=(1.0, 0.9)),
        lambda: optim.SGD(float("nan")),
        lambda: optim.SGD(0.1, momentum=0.9).init({"w": 1.0}),
    ):
        with pytest.raises(ArgumentError):
            make()
    opt = optim.SGD(0.1)
    w: dict[str, Tensor] = {"w": tensor(START)}
    with pytest.raises(ArgumentError, match="one structure"):
        opt.update({"v": tensor(START)}, opt.init(w), w)
    with pytest.raises(ArgumentError, match="are Tensors") as given:
        opt.update({"w": START}, opt.init(w), w)
    assert "ndarray at ['w']" in str(given.value)
    with pytest.raises(ShapeError, match="shape of its parameter") as raised:
        opt.update({"w": tensor(START[0])}, opt.init(w), w)
    assert "['w']" in str(raised.value)

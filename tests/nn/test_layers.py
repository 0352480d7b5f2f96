"""Layers, initialisers and losses: values against numpy, errors for bad input."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import special

from tl_dsl import nn, ops
from tl_dsl.errors import ArgumentError, ShapeError, TlError
from tl_dsl.nn import initializers
from tl_dsl.pytree import tree_flatten
from tl_dsl.tensor import Tensor, tensor

X = np.array([[-2.0, -0.5, 0.0], [0.3, 1.0, 40.0]])

LAYERS: list[tuple[nn.Module, Any]] = [
    (nn.Identity(), X),
    (nn.ReLU(), np.maximum(X, 0)),
    (nn.Tanh(), np.tanh(X)),
    (nn.Sigmoid(), 1 / (1 + np.exp(-X))),
    (nn.Softplus(), np.logaddexp(X, 0)),
    (nn.GELU(), X * special.ndtr(X)),
    (nn.GELU("tanh"), X / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (X + 0.044715 * X**3)))),
    (nn.Softmax(), special.softmax(X, axis=-1)),
    (nn.Softmax(axis=0), special.softmax(X, axis=0)),
    (nn.LogSoftmax(), special.log_softmax(X, axis=-1)),
    (nn.Sequential(), X),
    (nn.Sequential(ops.tanh, nn.Tanh(), nn.ReLU()), np.maximum(np.tanh(np.tanh(X)), 0)),
]


@pytest.mark.parametrize(
    ("layer", "wanted"), LAYERS, ids=lambda value: repr(value) if isinstance(value, nn.Module) else ""
)
def test_values(layer: Any, wanted: Any) -> None:
    np.testing.assert_allclose(np.asarray(layer(tensor(X))), wanted, rtol=1e-14, atol=1e-15)
    assert layer(tensor(X.astype(np.float32))).dtype == np.float32


@pytest.mark.parametrize("batch", [(), (5,), (2, 0), (2, 5)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear(batch: tuple[int, ...], bias: bool) -> None:
    layer = nn.Linear(4, 3, key=1, bias=bias)
    x = np.random.default_rng(0).normal(size=(*batch, 4))
    wanted = x @ np.asarray(layer.weight).T + (np.asarray(layer.bias) if bias else 0)
    np.testing.assert_allclose(np.asarray(layer(tensor(x))), wanted, rtol=1e-14)
    assert tree_flatten(layer)[1].paths() == [".weight", ".bias"][: 1 + bias]
    assert (layer.in_features, layer.out_features) == (4, 3)


def test_flatten() -> None:
    for shape, wanted in [((2, 3, 4), (2, 12)), ((2,), (2, 1)), ((0, 3, 4), (0, 12)), ((2, 0, 3), (2, 0))]:
        assert nn.Flatten()(tensor(np.ones(shape))).shape == wanted


def test_keys() -> None:
    a, b, c = nn.Linear(64, 8, key=3), nn.Linear(64, 8, key=3), nn.Linear(64, 8, key=(3, 1))
    assert np.array_equal(np.asarray(a.weight), np.asarray(b.weight))
    assert not np.array_equal(np.asarray(a.weight), np.asarray(c.weight))
    assert a.bias is not None and not np.array_equal(np.asarray(a.weight)[0, :8], np.asarray(a.bias))
    for values in (np.asarray(a.weight), np.asarray(a.bias)):
        assert np.abs(values).max() <= 1 / 8 and np.abs(values).max() > 0.1 and values.dtype == np.float64
    assert nn.Linear(2, 2, key=0, dtype=np.float32).weight.dtype == np.float32
    before = np.random.get_state()[1].copy()  # type: ignore[index]
    nn.Linear(2, 2, key=0)
    assert (np.random.get_state()[1] == before).all()  # type: ignore[index]


def test_initializers() -> None:
    assert np.asarray(initializers.zeros((2, 3))).tolist() == [[0.0] * 3] * 2
    u = np.asarray(initializers.uniform((10_000,), key=0, low=-1, high=3))
    assert u.min() >= -1 and u.max() < 3 and abs(u.mean() - 1) < 0.05
    k = np.asarray(initializers.kaiming_uniform((100, 50), key=0))
    assert np.abs(k).max() <= math.sqrt(6 / 50) and abs(k.std() - math.sqrt(2 / 50)) < 0.005


BAD: list[tuple[Any, type[TlError], str]] = [
    (lambda: nn.Linear(0, 3, key=0), ArgumentError, "in_features=0"),
    (lambda: nn.Linear(3, 2.5, key=0), ArgumentError, "out_features=2.5"),
    (lambda: nn.Linear(3, 2, key=-1), ArgumentError, "key=0"),
    (lambda: nn.Linear(3, 2, key=1.5), ArgumentError, "1.5"),
    (lambda: initializers.kaiming_uniform((3,), key=0), ShapeError, "fan_in"),
    (lambda: nn.Flatten()(tensor(1.0)), ShapeError, "first axis"),
    (lambda: nn.Sequential(nn.ReLU(), 3), ArgumentError, "place 1"),
    (lambda: nn.Sequential(nn.Linear(2, 3, key=0), nn.Linear(4, 1, key=0))(tensor(np.ones(2))), ShapeError, "3"),
    (lambda: nn.mse_loss(tensor([1.0]), tensor([1.0, 2.0])), ShapeError, "target of shape [1]"),
    (lambda: nn.mse_loss(tensor([1.0]), tensor([1.0]), reduction="max"), ArgumentError, "'max'"),
    (lambda: nn.cross_entropy(tensor([[1.0, 2.0]]), tensor([1])), ShapeError, "one_hot"),
    (lambda: nn.cross_entropy(tensor(1.0), tensor(1.0)), ShapeError, "classes"),
]


@pytest.mark.parametrize(("make", "error", "text"), BAD)
def test_bad_input(make: Any, error: type[TlError], text: str) -> None:
    with pytest.raises(error) as raised:
        make()
    assert text in str(raised.value) and f"[{error.code}]" in str(raised.value)


def values(x: Tensor) -> Any:
    return np.asarray(x)


def test_mse_reductions() -> None:
    a, b = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.ones((2, 3))
    x, y = tensor(a), tensor(b)
    assert values(nn.mse_loss(x, y)) == pytest.approx(((a - b) ** 2).mean())
    assert values(nn.mse_loss(x, y, reduction="sum")) == pytest.approx(((a - b) ** 2).sum())
    assert values(nn.mse_loss(x, y, reduction="none")).tolist() == ((a - b) ** 2).tolist()
    assert nn.mse_loss(tensor(np.ones((0, 3))), tensor(np.ones((0, 3)))).item() == 0.0


def test_cross_entropy_reductions() -> None:
    logits = np.random.default_rng(1).normal(size=(4, 2, 3)) * 100
    soft = special.softmax(np.random.default_rng(2).normal(size=(4, 2, 3)), axis=-1) * 1.5
    rows = -(soft * special.log_softmax(logits, axis=-1)).sum(-1)
    x, y = tensor(logits), tensor(soft)
    assert values(nn.cross_entropy(x, y)) == pytest.approx(rows.mean())
    assert values(nn.cross_entropy(x, y, reduction="sum")) == pytest.approx(rows.sum())
    np.testing.assert_allclose(values(nn.cross_entropy(x, y, reduction="none")), rows)
    vector = nn.cross_entropy(tensor([0.0, 0.0]), tensor([1.0, 0.0]))
    assert vector.item() == nn.cross_entropy(tensor([0.0, 0.0]), tensor([1.0, 0.0]), reduction="sum").item()
    assert nn.cross_entropy(tensor(np.ones((0, 3))), tensor(np.ones((0, 3)))).item() == 0.0


def test_sequential_is_a_sequence() -> None:
    first, last = nn.Linear(2, 3, key=0), nn.Linear(3, 1, key=1)
    net = nn.Sequential(first, nn.ReLU(), last)
    assert list(net) == [first, net[1], last] and net[-1] is last and len(net) == 3
    assert isinstance(net[:2], nn.Sequential) and list(net[:2]) == [first, net[1]] and len(net[3:]) == 0
    assert tree_flatten(net)[1].paths() == [
        ".layers[0].weight", ".layers[0].bias", ".layers[2].weight", ".layers[2].bias",
    ]  # fmt: skip

"""Uses of the public API that a type checker without our plugin must accept; pyright reads this file, tests run it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import assert_type

import numpy as np
import numpy.typing as npt
from jaxtyping import Bool, Float, Int

import tl_dsl as tl
from tl_dsl import Tensor, nn, optim


class Mlp(tl.Module):
    """A Module is a frozen dataclass: its constructor takes the fields."""

    w1: Float[Tensor, "hidden inputs"]
    b1: Float[Tensor, "hidden"]
    w2: Float[Tensor, "outputs hidden"]
    scale: float = 1.0

    def __call__(self, x: Float[Tensor, "*b inputs"]) -> Float[Tensor, "*b outputs"]:
        return tl.tanh(x @ self.w1.T + self.b1) @ self.w2.T * self.scale


def attention(
    q: Float[Tensor, "*b t d"], k: Float[Tensor, "*b s d"], v: Float[Tensor, "*b s e"]
) -> Float[Tensor, "*b t e"]:
    return tl.softmax(q @ k.mT / q.shape[-1] ** 0.5, axis=-1) @ v


@tl.typed
def energy(x: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.sum(x * x)


def masked(x: Float[Tensor, "n"], mask: Bool[Tensor, "n"]) -> Float[Tensor, "n"]:
    return tl.where(mask, x, 0.0)


def bare(x: Tensor) -> Tensor:
    return x


def tensors() -> None:
    x = tl.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    array: npt.NDArray[np.float64] = x.numpy()
    back = np.asarray(x)
    number = float(x[0, 0])
    assert array.shape == back.shape == (2, 3) and number == 1.0
    y = 2 * x + x / 3 - x**2 + (-x)
    z: Tensor = tl.exp(y).sum(axis=0, keepdims=True).reshape(-1)
    w = tl.concat([z, tl.zeros(3)], axis=0)
    assert_type(w.shape, tuple[int, ...])
    rows: list[Tensor] = [row for row in x]
    assert len(rows) == x.shape[0]
    assert bare(tl.stack(rows, axis=1)).T.shape == (2, 3)
    i: Int[Tensor, "k"] = tl.arange(2)
    tl.take(x, i, axis=0)
    masked(x[0], x[0] > 1)
    head, tail = tl.split(x, [1], axis=1)
    product: Tensor = tl.einsum("ij,kj->ik", head, head) + tl.tensordot(tail, tail, axes=((1,), (1,)))
    assert tl.linalg.solve(product, x).shape == (2, 3) and tl.linalg.det(product).shape == ()
    assert tl.linalg.norm(x, "fro", axis=(0, 1), keepdims=True).shape == (1, 1)
    assert tl.take_along_axis(x, tl.argsort(x, axis=0, descending=True), axis=0).shape == x.shape
    assert tl.cumsum(tl.roll(tl.flip(x), (1, 2), axis=(0, 1)), axis=0).shape == tl.tile(x, (1, 1)).shape
    tl.outer(tl.linspace(0, 1, 3), tl.prod(x, axis=0) + tl.std(x, axis=0, correction=1))
    upper = tl.linalg.cholesky(product + 9 * tl.eye(2), upper=True)
    assert (tl.triu(product, k=1) - upper * tl.trace(product)).shape == (2, 2)
    attention(x, x, x)
    with tl.config(domain="ignore"):
        tl.log(-x)


def derivatives() -> None:
    x = tl.tensor([0.5, -1.2])
    gradient: Callable[..., Tensor] = tl.grad(energy)
    gradient(x)
    tl.hessian(energy)(x)
    value, slope = tl.value_and_grad(energy)(x)
    y, pullback = tl.vjp(tl.square, x)
    pullback(y)
    tl.jvp(energy, (x,), (x,))
    tl.hvp(energy, (x,), (x,))
    tl.jacrev(tl.square)(x)
    tl.jacfwd(tl.square)(x)
    tl.vmap(energy)(tl.zeros((3, 2)))
    compiled = tl.compile(energy)
    compiled(x)
    assert value.shape == () and slope.shape == x.shape


def models() -> None:
    model = Mlp(w1=tl.ones((8, 4)), b1=tl.zeros(8), w2=tl.ones((2, 8)))
    x, target = tl.ones((3, 4)), tl.zeros((3, 2))
    loss = tl.OutputLoss.mse()
    params: tl.Params[Mlp] = tl.init_params(model)
    gradient: tl.Params[Mlp] = tl.grad_params(model, loss, params, x, target)
    again: Mlp = gradient.model
    assert again(x).shape == (3, 2)
    tl.hvp_params(model, loss, params, x, target, gradient)
    tl.init_params_with(model, Fraction)
    for leaf in gradient:
        assert isinstance(leaf, Tensor)
    for row in tl.jacrev_params(model, params, x).rows():
        assert len(row) == 3
    value, dparams, dx, dtarget = tl.value_and_grads(model, loss, params, x, target)
    assert value.shape == () and len(dparams) == 3 and dx.shape == x.shape and dtarget.shape == target.shape


def training() -> None:
    net = nn.Sequential(nn.Linear(4, 8, key=0), nn.ReLU(), nn.Linear(8, 2, key=1))
    loss = tl.OutputLoss.cross_entropy_one_hot(reduction="sum")
    params = tl.init_params(net)
    optimizer = optim.Adam(1e-3)
    state = optimizer.init(params)
    x, target = tl.ones((3, 4)), tl.one_hot(tl.arange(3), 2, dtype=tl.float64)
    value, gradient = tl.value_and_grad_params(net, loss, params, x, target)
    params, state = optimizer.update(gradient, state, params)
    assert value.shape == ()

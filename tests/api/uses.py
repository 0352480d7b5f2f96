"""Uses of the public API as type checkers without our plugin see them; pyright reads this file in `make lint`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, assert_type

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor, nn, optim


class Mlp(tl.Module):
    w1: Float[Tensor, "hidden inputs"]
    b1: Float[Tensor, "hidden"]
    w2: Float[Tensor, "outputs hidden"]
    slope: float = 1.0

    def __call__(self, x: Float[Tensor, "*b inputs"]) -> Float[Tensor, "*b outputs"]:
        return tl.tanh(x @ self.w1.T * self.slope + self.b1) @ self.w2.T


mlp = Mlp(tl.ones((3, 2)), tl.zeros(3), w2=tl.ones((1, 3)), slope=2.0)

net = nn.Sequential(nn.Linear(64, 128, key=0), nn.ReLU(), nn.Linear(128, 10, key=1, bias=False))
assert_type(net.layers[1], nn.ReLU)

loss = tl.OutputLoss.cross_entropy_one_hot()
params = tl.init_params(mlp)
assert_type(params, tl.Params[Mlp])
assert_type(params.model, Mlp)
assert_type(tl.init_params_with(mlp, Fraction), tl.Params[Mlp])

x, y = tl.ones((5, 2)), tl.zeros((5, 1))
gradient = tl.grad_params(mlp, loss, params, x, y)
assert_type(gradient, tl.Params[Mlp])
assert_type(tl.hvp_params(mlp, loss, params, x, y, gradient), tl.Params[Mlp])
assert_type(tl.jacrev_params(mlp, params, x), tl.ParamsJacobian[Mlp])
assert_type(tl.value_and_grad_params(mlp, loss, params, x, y)[1], tl.Params[Mlp])

optimizer = optim.Adam(1e-3)
state = optimizer.init(params)
assert_type(state, optim.AdamState[tl.Params[Mlp]])
params, state = optimizer.update(gradient, state, params)
assert_type(params, tl.Params[Mlp])


@tl.typed
def energy(v: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.sum(v**2)


value: Any = tl.hessian(energy)(tl.ones(3))
assert_type(energy(tl.ones(3)).ndim, int)


def misuses() -> None:
    """Never called: each line is refused."""
    Mlp(tl.ones((3, 2)), tl.zeros(3))  # pyright: ignore[reportCallIssue]
    Mlp(tl.ones((3, 2)), tl.zeros(3), "w2")  # pyright: ignore[reportArgumentType]
    nn.Linear("64", 128, key=0)  # pyright: ignore[reportArgumentType]
    nn.Linear(64, 128)  # pyright: ignore[reportCallIssue]
    tl.grad_params(net, loss, params, x, y)  # pyright: ignore[reportArgumentType]
    tl.grad_params(mlp, nn.mse_loss, params, x, y)  # pyright: ignore[reportArgumentType]
    nn.mse_loss(x, x, reduction="average")  # pyright: ignore[reportArgumentType]
    optimizer.update(tl.init_params(net), state, params)  # pyright: ignore[reportArgumentType]
    energy("v")  # pyright: ignore[reportArgumentType]

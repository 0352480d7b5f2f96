"""The derivative entry points, of functions and of models."""

from jaxtyping import Float, Int

import tl_dsl as tl
from tl_dsl import Tensor, nn


def energy(x: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.sum(x * x)


def loss(w: Float[Tensor, "i o"], x: Float[Tensor, "b i"]) -> Float[Tensor, ""]:
    return tl.mean(x @ w)


def field(x: Float[Tensor, "n"], k: Float[Tensor, "m n"]) -> Float[Tensor, "m"]:
    return k @ x


def counted(x: Int[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.sum(tl.astype(x, tl.float64))


def with_aux(x: Float[Tensor, "n"]) -> tuple[Float[Tensor, ""], Float[Tensor, "n"]]:
    return tl.sum(x), x


x = tl.zeros(3)
reveal_type(tl.hessian(energy))  # R: def [n <: int] (x: Tensor[Float, n]) -> Tensor[Float, n, n]
reveal_type(tl.hessian(energy)(x))  # R: Tensor[Float, 3, 3]
reveal_type(tl.grad(energy)(x))  # R: Tensor[Float, 3]
reveal_type(tl.grad(loss)(tl.zeros((3, 4)), tl.ones((5, 3))))  # R: Tensor[Float, 3, 4]
tl.grad(loss)(tl.zeros((3, 4)), tl.ones((5, 4)))  # E: axis 1 (i) of argument 2 (x) must be 3; got 4; where i=3 from argument 1 (w) [tensor-shape]
both = tl.grad(loss, argnums=(0, 1))
reveal_type(both(tl.zeros((3, 4)), tl.ones((5, 3))))  # R: tuple[Tensor[Float, 3, 4], Tensor[Float, 5, 3]]
both(tl.zeros((3, 4)), tl.ones((5, 2)))  # E: axis 1 (i) of argument 2 (x) must be 3; got 2; where i=3 from argument 1 (w) [tensor-shape]
reveal_type(tl.grad(with_aux, has_aux=True)(x))  # R: tuple[Tensor[Float, 3], Tensor[Float, 3]]
tl.grad(field)  # E: grad takes a function with one scalar result; got [m]; wanted []; try: tl.sum or tl.mean of it [tensor-grad]
tl.hessian(field)  # E: hessian takes a function with one scalar result; got [m]; wanted []; try: tl.sum or tl.mean of it [tensor-grad]
tl.grad(counted)  # E: grad differentiates floating tensors only; got argument 0 of type Int; wanted Float [tensor-grad]
reveal_type(tl.grad(tl.grad))  # R: def [P] (f: def (*P.args, **P.kwargs) -> Any, argnums: int | tuple[int, ...] =, has_aux: bool =) -> def (*P.args, **P.kwargs) -> Any
reveal_type(tl.jacrev(field)(x, tl.zeros((7, 3))))  # R: Tensor[Float, 7, 3]
reveal_type(tl.jacfwd(field, argnums=1)(x, tl.zeros((7, 3))))  # R: Tensor[Float, 7, 7, 3]
reveal_type(tl.jacfwd(tl.grad(energy))(x))  # R: Tensor[Float, 3, 3]
reveal_type(tl.value_and_grad(energy)(x))  # R: tuple[Tensor[Float, ()], Tensor[Float, 3]]

y, back = tl.vjp(field, x, tl.zeros((7, 3)))
reveal_type(y)  # R: Tensor[Float, 7]
reveal_type(back(y))  # R: tuple[Tensor[Float64, 3], Tensor[Float64, 7, 3]]
back(x)  # E: axis 0 of argument 1 must be 7; got 3 [tensor-shape]
reveal_type(tl.jvp(energy, (x,), (x,)))  # R: tuple[Tensor[Float, ()], Tensor[Float, ()]]
tl.jvp(energy, (x,), (tl.zeros(4),))  # E: axis 0 of tangent 1 must be 3; got 4 [tensor-shape]
reveal_type(tl.hvp(energy, (x,), (x,)))  # R: tuple[Tensor[Float64, 3]]
value, push = tl.linearize(field, x, tl.zeros((7, 3)))
reveal_type(push(x, tl.zeros((7, 3))))  # R: Tensor[Float, 7]
push(x, tl.zeros((7, 4)))  # E: axis 1 of argument 2 must be 3; got 4 [tensor-shape]
reveal_type(tl.vmap(energy)(tl.zeros((9, 3))))  # R: Tensor[Float, 9]
reveal_type(tl.vmap(field, in_axes=(0, None))(tl.zeros((9, 3)), tl.zeros((7, 3))))  # R: Tensor[Float, 9, 7]
reveal_type(tl.vmap(tl.grad(energy))(tl.zeros((9, 3))))  # R: Tensor[Float, 9, 3]


def newton(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    reveal_type(tl.hessian(energy)(x))  # R: Tensor[Float, n, n]
    return x - tl.hessian(energy)(x) @ tl.grad(energy)(x)


def newton_wrong(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    return tl.hessian(energy)(x)  # E: Incompatible return value type (got "Tensor[Float, n, n]", expected "Tensor[Float, n]") [tensor-shape]


net = nn.Sequential(nn.Linear(64, 128, key=0), nn.ReLU(), nn.Linear(128, 10, key=1))
cross_entropy = tl.OutputLoss.cross_entropy_one_hot()
params = tl.init_params(net)
images, targets = tl.zeros((32, 64)), tl.zeros((32, 10))
reveal_type(params)  # R: Params[Sequential[Linear[64, 128], ReLU, Linear[128, 10]]]
reveal_type(tl.grad_params(net, cross_entropy, params, images, targets))  # R: Params[Sequential[Linear[64, 128], ReLU, Linear[128, 10]]]
tl.grad_params(net, cross_entropy, params, tl.zeros((32, 63)), targets)  # E: grad_params: axis -1 of the input (x) must be 64; got 63 [tensor-shape]
tl.vjp_params(net, params, images, targets)
tl.vjp_params(net, params, images, tl.zeros((32, 11)))  # E: axis 1 of the seed (seed_out) must be 10; got 11 [tensor-shape]
reveal_type(tl.vjp_input(net, params, images, targets))  # R: Tensor[Float64, 32, 64]
reveal_type(tl.grad_x(net, cross_entropy, params, images, targets))  # R: Tensor[Float64, 32, 64]
reveal_type(tl.grad_inputs(net, cross_entropy, params, images, targets))  # R: tuple[Tensor[Float64, 32, 64], Tensor[Float64, 32, 10]]
reveal_type(tl.value_and_grads(net, cross_entropy, params, images, targets))  # R: tuple[Tensor, Params[Sequential[Linear[64, 128], ReLU, Linear[128, 10]]], Tensor[Float64, 32, 64], Tensor[Float64, 32, 10]]
reveal_type(tl.hvp_params(net, cross_entropy, params, images, targets, params))  # R: Params[Sequential[Linear[64, 128], ReLU, Linear[128, 10]]]
other = tl.init_params(nn.Linear(3, 4, key=0))
tl.grad_params(net, cross_entropy, other, images, targets)  # E: grad_params: params must be the Params of the model; got Params[Linear[3, 4]]; wanted Params[Sequential[Linear[64, 128], ReLU, Linear[128, 10]]] [tensor-shape]
reveal_type(tl.linear_params(tl.zeros((3, 2)), tl.zeros(3)))  # R: Params[Linear[2, 3]]
tl.linear_params(tl.zeros((3, 2)), tl.zeros(2))  # E: linear_params: axis 0 (Out) of argument 2 (bias) must be 3; got 2; where Out=3 from argument 1 (weight) [tensor-shape]
reveal_type(params.layers[2].weight)  # R: Tensor[Float, 10, 128]
reveal_type(other.weight)  # R: Tensor[Float, 4, 3]
reveal_type(gradient_of := tl.grad_params(net, cross_entropy, params, images, targets).layers[0].bias)  # R: Tensor[Float, 128] | None

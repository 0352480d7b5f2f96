"""Sizes and axes that are not written out: what is not known is never held against anybody."""

from jaxtyping import Float, Int, Num

import tl_dsl as tl
from tl_dsl import Tensor, nn


def to_any(x: Float[Tensor, "n m"], shape: tuple[int, ...]) -> Float[Tensor, "..."]:
    return x.reshape(shape)  # E: The shape is lost: shape is not known here [tensor-shape-lost]


def with_star(x: Float[Tensor, "*b n"]) -> Float[Tensor, "*b n 1"]:
    *b, n = x.shape
    return x.reshape((*b, n, 1))  # E: The shape is lost: shape is not known here [tensor-shape-lost]


def like(x: Float[Tensor, "n"], y: Float[Tensor, "m n"]) -> Float[Tensor, "m n"]:
    return tl.broadcast_to(x, tuple(y.shape))  # E: The shape is lost: shape is not known here [tensor-shape-lost]


def power_of_two(k: int) -> Float[Tensor, "8"]:
    return tl.ones((2**k,))  # E: The shape is lost: nothing is known of axis 0 of [?] [tensor-shape-lost]


def rows_of_two(x: Float[Tensor, "n"], k: int) -> Float[Tensor, "a b"]:
    return x.reshape((2**k, -1))  # E: The shape is lost: this cannot be decided: reshape: whether ? divides n [tensor-shape-lost]


def before_the_largest(x: Float[Tensor, "n"]) -> Float[Tensor, "_"]:
    return x[: tl.argmax(x)]  # E: The shape is lost: nothing is known of axis 0 of [?] [tensor-shape-lost]


def mixed(x: Float[Tensor, "n"], i: Int[Tensor, "n"]) -> Num[Tensor, "n"]:
    return x + i  # E: element types of different kinds are not promoted; got Float and Int [tensor-dtype]


def transposed(x: Float[Tensor, "*b t k"]) -> Float[Tensor, "*b k t"]:
    return x.T  # E: T transposes a matrix; got [*b, t, k]; wanted two axes; try: .mT [tensor-shape]


def square(x: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.sum(x * x)


def twice_mapped(x: Float[Tensor, "b c n"]) -> Float[Tensor, "b c n"]:
    return tl.vmap(tl.vmap(tl.grad(square)))(x)


class Gate(tl.Module):
    w: Float[Tensor, "o i"]

    def __init__(self, i: int, o: int) -> None:
        self.w = tl.zeros((o, i))


model = nn.Sequential(nn.Linear(4, 3, key=0))
params = tl.init_params(model)
x, loss = tl.ones((5, 4)), tl.OutputLoss.cross_entropy_one_hot()
tl.grad_params(model, loss, params, x, tl.one_hot(tl.arange(5), 3))
tl.grad_params(model, loss, params, x, tl.one_hot(tl.arange(5), 4))  # E: axis 1 of the target (target) must be 3; got 4 [tensor-shape]


class Holder:
    """A class that is no Module: its object keeps the axes of what it was made of."""

    def __init__(self, x: Float[Tensor, "n"]) -> None:
        self.x = x
        reveal_type(self.x)  # R: Tensor[Float, n]


def held(x: Float[Tensor, "k"]) -> Float[Tensor, "k"]:
    reveal_type(Holder(x).x)  # R: Tensor[Float, k]
    return Holder(x).x + x

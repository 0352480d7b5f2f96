"""Functions and models that go through every transform and entry point, for the verifier to judge mutants by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Float32, Int
from tl_checker.gradients import Report, verify_function, verify_model

import tl_dsl as tl
from tl_dsl import Tensor, nn


def attention(
    q: Float[Tensor, "*b t d"], k: Float[Tensor, "*b s d"], v: Float[Tensor, "*b s e"]
) -> Float[Tensor, "*b t e"]:
    """Batched products, a reduction along an axis."""
    return tl.softmax(q @ k.mT / q.shape[-1] ** 0.5, axis=-1) @ v


def energy(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    """A scalar of two arguments of one shape."""
    return tl.sum(tl.tanh(x) * y**3) + tl.max(x)


def two_results(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> tuple[Float[Tensor, "n"], Float[Tensor, "n m"]]:
    """Two results of different ranks, a constant among them."""
    return tl.relu(x) * 3 + 1, tl.expand_dims(x * x, axis=1) * tl.exp(y)


def of_a_tree(pair: tuple[Float[Tensor, "n"], Float[Tensor, "m"]], z: Float[Tensor, "n m"]) -> Float[Tensor, "n m"]:
    """An argument that is a tuple."""
    return (tl.expand_dims(pair[0], axis=1) + z) / (2 + tl.sin(pair[1]))


def lookup(table: Float[Tensor, "rows 3"], i: Int[Tensor, "n"], keep: Bool[Tensor, "n"]) -> Float[Tensor, "n 3"]:
    """Arguments that are not differentiated, and indices."""
    return tl.where(tl.expand_dims(keep, axis=1), tl.take(table, i, axis=0), 0.0) + table[0] * table[-1]


def single(x: Float32[Tensor, "n"]) -> Float32[Tensor, "n"]:
    """Single precision."""
    return tl.exp(x) * x


def mapped(x: Float[Tensor, "n m"], w: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    """A batch inside, with an operand that does not carry it."""
    return tl.vmap(lambda row: tl.sum(tl.tanh(row * w) * w))(x)


def identity(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """No instruction at all."""
    return x


def force(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """A gradient inside."""
    return tl.grad(lambda z: tl.sum(tl.cos(z) * z * z))(x) * x


def along(x: Float[Tensor, "n"], v: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """A directional derivative inside, and one of second order."""
    return tl.jvp(tl.exp, (x,), (v,))[1] + tl.hvp(lambda z: tl.sum(z**4), (x,), (v,))[0]


def detached(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """A factor without derivatives."""
    return x * tl.stop_gradient(tl.exp(x)) + x * x


@tl.custom_jvp
def _scaled(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return x * tl.exp(y), y * y


@_scaled.defjvp
def _scaled_jvp(primals: Any, tangents: Any) -> Any:
    (x, y), (dx, dy) = primals, tangents
    value = _scaled(x, y)
    return value, (dx * tl.exp(y) + value[0] * dy, 2 * y * dy)


def _powered(x: Tensor, power: int, y: Tensor) -> Tensor:
    return x**power * y


def _powered_jvp(power: int, primals: Any, tangents: Any) -> Any:
    (x, y), (dx, dy) = primals, tangents
    return x**power * y, power * x ** (power - 1) * y * dx + x**power * dy


_powered_by_place = tl.custom_jvp(_powered, nondiff_argnums=(1,))
_powered_by_place.defjvp(_powered_jvp)
_powered_from_the_end = tl.custom_jvp(_powered, nondiff_argnums=(-2,))
_powered_from_the_end.defjvp(_powered_jvp)


def with_held_arguments(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """Rules with an argument that is not differentiated."""
    return _powered_by_place(x, 3, y) + _powered_from_the_end(y, 2, x)


def with_rule(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """A function with a rule of its own for both modes, under a batch too."""
    first, second = _scaled(x, y)
    return first * second + tl.vmap(lambda a, b: _scaled(a, b)[0])(y, x)


@tl.custom_vjp
def _cube(x: Tensor, y: Tensor) -> Tensor:
    return x * x * x + y


_cube.defvjp(lambda x, y: (_cube(x, y), (x,)), lambda kept, g: (3 * kept[0] * kept[0] * g, g))


def with_reverse_rule(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    """A function with a rule of its own for reverse mode."""
    return tl.sum(_cube(x, y) * tl.sin(y))


class Mlp(tl.Module):
    """Two layers and a parameter that stands twice."""

    w1: Float[Tensor, "hidden inputs"]
    b1: Float[Tensor, "hidden"]
    w2: Float[Tensor, "outputs hidden"]

    def __call__(self, x: Float[Tensor, "*b inputs"]) -> Float[Tensor, "*b outputs"]:
        """The outputs."""
        return tl.tanh(x @ self.w1.T + self.b1) @ self.w2.T + tl.sum(self.b1)


class Embedding(tl.Module):
    """A table, an integer input, and parameters that are not differentiated."""

    table: Float[Tensor, "words size"]
    order: Int[Tensor, "size"]

    def __call__(self, words: Int[Tensor, "n"]) -> Float[Tensor, "n size"]:
        """The rows, permuted."""
        return tl.softplus(tl.take(tl.take(self.table, words, axis=0), self.order, axis=1))


def _mlp() -> Mlp:
    draw = np.random.default_rng(0).normal
    return Mlp(tl.tensor(draw(size=(3, 2))), tl.tensor(draw(size=3)), tl.tensor(draw(size=(2, 3))))


MODELS: dict[str, Callable[[], Any]] = {
    "Mlp": _mlp,
    "Embedding": lambda: Embedding(tl.tensor([[0.5, -1.0], [2.0, 0.25]]), tl.tensor([1, 0])),
    "Sequential": lambda: nn.Sequential(nn.Flatten(), nn.Linear(6, 4, key=0), nn.GELU(), nn.Linear(4, 1, key=1)),
    "Linear of single precision": lambda: nn.Linear(2, 3, key=0, dtype=tl.float32),
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        attention,
        energy,
        two_results,
        of_a_tree,
        lookup,
        single,
        mapped,
        identity,
        force,
        along,
        detached,
        with_rule,
        with_held_arguments,
        with_reverse_rule,
    )
}
NAMES = (*FUNCTIONS, *MODELS)


def verified(name: str) -> Report:
    """What the verifier says of one of them."""
    if name in FUNCTIONS:
        return verify_function(FUNCTIONS[name], name=name)
    return verify_model(MODELS[name](), name=name)

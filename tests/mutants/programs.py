"""Functions and models that go through every transform and entry point, for the verifier to judge mutants by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Float32, Int
from tl_checker.gradients import Report, verify_function, verify_model

import tl_dsl as tl
from tests.mutants import custom_programs
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


def three_by_three(
    x: Float[Tensor, "n"], y: Float[Tensor, "m"], z: Float[Tensor, ""]
) -> tuple[Float[Tensor, "n m"], Float[Tensor, "m"], Float[Tensor, ""]]:
    """Three results of three arguments."""
    return tl.expand_dims(x, axis=1) * tl.sin(y) * z, tl.exp(y) * tl.sum(x), z * z * tl.sum(y) + tl.sum(x * x)


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


class Rotated(tl.Module):
    """An integer parameter before floating ones, and a floating input."""

    order: Int[Tensor, "size"]
    scale: Float[Tensor, "size"]
    names: tuple[str, ...] = ("kept",)

    def __call__(self, x: Float[Tensor, "*b size"]) -> Float[Tensor, "*b size"]:
        """The input, permuted and scaled."""
        return tl.sin(tl.take(x, self.order, axis=-1) * self.scale) * x


def _mlp() -> Mlp:
    draw = np.random.default_rng(0).normal
    return Mlp(tl.tensor(draw(size=(3, 2))), tl.tensor(draw(size=3)), tl.tensor(draw(size=(2, 3))))


MODELS: dict[str, Callable[[], Any]] = {
    "Mlp": _mlp,
    "Embedding": lambda: Embedding(tl.tensor([[0.5, -1.0], [2.0, 0.25]]), tl.tensor([1, 0])),
    "Rotated": lambda: Rotated(tl.tensor([2, 0, 1]), tl.tensor([0.5, -1.5, 2.0])),
    "Sequential": lambda: nn.Sequential(nn.Flatten(), nn.Linear(6, 4, key=0), nn.GELU(), nn.Linear(4, 1, key=1)),
    "Linear of single precision": lambda: nn.Linear(2, 3, key=0, dtype=tl.float32),
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        attention,
        energy,
        two_results,
        three_by_three,
        of_a_tree,
        lookup,
        single,
        mapped,
        identity,
        force,
        along,
        detached,
        *custom_programs.FUNCTIONS,
    )
}
NAMES = (*FUNCTIONS, *MODELS)


def verified(name: str) -> Report:
    """What the verifier says of one of them."""
    if name in FUNCTIONS:
        return verify_function(FUNCTIONS[name], name=name)
    return verify_model(MODELS[name](), name=name)

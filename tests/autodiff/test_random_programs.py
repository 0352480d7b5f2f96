"""Programs that nobody wrote: every way to a derivative, and every way to run it, gives the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

import tl_dsl as tl
from tl_dsl import Tensor
from tl_dsl.evaluate import compile_graph, interpret
from tl_dsl.op import trace
from tl_dsl.transform.simplify import simplify

Step = Callable[[list[Tensor], random.Random], Tensor]

SMOOTH: list[Callable[[Tensor], Tensor]] = [
    tl.tanh, tl.sin, tl.cos, tl.sigmoid, tl.softplus, tl.square, tl.neg, lambda x: x * 0.5, lambda x: 1 - x,
    lambda x: x / 3, lambda x: 2 / (1 + x * x), lambda x: tl.exp(tl.sin(x)), lambda x: tl.log(1 + x * x),
    lambda x: (x * x + 1) ** 1.5, lambda x: tl.sqrt(x * x + 1), tl.gelu, tl.erf, lambda x: x**3, lambda x: tl.abs(x),
    lambda x: tl.relu(x), lambda x: tl.maximum(x, 0.1), lambda x: tl.where(x > 0.2, x, x * x), lambda x: x + x,
    lambda x: x - x * 0.25, tl.stop_gradient, lambda x: tl.clip(x, -0.7, 0.9),
]  # fmt: skip
RATIONAL: list[Callable[[Tensor], Tensor]] = [
    tl.square, tl.neg, lambda x: x * 0.5, lambda x: 1 - x, lambda x: x / 3, lambda x: 2 / (1 + x * x), lambda x: x**3,
    tl.abs, tl.relu, lambda x: tl.maximum(x, 0.125), lambda x: tl.where(x > 0.2, x, x * x), lambda x: x + x,
    lambda x: x / (x * x + 2),
]  # fmt: skip


def last_axis(x: Tensor) -> list[Callable[[Tensor], Tensor]]:
    if not x.ndim:
        return [lambda x: tl.expand_dims(x, axis=0)]
    return [
        lambda x: tl.mean(x, axis=-1, keepdims=True) + x, lambda x: tl.sum(x, axis=0), lambda x: x[..., ::-1],
        lambda x: x[..., :1], lambda x: tl.concat([x, x * 2], axis=-1), lambda x: tl.stack([x, x + 1]),
        lambda x: tl.reshape(x, (-1,)), lambda x: tl.permute_dims(x, tuple(range(x.ndim))[::-1]),
        lambda x: tl.pad(x, 1), lambda x: tl.repeat(x, 2, axis=0), lambda x: tl.take(x, tl.tensor([0, -1, 0]), axis=-1),
        lambda x: tl.max(x, axis=-1, keepdims=True) * x, lambda x: tl.expand_dims(x, axis=1),
        lambda x: tl.scatter_add(x, tl.tensor([0, 0]), tl.take(x, tl.tensor([-1, 0]), axis=0)),
        lambda x: x - tl.broadcast_to(tl.sum(x), x.shape), lambda x: tl.var(x, axis=-1, keepdims=True) * x,
    ]  # fmt: skip


def transcendental_axis(x: Tensor) -> list[Callable[[Tensor], Tensor]]:
    return [tl.softmax, tl.log_softmax, lambda x: tl.logsumexp(x, axis=0, keepdims=True)] if x.ndim else []


def pair(x: Tensor, y: Tensor, rng: random.Random) -> Tensor:
    """Two values brought together: multiplied as matrices where they fit, else by broadcasting."""
    if x.ndim and y.ndim > 1 and x.shape[-1] == y.shape[-2] and rng.random() < 0.7:
        return x @ y
    if x.ndim > 1 and y.ndim > 1 and x.shape[-1] == y.shape[-1] and x.ndim == 2 == y.ndim and rng.random() < 0.7:
        return x @ y.mT
    total = tl.mean(y) if x.size >= y.size else tl.mean(x)
    other = x if x.size >= y.size else y
    return rng.choice([lambda: other * total, lambda: other + total, lambda: total - other])()


def program(seed: int, elementwise: list[Callable[[Tensor], Tensor]], exact: bool) -> Callable[..., Tensor]:
    """The function of two tensors that this seed stands for."""

    def function(a: Tensor, b: Tensor) -> Tensor:
        rng = random.Random(seed)
        values = [a, b]
        for _ in range(rng.randint(3, 9)):
            x = rng.choice(values[-3:])
            kind = rng.random()
            if kind < 0.4:
                y = rng.choice(elementwise)(x)
            elif kind < 0.75:
                y = rng.choice(last_axis(x) + ([] if exact else transcendental_axis(x)))(x)
            else:
                y = pair(x, rng.choice(values), rng)
            values.append(y if y.size <= 64 else tl.mean(y, axis=0))
        return sum((tl.mean(v) for v in values[-3:]), tl.tensor(0.0))

    return function


def inputs(seed: int) -> tuple[Tensor, Tensor]:
    rng = np.random.default_rng(seed)
    shapes = [(2, 3), (3, 2), (3,), (1, 3), (), (2, 1, 2), (2, 2)]
    first, second = rng.integers(len(shapes), size=2)
    return tl.tensor(rng.uniform(-1, 1, shapes[first])), tl.tensor(rng.uniform(-1, 1, shapes[second]))


def close(got: object, wanted: object) -> None:
    np.testing.assert_allclose(np.asarray(got), np.asarray(wanted), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("seed", range(150))
def test_every_way_to_a_derivative(seed: int) -> None:
    f, (a, b) = program(seed, SMOOTH, exact=False), inputs(seed)
    value, (da, db) = tl.value_and_grad(f, (0, 1))(a, b)
    close(value, f(a, b))
    close(tl.compile(f)(a, b), value)
    rng = np.random.default_rng(seed)
    va, vb = (tl.tensor(rng.standard_normal(x.shape)) for x in (a, b))
    directional = tl.jvp(f, (a, b), (va, vb))[1]
    close(directional, tl.sum(da * va) + tl.sum(db * vb))
    close(tl.jacfwd(f, 0)(a, b), da)
    forward = tl.jacfwd(tl.grad(f))(a, b)
    close(forward, tl.jacrev(tl.grad(f))(a, b))
    close(forward, tl.jacrev(tl.jacfwd(f))(a, b))
    hv, _ = tl.hvp(f, (a, b), (va, tl.zeros_like(b)))
    close(hv, tl.reshape(tl.reshape(forward, (a.size, a.size)) @ tl.reshape(va, (a.size,)), a.shape))
    stacked = tl.stack([a, va, a * 2])
    mapped = tl.vmap(tl.grad(f), in_axes=(0, None))(stacked, b)
    close(mapped, np.stack([np.asarray(tl.grad(f)(x, b)) for x in (a, va, a * 2)]))


@pytest.mark.parametrize("seed", range(100))
def test_simplified_and_compiled_programs_compute_exactly_the_same(seed: int) -> None:
    """On fractions a simplification that is not an identity shows."""
    f, (a, b) = program(seed, RATIONAL, exact=True), inputs(seed)
    graph, hidden = trace(lambda *xs: [f(*xs), *tl.grad(f, (0, 1))(*xs)], [(x.shape, x.dtype) for x in (a, b)])
    values = [x.numpy() for x in (a, b, *hidden)]
    simple = simplify(graph)
    for got, wanted in zip(compile_graph(simple)(*values), interpret(graph, values), strict=True):
        close(got, wanted)
    fractions = [np.vectorize(lambda z: Fraction(round(z * 64), 64), otypes=[object])(x) if x.dtype.kind == "f" else x
                 for x in values]  # fmt: skip
    for got, wanted in zip(interpret(simple, fractions), interpret(graph, fractions), strict=True):
        assert got.tolist() == wanted.tolist()

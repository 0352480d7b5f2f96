"""The functions of neural networks: activations, softmax and their logarithms."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

from tl_specs import scalar as sc
from tl_specs.array import Array
from tl_specs.draw import one_axis, reals, unary
from tl_specs.elementwise import strictly
from tl_specs.reduction import fold, total
from tl_specs.spec import KinkPoint, Kinks, Sample, Spec, diagonal, vector

Scalar = Any


def sigmoid(x: Scalar) -> Scalar:
    """1 / (1 + e^-x)."""
    return sc.divide(1, 1 + sc.exp(-x))


def softplus(x: Scalar) -> Scalar:
    """log(1 + e^x)."""
    return sc.log1p(sc.exp(x))


def relu(x: Scalar) -> Scalar:
    """x where x > 0, else 0."""
    return x if sc.less(0, x) else sc.embed(0, x)


def gelu_erf(x: Scalar) -> Scalar:
    """x Φ(x) = x (1 + erf(x / √2)) / 2."""
    return x * (1 + sc.erf(x / sc.embed(sc.Named("sqrt2"), x))) / 2


def gelu_tanh(x: Scalar) -> Scalar:
    """x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2."""
    inner = x + sc.embed(Fraction(44715, 1000000), x) * x * x * x
    return x * (1 + sc.tanh(sc.embed(sc.Named("sqrt_2_over_pi"), x) * inner)) / 2


def gelu(x: Array, *, approximate: str = "none") -> Array:
    """x Φ(x), Φ the normal distribution function; or Hendrycks and Gimpel's approximation of it by tanh.

    >>> gelu(vector(0.0)).items, gelu(vector(0.0), approximate="tanh").items
    ([0.0], [0.0])
    """
    return x.map({"none": gelu_erf, "tanh": gelu_tanh}[approximate])


def softmax(x: Array, *, axis: int = -1) -> Array:
    """exp x / Σ exp x along the axis.

    >>> softmax(vector(0.0, 0.0)).items
    [0.5, 0.5]
    """
    powers = x.map(sc.exp)
    return _over(sc.divide, powers, fold(powers, axis, True, total), axis)


def log_softmax(x: Array, *, axis: int = -1) -> Array:
    """x - log Σ exp x along the axis.

    >>> log_softmax(vector(0.0)).items
    [0.0]
    """
    logs = fold(x, axis, True, lambda items: sc.log(total([sc.exp(z) for z in items])))
    return _over(lambda a, b: a - b, x, logs, axis)


def _over(function: Callable[[Scalar, Scalar], Scalar], x: Array, kept: Array, axis: int) -> Array:
    """The function of each item and of the reduction that kept the axis."""
    pairs = zip(x.indices(), x.items, strict=True)
    return Array(x.shape, [function(item, kept[_first(index, axis)]) for index, item in pairs])


def _first(index: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return tuple(0 if a == axis % len(index) else i for a, i in enumerate(index))


def _gelu_samples(rng: Random) -> list[Sample]:
    variants: tuple[dict[str, Any], ...] = ({}, {"approximate": "tanh"}, {"approximate": "none"})
    return [Sample(f"{s.label} {p}", s.operands, p) for p in variants for s in unary(reals)(rng)]


RELU_AT_0 = Kinks("x = 0", "derivative 0", (KinkPoint((vector(-1.0, 0.0, 2.0),), {0: diagonal(0, 0, 1)}),))
PRIMITIVES: dict[str, Spec] = {
    "sigmoid": Spec(strictly(sigmoid), (0,), unary(reals)),
    "softplus": Spec(strictly(softplus), (0,), unary(reals, (0.0, 20.0))),
    "relu": Spec(strictly(relu), (0,), unary(reals, (0.0,)), (), (RELU_AT_0,)),
}
PUBLIC: dict[str, Spec] = {
    **PRIMITIVES,
    "gelu": Spec(gelu, (0,), _gelu_samples),
    "softmax": Spec(softmax, (0,), one_axis()),
    "log_softmax": Spec(log_softmax, (0,), one_axis()),
}

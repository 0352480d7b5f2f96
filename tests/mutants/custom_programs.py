"""Functions with rules of their own, in all that such a function may take and return."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float, Float32, Int

import tl_dsl as tl
from tl_dsl import Tensor


@tl.custom_jvp
def _scaled(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return x * tl.exp(y), y * y


@_scaled.defjvp
def _scaled_jvp(primals: Any, tangents: Any) -> Any:
    (x, y), (dx, dy) = primals, tangents
    value = _scaled(x, y)
    return value, (dx * tl.exp(y) + value[0] * dy, 2 * y * dy)


def with_rule(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """A function with a rule of its own for both modes, under a batch too."""
    first, second = _scaled(x, y)
    constant, _ = _scaled(tl.tensor(2.0), tl.tensor(1.0))
    return constant * first * second + tl.vmap(lambda a, b: _scaled(a, b)[0])(y, x)


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


def _shifted(factor: int, x: Tensor, shift: int) -> Tensor:
    return factor * x * x + shift * x


_shifted_by_rule = tl.custom_jvp(_shifted, nondiff_argnums=(-1, 0))
_shifted_by_rule.defjvp(
    lambda factor, shift, primals, tangents: (
        _shifted(factor, primals[0], shift),
        (2 * factor * primals[0] + shift) * tangents[0],
    )
)
_shifted_backwards = tl.custom_vjp(_shifted, nondiff_argnums=(0, -1))
_shifted_backwards.defvjp(
    lambda factor, x, shift: (_shifted(factor, x, shift), {"x": x, "slope": 2 * factor}),
    lambda factor, shift, kept, g: ((kept["slope"] * kept["x"] + shift) * g,),
)


def with_the_last_held(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """The first and the last argument are not differentiated, in both kinds of rules; residuals are a dict."""
    return _shifted_by_rule(3, x, 5) * x


def with_the_last_held_backwards(x: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    """The same in reverse mode."""
    return tl.sum(_shifted_backwards(3, x, 5) * x)


@tl.custom_vjp
def _cube(x: Tensor, y: Tensor) -> Tensor:
    return x * x * x + y


_cube.defvjp(lambda x, y: (_cube(x, y), (x,)), lambda kept, g: (3 * kept[0] * kept[0] * g, g))


def with_reverse_rule(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    """A function with a rule of its own for reverse mode."""
    return tl.sum(_cube(x, y) * tl.sin(y))


@tl.custom_vjp
def _several(x: Tensor, y: Tensor) -> dict[str, Any]:
    return {
        "dead": tl.exp(x),
        "largest": tl.argmax(x * y),
        "outer": tl.expand_dims(x, axis=1) * tl.expand_dims(tl.concat((y, y)), axis=0),
        "single": tl.astype(x * y, tl.float32),
        "total": tl.sum(x * y * y),
    }


def _several_back(kept: Any, g: Any) -> Any:
    x, y, n = kept
    single, total = tl.astype(g["single"], tl.float64), g["total"]
    halves = g["outer"][:, :n] + g["outer"][:, n:]
    gx = g["dead"] * tl.exp(x) + halves @ y + single * y + total * y * y
    return gx, x @ halves + single * x + total * 2 * x * y


_several.defvjp(lambda x, y: (_several(x, y), (x, y, x.shape[0])), _several_back)


def with_several_results(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    """A rule for reverse mode with results of several shapes and types, one of them dead, one an integer."""
    found = _several(x, y)
    picked = tl.take(x, found["largest"], axis=0)
    weights = tl.cos(found["outer"])
    return tl.sum(weights * found["outer"]) + found["total"] * picked + tl.sum(tl.astype(found["single"], tl.float64))


@tl.custom_jvp
def _several_forwards(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
    return tl.argmax(x), x * y, (tl.exp(y), tl.sum(x) * 0 + 2)


@_several_forwards.defjvp
def _several_forwards_jvp(primals: Any, tangents: Any) -> Any:
    (x, y), (dx, dy) = primals, tangents
    value = _several_forwards(x, y)
    return value, (0, dx * y + x * dy, (value[2][0] * dy, 0.0))


def with_several_tangents(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """A rule with an integer among its results, and a number for a tangent."""
    largest, product, (power, two) = _several_forwards(x, y)
    return product * two * tl.take(y, largest, axis=0) + power * x


@tl.custom_vjp
def _partly(x: Tensor, i: Tensor, table: Tensor, unused: Tensor, rate: float, held: Tensor, j: Tensor) -> Tensor:
    return tl.take(table, i + j - j, axis=0) * rate + 0 * held[0] + tl.sum(x * x) + 0 * tl.astype(unused, tl.float64)


_partly.defvjp(
    lambda x, i, table, *others: (_partly(x, i, table, *others), (x, i, table, others[1])),
    lambda kept, g: (
        2 * kept[0] * tl.sum(g),
        None,
        (kept[3] * g) @ tl.one_hot(kept[1], kept[2].shape[0], dtype=tl.float64),
        0,
        None,
        np.zeros(2),
        kept[0] * 0,
    ),
)


def with_cotangents_left_out(
    unused: Float32[Tensor, ""],
    x: Float[Tensor, "n"],
    i: Int[Tensor, "k"],
    table: Float[Tensor, "3"],
    held: Float[Tensor, "2"],
) -> Float[Tensor, ""]:
    """A rule for reverse mode that answers None and a number for some of its arguments, which differ in shape."""
    return tl.sum(_partly(x, i, table, unused, 1.5, held, i) * tl.sin(x[0])) * tl.sum(held * unused)


@tl.custom_vjp
def _of_tree(tree: dict[str, Any], others: tuple[Tensor, Tensor]) -> list[Tensor]:
    return [tree["a"] * tree["a"], tl.sum(tree["b"]) * others[0]]


_of_tree.defvjp(
    lambda tree, others: (_of_tree(tree, others), (tree, others[0])),
    lambda kept, g: (
        {"a": 2 * kept[0]["a"] * g[0], "b": tl.broadcast_to(tl.sum(g[1] * kept[1]), kept[0]["b"].shape)},
        (tl.sum(kept[0]["b"]) * g[1], tl.zeros(2)),
    ),
)


def with_trees(x: Float[Tensor, "n"], y: Float[Tensor, "m"], z: Float[Tensor, "k"]) -> Float[Tensor, ""]:
    """Trees for arguments and results."""
    first, second = _of_tree({"b": y, "a": x}, (z, tl.ones(2)))
    return tl.sum(tl.sin(first)) + tl.sum(second * second)


@tl.custom_jvp
def _pair(x: Tensor, w: Tensor) -> Tensor:
    return tl.tanh(x) * tl.sum(w)


@_pair.defjvp
def _pair_jvp(primals: Any, tangents: Any) -> Any:
    (x, w), (dx, dw) = primals, tangents
    y = tl.tanh(x)
    return y * tl.sum(w), (1 - y * y) * dx * tl.sum(w) + y * tl.sum(dw)


def batched_twice(x: Float[Tensor, "n m k"], w: Float[Tensor, "k"]) -> Float[Tensor, "n m k"]:
    """A rule under two batches of different sizes, with an operand that carries neither."""
    return tl.vmap(tl.vmap(lambda row: _pair(row, w)))(x) * tl.vmap(lambda part: _pair(part[0], w))(x)[:, None]


def batched_twice_backwards(x: Float[Tensor, "n m k"], w: Float[Tensor, "n k"]) -> Float[Tensor, ""]:
    """The same for a rule for reverse mode, with an operand that carries one of them."""
    return tl.sum(tl.vmap(lambda part, v: tl.vmap(lambda row: _cube(row, v) * row)(part))(x, w))


@tl.custom_jvp
def _curve_of(rates: Any, x: Tensor) -> Tensor:
    return tl.tensor(rates) * x * x + _OFFSET


_OFFSET = tl.tensor([0.5])


@_curve_of.defjvp
def _curve_of_jvp(primals: Any, tangents: Any) -> Any:
    (rates, x), (drates, dx) = primals, tangents
    return rates * x * x + _OFFSET, 2 * rates * x * dx + drates * x * x


def with_arrays(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """Arguments that are an array of numpy's and a number; a value that is read from outside."""
    return _curve_of(np.array([3.0]), x) * _curve_of(2.0, x)


class _Curve:
    """Has a rule of its own for a method."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    @tl.custom_jvp
    def at(self, x: Tensor) -> Tensor:
        """rate · x²."""
        return self.rate * x * x


_Curve.at.nondiff_argnums = (0,)
_Curve.at.defjvp(
    lambda curve, primals, tangents: (_Curve.at(curve, *primals), 2 * curve.rate * primals[0] * tangents[0])
)


def with_a_method(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """A method with a rule of its own."""
    return _Curve(1.5).at(x) * x


FUNCTIONS = (
    with_a_method,
    with_rule,
    with_held_arguments,
    with_the_last_held,
    with_the_last_held_backwards,
    with_reverse_rule,
    with_several_results,
    with_several_tangents,
    with_cotangents_left_out,
    with_trees,
    batched_twice,
    batched_twice_backwards,
    with_arrays,
)

"""Names of functions inside others: axes of the outer function where its signature says so, else their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def given_back(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "n"]) -> Callable[[Float[np.ndarray, "d"]], float]:
    def loss(w: Float[np.ndarray, "d"]) -> float:
        w + y  # E: got [d] and [n] [tensor-shape]
        residual = x @ w - y
        reveal_type(x.T @ residual + w)  # R: ndarray[Float, d]
        return float(residual @ residual)

    return loss


def of_the_result(w: Float[np.ndarray, "i o"]) -> Callable[[Float[np.ndarray, "b i"]], Float[np.ndarray, "b o"]]:
    def apply(x: Float[np.ndarray, "b i"]) -> Float[np.ndarray, "b o"]:
        if x.shape[0] > 1:
            return x @ w.T  # E: got [b@apply, i] @ [o, i]: i and o [tensor-shape]
        return x  # E: got "ndarray[Float, b@apply, i]", expected "ndarray[Float, b@apply, o]" [tensor-shape]

    reveal_type(apply(np.zeros((5, w.shape[0]))))  # R: ndarray[Float, 5, Any]
    return apply


def of_the_result_alone(w: Float[np.ndarray, "i o"]) -> Callable[[Float[np.ndarray, "b i"]], Float[np.ndarray, "b o"]]:
    def apply(x: Float[np.ndarray, "b i"]) -> Float[np.ndarray, "b o"]:
        reveal_type(x @ w)  # R: ndarray[Float, b@apply, o]
        return x @ w @ w.T  # E: got "ndarray[Float, b@apply, i]", expected "ndarray[Float, b@apply, o]" [tensor-shape]

    return apply


def called(x: Float[np.ndarray, "n d"], w: Float[np.ndarray, "d"], rows: list[Float[np.ndarray, "d"]]) -> None:
    def score(v: Float[np.ndarray, "d"]) -> Float[np.ndarray, "_"]:
        reveal_type(x @ v)  # R: ndarray[Float, n]
        return v @ x  # E: d and n [tensor-shape]

    score(w)
    for row in rows:
        score(row)


def called_with_others(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"], v: Float[np.ndarray, "n"]) -> None:
    def norms(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n"]:
        return np.sqrt((x * x).sum(axis=1))

    def shifted(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
        return x - y  # E: The shape is lost: this cannot be decided [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]

    def of_a_row(v: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
        return v + x[0]  # E: The shape is lost: this cannot be decided [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]

    reveal_type(norms(y))  # R: ndarray[Float, m]
    shifted(y)
    of_a_row(y[0])


def runs(x: Float[Tensor, "*b d"]) -> Callable[[Float[Tensor, "*b d"]], Float[Tensor, "*b"]]:
    def inner(z: Float[Tensor, "*b d"]) -> Float[Tensor, "*b"]:
        tl.assert_shape(z, "*b d")
        x + tl.sum(z, axis=-1)  # E: got [*b, d] and [*b] [tensor-shape]
        return tl.sum(x * z, axis=-1)

    return inner


def derived(x: Float[Tensor, "n d"], w: Float[Tensor, "d"]) -> Float[Tensor, "d"]:
    def loss(w: Float[Tensor, "d"]) -> Float[Tensor, ""]:
        return tl.sum((x @ w) ** 2)

    def twice(v: Float[Tensor, "d"]) -> Float[Tensor, ""]:
        return tl.sum(v @ x)  # E: d and n [tensor-shape]

    reveal_type(tl.grad(loss)(w))  # R: Tensor[Float, d]
    reveal_type(tl.hessian(loss)(tl.zeros(5)))  # R: Tensor[Float, 5, 5]  # E: The shape is lost: hessian: [5] is given for [d] of the function around [tensor-shape-lost]
    tl.vjp(loss, x[:, 0])  # E: The shape is lost: [n] is given for [d] of the function around [tensor-shape-lost]
    other = x[:, 0]
    loss(other)  # E: The shape is lost: loss: [n] is given for [d] of the function around [tensor-shape-lost]
    tl.vmap(loss)(x)
    tl.vmap(loss)(x.T)  # E: The shape is lost: vmap: [n] is given for [d] of the function around [tensor-shape-lost]
    tl.grad(twice)(w)
    return w - tl.grad(loss)(w)


def used_unseen(x: Float[Tensor, "n d"], z: Float[Tensor, "n"], w: Float[Tensor, "d"]) -> None:
    def apply(w: Float[Tensor, "d"]) -> Float[Tensor, "_"]:
        return x @ w  # E: The shape is lost: this cannot be decided [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]

    def mapped(w: Float[Tensor, "d"]) -> Float[Tensor, "_"]:
        return x @ w  # E: The shape is lost: this cannot be decided [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]

    def kept(w: Float[Tensor, "d"]) -> Float[Tensor, ""]:
        return tl.sum(x @ w)  # E: The shape is lost: this cannot be decided [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]

    also = apply
    also(z)
    list(map(mapped, [z]))
    slope = tl.grad(kept)
    slope(z)


def of_its_own(x: Float[np.ndarray, "n d"], w: Float[np.ndarray, "d n"]) -> Float[np.ndarray, "d d"]:
    def gram(a: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "d d"]:
        return a.T @ a

    square = w @ x
    return gram(x) + gram(square)


Rows = Callable[[Float[np.ndarray, "b d"]], Float[np.ndarray, "b d"]]
Score = Callable[[Float[Tensor, "d"]], Float[Tensor, "d"]]
Row = Float[Tensor, "d"]


class Layer(Protocol):
    def __call__(self, x: Float[np.ndarray, "b d"]) -> Float[np.ndarray, "b d"]: ...


def of_an_alias(w: Float[np.ndarray, "d h"], v: Float[np.ndarray, "d"] | None) -> Rows:
    def step(x: Float[np.ndarray, "b d"]) -> Float[np.ndarray, "b d"]:
        if v is not None:
            x + v[:, None]  # E: got [b@step, d] and [d, 1] [tensor-shape]
            return x + v
        return np.tanh(x @ w.T) @ w  # E: got [b@step, d] @ [h, d]: d and h [tensor-shape]

    return step


def of_a_protocol(w: Float[np.ndarray, "d h"]) -> Layer:
    def layer(x: Float[np.ndarray, "b d"]) -> Float[np.ndarray, "b d"]:
        return x @ w  # E: got "ndarray[Float, b@layer, h]", expected "ndarray[Float, b@layer, d]" [tensor-shape]

    return layer


def derived_alias(w: Float[Tensor, "h d"], b: Row) -> Score:
    def energy(x: Row) -> Float[Tensor, ""]:
        w @ x + x  # E: got [h] and [d] [tensor-shape]
        return tl.sum(tl.softplus(w @ (x + b)))

    return tl.grad(energy)


def turned(w: Float[np.ndarray, "d h"]) -> Rows:
    def step(x: Float[np.ndarray, "b d"]) -> Float[np.ndarray, "b d"]:
        return w @ (w.T @ x.T)  # E: got "ndarray[Float, d, b@step]", expected "ndarray[Float, b@step, d]" [tensor-shape]

    return step


Bare = np.ndarray
Slope = Callable[[Float[Bare, "d"]], Float[Bare, "d"]]


def of_a_bare_alias(m: Float[Bare, "d d"], v: Float[Bare, "d k"]) -> Slope:
    def f(x: Float[Bare, "d"]) -> Float[Bare, "d"]:
        return m @ x + x @ v  # E: got [d] and [k] [tensor-shape]

    return f


def of_a_callable(
    measure: Callable[[Float[np.ndarray, "d"], Float[np.ndarray, "d"]], float], fs: list[Callable[[Float[np.ndarray, "d"]], Float[np.ndarray, "d"]]]
) -> Callable[[Float[np.ndarray, "n d"], Float[np.ndarray, "m d"]], Float[np.ndarray, "n m"]]:
    def table(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"]) -> Float[np.ndarray, "n m"]:
        measure(y[0], x[:, 0])  # E: measure: axis 0 (d) of argument 2 must be d; got n@table [tensor-shape]
        return np.stack([np.stack([np.asarray(measure(fs[0](a), b)) for b in y]) for a in x])

    return table

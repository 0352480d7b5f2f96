"""Functions of functions: entry points on functions and lambdas, and the user's own."""

from __future__ import annotations

from collections.abc import Callable

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def energy(x: Float[Tensor, "n"], k: Float[Tensor, "n n"]) -> Float[Tensor, ""]:
    return x @ (k @ x)


def at_once(x: Float[Tensor, "n"], k: Float[Tensor, "n n"], w: Float[Tensor, "n m"]) -> None:
    reveal_type(tl.grad(lambda v: energy(v, k))(x))  # R: Tensor[Float, n]
    reveal_type(tl.hessian(lambda v: tl.sum(v * v))(x))  # R: Tensor[Float, n, n]
    reveal_type(tl.jacrev(lambda v: v @ w)(x))  # R: Tensor[Float, m, n]
    reveal_type(tl.value_and_grad(lambda v: tl.sum(v))(x))  # R: tuple[Tensor[Float, ()], Tensor[Float, n]]
    tl.grad(lambda v: energy(v, w))(x)  # E: energy: axis 1 (n) of argument 2 (k) must be n; got m; where n is from argument 1 (x) [tensor-shape]
    tl.jacrev(lambda v: w @ v)(x)  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [n, m] @ [n]: m and n; wanted equal sizes; try: transpose the left operand: .mT [tensor-shape]
    tl.grad(lambda v: v @ w)(x)  # E: grad takes a function with one scalar result; got [m]; wanted []; try: tl.sum or tl.mean of it [tensor-grad]
    reveal_type(tl.vmap(lambda v: v @ w)(k))  # R: Tensor[Float, n, m]
    tl.vmap(lambda v: w @ v)(k)  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [n, m] @ [n]: m and n; wanted equal sizes; try: transpose the left operand: .mT [tensor-shape]
    reveal_type(tl.jvp(lambda v: v @ w, (x,), (x,)))  # R: tuple[Tensor[Float, m], Tensor[Float, m]]
    tl.jvp(lambda v: w @ v, (x,), (x,))  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [n, m] @ [n]: m and n; wanted equal sizes; try: transpose the left operand: .mT [tensor-shape]
    y, back = tl.vjp(lambda v: v @ w, x)
    reveal_type(y)  # R: Tensor[Float, m]
    reveal_type(back(y))  # R: tuple[Tensor[Float, n]]
    back(x)  # E: axis 0 (m) of argument 1 must be m; got n [tensor-shape]
    reveal_type(tl.hvp(lambda v: energy(v, k), (x,), (x,)))  # R: tuple[Tensor[Float, n]]
    reveal_type(tl.grad(lambda v, u: energy(v, u), argnums=(0, 1))(x, k))  # R: tuple[Tensor[Float, n], Tensor[Float, n, n]]


def stored(x: Float[Tensor, "n"], k: Float[Tensor, "n n"], w: Float[Tensor, "n m"]) -> Float[Tensor, "n"]:
    g = tl.grad(lambda v: energy(v, k))  # E: energy: argument 1 (x) has 2 axes, and 1 is needed; got [n, m]; wanted [n] [tensor-shape]
    reveal_type(g(x))  # R: Tensor[Float, n]
    g(w)
    f = lambda v: v @ w  # noqa: E731
    reveal_type(f(x))  # E: The shape is lost: the function that is called has no annotations [tensor-shape-lost]  # R: Any
    f(w)  # E: The shape is lost: the function that is called has no annotations [tensor-shape-lost]
    return g(x)


def applied(f: Callable[[Float[Tensor, "a"]], Float[Tensor, "b"]], x: Float[Tensor, "a"]) -> Float[Tensor, "b"]:
    return f(x)


def composed(
    f: Callable[[Float[Tensor, "a"]], Float[Tensor, "b"]],
    g: Callable[[Float[Tensor, "b"]], Float[Tensor, "c"]],
    x: Float[Tensor, "a"],
) -> Float[Tensor, "c"]:
    f(f(x))  # E: axis 0 (a) of argument 1 must be a; got b [tensor-shape]
    return g(f(x))


def scanned(
    step: Callable[[Float[Tensor, "s"], Float[Tensor, "i"]], Float[Tensor, "s"]],
    start: Float[Tensor, "s"],
    xs: Float[Tensor, "k i"],
) -> Float[Tensor, "s"]:
    for x in xs:
        start = step(start, x)
    return start


def uses(x: Float[Tensor, "n"], w: Float[Tensor, "n m"], k: Float[Tensor, "n n"]) -> None:
    reveal_type(applied(lambda v: v @ w, x))  # R: Tensor[Float, m]
    applied(lambda v: w @ v, x)  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [n, m] @ [n]: m and n; wanted equal sizes; try: transpose the left operand: .mT [tensor-shape]
    reveal_type(composed(lambda v: v @ w, lambda v: w @ v, x))  # R: Tensor[Float, n]
    composed(lambda v: v @ w, lambda v: v @ w, x)  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [m] @ [n, m]: m and n; wanted equal sizes; try: transpose the right operand: .mT [tensor-shape]
    reveal_type(scanned(lambda s, i: s + i @ w, x @ w, k))  # R: Tensor[Float, m]
    scanned(lambda s, i: s + w @ i, x @ w, k)  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [n, m] @ [n]: m and n; wanted equal sizes; try: transpose the left operand: .mT [tensor-shape]
    xs = [x, x]
    reveal_type([f(x) for f in [lambda v: v @ w]])  # R: list[Any]  # E: The shape is lost: the function that is called has no annotations [tensor-shape-lost]
    reveal_type(list(map(lambda v: v @ w, xs)))  # R: list[Tensor[Float, m]]

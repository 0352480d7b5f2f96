"""Cases of functions with derivatives of their own, whose rules are not the derivative on purpose.

A rule that says something else than the derivative shows where it is used: a transform that goes around it answers by
the function's own derivative, which here is another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from tl_checker.gradients.entry_points.cases import (
    ARRAYS,
    SINGLE,
    Array,
    Case,
    as_fractions,
    as_tensors,
    counting,
    everywhere,
    inside_of_modes,
    refused,
)
from tl_checker.gradients.entry_points.cases import (
    engine as tl,
)
from tl_checker.gradients.wellformed import malformed
from tl_dsl.errors import ReverseOnlyError

X: Array = counting(-1, 3)
Y: Array = counting(2, 3)
V: Array = counting(-3, 3)
M: Array = counting(-2, 2, 3)
Answer = Callable[..., Any]


@tl.custom_jvp
def square(x: Any) -> Any:
    """x², whose rule says 5x instead of 2x; found again by its name."""
    return x * x


square.defjvp(lambda primals, tangents: (square(*primals), 5 * primals[0] * tangents[0]))


@tl.custom_vjp
def cube(x: Any) -> Any:
    """x³, whose rule says 7x² instead of 3x²."""
    return x * x * x


cube.defvjp(lambda x: (cube(x), {"x": x, "slope": 7}), lambda kept, g: (kept["slope"] * kept["x"] * kept["x"] * g,))


@tl.custom_jvp
def product(x: Any, y: Any) -> Any:
    """xy, whose rule says 2y dx + 3x dy."""
    return x * y


product.defjvp(lambda primals, tangents: (primals[0] * primals[1],
                                          2 * primals[1] * tangents[0] + 3 * primals[0] * tangents[1]))  # fmt: skip


@tl.custom_vjp
def product_back(x: Any, y: Any) -> Any:
    """xy, whose rule says 2yg and 3xg."""
    return x * y


product_back.defvjp(lambda x, y: (x * y, (x, y)), lambda kept, g: (2 * kept[1] * g, 3 * kept[0] * g))


_tripled = tl.custom_jvp(lambda x: 3 * x)
_tripled.defjvp(lambda primals, tangents: (3 * primals[0], 11 * tangents[0]))
_tripled_back = tl.custom_vjp(lambda x: 3 * x)
_tripled_back.defvjp(lambda x: (3 * x, ()), lambda kept, g: (11 * g,))


def rule_cases() -> Iterator[Case]:
    """All of them."""
    yield from _values()
    yield from _forward()
    yield from _reverse()
    yield from _batches()


def _values() -> Iterator[Case]:
    """Values are the function's, wherever it is called."""
    for f, wanted in ((square, X * X), (cube, X**3)):
        yield from everywhere("custom rules", "the value", f, (X,), wanted, (ARRAYS,))
        yield Case(
            "custom rules", "the value in a program", lambda f=f: tl.program(lambda x: f(x))(tl.tensor(X)), wanted
        )
    yield from inside_of_modes("custom rules", "the value", square, (X,), X * X)
    yield Case("custom rules", "the value in reverse mode", lambda: tl.vjp(cube, tl.tensor(X))[0], X**3)
    for f, wanted in ((product, X * Y), (product_back, X * Y)):
        yield from everywhere("custom rules", "the value of two arguments", f, (X, Y), wanted, (ARRAYS,))
        keyed = lambda x, y, f=f: f(y=y, x=x)
        yield from everywhere("custom rules", "the value by keywords", keyed, (X, Y), wanted, (ARRAYS,))
    constants = lambda x: x * product(tl.tensor(Y), tl.tensor(Y))
    yield from everywhere(
        "custom rules", "a call of constants in a trace", constants, (X,), X * Y * Y, (ARRAYS, SINGLE)
    )
    for f, wanted in ((square, 25 * X), (cube, 63 * X * X)):
        program = tl.compile(f)
        twice = tl.grad(lambda x, p=program: tl.sum(p(x) + p(2 * x)))
        yield from everywhere("custom rules", "one program twice", twice, (X,), wanted)
    yield from everywhere("custom rules", "beside one", tl.grad(lambda x: tl.sum(constants(x))), (X,), Y * Y)


def _forward() -> Iterator[Case]:
    """A rule for both modes, in each of them, to second order."""
    total = lambda x: tl.sum(square(x))
    diagonal = 5 * np.diag(X)
    answers: list[tuple[str, Answer, tuple[Any, ...], Any]] = [
        ("grad", tl.grad(total), (X,), 5 * X),
        ("value_and_grad", tl.value_and_grad(total), (X,), (np.asarray((X * X).sum()), 5 * X)),
        ("jvp", lambda x, v: tl.jvp(square, (x,), (v,)), (X, V), (X * X, 5 * X * V)),
        ("vjp", lambda x, v: tl.vjp(square, x)[1](v), (X, V), (5 * X * V,)),
        ("linearize", lambda x, v: tl.linearize(square, x)[1](v), (X, V), 5 * X * V),
        ("jacfwd", tl.jacfwd(square), (X,), diagonal),
        ("jacrev", tl.jacrev(square), (X,), diagonal),
        ("hessian", tl.hessian(total), (X,), 5 * np.eye(3)),
        ("hvp", lambda x, v: tl.hvp(total, (x,), (v,)), (X, V), (5 * V,)),
        ("jvp of jvp", lambda x, v: tl.jvp(lambda z: tl.jvp(square, (z,), (v,))[1], (x,), (v,))[1], (X, V), 5 * V * V),
        ("grad of a square of it", tl.grad(lambda x: tl.sum(square(square(x)))), (X,), 25 * X**3),
    ]
    for name, f, args, wanted in answers:
        yield from everywhere("custom_jvp", name, f, args, tl.pytree.tree_map(lambda z: z + 0.0, wanted))
    both = tl.grad(lambda x, y: tl.sum(product(x, y)), (0, 1))
    yield from everywhere("custom_jvp", "two arguments", both, (X, Y), (2 * Y, 3 * X))
    joined = tl.custom_jvp(lambda x, y: tl.concat((x, y)))
    joined.defjvp(lambda primals, tangents: (tl.concat(primals), tl.concat((tangents[0], 5 * tangents[1]))))
    pushed = lambda x, y, v: tl.jvp(lambda z: joined(x, z), (y,), (v,))[1]
    yield from everywhere("custom_jvp", "a tangent beside zeros", pushed, (X, Y, V), np.concatenate((0 * X, 5 * V)))
    one = tl.grad(lambda x, y: tl.sum(product(x, y) * y), 1)
    yield from everywhere("custom_jvp", "the second argument", one, (X, Y), 3 * X * Y + X * Y)
    yield from everywhere(
        "custom_jvp",
        "the first along v",
        lambda x, y, v: tl.jvp(lambda z: product(z, y), (x,), (v,))[1],
        (X, Y, V),
        2 * Y * V,
    )
    yield from everywhere("custom_jvp", "one tensor twice", tl.grad(lambda x: tl.sum(product(x, x))), (X,), 5 * X)
    product_of = lambda x, y, v, w: tl.hvp(lambda *xs: tl.sum(product(*xs)), (x, y), (v, w))
    yield from everywhere("custom_jvp", "hvp, which is forward over reverse", product_of, (X, Y, V, X), (2 * X, 3 * V))
    mixed = tl.hessian(lambda x, y: tl.sum(product(x, y)), (0, 1))
    # the rule of the gradient is made of the rule: d(2y)/dy = 2, d(3x)/dx = 3
    zero = np.zeros((3, 3))
    yield from everywhere(
        "custom_jvp", "a Hessian of two arguments", mixed, (X, Y), ((zero, 2 * np.eye(3)), (3 * np.eye(3), zero))
    )


def _reverse() -> Iterator[Case]:
    """A rule for reverse mode alone, and forward mode refused."""
    total = lambda x: tl.sum(cube(x))
    diagonal = np.diag(7 * X * X)
    answers: list[tuple[str, Answer, tuple[Any, ...], Any]] = [
        ("grad", tl.grad(total), (X,), 7 * X * X),
        ("value_and_grad", tl.value_and_grad(total), (X,), (np.asarray((X**3).sum()), 7 * X * X)),
        ("vjp", lambda x, v: tl.vjp(cube, x)[1](v), (X, V), (7 * X * X * V,)),
        ("jacrev", tl.jacrev(cube), (X,), diagonal),
        ("hessian", tl.hessian(total), (X,), np.diag(14 * X)),
        ("hvp", lambda x, v: tl.hvp(total, (x,), (v,)), (X, V), (14 * X * V,)),
        ("grad of grad", tl.grad(lambda x: tl.sum(tl.grad(total)(x) * x)), (X,), 21 * X * X),
        ("jvp of grad", lambda x, v: tl.jvp(tl.grad(total), (x,), (v,))[1], (X, V), 14 * X * V),
        ("grad of it of it", tl.grad(lambda x: tl.sum(cube(cube(x)))), (X,), 49 * X**8),
        (
            "hvp of a mixture",
            lambda x, v: tl.hvp(lambda z: tl.sum(cube(z) + z * z), (x,), (v,)),
            (X, V),
            (14 * X * V + 2 * V,),
        ),
        ("hessian of a mixture", tl.hessian(lambda z: tl.sum(cube(z) + z * z)), (X,), np.diag(14 * X + 2)),
    ]
    for name, f, args, wanted in answers:
        yield from everywhere("custom_vjp", name, f, args, tl.pytree.tree_map(lambda z: z + 0.0, wanted))
    for f, entry in ((_tripled, "custom_jvp"), (_tripled_back, "custom_vjp")):
        beside = square if f is _tripled else cube
        slope = 5 * X if f is _tripled else 7 * X * X
        two = tl.grad(lambda x, f=f, g=beside: tl.sum(f(x) * 2 + g(x) + f(x) * x))
        yield from everywhere(entry, "two functions of one tensor", two, (X,), 22 + slope + 11 * X + 3 * X)
        again = tl.grad(lambda x, y, f=f: tl.sum(f(x) * f(y)), (0, 1))
        yield from everywhere(entry, "one function of two tensors", again, (X, Y), (33 * Y, 33 * X))
    both = tl.grad(lambda x, y: tl.sum(product_back(x, y)), (0, 1))
    yield from everywhere("custom_vjp", "two arguments", both, (X, Y), (2 * Y, 3 * X))
    for k, wanted in ((0, 2 * Y), (1, 3 * X)):
        one = tl.grad(lambda x, y: tl.sum(product_back(x, y)), k)
        yield from everywhere("custom_vjp", f"argument {k} alone", one, (X, Y), wanted)
        inner = tl.grad(lambda x, y: tl.sum(product_back(2 * x, y) if k == 0 else product_back(x, 2 * y)), k)  # noqa: B023
        yield Case(
            "custom_vjp",
            f"argument {k} moved, the other from outside",
            lambda f=inner: f(*as_tensors((X, Y))),
            2 * wanted,
        )
    yield from everywhere("custom_vjp", "one tensor twice", tl.grad(lambda x: tl.sum(product_back(x, x))), (X,), 5 * X)
    squared = lambda x: tl.sum(cube(x) * cube(x))  # its gradient, 14 y x², reads the value y, whose slope is 7x²
    curved = lambda x, v: tl.hvp(squared, (x,), (v,))
    yield from everywhere("custom_vjp", "hvp by reverse mode twice", curved, (X, V), (126 * X**4 * V,))
    yield from everywhere("custom_vjp", "hessian by reverse mode twice", tl.hessian(squared), (X,), np.diag(126 * X**4))
    square_of = lambda x, y: tl.sum(product_back(x, y) * product_back(x, y))  # 4xy², 6x²y
    curved = lambda x, y, v, w: tl.hvp(square_of, (x, y), (v, w))
    wanted = (8 * Y**2 * V + 18 * X * Y * M[0], 16 * X * Y * V + 18 * X**2 * M[0])
    yield from everywhere("custom_vjp", "hvp of two arguments, transposed", curved, (X, Y, V, M[0]), wanted)
    blocks = tuple([tuple([np.diag(z) for z in row]) for row in ((8 * Y**2, 16 * X * Y), (18 * X * Y, 18 * X**2))])
    yield from everywhere("custom_vjp", "hessian of two arguments", tl.hessian(square_of, (0, 1)), (X, Y), blocks)
    x = tl.tensor(X)
    for name, call in (
        ("jvp", lambda: tl.jvp(cube, (x,), (x,))), ("linearize", lambda: tl.linearize(cube, x)),
        ("jacfwd", lambda: tl.jacfwd(cube)(x)),
        ("vmap of jvp", lambda: tl.vmap(lambda z: tl.jvp(cube, (z,), (z,))[1])(x)),
        ("jvp of vmap", lambda: tl.jvp(tl.vmap(cube), (x,), (x,))),
        ("grad of jvp", lambda: tl.grad(lambda z: tl.sum(tl.jvp(cube, (z,), (z,))[1]))(x)),
        ("jvp of a program", lambda: tl.jvp(tl.compile(cube), (x,), (x,))),
    ):  # fmt: skip
        modes = "wanted: reverse mode: grad, vjp, jacrev, hvp, hessian\n"
        says = ("cube has a custom_vjp rule", modes, "of_rules.py", "try: tl.custom_jvp: one rule for both modes\n")
        yield refused("custom_vjp", name, ReverseOnlyError, call, "forward mode (jvp, jacfwd or linearize)", *says)
    yield Case(
        "custom_vjp",
        "forward mode of a constant",
        lambda: tl.jvp(lambda z: z * tl.sum(cube(x)), (x,), (x,))[1],
        X * (X**3).sum(),
    )
    stopped = lambda: tl.jvp(lambda z: z * cube(tl.stop_gradient(z)), (x,), (x,))[1]
    yield Case("custom_vjp", "forward mode where it is stopped", stopped, X**4)


def _batches() -> Iterator[Case]:
    """Rules are of one example; batches around, inside, two deep, of one size and of two."""
    for f, name, slope in ((square, "custom_jvp", 5 * M), (cube, "custom_vjp", 7 * M * M)):
        value = M * M if f is square else M**3
        yield from everywhere(name, "in a batch of rows", tl.vmap(f), (M,), value)
        yield from everywhere(
            name, "a batch of gradients", tl.vmap(tl.grad(lambda row, f=f: tl.sum(f(row)))), (M,), slope
        )
        around = tl.grad(lambda m, f=f: tl.sum(tl.vmap(f)(m)))
        yield from everywhere(name, "a gradient of a batch", around, (M,), slope)
        deep = tl.grad(lambda m, f=f: tl.sum(tl.vmap(tl.vmap(f), 1, 1)(m)))
        yield from everywhere(name, "a gradient of a batch of batches", deep, (M,), slope)
    part = tl.tensor(Fraction(5))
    exact = tl.custom_jvp(lambda x: x * x * part)
    exact.defjvp(lambda primals, tangents: (exact(*primals), primals[0] * tangents[0] * part))
    exact_back = tl.custom_vjp(lambda x: x * x * part)
    exact_back.defvjp(lambda x: (exact_back(x), x), lambda x, g: (x * g * part,))
    for f, name in ((exact, "custom_jvp"), (exact_back, "custom_vjp")):
        around = tl.grad(lambda m, f=f: tl.sum(tl.vmap(f)(m)))
        given, wanted = tl.tensor(as_fractions(M)), as_fractions(5 * M)
        yield Case(name, "a batch beside an exact number", partial(around, given), wanted)
        formed = lambda g=around: malformed(tl.compile(g).graph(tl.tensor(M)))
        yield Case(name, "a batch beside an exact number, the form of the program", formed, "")
    seen: list[Any] = []

    @tl.custom_jvp
    def watched(x: Any, y: Any) -> Any:
        return tl.sum(x * x) + tl.sum(y)

    @watched.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        seen.append([z.shape for z in (*primals, *tangents)])
        return watched(*primals), 5 * tl.sum(primals[0] * tangents[0]) + 3 * tl.sum(tangents[1])

    @tl.custom_vjp
    def watched_back(x: Any, y: Any) -> Any:
        return tl.sum(x * x) + tl.sum(y)

    def back(kept: Any, g: Any) -> Any:
        seen.append([z.shape for z in (*kept, g)])
        return 5 * kept[0] * g, 3 * g * tl.ones(kept[1].shape, dtype=g.dtype)

    watched_back.defvjp(lambda x, y: (watched_back(x, y), (x, y)), back)
    for f, shapes in ((watched, [(3,), (2,), (3,), (2,)]), (watched_back, [(3,), (2,), ()])):
        over_both = lambda m, y, f=f: tl.grad(lambda a, b: tl.sum(tl.vmap(lambda row: f(row, b))(a)), (0, 1))(m, y)
        y = counting(1, 2)
        wanted = (5 * M, np.full(2, 6.0))
        yield from everywhere("custom rules", "an argument without the batch", over_both, (M, y), wanted)
        yield Case("custom rules", "the shapes of one example", partial(_watched, seen, over_both, (M, y)), shapes)
        cubes = counting(0, 4, 2, 3)
        deep = lambda c, y, f=f: tl.grad(
            lambda a, b: tl.sum(tl.vmap(tl.vmap(lambda row, z: f(row, z), (0, None)), (0, None))(a, b)), (0, 1)
        )(c, y)
        yield from everywhere("custom rules", "two batches", deep, (cubes, y), (5 * cubes, np.full(2, 24.0)))
        yield Case("custom rules", "the shapes under two batches", partial(_watched, seen, deep, (cubes, y)), shapes)
        several = tl.jacrev(tl.vmap(lambda row, f=f: f(row, tl.ones(2))))
        yield Case(
            "custom rules",
            "a Jacobian of a batch",
            lambda g=several: g(tl.tensor(M)),
            5 * np.einsum("ij,ik->ikj", M, np.eye(2)) + 0.0,
        )


def _watched(seen: list[Any], f: Any, args: Any) -> Any:
    """What a rule saw in this call: of everything it saw, the one thing."""
    seen.clear()
    f(*as_tensors(args))
    assert all(one == seen[0] for one in seen), seen
    return seen[0]

"""Cases of what functions with derivatives of their own take and give: held arguments, trees, numbers, methods."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from tl_checker.gradients.entry_points.cases import (
    ARRAYS,
    FRACTIONS,
    Case,
    as_tensors,
    everywhere,
    refused,
)
from tl_checker.gradients.entry_points.cases import (
    engine as tl,
)
from tl_checker.gradients.entry_points.of_rules import M, V, X, Y, cube, square
from tl_checker.gradients.wellformed import malformed
from tl_dsl.errors import DifferentiationError, TraceError


def rule_argument_cases() -> Iterator[Case]:
    """All of them."""
    yield from _held()
    yield from _trees()
    yield from _left_out()
    yield from _types()
    yield from _numbers()
    yield from _methods()
    yield from _outside()


def _held() -> Iterator[Case]:
    """Arguments that are not differentiated, first, in the middle, last, by keyword and by default."""

    def function(a: Any, x: Any, b: Any, y: Any, c: Any = 10) -> Any:
        return a * x + b * y + c

    def rule(a: Any, b: Any, c: Any, primals: Any, tangents: Any) -> Any:
        return function(a, primals[0], b, primals[1], c), 2 * a * tangents[0] + 3 * b * tangents[1] + 0 * c

    def back(a: Any, b: Any, c: Any, kept: Any, g: Any) -> Any:
        assert (a, b) == kept and c in (10, 20)
        return 2 * a * g, 3 * b * g

    forward = lambda a, x, b, y, c: (function(a, x, b, y, c), (a, b))
    for argnums in ((0, 2, 4), (-1, 0, 2), (4, -3, -5), [0, 2, 4]):
        jvp, vjp = tl.custom_jvp(function, argnums), tl.custom_vjp(function, nondiff_argnums=argnums)
        jvp.defjvp(rule)
        vjp.defvjp(forward, back)
        for f in (jvp, vjp):
            what = f"nondiff_argnums {argnums!r}"
            gradient = tl.grad(lambda x, y, f=f: tl.sum(f(4, x, 5, y, 20)), (0, 1))
            yield from everywhere("custom rules", what, gradient, (X, Y), (np.full(3, 8.0), np.full(3, 15.0)))
            gradient = tl.grad(lambda x, y, f=f: tl.sum(f(4, x, y=y, b=5)), (0, 1))
            yield from everywhere(
                "custom rules", f"{what}, defaults", gradient, (X, Y), (np.full(3, 8.0), np.full(3, 15.0))
            )
            value = lambda x, y, f=f: f(4, x, 5, y, 20)
            yield from everywhere("custom rules", f"{what}, the value", value, (X, Y), 4 * X + 5 * Y + 20, (ARRAYS,))
    scaled = tl.custom_jvp(lambda how, x: x * how["by"], nondiff_argnums=(0,))
    scaled.defjvp(lambda how, primals, tangents: (primals[0] * how["by"], 3 * how["by"] * tangents[0]))
    by_dict = tl.grad(lambda x: tl.sum(scaled({"by": 2}, x)))
    yield from everywhere("custom_jvp", "a dict that is held", by_dict, (X,), np.full(3, 6.0))
    by_tensor = lambda: tl.grad(lambda x: tl.sum(scaled({"by": tl.tensor(Y)}, x)))(tl.tensor(X))
    yield Case("custom_jvp", "a known tensor that is held", by_tensor, 3 * Y)


class _Pair(NamedTuple):
    left: Any
    right: Any


def _trees() -> Iterator[Case]:
    """Trees for arguments, results and residuals."""

    def function(tree: Any, pair: Any) -> Any:
        return {"b": tree["b"] * pair.left, "a": [tl.sum(tree["a"][0])], "n": None}

    def rule(primals: Any, tangents: Any) -> Any:
        (tree, pair), (dtree, dpair) = primals, tangents
        return function(tree, pair), {"b": 2 * dtree["b"] * pair.left + 3 * tree["b"] * dpair.left,
                                      "a": [5 * tl.sum(dtree["a"][0])], "n": None}  # fmt: skip

    def back(kept: Any, g: Any) -> Any:
        tree, pair = kept["all"]
        assert kept["text"] == "kept" and g["n"] is None
        ones = tl.ones(tree["a"][0].shape, dtype=g["b"].dtype)
        return {"a": [5 * g["a"][0] * ones], "b": 2 * g["b"] * pair.left}, _Pair(3 * tree["b"] * g["b"], None)

    jvp, vjp = tl.custom_jvp(function), tl.custom_vjp(function)
    jvp.defjvp(rule)
    vjp.defvjp(lambda tree, pair: (function(tree, pair), {"text": "kept", "all": (tree, pair)}), back)
    args = ({"b": X, "a": [Y]}, _Pair(V, None))
    for f in (jvp, vjp):
        value = {"a": [np.asarray(Y.sum())], "b": X * V, "n": None}
        yield from everywhere("custom rules", "the value of trees", f, args, value, (ARRAYS,))
        total = tl.grad(lambda t, p, f=f: tl.sum(f(t, p)["b"]) + 2 * f(t, p)["a"][0], (0, 1))
        wanted = ({"a": [np.full(3, 10.0)], "b": 2 * V}, _Pair(3 * X, None))
        yield from everywhere("custom rules", "gradients of trees", total, args, wanted)
        one = tl.grad(lambda t, p, f=f: f(t, p)["a"][0])
        yield from everywhere("custom rules", "one result of trees", one, args, {"a": [np.full(3, 5.0)], "b": 0 * X})


def _left_out() -> Iterator[Case]:
    """Cotangents that a rule leaves out, and numbers for them; integers and their results."""

    @tl.custom_vjp
    def picked(x: Any, i: Any, y: Any, z: Any) -> Any:
        return tl.take(x, i, axis=0) * y + z

    picked.defvjp(lambda x, i, y, z: (picked(x, i, y, z), (x, y)), lambda kept, g: (2 * kept[0], None, 5, None))
    i, x = tl.tensor([1, 0]), tl.tensor(X)
    gradient = lambda: tl.grad(lambda a, b, c: tl.sum(picked(a, i, b, c)), (0, 1, 2))(
        x, tl.tensor(2.0), tl.tensor([1.0, 2.0])
    )
    yield Case("custom_vjp", "None and numbers for cotangents", gradient, (2 * X, np.asarray(5.0), np.zeros(2)))
    alone = lambda: tl.grad(lambda c: tl.sum(picked(x, i, tl.tensor(2.0), c) + c))(tl.tensor([1.0, 2.0]))
    yield Case("custom_vjp", "None alone", alone, np.ones(2))

    def with_index(x: Any) -> Any:
        return tl.argmax(x), x * x, tl.sum(x)

    rule = lambda primals, tangents: (
        with_index(*primals),
        (0, 5 * primals[0] * tangents[0], 9.0 * tl.sum(tangents[0])),
    )
    jvp, vjp = tl.custom_jvp(with_index), tl.custom_vjp(with_index)
    jvp.defjvp(rule)
    seen: list[Any] = []

    def back(kept: Any, g: Any) -> Any:
        seen[:] = [[str(one.dtype), one.shape] for one in g]
        return (5 * kept * g[1] + 9 * g[2],)

    vjp.defvjp(lambda x: (with_index(x), x), back)
    for f in (jvp, vjp):
        both = tl.grad(lambda x, f=f: tl.sum(f(x)[1]) * 1 + 2 * f(x)[2] + tl.take(x, f(x)[0], axis=0))
        wanted = 5 * X + 18 + (np.arange(3) == X.argmax())
        yield Case("custom rules", "an integer result", lambda g=both: g(x), wanted)
        picked_out = tl.grad(lambda x, f=f: f(x)[2])
        yield from everywhere("custom rules", "the last result alone", picked_out, (X,), np.full(3, 9.0))
        middle = tl.jacrev(lambda x, f=f: f(x)[1])
        yield from everywhere("custom rules", "the middle result alone", middle, (X,), np.diag(5 * X) + 0.0)
    types = lambda: (both(x), list(seen))[1]
    yield Case("custom_vjp", "types of cotangents", types, [["int64", ()], ["float64", (3,)], ["float64", ()]])
    constant = tl.custom_jvp(lambda x: (x * x, tl.ones(2)))
    constant.defjvp(
        lambda primals, tangents: ((primals[0] * primals[0], tl.ones(2)), (primals[0] * 5 * tangents[0], tl.zeros(2)))
    )
    pushed = lambda: tl.jvp(constant, (x,), (x,))
    yield Case("custom_jvp", "a result that is constant", pushed, ((X * X, np.ones(2)), (5 * X * X, np.zeros(2))))


def _types() -> Iterator[Case]:
    """Results of several element types and shapes, in one row of tangents, and arguments of several."""

    def function(x: Any, y: Any) -> Any:
        return tl.astype(x * x, tl.float32), tl.sum(y), tl.expand_dims(y, axis=0) * 2

    def back(kept: Any, g: Any) -> Any:
        x, _ = kept
        assert [str(one.dtype) for one in g] == ["float32", "float64", "float64"]
        return 5 * x * tl.astype(g[0], tl.float64), 7 * g[1] + 11 * g[2][0]

    f = tl.custom_vjp(function)
    f.defvjp(lambda x, y: (function(x, y), (x, y)), back)
    x, y = as_tensors((X, Y))
    u = (tl.tensor([1.0, 2.0, 3.0], dtype=tl.float32), tl.tensor(10.0), tl.tensor([[1.0, -1.0, 2.0]]))
    pulled = lambda: tl.vjp(f, x, y)[1](u)
    yield Case(
        "custom_vjp",
        "results of several types",
        pulled,
        (5 * X * np.array([1, 2, 3.0]), 70 + 11 * np.array([1, -1, 2.0])),
    )
    part = lambda: tl.grad(lambda a, b: tl.sum(f(a, b)[2] * tl.tensor([[1.0, -1.0, 2.0]])), (0, 1))(x, y)
    yield Case("custom_vjp", "one of several types", part, (0 * X, 11 * np.array([1, -1, 2.0])))
    blocks = lambda: [[b.astype(tl.float64) for b in row] for row in tl.jacrev(f, (0, 1))(x, y)]
    zero = np.zeros((3, 3))
    wanted = [[np.diag(5 * X) + 0.0, zero], [np.zeros(3), np.full(3, 7.0)], [zero[None], 11 * np.eye(3)[None]]]
    yield Case("custom_vjp", "a Jacobian of several types", blocks, wanted)
    single = tl.custom_jvp(lambda x, y: x * tl.astype(y, tl.float32))
    single.defjvp(lambda primals, tangents: (primals[0] * tl.astype(primals[1], tl.float32),
                                             2 * tangents[0] * tl.astype(primals[1], tl.float32)))  # fmt: skip
    x32 = tl.tensor(X.astype(np.float32))
    gradient = lambda: tl.grad(lambda a, b: tl.sum(single(a, b)), (0, 1))(x32, y)
    yield Case("custom_jvp", "arguments of two types", gradient, ((2 * Y).astype(np.float32), 0 * Y))
    product = tl.custom_jvp(lambda x, y: x * y)
    product.defjvp(lambda primals, tangents: (primals[0] * primals[1],
                                              2 * tangents[0] * primals[1] + tangents[1] * primals[0]))  # fmt: skip
    slope = tl.compile(lambda x, dx: tl.jvp(lambda a: product(a, x32), (x,), (dx,))[1])
    found = lambda: (slope(x32, x32), malformed(slope.graph(x32, x32)))
    wanted = (2 * (X * X).astype(np.float32), "")
    yield Case("custom_jvp", "a tangent that is zero has its argument's type", found, wanted)


def _numbers() -> Iterator[Case]:
    """Numbers among the arguments: they reach the rule as they are, with zeros for tangents."""
    seen: list[Any] = []

    def function(x: Any, *others: Any) -> Any:
        return x * x

    def rule(primals: Any, tangents: Any) -> Any:
        seen[:] = [*primals[1:], *tangents[1:]]
        return primals[0] * primals[0], 5 * primals[0] * tangents[0]

    f = tl.custom_jvp(function)
    f.defjvp(rule)
    numbers = [2, 2.5, True, Fraction(1, 2), np.float64(1.5), np.int64(3)]
    told = lambda: (tl.grad(lambda x: tl.sum(f(x, *numbers)))(tl.tensor(X)), [repr(z) for z in seen])[1]
    zeros = ["0", "0.0", "0", "0.0", "0.0", "0"]
    yield Case("custom_jvp", "numbers and their tangents", told, [repr(z) for z in numbers] + zeros)
    array = lambda: (tl.grad(lambda x: tl.sum(f(x, Y)))(tl.tensor(X)), [type(z).__name__ for z in seen])[1]
    yield Case("custom_jvp", "an array and its tangent", array, ["Tensor", "Tensor"])
    values = tl.custom_vjp(function)
    values.defvjp(lambda x, *others: (x * x, (x, others)), lambda kept, g: (5 * kept[0] * g, *[None] * len(kept[1])))
    gradient = lambda x: tl.grad(lambda z: tl.sum(values(z, *numbers)))(x)
    yield from everywhere("custom_vjp", "numbers", gradient, (X,), 5 * X)
    answered = tl.custom_vjp(lambda x, n: x * n)
    answered.defvjp(lambda x, n: (x * n, n), lambda n, g: (5 * n * g, 17.0))
    yield from everywhere(
        "custom_vjp", "a cotangent for a number", tl.grad(lambda x: tl.sum(answered(x, 3))), (X,), np.full(3, 15.0)
    )
    first = tl.custom_jvp(lambda n, x: x * n)
    first.defjvp(lambda primals, tangents: (primals[1] * primals[0], 5 * primals[0] * tangents[1] + tangents[0]))
    yield from everywhere(
        "custom_jvp", "a number first", tl.grad(lambda x: tl.sum(first(3, x))), (X,), np.full(3, 15.0)
    )


class _Curve:
    """Methods with rules of their own."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    @partial(tl.custom_jvp, nondiff_argnums=(0,))
    def forward(self, x: Any) -> Any:
        """rate · x²."""
        return self.rate * x * x

    @partial(tl.custom_vjp, nondiff_argnums=(0,))
    def backward(self, x: Any) -> Any:
        """rate · x²."""
        return self.rate * x * x


_Curve.forward.defjvp(
    lambda curve, primals, tangents: (curve.forward(*primals), 5 * curve.rate * primals[0] * tangents[0])
)
_Curve.backward.defvjp(lambda curve, x: (curve.backward(x), x), lambda curve, x, g: (5 * curve.rate * x * g,))


def _methods() -> Iterator[Case]:
    """Methods, names, copies."""
    for rate in (2.0, 3.0):
        for method in (_Curve(rate).forward, _Curve(rate).backward):
            yield from everywhere("custom rules", "a method", method, (X,), rate * X * X, (ARRAYS,))
            gradient = tl.grad(lambda x, m=method: tl.sum(m(x)))
            yield from everywhere("custom rules", "a gradient of a method", gradient, (X,), 5 * rate * X)
    for f, name in ((square, "square"), (cube, "cube")):
        yield Case(
            "custom rules",
            "its names",
            lambda f=f: (f.__name__, f.__qualname__, f.name, f.__doc__[:2]),
            (name, name, name, "x²" if f is square else "x³"),
        )
        yield Case("custom rules", "as text", lambda f=f: repr(f), f"<custom_{'jvp' if f is square else 'vjp'} {name}>")
        yield Case("custom rules", "pickled", lambda f=f: pickle.loads(pickle.dumps(f)) is f, True)
        shown = lambda f=f: [
            line.partition(" = ")[2] for line in str(tl.program(lambda x: f(x)).graph(tl.tensor(X))).splitlines()[1:-1]
        ]
        yield Case(
            "custom rules", "in a graph", shown, [f"custom_{'jvp' if f is square else 'vjp'}(a, call={name}, output=0)"]
        )
    for kind, name in ((tl.custom_jvp, "custom_jvp"), (tl.custom_vjp, "custom_vjp")):
        partly = kind(partial(lambda n, x: n * x, 2))
        yield Case("custom rules", "the name of a partial function", lambda f=partly: repr(f), f"<{name} partial>")
    rule = lambda primals, tangents: None
    made = tl.custom_jvp(lambda x: x)
    yield Case("custom_jvp", "defjvp gives the rule back", lambda: made.defjvp(rule) is rule, True)


def _outside() -> Iterator[Case]:
    """What functions and rules read from outside: known tensors; traced ones are arguments, or an error."""
    y = tl.tensor(Y)
    scaled = tl.custom_jvp(lambda x: x * y)
    scaled.defjvp(lambda primals, tangents: (primals[0] * y, 5 * y * tangents[0]))
    back = tl.custom_vjp(lambda x: x * y)
    back.defvjp(lambda x: (x * y, ()), lambda kept, g: (5 * y * g,))
    for f in (scaled, back):
        yield Case("custom rules", "a known tensor from outside", lambda f=f: f(tl.tensor(X)), X * Y)
        gradient = lambda f=f: tl.grad(lambda x: tl.sum(f(x)))(tl.tensor(X))
        yield Case("custom rules", "a rule that reads a known tensor", gradient, 5 * Y)
        rows = lambda f=f: tl.vmap(tl.grad(lambda x: tl.sum(f(x))))(tl.tensor(M))
        yield Case("custom rules", "such a rule in a batch", rows, np.broadcast_to(5 * Y, (2, 3)) + 0.0)
        rows = lambda f=f: tl.grad(lambda m: tl.sum(tl.vmap(f)(m)))(tl.tensor(M))
        yield Case("custom rules", "such a rule around a batch", rows, np.broadcast_to(5 * Y, (2, 3)) + 0.0)
    for make in (_reading, _reading_back):
        value = lambda x, w, make=make: make(w)(x)
        yield from everywhere("custom rules", "a traced tensor from outside", value, (X, Y), X * Y, (ARRAYS,))
        held = lambda x, w, make=make: tl.grad(lambda z: tl.sum(make(w)(z)))(x)
        yield from everywhere(
            "custom rules", "a rule that reads a traced tensor", held, (X, Y), 5 * Y, (ARRAYS, FRACTIONS)
        )
        moved = lambda make=make: tl.grad(lambda w: tl.sum(make(w)(tl.tensor(X))))(y)
        yield refused("custom rules", "a derivative in what it reads", DifferentiationError, moved,
                      "a derivative in a value that it reads from outside of itself")  # fmt: skip
        both = lambda make=make: tl.grad(lambda w: tl.sum(make(w)(w)))(y)
        yield refused("custom rules", "a derivative in an argument that it reads", DifferentiationError, both)
    kept: list[Any] = []
    leaking = tl.custom_jvp(lambda x: x * x)
    leaking.defjvp(lambda primals, tangents: (primals[0] * primals[0], tangents[0] * kept[0]))

    def leak(x: Any) -> Any:
        def keeping(z: Any) -> Any:
            kept[:] = [z]
            return z

        tl.program(keeping)(x)
        return tl.grad(lambda z: tl.sum(leaking(z)))(x)

    yield refused("custom_jvp", "a rule that reads a trace that has ended", TraceError, lambda: leak(y))


def _reading(w: Any) -> Any:
    f = tl.custom_jvp(lambda x: x * w)
    f.defjvp(lambda primals, tangents: (primals[0] * w, 5 * w * tangents[0]))
    return f


def _reading_back(w: Any) -> Any:
    f = tl.custom_vjp(lambda x: x * w)
    f.defvjp(lambda x: (x * w, ()), lambda kept, g: (5 * w * g,))
    return f

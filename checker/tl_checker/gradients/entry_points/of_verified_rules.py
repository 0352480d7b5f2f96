"""Cases of rules as the verifier sees them: the value that a rule gives, and a row for each argument, by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tl_checker.gradients.custom import rule_rows
from tl_checker.gradients.entry_points.cases import Array, Case, as_tensors, counting
from tl_checker.gradients.entry_points.cases import engine as tl
from tl_dsl.autodiff.traced import trace_call

X: Array = counting(1, 3) / 4
Y: Array = counting(-2, 3) / 2 + 0.25

Told = list[tuple[str, str]]
"""The arguments of a rule, and what is said of each."""


def verified_rule_cases() -> Iterator[Case]:
    """All of them."""
    for name, function, args, wanted in (*_forward(), *_reverse()):
        for deep, how in enumerate(("", " in a batch", " in two batches")):
            call, stacked = function, args
            for _ in range(deep):
                call, stacked = (
                    tl.vmap(call),
                    tl.pytree.tree_map(lambda x: np.stack((x, x + x.dtype.type(0.5))), stacked),
                )
            yield Case("rules in balls", name + how, lambda f=call, xs=stacked: _told(f, xs), wanted)


def _told(function: Callable[..., Any], args: tuple[Any, ...]) -> Told:
    call = trace_call(function, as_tensors(args), tuple(range(len(args))))
    rows = rule_rows("target", call.graph, [x.numpy() for x in call.values], call.wrt, "here")
    return [(row.argument, row.verdict.value) for row in rows]


def _all(verdict: str, *names: str) -> Told:
    return [(name, verdict) for name in names]


Rows = Iterator[tuple[str, Callable[..., Any], tuple[Any, ...], Told]]


def _forward() -> Rows:
    """Rules for both modes: right ones, one of a wrong value, ones that are wrong in an argument."""

    def function(x: Any, *others: Any) -> Any:
        return x * x * others[0] + (others[1]["a"] if len(others) > 1 else 0)

    def made(value: int = 1, first: int = 2, second: int = 1) -> Any:
        def rule(primals: Any, tangents: Any) -> Any:
            x, y, *_ = primals
            tangent = first * x * y * tangents[0] + second * x * x * tangents[1]
            return value * function(*primals), tangent + (tangents[2]["a"] if len(primals) > 2 else 0)

        f = tl.custom_jvp(function)
        f.defjvp(rule)
        return f

    def raising(primals: Any, tangents: Any) -> Any:
        raise ValueError

    yield "a right rule", made(), (X, Y), _all("PASS", "value", "x", "others")
    yield "a right rule of a dict", made(), (X, Y, {"a": X}), _all("PASS", "value", "x", "others", "others['a']")
    yield "a wrong value", made(value=2), (X, Y), [("value", "FAIL"), *_all("PASS", "x", "others")]
    yield "a wrong tangent", made(first=3), (X, Y), [("value", "PASS"), ("x", "FAIL"), ("others", "PASS")]
    yield "a wrong second tangent", made(second=3), (X, Y), [*_all("PASS", "value", "x"), ("others", "FAIL")]
    broken = made()
    broken.defjvp(raising)
    yield "a rule that raises", broken, (X, Y), [("", "FAIL")]
    one = made()
    yield "an argument from outside", lambda x: one(x, tl.tensor(Y)) * x, (X,), _all("PASS", "value", "x", "others")
    typed = tl.custom_jvp(lambda x, y: x * y)
    typed.defjvp(_of_one_type)
    single = (X.astype(np.float32), Y.astype(np.float32))
    yield "a rule that asks for types", typed, single, _all("PASS", "value", "x", "y")
    numbers = tl.custom_jvp(lambda n, x, m: n * x * m)
    numbers.defjvp(
        lambda primals, tangents: (primals[0] * primals[1] * primals[2], primals[0] * primals[2] * tangents[1])
    )
    yield "numbers beside", lambda x: numbers(2, x, 3.5), (X,), _all("PASS", "value", "x")


def _of_one_type(primals: Any, tangents: Any) -> Any:
    assert len({z.dtype for z in (*primals, *tangents)}) == 1
    return primals[0] * primals[1], primals[0] * tangents[1] + primals[1] * tangents[0]


def _reverse() -> Rows:
    """Rules for reverse mode alone: with held arguments, several results, residuals that are no tensors."""

    def function(x: Any, power: int, tree: Any) -> Any:
        return x**power * tree[0], tl.sum(x * tree[1])

    def made(value: int = 1, first: int = 1, second: int = 1) -> Any:
        def fwd(x: Any, power: int, tree: Any) -> Any:
            one, two = function(x, power, tree)
            return (value * one, two), {"power": power, "x": x, "tree": tree}

        def bwd(power: int, kept: Any, g: Any) -> Any:
            x, (y, z) = kept["x"], kept["tree"]
            assert power == kept["power"]
            dx = first * power * x ** (power - 1) * y * g[0] + z * g[1]
            return dx, [second * x**power * g[0], x * g[1]]

        f = tl.custom_vjp(function, nondiff_argnums=(1,))
        f.defvjp(fwd, bwd)
        return lambda x, y, z: f(x, 3, [y, z])

    names = ("value", "x", "tree[0]", "tree[1]")
    args = (X, Y, Y + 1)
    yield "a right rule for reverse mode", made(), args, _all("PASS", *names, *names)
    first, second = (dict.fromkeys(names, "PASS") for _ in range(2))
    wrong = [*(first | {"value": "FAIL"}).items(), *second.items()]
    yield "a wrong value for reverse mode", made(value=2), args, wrong
    yield "a wrong cotangent", made(first=2), args, [*(first | {"x": "FAIL"}).items(), *second.items()]
    wrong = [*(first | {"tree[0]": "FAIL"}).items(), *second.items()]
    yield "a wrong cotangent in a list", made(second=2), args, wrong

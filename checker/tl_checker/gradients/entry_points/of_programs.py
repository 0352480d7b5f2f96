"""Cases of programs: what tells their traces apart, how many are kept, and when Python runs again.

How often a function was traced is counted by the function itself. A program that traced too often is slow, one that
traced too seldom is wrong; both are failures here.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from tl_checker.gradients.entry_points.cases import (
    Array,
    Case,
    as_fractions,
    as_tensors,
    counted,
    counting,
    everywhere,
    forgotten,
    refused,
)
from tl_checker.gradients.entry_points.cases import engine as tl
from tl_dsl.errors import ArgumentError

X: Array = counting(-2, 2, 3)
Y: Array = counting(1, 3)
KEPT = 64
"""How many traces a program keeps."""


class _Pair(NamedTuple):
    left: Any
    right: Any


def program_cases() -> Iterator[Case]:
    """All of them."""
    for transform in (tl.compile, tl.program):
        yield from _told_apart(transform)
    yield from _results()
    yield from _kept()
    yield from _short_ways()
    yield from _outer()
    yield from _others()


class _Counted:
    """A function that counts how often it is traced, and says what it got: ``1000 · number + Σ`` of all tensors."""

    def __init__(self) -> None:
        self.traced = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.traced += 1
        leaves = [x for x in tl.pytree.tree_leaves((args, kwargs)) if isinstance(x, tl.Tensor)]
        total = tl.tensor(1000.0 * self.traced)
        for x in leaves:
            total = total + tl.sum(tl.astype(x, tl.float64))
        return total


def _told_apart(transform: Callable[..., Any]) -> Iterator[Case]:
    """A row of calls, each with the number of the trace that answers it."""
    x, y, single = tl.tensor(X), tl.tensor(Y), tl.tensor(Y.astype(np.float32))
    whole = tl.tensor(Y.astype(int))
    rows: list[tuple[str, list[tuple[Sequence[Any], dict[str, Any], int]]]] = [
        ("shapes", [((x,), {}, 1), ((y,), {}, 2), ((x,), {}, 1), ((y,), {}, 2), ((x * 2,), {}, 1)]),
        ("element types", [((y,), {}, 1), ((single,), {}, 2), ((whole,), {}, 3), ((y,), {}, 1), ((single,), {}, 2)]),
        ("arrays like tensors", [((Y,), {}, 1), ((y,), {}, 1), ((Y + 1,), {}, 1), ((X,), {}, 2)]),
        ("how many", [((y,), {}, 1), ((y, y), {}, 2), ((y, y, y), {}, 3), ((y, y), {}, 2), ((y,), {}, 1)]),
        (
            "nesting",
            [
                ((y, (y, y)), {}, 1),
                (((y, y), y), {}, 2),
                ((y, y, y), {}, 3),
                (((y, y, y),), {}, 4),
                ((y, (y, y)), {}, 1),
                (((y, y), y), {}, 2),
                ((((y,),), y), {}, 5),
                (((y, (y,)),), {}, 6),
                ((((y,),), y), {}, 5),
                (((y, (y,)),), {}, 6),
            ],
        ),
        ("empty tuples", [((y,), {}, 1), ((y, ()), {}, 2), (((), y), {}, 3), ((y,), {}, 1), ((y, ()), {}, 2)]),
        (
            "lists and tuples",
            [
                (([y, y],), {}, 1),
                (((y, y),), {}, 2),
                (([y, y],), {}, 1),
                ((_Pair(y, y),), {}, 3),
                (((y, y),), {}, 2),
                ((_Pair(y, y),), {}, 3),
            ],
        ),
        ("dicts", [(({"a": y, "b": y},), {}, 1), (({"b": y, "a": y},), {}, 1), (({"a": y, "c": y},), {}, 2)]),
        (
            "keywords",
            [
                ((y,), {"a": y}, 1),
                ((y,), {"b": y}, 2),
                ((y, y), {}, 3),
                ((y,), {"a": y}, 1),
                ((y, y), {}, 3),
                ((), {"a": y}, 4),
                ((y,), {}, 5),
                ((), {"a": y}, 4),
                ((y,), {"b": y}, 2),
            ],
        ),
        (
            "numbers",
            [
                ((y, 1), {}, 1),
                ((y, 2), {}, 2),
                ((y, 1.0), {}, 3),
                ((y, True), {}, 4),
                ((y, 1), {}, 1),
                ((y, 0.0), {}, 5),
                ((y, -0.0), {}, 6),
                ((y, 0.0), {}, 5),
                ((y, Fraction(1)), {}, 7),
                ((y, np.float64(1)), {}, 8),
                ((y, np.float32(1)), {}, 9),
                ((y, np.float64(1)), {}, 8),
            ],
        ),
        (
            "other values",
            [
                ((y, "a"), {}, 1),
                ((y, "b"), {}, 2),
                ((y, None), {}, 3),
                ((y, "a"), {}, 1),
                ((y, None), {}, 3),
                ((y, ("a", 1)), {}, 4),
                ((y, ("a", 1.0)), {}, 5),
                ((y, ("a", 1)), {}, 4),
            ],
        ),
        ("numbers by keyword", [((y,), {"a": 1}, 1), ((y,), {"a": 1.0}, 2), ((y,), {"a": 1}, 1), ((y,), {}, 3)]),
        ("places of numbers", [((1, y), {}, 1), ((y, 1), {}, 2), ((1, y), {}, 1), ((y, 1), {}, 2)]),
        ("no arguments", [((), {}, 1), ((), {}, 1)]),
        ("no arguments after some", [((y,), {}, 1), ((), {}, 2), ((y,), {}, 1), ((), {}, 2)]),
        ("keywords and no arguments", [((), {"a": y}, 1), ((), {}, 2), ((), {"a": y}, 1), ((), {}, 2)]),
        ("fractions", [((tl.tensor(as_fractions(Y)),), {}, 1), ((y,), {}, 2), ((tl.tensor(as_fractions(Y)),), {}, 1)]),
    ]
    for what, calls in rows:
        wanted = [1000 * number + _sum((args, kwargs)) for args, kwargs, number in calls]
        found = partial(_answers, transform, calls)
        yield Case("compile", f"traces told apart by {what}", found, wanted)


def _answers(transform: Callable[..., Any], calls: Any) -> list[float]:
    program = transform(_Counted())
    return [float(program(*args, **kwargs).item()) for args, kwargs, _ in calls]


def _sum(tree: Any) -> float:
    arrays = [x for x in tl.pytree.tree_leaves(tree) if isinstance(x, (tl.Tensor, np.ndarray))]
    return float(sum(np.sum(np.asarray(x if isinstance(x, np.ndarray) else x.numpy())) for x in arrays))


def _results() -> Iterator[Case]:
    """Results of every structure, by a first call and by one that finds the trace."""
    double, total = 2 * Y, np.asarray(Y.sum())
    trees: list[tuple[str, Callable[[Any], Any], Any]] = [
        ("a tensor", lambda y: y + y, double),
        ("the argument", lambda y: y, Y),
        ("a pair", lambda y: (y + y, tl.sum(y)), (double, total)),
        ("a tuple of one", lambda y: (y,), (Y,)),
        ("nested tuples", lambda y: ((y, (tl.sum(y),)), y + y), ((Y, (total,)), double)),
        ("an empty tuple", lambda y: (), ()),
        ("None", lambda y: None, None),
        ("a tuple with None", lambda y: (y, None, tl.sum(y)), (Y, None, total)),
        ("a list", lambda y: [tl.sum(y), y], [total, Y]),
        ("a tuple of lists", lambda y: ([y], [tl.sum(y)]), ([Y], [total])),
        ("a dict", lambda y: {"b": y, "a": (tl.sum(y), y)}, {"a": (total, Y), "b": Y}),
        ("a named tuple", lambda y: _Pair(y, (tl.sum(y),)), _Pair(Y, (total,))),
        ("a constant", lambda y: tl.tensor(X), X),
        ("one tensor twice", lambda y: (y, y), (Y, Y)),
    ]
    y = tl.tensor(Y)
    for what, f, wanted in trees:
        program = tl.compile(f)
        for time in ("first", "then"):
            yield Case("compile", f"{what}, {time}", lambda p=program: p(y), wanted)
        yield Case("compile", f"{what}, by keyword", lambda f=f: tl.compile(lambda *, y: f(y))(y=y), wanted)
        yield Case("compile", f"{what}, within a program", lambda p=program: tl.compile(lambda z: p(z))(y), wanted)
        again = lambda p=program: tl.compile(lambda z: p(z))(tl.tensor(Y))
        yield Case("compile", f"{what}, within another", again, wanted)
        for transform in (tl.compile, tl.program):
            if what != "a constant":
                yield from everywhere("compile", what, lambda z, f=f, t=transform: t(f)(z), (Y,), wanted)


def _kept() -> Iterator[Case]:
    """So many traces are kept, those used last; how many there are is what a program prints."""

    def shown(shapes: Sequence[int]) -> Any:
        counted = _Counted()
        program = tl.compile(counted)
        values = [float(program(tl.ones(n)).item()) for n in shapes]
        return values, str(program).count("return")

    many = [*range(1, KEPT + 1), 1, KEPT + 1, 1, 2]
    numbers = [*range(1, KEPT + 1), 1, KEPT + 1, 1, KEPT + 2]
    yield Case("compile", "the trace not used for longest goes", lambda: _by_keyword(many), (numbers, KEPT))
    short = [*range(1, KEPT + 2), 2, KEPT + 1, 3]
    values = [1000.0 * n + n for n in range(1, KEPT + 2)] + [2002.0, 1000.0 * (KEPT + 1) + KEPT + 1, 3003.0]
    yield Case("compile", "what is kept is found again", lambda: shown(short), (values, KEPT))
    first = [*range(1, KEPT + 2), 1]
    values = [1000.0 * n + n for n in range(1, KEPT + 2)] + [1000.0 * (KEPT + 2) + 1]
    yield Case("compile", "what went is traced again", lambda: shown(first), (values, KEPT))
    yield Case("compile", "a few", lambda: shown([1, 2, 1]), ([1001.0, 2002.0, 1001.0], 2))
    alike = lambda: _shared_trace()
    yield Case("compile", "lists after lists", alike, 1)


def _by_keyword(shapes: Sequence[int]) -> tuple[list[int], int]:
    """The number of the trace that answers each call, whose argument has a keyword, and how many are kept."""
    program = tl.compile(_Counted())
    values = [round((float(program(y=tl.ones(n)).item()) - n) / 1000) for n in shapes]
    return values, str(program).count("return")


def _shared_trace() -> int:
    counted = _Counted()
    program = tl.compile(counted)
    for k in range(3):
        program([tl.ones(2) * k])
    return counted.traced


def _short_ways() -> Iterator[Case]:
    """A repeated call with tensors and tuples of them takes no tree apart, and puts none together."""
    y = tl.tensor(Y)
    trees: list[tuple[str, tuple[Any, ...], Callable[..., Any]]] = [
        ("a tensor", (y,), lambda a: a + a),
        ("two tensors", (y, y), lambda a, b: (a, b)),
        ("tuples", ((y, (y,)), ((), y)), lambda a, b: ((a[0],), (a[1][0], b[1]))),
        ("tensors of two types", (y, tl.tensor([1, 2])), lambda a, b: ((), a, (b, b))),
    ]
    for what, args, f in trees:
        yield Case("compile", f"{what}, again, without trees", lambda f=f, xs=args: _trees_touched(f, xs), 0)
    kept = tl.compile(lambda a: a * 2)
    for make in (lambda: tl.tensor(Y) + 0, lambda: tl.tensor(as_fractions(Y)) + 0):
        yield Case("compile", "arguments are not kept", lambda m=make: forgotten(m, kept), True)


def _trees_touched(f: Callable[..., Any], args: tuple[Any, ...]) -> int:
    """How many functions of trees a repeated call runs."""
    program = tl.compile(f)
    program(*args)
    return counted(lambda: program(*args), tl.pytree.__file__)[1]


def _outer() -> Iterator[Case]:
    """Tensors from outside: known ones are read when a program is traced, those of a trace around it each time."""
    y, w = as_tensors((Y, 3 - Y))
    scaled = tl.compile(lambda z: z * w)
    for time in ("first", "then"):
        yield Case("compile", f"a tensor from outside, {time}", lambda: scaled(y), Y * (3 - Y))
    yield Case(
        "compile",
        "a tensor from outside, two arguments",
        lambda: tl.compile(lambda a, b: a * b - w)(y, y),
        Y * Y - 3 + Y,
    )

    def twice(x: Any) -> Any:
        x = tl.tensor(x)
        program = tl.compile(lambda z: z * x)
        return program(x) + program(x + 1)

    yield from everywhere("compile", "a traced tensor from outside", twice, (Y,), Y * Y + Y * (Y + 1))
    gradient = lambda x: tl.grad(lambda z: tl.sum(twice(z)))(x)
    yield from everywhere("compile", "a derivative in a tensor from outside", gradient, (Y,), 4 * Y + 1)
    held: dict[str, Any] = {}
    reading = tl.compile(lambda z: z * held["x"])

    def other(x: Any) -> Any:
        held["x"] = x
        return tl.sum(reading(x))

    both = lambda: [tl.grad(other)(y), tl.grad(other)(y + 1), tl.jvp(other, (y,), (y,))[1]]
    yield Case("compile", "another trace's tensor after that", both, [2 * Y, 2 * Y + 2, np.asarray((2 * Y * Y).sum())])
    again = tl.compile(tl.grad(lambda z: tl.sum(z * z * z)))
    for time in ("first", "then"):
        yield Case("compile", f"a gradient, {time}", lambda: again(y), 3 * Y * Y)
    yield from everywhere("compile", "of gradients", lambda z: again(z), (Y,), 3 * Y * Y)
    curved = lambda z: tl.grad(lambda v: tl.sum(again(v)))(z)
    yield from everywhere("compile", "a gradient of it", curved, (Y,), 6 * Y)
    faulty = lambda: tl.compile(lambda z: tl.where(z > 0, z, 0.0))(tl.tensor([1.0, 2.0]) + 0)
    yield Case("compile", "a branch", faulty, np.asarray([1.0, 2.0]))


def _cubed(x: Any) -> Any:
    """x³, found again by its name."""
    return x * x * x


def _others() -> Iterator[Case]:
    """Methods, copies, names, graphs, and what cannot be a key."""
    y = tl.tensor(Y)
    program = tl.compile(_cubed)
    holder = type("Holder", (), {"cubed": tl.compile(lambda self, z: z * self.factor), "factor": 2.0})()
    yield Case("compile", "a method", lambda: holder.cubed(y), 2 * Y)
    yield Case("compile", "a method of the class", lambda: type(holder).cubed(holder, y), 2 * Y)
    for name, wanted in (("__name__", "_cubed"), ("__doc__", _cubed.__doc__), ("__wrapped__", _cubed)):
        yield Case("compile", f"its {name}", lambda name=name: getattr(program, name), wanted)
    yield Case("compile", "pickled", lambda: pickle.loads(pickle.dumps(program))(y), Y**3)
    lines = ["(a: float64[3]):", "  b: float64[3] = mul(a, a)", "  c: float64[3] = mul(b, a)", "  return c"]
    yield Case("compile", "its graph", lambda: str(tl.compile(_cubed).graph(y)).splitlines(), lines)
    yield Case("compile", "its graph, of arrays", lambda: str(tl.compile(_cubed).graph(Y)).splitlines(), lines)

    mixed = ["(a: float64[3], b: float64[3]):", "  c: float64[3] = mul(a, b)", "  return c"]
    exact = tl.tensor(as_fractions(Y))
    graph = lambda: str(tl.compile(lambda a, b: a * b).graph(exact, y)).splitlines()
    yield Case("compile", "its graph, of fractions", graph, mixed)

    def after_its_graph() -> list[float]:
        counted = tl.compile(_Counted())
        counted.graph(y)
        return [float(counted(y).item()), float(counted(y).item())]

    yield Case("compile", "a call after its graph", after_its_graph, [1000 + float(Y.sum())] * 2)
    yield Case("compile", "its text before a call", lambda: "not traced yet" in str(tl.compile(_cubed)), True)
    yield refused("compile", "a set among the arguments", ArgumentError, lambda: program(y, {1}),
                  "unhashable type: 'set'")  # fmt: skip
    yield refused("compile", "an object that has no hash", ArgumentError, lambda: program(bytearray(1)),
                  "unhashable type: 'bytearray'")  # fmt: skip
    yield refused("compile", "an array for a result", ArgumentError, lambda: tl.compile(_giving_an_array)(y),
                  "ndarray from _giving_an_array")  # fmt: skip
    yield refused("compile", "too many arguments", TypeError, lambda: program(y, y))


def _giving_an_array(z: Any) -> Any:
    return np.ones(3)

"""Cases of what the transforms of functions refuse: what has no derivative, or does not fit, and what errors say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from tl_checker.gradients.entry_points.cases import Case, as_tensors, refused
from tl_checker.gradients.entry_points.cases import engine as tl
from tl_checker.gradients.entry_points.of_functions import X, Y
from tl_dsl.errors import ArgumentError, DifferentiationError, ShapeError

ALL = ("grad", "value_and_grad", "hessian", "jacrev", "jacfwd")


def refused_function_cases() -> Iterator[Case]:
    """All of them."""
    yield from _arguments()
    yield from _results()
    yield from _seeds()


def _arguments() -> Iterator[Case]:
    """Arguments without derivatives, and argnums that are none."""
    y = tl.tensor(Y)
    arguments: list[tuple[str, Any, str]] = [
        ("integers", tl.tensor([1, 2]), "int64 in argument 0"),
        ("an array of truth values", np.array([True]), "bool in argument 0"),
        ("an integer", 2, "int in argument 0"),
        ("text", "text", "str in argument 0"),
    ]
    numbers: list[tuple[Any, str]] = [
        (1, "1 with 1 arguments"),
        (-2, "-2 with 1 arguments"),
        ((0, 0), "(0, 0) with 1 arguments"),
        ((0, -1), "(0, -1) with 1 arguments"),
        ((0, 1), "(0, 1) with 1 arguments"),
        ("0", "'0' with 1 arguments"),
        (0.0, "0.0 with 1 arguments"),
        (None, "None with 1 arguments"),
    ]
    for name in ALL:
        transform = getattr(tl, name)
        for what, argument, got in arguments:
            call = lambda t=transform, a=argument: t(tl.sum)(a)
            yield refused(name, what, DifferentiationError, call, got)
            call = lambda t=transform, a=argument: t(lambda x, z: tl.sum(z), (1,))(y, {"a": [a]})
            yield refused(name, f"{what} in a tree", DifferentiationError, call, got.replace("0", "1"))
        for argnums, got in numbers:
            if argnums is not None:
                call = lambda t=transform, a=argnums: t(tl.sum, a)(y)
                yield refused(name, f"argnums {argnums!r}", ArgumentError, call, got)
    for name, call in (
        ("vjp", lambda: tl.vjp(tl.add, y, tl.tensor([1]))),
        ("jvp", lambda: tl.jvp(tl.add, (y, tl.tensor([1])), (y, y))),
        ("linearize", lambda: tl.linearize(tl.add, y, tl.tensor([1]))),
        ("hvp", lambda: tl.hvp(lambda a, b: tl.sum(a), (y, tl.tensor([1])), (y, y))),
    ):
        yield refused(name, "integers", DifferentiationError, call, "int64 in argument 1")


def _results() -> Iterator[Case]:
    """Results without derivatives, of other shapes, and of other kinds."""
    y = tl.tensor(Y)
    index: Any = lambda z: tl.argmax(z)
    pair: Any = lambda z: (tl.sum(z), z)
    for name in ALL:
        transform = getattr(tl, name)
        kinds: list[tuple[str, Any, bool, str]] = [
            ("a list with has_aux", lambda z: [z, z], True, "list"),
            ("three results with has_aux", lambda z: (z, z, z), True, "tuple"),
            ("an array", _giving_an_array, False, "ndarray from _giving_an_array"),
            ("text from an object", _Giver(), False, "str from _Giver"),
            ("text beside", lambda z: (tl.sum(z), "text"), False, "str from <lambda>"),
        ]
        for what, f, aux, got in kinds:
            yield refused(name, what, ArgumentError, lambda t=transform, f=f, a=aux: t(f, has_aux=a)(y), got)
        keyed = lambda t=transform: t(_giving_an_array)(y, by=1)
        yield refused(name, "an array, by keyword", ArgumentError, keyed, "ndarray from _giving_an_array")
        partly = lambda t=transform: t(partial(partial(_Giver(), 1), 2))(y)
        yield refused(name, "text from a partial function", ArgumentError, partly, "str from _Giver")
        wrapped = lambda t=transform: t(partial(tl.compile(_Giver()), 1))(y)
        yield refused(name, "text from a program", ArgumentError, wrapped, "str from _Giver")
        own = "grad" if name == "hessian" else name
        says = f"{own} takes functions with floating results"
        yield refused(name, "an integer result", DifferentiationError, lambda t=transform: t(index)(y), "int64", says)
        beside = lambda t=transform: t(lambda z: (tl.argmax(z), z), has_aux=True)(y)
        yield refused(name, "an integer beside an auxiliary result", DifferentiationError, beside, "int64", says)
        if name[:3] != "jac":
            says = f"{own} takes a function with one scalar result"
            for f, got in ((lambda z: z, "[4]"), (pair, "[] and [4]"), (lambda z: (), "no result")):
                call = lambda t=transform, f=f: t(f)(y)
                yield refused(name, f"the results {got}", DifferentiationError, call, got, says)
    for name, call in (("compile", lambda: tl.compile(_Giver())(y)), ("vmap", lambda: tl.vmap(_Giver())(y))):
        yield refused(name, "text from an object", ArgumentError, call, "str from _Giver")
    for name, call in (
        ("vjp", lambda: tl.vjp(index, y)),
        ("jvp", lambda: tl.jvp(index, (y,), (y,))),
        ("linearize", lambda: tl.linearize(index, y)),
        ("hvp", lambda: tl.hvp(index, (y,), (y,))),
    ):
        says = f"{'grad' if name == 'hvp' else name} takes functions with floating results"
        yield refused(name, "an integer result", DifferentiationError, call, "int64", says)
    says = "grad takes a function with one scalar result"
    yield refused("hvp", "a row", DifferentiationError, lambda: tl.hvp(tl.square, (y,), (y,)), "[4]", says)


def _seeds() -> Iterator[Case]:
    """Tangents and cotangents that do not fit."""
    x, y = as_tensors((X, Y))
    pull: Callable[[Any], Any] = lambda u: tl.vjp(lambda a, b: (a, b), x, y)[1](u)
    shapes, types, one = (
        f"tangents {text}" for text in ("have the shapes of their primals", "are floating", "have one structure")
    )
    rows: list[tuple[str, str, type[Exception], Callable[..., Any], str, str]] = [
        ("vjp", "a longer cotangent", ShapeError, lambda: pull((x, tl.ones(5))), "[5] at [1]", f"co{shapes}"),
        (
            "vjp",
            "a cotangent of integers",
            DifferentiationError,
            lambda: pull((tl.astype(x, tl.int64), y)),
            "int64",
            f"co{types}",
        ),
        ("vjp", "one cotangent of two", ArgumentError, lambda: pull((x,)), "a tuple of 1 at the root", f"co{one}"),
        ("vjp", "a list of cotangents", ArgumentError, lambda: pull([x, y]), "a list of 2 at the root", f"co{one}"),
        (
            "vjp",
            "a cotangent of one tensor",
            ShapeError,
            lambda: tl.vjp(tl.square, y)[1](tl.ones(5)),
            "[5]",
            f"co{shapes}",
        ),
    ]
    ways: list[tuple[str, Callable[[Any], Any]]] = [
        ("jvp", lambda vs: tl.jvp(lambda a, b: a, (x, y), vs)),
        ("linearize", lambda vs: tl.linearize(lambda a, b: a, x, y)[1](*vs)),
        ("hvp", lambda vs: tl.hvp(lambda a, b: tl.sum(a), (x, y), vs)),
    ]
    for name, push in ways:
        rows += [
            (name, "a tangent without axes", ShapeError, lambda p=push: p((tl.tensor(1.0), y)), "[] at [0]", shapes),
            (name, "a longer tangent", ShapeError, lambda p=push: p((x, tl.ones(5))), "[5] at [1]", shapes),
            (name, "truth values", DifferentiationError, lambda p=push: p((x, y > 0)), "bool", types),
            (name, "a list in a tuple", ArgumentError, lambda p=push: p((x, [y])), "a list of 1 at [1]", one),
            (name, "one tangent of two", ArgumentError, lambda p=push: p((x,)), "a tuple of 1 at the root", one),
        ]
    for name in ("jvp", "hvp"):
        transform = getattr(tl, name)
        rows += [
            (
                name,
                "a tensor for primals",
                DifferentiationError,
                lambda t=transform: t(tl.sum, y, (y,)),
                "Tensor",
                "primals are a tuple",
            ),
            (
                name,
                "a tensor for tangents",
                DifferentiationError,
                lambda t=transform: t(tl.sum, (y,), y),
                "Tensor",
                "tangents are a tuple",
            ),
        ]
        rows.append(
            (
                name,
                "a number for primals",
                DifferentiationError,
                lambda t=transform: t(tl.sum, 2.0, (y,)),
                "float",
                "primals are a tuple",
            )
        )
    for name, what, error, call, got, says in rows:
        yield refused(name, what, error, call, got, says)


def _giving_an_array(z: Any, by: int = 0) -> Any:
    return np.ones(4)


class _Giver:
    def __call__(self, *args: Any) -> str:
        return "text"

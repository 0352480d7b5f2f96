"""What entry points refuse, with the error that says why; and numbers that are no tensors, which they take.

An entry point that takes what has no derivative answers something, which is worse than an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

import tl_dsl as tl
from tl_checker.gradients.entries import on_floats
from tl_checker.gradients.function_parts import Seeds, Tangents, moving, weighted_sum
from tl_checker.gradients.traced import Traced
from tl_checker.gradients.verdict import Finding, Row, Verdict, first_line
from tl_dsl import Tensor
from tl_dsl.errors import ArgumentError, DifferentiationError, ReverseOnlyError, ShapeError, TlError
from tl_dsl.pytree import tree_leaves, tree_map

Case = tuple[str, str, type[TlError], Callable[[], Any]]
"""An entry point, what it is given, the error that it must raise, and the call."""

OF_SCALARS = ("grad", "value_and_grad", "hessian")
OF_ANY = ("jacrev", "jacfwd")


def refusing(target: str, traced: Traced) -> list[Row]:
    """A row for each entry point that refuses what it must, and one for numbers."""
    at = traced.point.label
    rows = [_row(Row(target, entry, "refusals", comparisons=1, nonzero=1), case, at) for entry, *case in _cases(traced)]
    return [*rows, *[_exact(target, name, at) for name in (*OF_SCALARS, *OF_ANY)]]


def _row(row: Row, case: list[Any], at: str) -> Row:
    given, wanted, call = case
    try:
        call()
    except ReverseOnlyError:  # forward mode is refused anyway
        return row
    except wanted:
        return row
    except Exception as error:  # any other error says something else than what is wrong
        return _failed(row, f"{given} raises {type(error).__name__}: {first_line(error)}, not {wanted.__name__}", at)
    return _failed(row, f"{given} raises nothing, where a {wanted.__name__} is due", at)


def _failed(row: Row, what: str, at: str) -> Row:
    return row._replace(verdict=Verdict.FAIL, findings=(Finding(what, at),))


def _cases(traced: Traced) -> Iterator[Case]:
    function, moved = moving(traced, on_floats())
    seeds, tangents = Seeds(traced)(on_floats()), Tangents(traced, "tangents")(on_floats())
    total = weighted_sum(function, seeds)
    wholes = tuple([tree_map(_as_integers, x) for x in moved])
    whole: Any = _whole(total)
    yield from _of_results(total, whole, moved, wholes)
    for name, call in _pushing(function, moved):
        yield name, "tangents of other shapes", ShapeError, partial(call, tree_map(_longer, tangents))
        yield name, "tangents that are integers", DifferentiationError, partial(call, wholes)
        yield name, "tangents of too many arguments", ArgumentError, partial(call, (*tangents, tangents[0]))
    pull = tl.vjp(function, *moved)[1]
    yield "vjp", "cotangents of other shapes", ShapeError, partial(pull, tree_map(_longer, seeds))
    yield "vjp", "cotangents that are integers", DifferentiationError, partial(pull, tree_map(_as_integers, seeds))
    yield "vjp", "cotangents of another structure", ArgumentError, partial(pull, [seeds, seeds])
    for name in (*OF_SCALARS, *OF_ANY):
        transform = getattr(tl, name)
        for argnums in (len(moved), (0, 0), "0"):
            yield name, f"argnums {argnums!r}", ArgumentError, partial(_applied, transform, total, moved, argnums)
        yield name, "a whole number", DifferentiationError, partial(_applied, transform, tl.square, [2])
        yield name, "has_aux without a pair", ArgumentError, partial(_applied, transform, total, moved, has_aux=True)


def _of_results(total: Any, whole: Any, moved: list[Any], wholes: tuple[Any, ...]) -> Iterator[Case]:
    """Results and arguments without derivatives."""
    row: Any = _row_of(total)
    for name in (*OF_SCALARS, *OF_ANY):
        transform = getattr(tl, name)
        yield name, "an integer result", DifferentiationError, partial(_applied, transform, whole, moved)
        yield name, "integer arguments", DifferentiationError, partial(_applied, transform, total, wholes)
        if name in OF_SCALARS:
            yield name, "a result of one axis", DifferentiationError, partial(_applied, transform, row, moved)
    vs, leaf = tuple(moved), tree_leaves(moved)[0]
    yield "vjp", "an integer result", DifferentiationError, lambda: tl.vjp(whole, *moved)
    yield "linearize", "an integer result", DifferentiationError, lambda: tl.linearize(whole, *moved)
    yield "jvp", "an integer result", DifferentiationError, lambda: tl.jvp(whole, vs, vs)
    yield "hvp", "an integer result", DifferentiationError, lambda: tl.hvp(whole, vs, vs)
    yield "hvp", "a result of one axis", DifferentiationError, lambda: tl.hvp(row, vs, vs)
    yield "jvp", "primals that are no tuple", DifferentiationError, lambda: tl.jvp(total, leaf, vs)
    yield "jvp", "tangents that are no tuple", DifferentiationError, lambda: tl.jvp(total, vs, leaf)


def _pushing(function: Any, moved: list[Any]) -> list[tuple[str, Callable[[Any], Any]]]:
    return [
        ("jvp", lambda vs: tl.jvp(function, tuple(moved), vs)),
        ("linearize", lambda vs: tl.linearize(function, *moved)[1](*vs)),
    ]


def _whole(total: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda *xs: tl.astype(total(*xs), tl.int64)


def _row_of(total: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda *xs: tl.reshape(total(*xs), (1,))


def _applied(transform: Any, f: Any, args: Any, *options: Any, **more: Any) -> Any:
    return transform(f, *options, **more)(*args)


def _as_integers(x: Tensor) -> Tensor:
    return tl.astype(x, tl.int64)


def _longer(x: Tensor) -> Tensor:
    """With one more axis."""
    return tl.expand_dims(x, axis=0)


def _exact(target: str, name: str, at: str) -> Row:
    """A transform of x³ + 2x at numbers of Python's and of numpy's: 3x² + 2, and 6x."""
    row = Row(target, name, "numbers", comparisons=4, nonzero=4)
    transform = getattr(tl, name)
    for number in (Fraction(1, 3), 0.25, np.float64(0.25), np.float32(0.25)):
        x = number if isinstance(number, Fraction) else Fraction(float(number))
        wanted: Any = 6 * x if name == "hessian" else 3 * x * x + 2
        try:
            found = transform(lambda z: z * z * z + 2 * z)(number)
        except Exception as error:  # they are numbers as any
            return _failed(row, f"{number!r} raises {type(error).__name__}: {first_line(error)}", at)
        if name == "value_and_grad":
            found, wanted = list(found), [x * x * x + 2 * x, wanted]
        if [_item(y) for y in _list(found)] != _list(wanted):
            return _failed(row, f"at {number!r} is {found}, not {wanted}", at)
    return row


def _list(x: Any) -> list[Any]:
    return x if isinstance(x, list) else [x]


def _item(x: Any) -> Any:
    item = x.numpy().reshape(-1)[0]
    return item if isinstance(item, Fraction) else Fraction(float(item))

"""Comparisons, logic and choice. Comparisons and logic give bools, and are constant away from their jumps."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tl_specs import scalar as sc
from tl_specs.array import Array
from tl_specs.draw import PAIRS, SHAPES, binary, booleans, broadcasting, reals, small_ints, wide
from tl_specs.elementwise import broadcast_over, strictly
from tl_specs.spec import Kinks, Sample, Spec

Scalar = Any


def less(x: Scalar, y: Scalar) -> bool:
    """Whether x < y."""
    return sc.less(x, y)


def less_equal(x: Scalar, y: Scalar) -> bool:
    """Whether x ≤ y."""
    return not sc.less(y, x)


def greater(x: Scalar, y: Scalar) -> bool:
    """Whether x > y."""
    return sc.less(y, x)


def greater_equal(x: Scalar, y: Scalar) -> bool:
    """Whether x ≥ y."""
    return not sc.less(x, y)


def equal(x: Scalar, y: Scalar) -> bool:
    """Whether x = y."""
    return sc.equal(x, y)


def not_equal(x: Scalar, y: Scalar) -> bool:
    """Whether x ≠ y."""
    return not sc.equal(x, y)


def logical_and(x: bool, y: bool) -> bool:
    """Whether both hold."""
    return x and y


def logical_or(x: bool, y: bool) -> bool:
    """Whether one holds, or both."""
    return x or y


def logical_xor(x: bool, y: bool) -> bool:
    """Whether exactly one holds."""
    return x != y


def logical_not(x: bool) -> bool:
    """Whether x does not hold."""
    return not x


def where(condition: bool, x: Scalar, y: Scalar) -> Scalar:
    """x where the condition holds, else y."""
    return x if condition else y


JUMP = Kinks("x = y", "a jump")
_COMPARISONS: tuple[Callable[..., bool], ...] = (less, less_equal, greater, greater_equal, equal, not_equal)
_LOGIC: tuple[Callable[..., bool], ...] = (logical_and, logical_or, logical_xor)


def _compared(rng: Random) -> list[Sample]:
    ties = Sample("ties", (small_ints(rng, (3, 3)), small_ints(rng, (3, 3))))
    ints = Sample("ints", (Array((4,), [1, 2, 3, -1]), Array((4,), [2, 2, -3, -1])))
    return [*binary(reals, reals, ties=True)(rng), ties, ints]


def _logical(rng: Random) -> list[Sample]:
    truth = Sample(
        "truth table", (Array((2, 2), [False, False, True, True]), Array((2, 2), [False, True, False, True]))
    )
    return [*(Sample(f"shape {s}", (booleans(rng, s), booleans(rng, s))) for s in SHAPES), truth]


def _not_samples(rng: Random) -> list[Sample]:
    return [Sample(f"shape {shape}", (booleans(rng, shape),)) for shape in SHAPES]


def _where_samples(rng: Random) -> list[Sample]:
    found = [Sample(f"shape {s}", (booleans(rng, s), reals(rng, s), reals(rng, s))) for s in SHAPES]
    far = booleans(rng, (2, 3)), wide(reals, rng, (2, 3)), wide(reals, rng, (2, 3))
    return [*found, Sample("wide", far)]


def _public_where_samples(rng: Random) -> list[Sample]:
    found = _where_samples(rng)
    for a, b in PAIRS:
        found.append(Sample(f"condition {a}, {a} and {b}", (booleans(rng, a), reals(rng, a), reals(rng, b))))
        if a != b:
            found.append(Sample(f"condition {a}, {b} and {b}", (booleans(rng, a), reals(rng, b), reals(rng, b))))
    condition = booleans(rng, (3,))
    found.append(Sample("or a number", (condition, reals(rng, (3,)), 0)))
    return [*found, Sample("number or", (condition, 1.5, reals(rng, (2, 1))))]


_NOT = {"logical_not": Spec(strictly(logical_not), (), _not_samples)}
PRIMITIVES: dict[str, Spec] = {
    **{f.__name__: Spec(strictly(f), (), _compared, (), (JUMP,)) for f in _COMPARISONS},
    **{f.__name__: Spec(strictly(f), (), _logical) for f in _LOGIC},
    **_NOT,
    "where": Spec(strictly(where), (1, 2), _where_samples),
}
PUBLIC: dict[str, Spec] = {
    **{
        f.__name__: Spec(broadcast_over(f), (), broadcasting(_compared, reals, reals), (), (JUMP,))
        for f in _COMPARISONS
    },
    **{f.__name__: Spec(broadcast_over(f), (), broadcasting(_logical, booleans, booleans)) for f in _LOGIC},
    **_NOT,
    "where": Spec(broadcast_over(where), (1, 2), _public_where_samples),
}

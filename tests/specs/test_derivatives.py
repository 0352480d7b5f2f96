"""Series give the derivatives that the textbooks have, and the conventions lie between the one-sided ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from flint import arb, ctx
from tl_specs import (
    PRIMITIVE_SPECS,
    SPECS,
    Ambiguous,
    Array,
    Convention,
    KinkPoint,
    Series,
    conventions,
    directional,
    equal,
    less,
    mixed,
)

# First and second derivatives, in closed form.
TEXTBOOK: dict[str, tuple[Callable[[arb], arb], Callable[[arb], arb]]] = {
    "exp": (lambda x: x.exp(), lambda x: x.exp()),
    "log": (lambda x: 1 / x, lambda x: -1 / x**2),
    "sqrt": (lambda x: x.rsqrt() / 2, lambda x: -(x.rsqrt() ** 3) / 4),
    "sin": (lambda x: x.cos(), lambda x: -x.sin()),
    "cos": (lambda x: -x.sin(), lambda x: -x.cos()),
    "tanh": (lambda x: x.sech() ** 2, lambda x: -2 * x.sech() ** 2 * x.tanh()),
    "erf": (
        lambda x: 2 / arb.pi().sqrt() * (-x * x).exp(),
        lambda x: -4 * x / arb.pi().sqrt() * (-x * x).exp(),
    ),
    "sigmoid": (lambda x: (x / 2).sech() ** 2 / 4, lambda x: -((x / 2).sech() ** 2) * (x / 2).tanh() / 4),
    "softplus": (lambda x: (1 + (x / 2).tanh()) / 2, lambda x: (x / 2).sech() ** 2 / 4),
    "square": (lambda x: 2 * x, lambda x: arb(2)),
    "neg": (lambda x: arb(-1), lambda x: arb(0)),
    "relu": (lambda x: arb(int(x > 0)), lambda x: arb(0)),
    "abs": (lambda x: x.sgn(), lambda x: arb(0)),
    "sign": (lambda x: arb(0), lambda x: arb(0)),
    "gelu": (
        lambda x: (1 + (x / arb(2).sqrt()).erf()) / 2 + x * (-x * x / 2).exp() / (2 * arb.pi()).sqrt(),
        lambda x: (2 - x * x) * (-x * x / 2).exp() / (2 * arb.pi()).sqrt(),
    ),
}


@pytest.fixture(autouse=True)
def many_bits() -> Any:
    before, ctx.prec = ctx.prec, 400
    yield
    ctx.prec = before


@pytest.mark.parametrize("name", TEXTBOOK)
def test_textbook_derivatives(name: str) -> None:
    for sample in SPECS[name].samples(Random(4)):
        if sample.params.get("approximate") == "tanh":
            continue
        x = sample.operands[0]
        ones = Array(x.shape, [1.0] * x.size)
        _, first, second = directional(SPECS[name].primal, [x], [ones], 2, **sample.params)
        for z, d1, d2 in zip(x.items, first.items, second.items, strict=True):
            for got, wanted in ((d1, TEXTBOOK[name][0](arb(z))), (2 * d2, TEXTBOOK[name][1](arb(z)))):
                assert got.overlaps(wanted), (name, z)
                assert got.rad() <= abs(got.mid()) * arb(2) ** -100 + arb(2) ** -200, (name, z, "blunt")


def test_powers_quotients_and_products() -> None:
    x, y, one = Array.of([2.0]), Array.of([0.5]), Array.of([1.0])
    assert_is(directional(SPECS["pow"].primal, [x, y], [one, None], 1)[1], arb(2).rsqrt() / 2)
    assert_is(directional(SPECS["pow"].primal, [x, y], [None, one], 1)[1], arb(2).sqrt() * arb(2).log())
    assert_is(directional(SPECS["div"].primal, [x, y], [None, one], 1)[1], arb(-8))
    assert_is(mixed(SPECS["mul"].primal, [x, y], [one, None], [None, one]), arb(1))
    assert_is(mixed(SPECS["div"].primal, [x, y], [one, None], [None, one]), arb(-4))
    assert_is(mixed(SPECS["square"].primal, [x], [one], [one]), arb(2))
    assert_is(directional(SPECS["pow"].primal, [x, Array.of([3.0])], [None, one], 1)[1], 8 * arb(2).log())
    still = Array.of([0.0])
    assert_is(directional(SPECS["pow"].primal, [x, Array.of([3.0])], [one, still], 1)[1], arb(12))
    assert_is(directional(SPECS["pow"].primal, [x, y], [one, still], 1)[1], arb(2).rsqrt() / 2)
    assert_is(directional(SPECS["pow"].primal, [x, y], [still, one], 1)[1], arb(2).sqrt() * arb(2).log())
    cube = PRIMITIVE_SPECS["pow_scalar"].primal
    zero = Array.of([0.0])
    assert [float(c.items[0]) for c in directional(cube, [zero], [one], 3, exponent=3)] == [0, 0, 0, 1]
    assert_is(directional(cube, [x], [one], 12, exponent=12)[12], arb(1))


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 5, -1, -2, 0.5, 1.5, -0.5, 0.3, Fraction(1, 3)])
def test_constant_powers(exponent: Any) -> None:
    x, power = arb(3), (arb(exponent.numerator) / 3 if isinstance(exponent, Fraction) else arb(exponent))
    wanted = [x**power, power * x ** (power - 1), power * (power - 1) * x ** (power - 2) / 2]
    primal = PRIMITIVE_SPECS["pow_scalar"].primal
    for got, w in zip(
        directional(primal, [Array.of([3.0])], [Array.of([1.0])], 2, exponent=exponent), wanted, strict=True
    ):
        assert_is(got, w)


def test_whole_powers_of_series() -> None:
    assert_is(Array.of([(Series.of([2, 1], 2) ** -1).coefficient(1)]), -arb(1) / 4)


def assert_is(got: Array, wanted: arb) -> None:
    (value,) = got.items
    assert value.overlaps(wanted) and value.rad() < arb(2) ** -300


def test_log_softmax_has_the_jvp_of_the_golden_values() -> None:
    x = [Array.of([0.0, 1.0]).map(lambda z: z * arb(2).log())]
    slopes = directional(SPECS["log_softmax"].primal, x, [Array.of([1.0, 0.0])], 1)[1]
    assert all(s.contains(arb(n) / 3) for s, n in zip(slopes.items, (2, -1), strict=True))


def test_stopped_values_do_not_move() -> None:
    x, v = Array.of([3.0]), Array.of([1.0])
    assert directional(SPECS["stop_gradient"].primal, [x], [v], 1)[1].items[0] == 0
    assert directional(PRIMITIVE_SPECS["pivot"].primal, [x], [v], 1, axis=(-1,))[1].items[0] == 0


POINTS = [
    pytest.param(row, point, id=f"{'graph' if row.primitive else 'public'} {row.op} {k}")
    for row in conventions()
    for k, point in enumerate(row.kinks.points)
]


ROOTS = ("sqrt", "std", "linalg.norm", "linalg.vector_norm", "pow")
"""Operations that fractions lack: they are tried on floats."""


@pytest.mark.parametrize(("row", "point"), POINTS)
def test_conventions_lie_between_the_one_sided_derivatives(row: Convention, point: KinkPoint) -> None:
    spec = (PRIMITIVE_SPECS if row.primitive else SPECS)[row.op]
    exact = [x.map(Fraction) if isinstance(x, Array) and row.op not in ROOTS else x for x in point.operands]
    out = spec.primal(*exact, **point.params)
    assert set(point.jacobian) == set(spec.active(point))
    for operand, jacobian in point.jacobian.items():
        assert jacobian.shape == out.shape + exact[operand].shape
        if row.op in ("sqrt", "pow"):  # no finite slope on one side
            continue
        for j in range(exact[operand].size):
            up, down = (_quotients(spec.primal, exact, point, operand, j, h) for h in (1, -1))
            for i, (a, b) in enumerate(zip(up, down, strict=True)):
                assert min(a, b) <= jacobian.items[i * exact[operand].size + j] <= max(a, b)


def _quotients(primal: Any, operands: list[Any], point: KinkPoint, operand: int, j: int, side: int) -> list[Fraction]:
    h = Fraction(side, 1024)
    moved = list(operands[operand].items)
    moved[j] += h
    there = [*operands[:operand], Array(operands[operand].shape, moved), *operands[operand + 1 :]]
    before, after = primal(*operands, **point.params).items, primal(*there, **point.params).items
    return [(b - a) / h for a, b in zip(before, after, strict=True)]


def test_written_values_at_the_edges_hold() -> None:
    edges = [(row, point) for row in conventions() for point in row.kinks.values]
    assert len(edges) >= 5
    for row, point in edges:
        spec = (PRIMITIVE_SPECS if row.primitive else SPECS)[row.op]
        assert spec.primal(*point.operands, **point.params) == point.value, row
        if row.op != "logsumexp":
            balls = [x.map(arb) for x in point.operands]
            assert spec.primal(*balls, **point.params).items == point.value.items, row


@pytest.mark.parametrize("name", ["abs", "relu", "maximum", "max", "clip", "sign", "argmax"])
def test_series_refuse_to_pass_a_kink(name: str) -> None:
    operands: dict[str, tuple[Any, ...]] = {
        "maximum": (Array.of([0.0]), Array.of([0.0])),
        "max": (Array.of([0.0, 0.0]),),
        "argmax": (Array.of([0.0, 0.0]),),
        "clip": (Array.of([0.0]), 0.0, 1.0),
    }
    args = operands.get(name, (Array.of([0.0]),))
    v = Array(args[0].shape, [1.0] + [0.0] * (args[0].size - 1))
    with pytest.raises(Ambiguous, match="part there"):
        directional(SPECS[name].primal, args, [v] + [None] * (len(args) - 1), 1)


def test_comparisons_of_balls_and_series() -> None:
    with pytest.raises(Ambiguous):
        less(arb(0, 1), arb(0.5))
    with pytest.raises(Ambiguous):
        equal(arb(0, 1), arb(0, 1))
    with pytest.raises(Ambiguous):
        less(arb("nan"), arb(1))
    flat, moving = Series.of([1], 2), Series.of([1, 1], 2)
    assert not less(flat, 1) and equal(flat, arb(1)) and less(moving, 2)
    with pytest.raises(Ambiguous):
        equal(flat, moving)


def test_a_series_divided_by_a_vanishing_one_is_undefined() -> None:
    t = Series.of([0, 1], 2)
    assert not (t / t).coefficient(0).is_finite()
    assert not (1 / t).coefficient(0).is_finite()
    assert not math.isfinite(float(t.sqrt().coefficient(1)))

"""Sizes under facts: what is made equal, what is not, and that the forms hold at sizes where the facts do."""

from __future__ import annotations

import itertools

import pytest
from tl_checker.shapes.sizes.equations import Equations, Fact

from tl_dsl.dims import UNKNOWN, Dim, at_least, atoms, evaluate

d, h, k, n, m, p = (Dim.name(name) for name in "dhknmp")
v = Dim.name("{v}")


def divides(left: int | Dim, right: int | Dim) -> Fact:
    return Fact(right % left, 0)


EQUAL = [
    ((Fact(n, m),), n, m),
    ((Fact(n, 3),), 2 * n, 6),
    ((Fact(n, m), Fact(m, k)), n, k),
    ((Fact(2 * n, m),), m, 2 * n),
    ((Fact(n, m + k),), n - k, m),
    ((Fact(n * m, 12),), n * m * k, 12 * k),
    ((Fact(n * m, h * k),), n * m, h * k),
    ((divides(2, d),), 2 * (d // 2), d),
    ((divides(h, d),), h * (d // h), d),
    ((divides(h, d),), k * (d // h) * h, k * d),
    ((divides(h, d), Fact(d // h, k)), h * k, d),
    ((Fact(d // h, k), divides(h, d)), h * k, d),
    ((divides(2, n + m),), 2 * ((n + m) // 2), n + m),
    ((Fact(d % h, 1),), h * (d // h) + 1, d),
    ((Fact(d // 2, k),), d // 2 + 1, k + 1),
    ((Fact(d, 2 * k), Fact(d // h, p)), (2 * k) // h, p),
    ((Fact(d // h, p), Fact(d, 2 * k)), (2 * k) // h, p),
    ((divides(2, v),), 2 * (v // 2), v),
    ((Fact(v, n),), v + 1, n + 1),
    ((divides(4, d),), 2 * (d // 2), d),
    ((divides(2, d), divides(3, h)), 6 * (d // 2) * (h // 3), d * h),
]
DIFFERENT = [
    ((Fact(n, m),), n, k),
    ((Fact(n, m),), n + 1, m),
    ((divides(2, d),), 3 * (d // 3), d),
    ((divides(h, d),), k * (d // k), d),
    ((Fact(n * m, 12),), n, 12),
    ((Fact(d // 2, k),), d, 2 * k),
    ((), n, m),
]


@pytest.mark.parametrize(("facts", "left", "right"), EQUAL, ids=str)
def test_made_equal(facts: tuple[Fact, ...], left: int | Dim, right: int | Dim) -> None:
    solved = Equations.of(facts)
    assert solved.axis(left) == solved.axis(right), (solved, solved.axis(left), solved.axis(right))


@pytest.mark.parametrize(("facts", "left", "right"), DIFFERENT, ids=str)
def test_not_made_equal(facts: tuple[Fact, ...], left: int | Dim, right: int | Dim) -> None:
    solved = Equations.of(facts)
    assert solved.axis(left) != solved.axis(right)


def holds(fact: Fact, env: dict[str, int]) -> bool:
    left, right = evaluate(fact.left, env), evaluate(fact.right, env)
    return left == right if fact.relation == "==" else left >= right


FACTS = [
    Fact(n, m),
    Fact(n, 3),
    Fact(n, 2, ">="),
    Fact(n, m + 1, ">="),
    Fact(m, 2 * k, ">="),
    Fact(n * m, 12),
    Fact(n, m - k),
    Fact(n // 2, k),
    Fact(n // m, k),
    Fact(n % m, 0),
    Fact(n % 2, 1),
    Fact((n + m) % k, 0),
    Fact(k, n // 2, ">="),
    Fact((n - m) // 2, k),
    Fact(4, n, ">="),
    Fact(n, 4),
]
SIZES = [n, m, n - m, n // 2, n // m, (n + m) // k, n * m * k, (n - m) // 2, n % m, n - 2, n - m - 1, 2 * (n // 2)]


@pytest.mark.parametrize("facts", [*itertools.combinations(FACTS, 1), *itertools.combinations(FACTS, 2)])
def test_forms_hold_where_the_facts_do(facts: tuple[Fact, ...]) -> None:
    solved = Equations.of(facts)
    for values in itertools.product(range(1, 7), repeat=3):
        env = dict(zip((":n", ":m", ":k"), values, strict=True))
        if not all(holds(fact, env) for fact in facts):
            continue
        for made in solved.meanings:  # new names mean what they say, and are at least 1
            restored = solved.restored(Dim.name(made.rpartition(":")[2], made.rpartition(":")[0]))
            assert restored is not UNKNOWN and not isinstance(restored, type(UNKNOWN))
            assert evaluate(restored, env) >= 1
        for axis in SIZES:
            form = solved.axis(axis)
            restored = solved.restored(form)
            assert not isinstance(restored, type(UNKNOWN)) and not atoms(restored) & solved.meanings.keys()
            assert evaluate(restored, env) == evaluate(axis, env), (facts, axis, form)
            for bound in (0, 1, 2):
                assert not at_least(form, bound) or evaluate(axis, env) >= bound, (facts, axis, form)


@pytest.mark.parametrize(
    ("facts", "axis", "bound"),
    [
        ((Fact(n, 2, ">="),), n - 2, 0),
        ((Fact(n, 5, ">="),), n - 2, 1),
        ((Fact(n, m, ">="),), n - m, 0),
        ((Fact(n, m, ">="), Fact(m, k, ">=")), n - k, 0),
        ((Fact(v, 1, ">="),), v - 1, 0),
        ((Fact(n, m + 1, ">="), Fact(m, 3)), n - 4, 0),
    ],
    ids=str,
)
def test_bounds(facts: tuple[Fact, ...], axis: Dim, bound: int) -> None:
    assert not at_least(axis, bound) and at_least(Equations.of(facts).axis(axis), bound)


@pytest.mark.parametrize(
    "facts", [(Fact(n, 3), Fact(n, 4)), (Fact(v, 0), Fact(d % v, 0)), (Fact(3, n, ">="), Fact(n, 5, ">="))]
)
def test_contradictions_are_harmless(facts: tuple[Fact, ...]) -> None:
    Equations.of(facts).axis(n // v + d // v)

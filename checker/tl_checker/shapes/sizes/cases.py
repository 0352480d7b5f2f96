"""Facts of which one or another holds: `k in (1, n)`, `a or b`. No mypy here."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Final

from tl_checker.shapes.sizes.equations import AnyFact, Equations, Fact, OneOf

MANY: Final = 16
"""With more cases than that, none is looked at."""


def one_of(cases: list[list[AnyFact]]) -> list[AnyFact]:
    """What is known where one of several rows of facts holds, of which an empty one says nothing.

    >>> from tl_dsl.dims import Dim
    >>> n = Dim.name("n")
    >>> one_of([[Fact(n, 1)], []]), len(one_of([[Fact(n, 1)], [Fact(n, 2)]]))
    ([], 1)
    """
    if len(cases) == 1:
        return cases[0]
    return [OneOf(tuple(map(tuple, cases)))] if cases and all(cases) else []


def each_case(facts: tuple[AnyFact, ...]) -> Iterator[tuple[AnyFact, ...]]:
    """The facts in each case that they leave open and that may be; nothing where they leave none open.

    >>> from tl_dsl.dims import Dim
    >>> n = Dim.name("n")
    >>> cases = OneOf(((Fact(n, 1),), (Fact(n, 2),), (Fact(n, 3),)))
    >>> [case[-1].right for case in each_case((cases, Fact(n, 2, ">=")))]
    [2, 3]
    """
    open_ones = [fact for fact in facts if isinstance(fact, OneOf)]
    if not open_ones or math.prod(len(fact.cases) for fact in open_ones) > MANY:
        return
    certain = tuple(fact for fact in facts if not isinstance(fact, OneOf))
    for chosen in itertools.product(*(fact.cases for fact in open_ones)):
        case = (*certain, *itertools.chain.from_iterable(chosen))
        inner = [*each_case(case)]
        if inner:
            yield from inner
        elif not _never(case):
            yield case


def _never(facts: tuple[AnyFact, ...]) -> bool:
    """Whether one of the facts contradicts the others."""
    for fact in facts:
        if isinstance(fact, Fact):
            others = Equations.of(tuple(other for other in facts if other is not fact))
            apart = others.axis(fact.left) - others.axis(fact.right)
            if isinstance(apart, int) and (apart < 0 if fact.relation == ">=" else apart != 0):
                return True
    return False

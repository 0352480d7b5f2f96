"""The comparison of balls cannot be fooled by balls that say nothing."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from tl_checker.gradients.balls import log2, objects, precision
from tl_checker.gradients.compare import compare
from tl_checker.gradients.verdict import Row, Verdict, merge_rows, require_nonzero


def row(*items: object) -> np.ndarray:  # type: ignore[type-arg]
    return objects((len(items),), items)


def test_equal_balls_agree_and_zeros_do_not_count() -> None:
    tally = compare(row(arb(1), arb(0), Fraction(1, 2)), row(arb(1), arb(0), arb(0.5)))
    assert (tally.comparisons, tally.nonzero, tally.bound) == (3, 2, -math.inf)
    assert tally.narrow and tally.disagreement is None


def test_disjoint_balls_are_a_proof() -> None:
    with precision(400):
        tally = compare(row(arb(1), arb(2) + arb(2) ** -300), row(arb(1), arb(2)))
    assert tally.disagreement is not None and tally.disagreement.index == (1,)


@pytest.mark.parametrize(("got", "wanted"), [(arb("nan"), arb(1)), (arb(1), arb("nan")), (arb("inf"), arb(1))])
def test_not_finite_on_one_side_is_a_failure(got: arb, wanted: arb) -> None:
    assert compare(row(got), row(wanted)).disagreement is not None


def test_not_finite_on_both_sides_decides_nothing() -> None:
    tally = compare(row(arb("nan")), row(arb("nan")))
    assert tally.disagreement is None and not tally.narrow


def test_wide_balls_decide_nothing() -> None:
    assert not compare(row(arb(1, 0.001)), row(arb(1))).narrow


def test_width_is_judged_by_the_row() -> None:
    tiny = arb(2) ** -100
    items = row(arb(1), arb(0, tiny))
    assert compare(items, row(arb(1), arb(0)), rows=1).narrow
    assert not compare(row(tiny, arb(0, tiny), arb(1), arb(1)), row(tiny, arb(0), arb(1), arb(1)), rows=2).narrow


def test_sizes_must_be_equal() -> None:
    with pytest.raises(ValueError, match="2 items are compared with 1"):
        compare(row(arb(1), arb(1)), row(arb(1)))


def test_logarithms_reach_far() -> None:
    assert log2(arb(2) ** -5000) == -5000 and log2(arb(0)) == -math.inf


def test_zero_comparisons_fail() -> None:
    passed = Row("f", "grad", "balls", "x", "reverse")
    assert require_nonzero(passed).verdict is Verdict.FAIL
    assert "nothing was compared" in require_nonzero(passed).findings[0].what
    counted = Row("f", "grad", "balls", "x", "reverse", comparisons=5, nonzero=1)
    assert require_nonzero(counted).verdict is Verdict.PASS


def test_merging_keeps_the_worst_and_the_counts() -> None:
    one = Row("f", "grad", "balls", "x", "reverse", comparisons=5, nonzero=1, bound=-80.0)
    two = Row("f", "grad", "balls", "x", "reverse", Verdict.INCONCLUSIVE, comparisons=2, nonzero=2, bound=-60.0)
    (merged,) = merge_rows([one, two])
    assert (merged.verdict, merged.comparisons, merged.nonzero, merged.bound) == (Verdict.INCONCLUSIVE, 7, 3, -60.0)

"""Comparing what an engine computed in balls with what a reference did.

Both enclose the same number. Balls that are disjoint prove an error; balls that overlap prove nothing until they
are narrow, and how narrow they are is how small an error would have been seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from flint import arb

from tl_checker.gradients.balls import Objects, items_of, log2

NARROW = -40.0
"""Balls wider than 2^-40 of the scale of their row decide nothing."""


@dataclass(frozen=True)
class Disagreement:
    """One pair of disjoint balls (or one that is finite on one side only), and where."""

    index: tuple[int, ...]
    got: arb
    wanted: arb

    @property
    def relative(self) -> float | None:
        """The relative error as a logarithm to base 2; None where it has none."""
        if not (self.got.is_finite() and self.wanted.is_finite()) or self.wanted.contains(0):
            return None
        return log2(self.got.mid() - self.wanted.mid()) - log2(self.wanted.mid())

    def __str__(self) -> str:
        place = f"[{', '.join(map(str, self.index))}]"
        if not (self.got.is_finite() and self.wanted.is_finite()):
            return f"{place} is {self.got.str(8)}, the reference {self.wanted.str(8)}"
        gap = abs(self.got.mid() - self.wanted.mid())
        scale = abs(self.wanted.mid())
        got, wanted = self.got.mid().str(10, radius=False), self.wanted.mid().str(10, radius=False)
        if scale.is_zero():
            return f"{place} is {got}, the reference 0"
        error = f"2^{log2(gap) - log2(scale):.1f} ≈ {_decimal(gap / scale)}"
        return f"{place} is {got}, the reference {wanted} (relative error {error})"


def _decimal(value: arb) -> str:
    return str(value.mid().str(2, radius=False))


class Tally(NamedTuple):
    """The comparisons of two arrays: how many, how many of a nonzero reference, and how sharp.

    ``bound`` is the largest width (sum of both radii) relative to the scale of its row, as a logarithm to base 2.
    """

    comparisons: int = 0
    nonzero: int = 0
    bound: float = -math.inf
    undefined: int = 0
    disagreement: Disagreement | None = None

    def __add__(self, other: Tally) -> Tally:  # type: ignore[override]  # not as tuples
        return Tally(
            self.comparisons + other.comparisons,
            self.nonzero + other.nonzero,
            max(self.bound, other.bound),
            self.undefined + other.undefined,
            self.disagreement or other.disagreement,
        )

    def sharp(self, bound: float) -> bool:
        """Whether a relative error of 2^bound would have been seen everywhere."""
        return self.undefined == 0 and self.bound <= bound

    @property
    def narrow(self) -> bool:
        """Whether the comparisons decide: every ball is finite and narrow."""
        return self.undefined == 0 and self.bound <= NARROW


def compare(got: Objects, wanted: Objects, rows: int = 1) -> Tally:
    """Compare arrays of one size, taken as a matrix of that many rows.

    Errors: ValueError when the sizes differ; whoever calls compares shapes first, so that nothing broadcasts.
    """
    if np.size(got) != np.size(wanted):
        raise ValueError(f"{np.size(got)} items are compared with {np.size(wanted)}")
    have, want = items_of(got), items_of(wanted)
    if not want:
        return Tally()
    width = len(want) // rows
    largest = [_largest(want[k * width : (k + 1) * width]) for k in range(rows)]
    overall = _largest(largest)
    if overall.is_zero():
        overall = arb(1)  # every derivative is zero: widths are absolute
    total = Tally()
    for row in range(rows):
        part = slice(row * width, (row + 1) * width)
        total += _compare_row(
            have[part], want[part], overall if largest[row].is_zero() else largest[row], row, np.shape(got)
        )
    return total


def _largest(values: list[arb]) -> arb:
    """The largest magnitude that is certain, as a point; zero where none is."""
    largest = arb(0)
    for z in values:
        if z.is_finite() and (size := abs(z).lower()) > largest:
            largest = size
    return largest


def agree(a: arb, b: arb) -> bool:
    """Whether two balls may enclose one number: both are finite and they overlap."""
    return bool(a.is_finite() and b.is_finite() and a.overlaps(b))


def _compare_row(have: list[arb], want: list[arb], scale: arb, row: int, shape: tuple[int, ...]) -> Tally:
    nonzero = undefined = 0
    widest = arb(0)
    wrong: Disagreement | None = None
    for column, (a, b) in enumerate(zip(have, want, strict=True)):
        known = b.is_finite()
        nonzero += known and not b.contains(0)
        if not known and not a.is_finite():
            undefined += 1
            continue
        if not agree(a, b):
            if wrong is None:
                index = np.unravel_index(row * len(want) + column, shape) if shape else ()
                wrong = Disagreement(tuple(map(int, index)), a, b)
            continue
        width = a.rad() + b.rad()
        if width > widest:
            widest = width
    bound = -math.inf if widest.is_zero() else log2(widest) - log2(scale)
    return Tally(len(want), nonzero, bound, undefined, wrong)

"""Floats of an entry point against balls, normwise: how many digits are right, and whether rounding explains the rest.

Source: a running error bound, with the same operations in balls of as many digits as the floats have.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from flint import arb

from tl_checker.gradients.balls import log2
from tl_checker.gradients.compare import compare
from tl_checker.gradients.entries import Part
from tl_checker.gradients.verdict import Finding, Row, Verdict

POOR = -24.0
"""Floats of 53 digits that are off by more than this, relative to the largest element, are inaccurate."""

UNITS = 2.0
"""Floats may be off by 2^UNITS radii of the balls of their digits."""


@dataclasses.dataclass(frozen=True)
class Accuracy:
    """The largest error of floats and the largest exact element, as logarithms to base 2, and what was compared."""

    off: float
    norm: float
    comparisons: int
    nonzero: int
    relative: np.ndarray[Any, Any]
    """The error of each element relative to itself; 0 where its ball holds the float."""

    @property
    def digits(self) -> float:
        """How many decimal digits are right, relative to the largest element."""
        return max(0.0, (self.norm - self.off) * math.log10(2))


def accuracy(values: np.ndarray[Any, Any], exact: np.ndarray[Any, Any]) -> Accuracy:
    """How far finite floats are from narrow balls of the same shape.

    >>> from tl_checker.gradients.balls import exactly
    >>> accuracy(np.array([1.0, 2.0]), exactly(np.array([1.0, 2.5]))).off
    -1.0
    """
    balls = [z if isinstance(z, arb) else arb(z) for z in exact.reshape(-1).tolist()]
    pairs = zip(map(float, values.reshape(-1).tolist()), balls, strict=True)
    errors = [arb(0) if z.contains(a) else z.mid() - a for a, z in pairs]
    certain = [z for z in balls if not z.contains(0)]
    with np.errstate(all="ignore"):
        ratio = np.abs(np.array(list(map(float, errors))) / np.array(list(map(float, balls))))
    relative = np.where([z.is_zero() for z in errors], 0.0, ratio)
    return Accuracy(_largest(errors), _largest(certain) if certain else 0.0, len(balls), len(certain), relative)


def _largest(balls: list[arb]) -> float:
    """The logarithm to base 2 of the largest magnitude."""
    if not balls:
        return -math.inf
    sizes = np.abs(np.array([float(z) for z in balls]))
    return log2(balls[int(sizes.argmax())]) if 0 < sizes.max() < math.inf else max(map(log2, balls))


def float_row(row: Row, got: Part, exact: np.ndarray[Any, Any], rounded: Any, digits: int, at: str) -> Row:
    """The row of one part on floats; ``rounded`` is it in balls of so many digits, None where these decide nothing."""
    values = got.array.numpy()
    at = f"{at}, {got.way}" if got.way else at
    if values.shape != exact.shape or values.dtype.kind != "f" or (got.types and values.dtype not in got.types):
        wanted = f" of type {' or '.join(map(str, got.types))}" if got.types else ""
        what = f"on floats the result is {values.dtype}{list(values.shape)}, on balls {list(exact.shape)}{wanted}"
        return row._replace(verdict=Verdict.FAIL, findings=(Finding(what, at),))
    if not np.isfinite(values).all():
        what = "on floats the result is not finite"
        return row._replace(verdict=Verdict.FAIL, findings=(Finding(what, at),))
    found = accuracy(values, exact)
    counted = row._replace(comparisons=found.comparisons, nonzero=found.nonzero, ulps=_ulps(found, digits))
    radius = math.inf if rounded is None else _widest(rounded)
    if found.off > max(radius, found.norm - digits) + UNITS:
        verdict, what = Verdict.FAIL, f"floats are off by 2^{found.off - found.norm:.1f} of the largest element"
    elif found.off - found.norm <= POOR + (53 - digits) / 2:
        return counted
    else:
        verdict, what = Verdict.INACCURATE, f"floats keep {found.digits:.1f} decimal digits here, the rule is right"
    return counted._replace(verdict=verdict, findings=(Finding(what, at),))


def exact_row(row: Row, got: Part, exact: np.ndarray[Any, Any], at: str) -> Row:
    """The row of one part that is exact on floats, too: nothing is rounded, so it must lie in its balls."""
    values = got.array.numpy()
    at = f"{at}, {got.way}" if got.way else at
    if values.shape != exact.shape:
        what = f"on floats the result has shape {list(values.shape)}, on balls {list(exact.shape)}"
        return row._replace(verdict=Verdict.FAIL, findings=(Finding(what, at),))
    found = compare(values, exact)
    counted = row._replace(comparisons=found.comparisons, nonzero=found.nonzero, ulps=0.0)
    if found.disagreement is None:
        return counted
    return counted._replace(verdict=Verdict.FAIL, findings=(Finding(f"on floats {found.disagreement}", at),))


def _ulps(found: Accuracy, digits: int) -> float:
    """The error in units in the last place of the largest element."""
    if found.off == -math.inf:
        return 0.0
    return math.exp2(min(found.off - math.floor(found.norm) + digits - 1, 1000.0))


def _widest(rounded: np.ndarray[Any, Any]) -> float:
    radii = [z.rad() for z in np.asarray(rounded).reshape(-1).tolist() if isinstance(z, arb)]
    return _largest(radii)

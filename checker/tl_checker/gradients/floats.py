"""Floats against the reference, in units of what ball arithmetic of as many digits says rounding can do.

A result that is further off than a few units, but has half of its digits right, comes from a rule that is right and
floats that are poor; one that is further off is wrong.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from flint import arb

import tl_dsl as tl
from tl_checker.gradients.balls import Objects, exactly, items_of, precision
from tl_checker.gradients.subject import Subject
from tl_dsl import Tensor

UNITS = 4
"""How many radii of the ball of as many digits a float may be off."""


class Accuracy(NamedTuple):
    """How far floats were from the reference, and what was wrong.

    ``worst`` is in radii of the balls of as many digits, ``ulps`` in units in the last place of the exact results;
    both are 0 where nothing is off. ``unknown`` items have no finite reference. ``poor`` says that what is wrong is
    accuracy alone.
    """

    comparisons: int = 0
    nonzero: int = 0
    worst: float = 0.0
    ulps: float = 0.0
    unknown: int = 0
    wrong: str = ""
    poor: bool = False

    def __add__(self, other: Accuracy) -> Accuracy:  # type: ignore[override]  # not as tuples
        graver = other if other.wrong and (not self.wrong or (self.poor and not other.poor)) else self
        if graver.poor and self.poor and other.poor:
            graver = max(self, other, key=lambda accuracy: accuracy.worst)
        return Accuracy(
            self.comparisons + other.comparisons,
            self.nonzero + other.nonzero,
            max(self.worst, other.worst),
            max(self.ulps, other.ulps),
            self.unknown + other.unknown,
            graver.wrong,
            graver.poor,
        )


def digits(dtype: np.dtype[Any]) -> int:
    """The binary digits of a floating type.

    >>> digits(np.dtype("float32")), digits(np.dtype("float64"))
    (24, 53)
    """
    return int(np.finfo(dtype).nmant) + 1


def float_values(subject: Subject, computed: Tensor, wanted: Objects, bits: int) -> Accuracy:
    """What the kernel computed on floats against the reference's value, in balls of so many digits."""
    got = computed.numpy()
    points = [exactly(x) for x in subject.primals]
    with precision(digits(got.dtype)):
        rounded = np.asarray(subject.engine(*map(tl.tensor, points)))
    with precision(bits):
        return accurate(got, rounded, wanted)


def accurate(got: np.ndarray[Any, Any], rounded: Objects, wanted: Objects) -> Accuracy:
    """Each float may be off by `UNITS` radii of its ball of as many digits (and of half a unit in its last place)."""
    if got.shape != wanted.shape:
        return Accuracy(wrong=f"shape {list(got.shape)}, not {list(wanted.shape)}")
    right = items_of(wanted)
    scale = max((abs(t.mid()) for t in right if t.is_finite()), default=arb(0), key=float)
    judge = _Judge(digits(got.dtype), np.finfo(got.dtype), scale)
    total = Accuracy(len(right), sum(t.is_finite() and not t.contains(0) for t in right))
    triples = zip(got.reshape(-1).tolist(), items_of(rounded), right, strict=True)
    for position, (z, b, t) in enumerate(triples):
        found = judge.one(z, b, t)
        if found is not None:
            total += _placed(found, position, got.shape) if found.wrong else found
    return total


def _placed(found: Accuracy, position: int, shape: tuple[int, ...]) -> Accuracy:
    index = np.unravel_index(position, shape) if shape else ()
    return found._replace(wrong=f"[{', '.join(map(str, index))}] is {found.wrong}")


@dataclass(frozen=True)
class _Judge:
    digits: int
    limits: Any
    scale: arb

    def one(self, z: float, b: arb, t: arb) -> Accuracy | None:
        """What is to be said of a float, its ball of as many digits, and the exact number; None where nothing is."""
        if not t.is_finite() or abs(t.mid()) > self.largest:
            return None if t.is_finite() and not math.isfinite(z) else Accuracy(unknown=1)
        if not math.isfinite(z):
            return Accuracy(wrong=f"{z}, the reference {t.str(8, radius=False)}")
        if not b.is_finite():
            return Accuracy(unknown=1)
        gap = abs(arb(z) - t.mid()) - t.rad()
        if not gap > 0:
            return None
        room = b.rad() + abs(t.mid()) * arb(2) ** -self.digits + arb(float(self.limits.smallest_subnormal))
        off, ulps = float((gap / room).mid()), self._ulps(gap, t)
        if off <= UNITS:
            return Accuracy(worst=off, ulps=ulps)
        what = f"{z!r}, the reference {t.str(17, radius=False)}: {off:.3g} units of rounding, {ulps:.3g} ulps"
        poor = bool(gap < self.scale * arb(2) ** -(self.digits // 2))
        return Accuracy(worst=off, ulps=ulps, wrong=what, poor=poor)

    @cached_property
    def largest(self) -> float:
        """The largest float."""
        return float(self.limits.max)

    def _ulps(self, gap: arb, t: arb) -> float:
        last = math.ulp(float(t.mid())) * 2.0 ** (53 - self.digits)
        return float(gap.mid()) / max(last, float(self.limits.smallest_subnormal))

"""float64 results against the reference, in units of what ball arithmetic of 53 digits says that rounding can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

import tl_dsl as tl
from tl_checker.gradients.balls import Objects, ball, exactly, precision
from tl_checker.gradients.derivatives import joined
from tl_checker.gradients.quotients import unit, value
from tl_checker.gradients.subject import Subject
from tl_checker.gradients.taylor import Taylor

DIGITS = 53
UNITS = 4
"""How many radii of the ball of 53 digits a float may be off."""


@dataclass(frozen=True)
class Accuracy:
    """How far floats were from the reference, in radii of the balls of 53 digits at most, and what was wrong."""

    comparisons: int = 0
    nonzero: int = 0
    worst: float = 0.0
    unknown: int = 0
    wrong: str = ""

    def __add__(self, other: Accuracy) -> Accuracy:
        return Accuracy(
            self.comparisons + other.comparisons,
            self.nonzero + other.nonzero,
            max(self.worst, other.worst),
            self.unknown + other.unknown,
            self.wrong or other.wrong,
        )


def float_values(subject: Subject, bits: int) -> Accuracy:
    """The kernel on float64 against the reference's value."""
    got = subject.engine(*map(tl.tensor, subject.primals))
    with precision(DIGITS):
        rounded = np.asarray(subject.engine(*[tl.tensor(exactly(x)) for x in subject.primals]))
    with precision(bits):
        wanted = value(subject.primal, [exactly(x) for x in subject.primals])
        return judged(got.numpy(), rounded, wanted)


MODES = {"reverse": tl.jacrev, "forward": tl.jacfwd}


def float_derivatives(subject: Subject, bits: int) -> list[tuple[str, int, Accuracy]]:
    """The compiled Jacobians on float64 against the reference, by mode and argument.

    Where the result is of another type than the operands, a Jacobian has the type of either.
    """
    result = subject.engine(*map(tl.tensor, subject.primals)).dtype
    wanted = _jacobians(subject, bits)
    everything = tuple(range(len(subject.primals)))
    found = []
    for mode, transform in MODES.items():
        jacobian = transform(subject.engine, everything)
        floats = jacobian(*map(tl.tensor, subject.primals))
        with precision(DIGITS):
            rounded = jacobian(*[tl.tensor(exactly(x)) for x in subject.primals])
        with precision(bits):
            for k, (z, b, t) in enumerate(zip(floats, rounded, wanted, strict=True)):
                found.append((mode, k, judged(z.numpy(), np.asarray(b), t, result)))
    return found


def _jacobians(subject: Subject, bits: int) -> list[Objects]:
    """The reference's Jacobian in each argument, by power series."""
    with precision(bits):
        points = [exactly(x) for x in subject.primals]
        shape = value(subject.primal, points).shape
        columns = [
            [Taylor().along(subject.primal, points, unit(points, k, j)) for j in range(x.size)]
            for k, x in enumerate(points)
        ]
        return [joined(shape, x.shape, found) for x, found in zip(points, columns, strict=True)]


def judged(got: np.ndarray[Any, Any], rounded: Objects, wanted: Objects, other: Any = np.float64) -> Accuracy:
    """Each float may be off by `UNITS` radii of its ball of 53 digits (and of half a unit in its last place).

    The type is float64 or ``other``.
    """
    if got.shape != wanted.shape:
        return Accuracy(wrong=f"shape {list(got.shape)}, not {list(wanted.shape)}")
    if got.dtype not in (np.float64, other):
        return Accuracy(wrong=f"element type {got.dtype}, not float64")
    total, digits = Accuracy(), np.finfo(got.dtype).nmant + 1
    triples = zip(got.reshape(-1).tolist(), rounded.reshape(-1).tolist(), wanted.reshape(-1).tolist(), strict=True)
    for position, (z, b, t) in enumerate(triples):
        total += _one(z, ball(b), t, position, digits)
    return total


def _one(z: float, b: arb, t: arb, position: int, digits: int) -> Accuracy:
    nonzero = int(t.is_finite() and not t.contains(0))
    if not t.is_finite():
        return Accuracy(1, nonzero, unknown=1)
    if not np.isfinite(z):
        return Accuracy(1, nonzero, wrong=f"item {position} is {z}, the reference {t.str(8, radius=False)}")
    if not b.is_finite():
        return Accuracy(1, nonzero, unknown=1)
    room = b.rad() + abs(t.mid()) * arb(2) ** -digits + arb(2) ** -1074
    off = float(((abs(arb(z) - t.mid()) - t.rad()) / room).mid())
    if off <= UNITS:
        return Accuracy(1, nonzero, max(off, 0.0))
    return Accuracy(1, nonzero, off, wrong=f"item {position} is {z!r}, the reference {t.str(17, radius=False)}, "
                                           f"{off:.3g} units of rounding away")  # fmt: skip

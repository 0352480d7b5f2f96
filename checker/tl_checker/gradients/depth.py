"""How much work a verification does, and how small an error it finds for it."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Depth:
    """How deep to look.

    ``bits`` are the precisions that are tried one after the other, until balls are narrower than ``sharp``: the
    logarithm to base 2 of the relative error that must not be missed. Difference quotients have the step
    2^-(bits/``step``). ``points`` limits the points of an operation, and ``heavy`` those at which the dear layers run:
    second order, algebra, single precision, values in batches; purity, gradients in batches and the forms of programs
    run at half of those. None is all.
    With ``both``, derivatives are compared with difference quotients and with power series; otherwise with series only
    where a quotient cannot decide. ``draws`` is how many times points are drawn, ``places`` at how many assignments of
    sizes functions and models are verified.

    >>> f"{QUICK.detected:.0e} {DEEP.detected:.0e}"
    '1e-20 1e-50'
    """

    name: str
    bits: tuple[int, ...]
    sharp: float
    step: int = 4
    points: int | None = None
    heavy: int | None = None
    both: bool = False
    draws: int = 1
    places: int = 3

    @property
    def few(self) -> int | None:
        """How many points are enough for what hardly depends on the point: that calls leave nothing behind."""
        return None if self.heavy is None else max(2, self.heavy // 2)

    @property
    def detected(self) -> float:
        """The relative error of a rule that is found at this depth."""
        return math.exp2(self.sharp)


def relative(error: float) -> float:
    """A relative error as a logarithm to base 2.

    >>> relative(0.25)
    -2.0
    """
    return math.log2(error)


QUICK = Depth("quick", (320, 640, 1280, 2560), relative(1e-20), points=16, heavy=4, places=1)
STANDARD = Depth("standard", (400, 800, 1600, 3200), relative(1e-24), heavy=24)
DEEP = Depth("deep", (800, 1600, 3200, 6400), relative(1e-50), both=True, draws=2, places=6)

DEPTHS = {depth.name: depth for depth in (QUICK, STANDARD, DEEP)}
"""By name, as `tl verify` has them."""

"""Operations with rules of their own, written once for every library: value, tangent and cotangents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Program:
    """An operation. ``value(xp, *xs)``, ``push(xp, y, xs, dxs)`` and ``pull(xp, g, y, xs)`` are right.

    ``kink`` is a point where a convention holds, None for smooth operations.
    """

    name: str
    value: Callable[..., Any]
    push: Callable[..., Any]
    pull: Callable[..., Any]
    shapes: tuple[tuple[int, ...], ...] = ((2, 3),)
    kink: float | None = None

    def points(self) -> list[np.ndarray[Any, Any]]:
        """Ordinary points, as someone would choose them: numbers between 0.3 and 1.7, all different."""
        rng = np.random.default_rng(0)
        found = []
        for shape in self.shapes:
            size = int(np.prod(shape))
            found.append(rng.permutation(np.linspace(0.3, 1.7, size)).reshape(shape))
        return found


def _slope(name: str, value: Callable[..., Any], slope: Callable[..., Any], kink: float | None = None) -> Program:
    """An elementwise operation of one operand, from its derivative."""
    return Program(
        name,
        value,
        lambda xp, y, xs, dxs: dxs[0] * slope(xp, y, xs[0]),
        lambda xp, g, y, xs: (g * slope(xp, y, xs[0]),),
        kink=kink,
    )


PROGRAMS = {
    program.name: program
    for program in (
        _slope("exp", lambda xp, x: xp.exp(x), lambda xp, y, x: y),
        _slope("log", lambda xp, x: xp.log(x), lambda xp, y, x: 1 / x),
        _slope("tanh", lambda xp, x: xp.tanh(x), lambda xp, y, x: 1 - y * y),
        _slope("sqrt", lambda xp, x: xp.sqrt(x), lambda xp, y, x: 0.5 / y),
        _slope("sin", lambda xp, x: xp.sin(x), lambda xp, y, x: xp.cos(x)),
        _slope("square", lambda xp, x: x * x, lambda xp, y, x: 2 * x),
        _slope(
            "relu", lambda xp, x: xp.where(x > 0, x, 0 * x), lambda xp, y, x: xp.where(x > 0, 1 + 0 * x, 0 * x), 0.0
        ),
        _slope("abs", lambda xp, x: xp.abs(x), lambda xp, y, x: xp.sign(x), 0.0),
        Program(
            "mul",
            lambda xp, a, b: a * b,
            lambda xp, y, xs, dxs: dxs[0] * xs[1] + xs[0] * dxs[1],
            lambda xp, g, y, xs: (g * xs[1], g * xs[0]),
            ((2, 3), (2, 3)),
        ),
        Program(
            "div",
            lambda xp, a, b: a / b,
            lambda xp, y, xs, dxs: (dxs[0] - dxs[1] * y) / xs[1],
            lambda xp, g, y, xs: (g / xs[1], -g * y / xs[1]),
            ((2, 3), (2, 3)),
        ),
        Program(
            "matmul",
            lambda xp, a, b: a @ b,
            lambda xp, y, xs, dxs: dxs[0] @ xs[1] + xs[0] @ dxs[1],
            lambda xp, g, y, xs: (g @ xp.swap(xs[1]), xp.swap(xs[0]) @ g),
            ((3, 2), (2, 3)),
        ),
        Program(
            "softmax",
            lambda xp, x: xp.exp(x) / xp.total(xp.exp(x)),
            lambda xp, y, xs, dxs: y * (dxs[0] - xp.total(y * dxs[0])),
            lambda xp, g, y, xs: (y * (g - xp.total(y * g)),),
        ),
    )
}

"""The mistakes of the mutation bank (`tests/mutants/faults.py`) as they are made in other libraries.

A mistake changes the tangent that a rule gives (``push``), the cotangent that it starts from (``pull``), or both.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Change = Callable[..., Any]
OFF = 2.0**-6


@dataclass(frozen=True)
class Mistake:
    """``push(xp, t, x)`` gives a wrong tangent, ``pull(xp, g, x)`` a wrong cotangent; None where that is right."""

    push: Change | None
    pull: Change | None


def both(change: Change) -> Mistake:
    """The same in both modes: a change that is its own transpose."""
    return Mistake(change, change)


def scaled(factor: float) -> Mistake:
    return both(lambda xp, t, x: t * factor)


def one_coordinate(error: float) -> Mistake:
    def change(xp: Any, t: Any, x: Any) -> Any:
        mask = np.ones(t.shape)
        mask.reshape(-1)[-1] += error
        return t * xp.const(mask, t)

    return both(change)


def beyond(limit: float) -> Mistake:
    def change(xp: Any, t: Any, x: Any) -> Any:
        return xp.where(x > limit, t * 1.1, t) if t.shape == x.shape else xp.where(xp.largest(x) > limit, t * 1.1, t)

    return both(change)


def _change_of(xp: Any, x: Any) -> Any:
    """Zero, with a derivative that is not."""
    return xp.sum(x) - xp.stop(xp.sum(x))


def _bent(xp: Any, t: Any, x: Any) -> Any:
    return t + t * _change_of(xp, x)


def _lopsided(xp: Any, g: Any, x: Any) -> Any:
    """A weight that depends on one element only, of another one's cotangent."""
    mask = np.zeros(g.shape)
    mask.reshape(-1)[0] = 1
    second = x.reshape(-1)[1]
    return g + g * xp.const(mask, g) * (second - xp.stop(second))


def hidden_state() -> Mistake:
    calls = itertools.count()
    return both(lambda xp, t, x: t * (1 + OFF) if next(calls) % 2 else t)


def _transposed(xp: Any, t: Any, x: Any) -> Any:
    return xp.swap(t) if t.ndim == 2 and t.shape[0] == t.shape[1] else t


CLASSES: dict[str, dict[str, Callable[[], Mistake]]] = {
    "sign, factor": {"sign": lambda: scaled(-1.0), "factor": lambda: scaled(2.0), "1e-2": lambda: scaled(1.01)},
    "relative 1e-4": {"1e-4": lambda: scaled(1 + 1e-4)},
    "relative 1e-6 ... 1e-12": {
        f"1e-{k}": (lambda k=k: scaled(1 + 10.0**-k))
        for k in (6, 8, 10, 12)  # type: ignore[misc]
    },
    "one coordinate": {
        "10%": lambda: one_coordinate(0.1),
        "1e-3": lambda: one_coordinate(1e-3),
        "1e-5": lambda: one_coordinate(1e-5),
    },
    "in a region": {"x > 2.5": lambda: beyond(2.5), "x > 10": lambda: beyond(10.0)},
    "second order only": {
        "both modes": lambda: both(_bent),
        "reverse": lambda: Mistake(None, _bent),
        "forward": lambda: Mistake(_bent, None),
    },
    "non-symmetric Hessian": {"of two elements": lambda: both(_lopsided)},
    "forward mode only": {"forward": lambda: Mistake(lambda xp, t, x: t * (1 + OFF), None)},
    "hidden state": {"every other call": hidden_state},
    "mutates the cotangent": {"in place": lambda: Mistake(None, lambda xp, g, x: xp.spoiled(g))},
    "nonlinear in the cotangent": {"g·|g|": lambda: Mistake(None, lambda xp, g, x: g * xp.abs(g))},
    "size-1 axes only": {"size 1": lambda: both(lambda xp, t, x: t * 1.01 if 1 in t.shape else t)},
    "float32 only": {"float32": lambda: both(lambda xp, t, x: t * (1 + OFF) if "float32" in str(t.dtype) else t)},
    "kink values": {"another slope": lambda: both(lambda xp, t, x: xp.where(x == 0, t + 1, t))},
    "broadcast, axis, transposition": {
        "averaged": lambda: both(lambda xp, t, x: xp.total(t) / t.shape[-1] + 0 * t),
        "flipped": lambda: both(lambda xp, t, x: xp.flip(t)),
        "transposed": lambda: both(_transposed),
    },
}

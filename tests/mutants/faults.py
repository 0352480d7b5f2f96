"""Mistakes written by hand: what a wrong rule makes of the tangent of an operation, class by class.

A fault takes the tangent ``t`` of a result, an operand ``x`` and its tangent ``dx`` (None where it is held), and gives
the wrong tangent, or None where it changes nothing at these shapes. What cannot be said by operations, since it shows
in one mode or one element type only, is said by instructions of the bank's own (`tampered`).
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

import tl_dsl as tl
from tl_dsl import Tensor
from tl_dsl.op import bind
from tl_dsl.primitive import Primitive, primitive

Fault = Callable[[Tensor, Tensor, Any], Tensor | None]
Kernel = Callable[..., Any]

_numbers = itertools.count()
OFF = 2.0**-6
"""How far off a fault is that could be of any size."""


def tampered(kernel: Kernel, back: Callable[..., Any] | None = None, jvp: Any = None) -> Primitive:
    """A linear instruction of ``(t, x)`` that should be the identity of t: its kernel, and what it does to a cotangent.

    By default what is done to a cotangent is right.
    """
    made: Primitive

    def push(y: Tensor, t: Tensor, x: Tensor, dt: Any, dx: Any) -> Any:
        return None if dt is None else bind(made, dt, x)

    made = primitive(
        f"tampered_{next(_numbers)}",
        shape=lambda t, x: t,
        kernel=kernel,
        jvp=jvp or push,
        transpose=(back or (lambda g, t, x: g), None),
    )
    return made


def same(t: Any, x: Any) -> Any:
    """The right kernel."""
    return np.array(t)


def scaled(factor: float) -> Fault:
    """A constant factor."""
    return lambda t, x, dx: t * factor


def one_coordinate(error: float) -> Fault:
    """The last element is wrong."""

    def fault(t: Tensor, x: Tensor, dx: Any) -> Tensor:
        last = tl.reshape(tl.equal(tl.arange(t.size), t.size - 1), t.shape)
        return tl.where(last, t * (1 + error), t)

    return fault


def beyond(limit: float) -> Fault:
    """Wrong by a tenth where the operand is large; of a result of another shape, where its largest element is."""

    def fault(t: Tensor, x: Tensor, dx: Any) -> Tensor | None:
        if not x.size:
            return None
        large = tl.greater(x if x.shape == t.shape else tl.max(x), limit)
        return tl.where(large, t * 1.1, t)

    return fault


def _change_of(x: Tensor) -> Tensor:
    """A number that is zero, and whose derivative is not."""
    total = tl.sum(x)
    return total - tl.stop_gradient(total)


def second_order(t: Tensor, x: Tensor, dx: Any) -> Tensor:
    """Right at first order, in both modes."""
    return t + t * _change_of(x)


def second_order_reverse() -> Fault:
    """As above, where a cotangent is pulled back."""
    wrong = tampered(same, back=lambda g, t, x: g + g * _change_of(x))
    return lambda t, x, dx: bind(wrong, t, x)


def second_order_forward() -> Fault:
    """As above, where a tangent is pushed forward."""

    def push(y: Tensor, t: Tensor, x: Tensor, dt: Any, dx: Any) -> Any:
        right = None if dt is None else bind(wrong, dt, x)
        more = None if dx is None else tl.stop_gradient(t) * tl.sum(dx)
        return right if more is None else more if right is None else right + more

    wrong = tampered(same, jvp=push)
    return lambda t, x, dx: bind(wrong, t, x)


def non_symmetric(t: Tensor, x: Tensor, dx: Any) -> Tensor | None:
    """A second derivative in elements 0 and 1 of the operand, but none in 1 and 0."""
    if x.size < 2 or dx is None:
        return None
    second = tl.reshape(x, -1)[1]
    return t + tl.reshape(dx, -1)[0] * (second - tl.stop_gradient(second))


def forward_only() -> Fault:
    """A tangent is off, a cotangent is not."""
    wrong = tampered(lambda t, x: t * (1 + OFF))
    return lambda t, x, dx: bind(wrong, t, x)


def hidden_state() -> Fault:
    """Every other call is off."""
    calls = itertools.count()
    wrong = tampered(lambda t, x: t * (1 + OFF) if next(calls) % 2 else np.array(t))
    return lambda t, x, dx: bind(wrong, t, x)


def mutates_the_cotangent() -> Fault:
    """The cotangent is handed on as it should be, and then changed where it lies."""

    def spoil(g: Any, x: Any) -> Any:
        right = np.array(g)
        if g.flags.writeable:
            g[...] = g * 2
        return right

    spoiling = tampered(spoil)
    wrong = tampered(same, back=lambda g, t, x: bind(spoiling, g, x))
    return lambda t, x, dx: bind(wrong, t, x)


def nonlinear_in_the_cotangent() -> Fault:
    """Right for cotangents of 1, 0 and -1."""
    wrong = tampered(same, back=lambda g, t, x: g * tl.abs(g))
    return lambda t, x, dx: bind(wrong, t, x)


def size_one_axes(t: Tensor, x: Tensor, dx: Any) -> Tensor | None:
    """Wrong where the result has an axis of size 1."""
    return t * 1.01 if 1 in t.shape else None


def single_precision() -> Fault:
    """Wrong on float32."""
    wrong = tampered(lambda t, x: t * np.float32(1 + OFF) if t.dtype == np.float32 else np.array(t))
    return lambda t, x, dx: bind(wrong, t, x)


def at_points(points: list[np.ndarray[Any, Any]]) -> Fault:
    """Another slope at just these values of the operand."""

    def there(g: Any, x: Any) -> Any:
        items = x.reshape(-1).tolist()
        hit = any(p.shape == x.shape and all(map(operator.eq, items, p.reshape(-1).tolist())) for p in points)
        return np.array(g) if hit else g * 0

    def back(g: Tensor, t: Tensor, x: Tensor) -> Tensor:
        return bind(wrong, g, x)

    wrong = tampered(there, back=back)

    def fault(t: Tensor, x: Tensor, dx: Any) -> Tensor | None:
        if dx is None:
            return None
        more = bind(wrong, dx, x)
        return t + (more if more.shape == t.shape else tl.sum(more))

    return fault


def averaged(t: Tensor, x: Tensor, dx: Any) -> Tensor | None:
    """One number for a whole axis."""
    return tl.broadcast_to(tl.mean(t, axis=-1, keepdims=True), t.shape) if t.ndim and t.shape[-1] > 1 else None


def flipped(t: Tensor, x: Tensor, dx: Any) -> Tensor | None:
    """An axis the wrong way round."""
    return t[..., ::-1] if t.ndim and t.shape[-1] > 1 else None


def transposed(t: Tensor, x: Tensor, dx: Any) -> Tensor | None:
    """Rows for columns, where that is possible."""
    return t.mT if t.ndim >= 2 and t.shape[-1] == t.shape[-2] > 1 else None


CLASSES: dict[str, dict[str, Callable[[], Fault]]] = {
    "sign, factor": {"sign": lambda: scaled(-1.0), "factor": lambda: scaled(2.0), "1e-2": lambda: scaled(1.01)},
    "relative 1e-4": {"1e-4": lambda: scaled(1 + 1e-4)},
    "relative 1e-6 ... 1e-12": {
        "1e-6": lambda: scaled(1 + 1e-6),
        "1e-8": lambda: scaled(1 + 1e-8),
        "1e-10": lambda: scaled(1 + 1e-10),
        "1e-12": lambda: scaled(1 + 1e-12),
    },
    "one coordinate": {
        "10%": lambda: one_coordinate(0.1),
        "1e-3": lambda: one_coordinate(1e-3),
        "1e-5": lambda: one_coordinate(1e-5),
    },
    "in a region": {"x > 2.5": lambda: beyond(2.5), "x > 10": lambda: beyond(10.0)},
    "second order only": {
        "both modes": lambda: second_order,
        "reverse": second_order_reverse,
        "forward": second_order_forward,
    },
    "non-symmetric Hessian": {"of two elements": lambda: non_symmetric},
    "forward mode only": {"forward": forward_only},
    "hidden state": {"every other call": hidden_state},
    "mutates the cotangent": {"in place": mutates_the_cotangent},
    "nonlinear in the cotangent": {"g·|g|": nonlinear_in_the_cotangent},
    "size-1 axes only": {"size 1": lambda: size_one_axes},
    "float32 only": {"float32": single_precision},
    "broadcast, axis, transposition": {
        "averaged": lambda: averaged,
        "flipped": lambda: flipped,
        "transposed": lambda: transposed,
    },
}
"""By class and name, what makes each. Kink values depend on the operation (`by_hand.py`)."""

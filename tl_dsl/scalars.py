"""What kernels ask of an element type: exact constants, comparisons and a pivot, on numbers, fractions and balls.

numpy's own comparisons pick one of two overlapping balls without a word, so kernels that compare come here.
An element type that numpy does not know (``fractions.Fraction``, ``flint.arb``) lives in object arrays.
"""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from tl_dsl.errors import AmbiguousError, DTypeError, ScalarError

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Root:
    """The constant √(radicand · π^pi_power), exact until an element type evaluates it.

    >>> Root(Fraction(4), -1)          # 2/√π
    √(4·π^-1)
    >>> round(float(Root(Fraction(4), -1)), 6)
    1.128379
    """

    radicand: Fraction
    pi_power: int = 0

    def __float__(self) -> float:
        return math.sqrt(self.radicand * Fraction(math.pi) ** self.pi_power)

    def __repr__(self) -> str:
        return f"√({self.radicand}·π^{self.pi_power})" if self.pi_power else f"√({self.radicand})"


Constant = bool | int | float | Fraction | Root


def is_ball(value: object) -> bool:
    """Whether a value is python-flint's ``arb`` (which is not imported for the question)."""
    return _is_ball_type(type(value))  # type: ignore[arg-type]  # types can be hashed


@functools.lru_cache
def _is_ball_type(kind: type) -> bool:
    return kind.__name__ == "arb" and kind.__module__.startswith("flint")


def exact(value: Constant, like: object) -> Any:
    """A constant as an element of the same type as ``like`` (a Fraction or a ball).

    A float is its exact binary value. Errors: ScalarError when the type cannot hold the constant.

    >>> exact(0.1, Fraction(1))
    Fraction(3602879701896397, 36028797018963968)
    """
    if is_ball(like):
        return _ball(value, type(like))
    if isinstance(value, Root) and like is NOTHING and "flint" in sys.modules:
        return _ball(value, sys.modules["flint"].arb)  # balls can hold it, and nothing says that these are fractions
    if isinstance(value, Root) or (isinstance(value, float) and not math.isfinite(value)):
        raise ScalarError("a fraction holds rational numbers only", got=str(value), suggestion="float64 or balls")
    return Fraction(value)


def _ball(value: Constant, ball: Any) -> Any:
    if type(value) is float or type(value) is int:
        return ball(value)
    if isinstance(value, Root):
        radicand = _ball(value.radicand, ball)
        return (radicand * ball.pi() ** value.pi_power).sqrt() if value.pi_power else radicand.sqrt()
    if isinstance(value, Fraction):
        return ball(value.numerator) / ball(value.denominator)
    return ball(value if isinstance(value, float) else int(value))


NOTHING = Fraction(0)
"""What `element_like` gives where there is no element: a Fraction, as long as that can hold what is asked for."""


def element_like(arrays: tuple[Array, ...]) -> object:
    """An element that tells the exact type that object arrays hold; NOTHING when they are all empty.

    Balls win over fractions and ints, which they can hold.
    """
    found: object = NOTHING
    for array in arrays:
        if array.dtype.hasobject:
            for item in array.flat:
                if is_ball(item):
                    return item
                found = item
                break
    return found


def to_exact(array: Array, like: object) -> Array:
    """An object array with each number turned into the type of ``like``; balls and fractions stay as they are."""
    out = np.empty(array.shape, object)
    ball = is_ball(like)
    items = array.reshape(-1).tolist()
    kept = {kind for kind in set(map(type, items)) if _is_ball_type(kind) or (issubclass(kind, Fraction) and not ball)}
    out.reshape(-1)[:] = [item if type(item) in kept else exact(item, like) for item in items]
    return out


def alike(arrays: list[Array]) -> list[Array]:
    """Arrays of exact scalars brought to one type: fractions that meet balls become balls."""
    if len(arrays) == 1:
        return arrays
    if len(arrays) == 2:
        x, y = arrays
        if x.dtype.hasobject and y.dtype.hasobject and x.size and y.size and type(x.item(0)) is type(y.item(0)):
            return arrays  # what occurs most
    firsts: dict[type, Array] = {}
    for a in arrays:
        if a.dtype.hasobject and a.size:
            firsts[type(a.item(0))] = a
    if len(firsts) < 2:
        return arrays
    like = element_like(tuple(firsts.values()))
    if not is_ball(like):
        return arrays
    return [to_exact(a, like) if a.dtype.hasobject else a for a in arrays]


def of_one_type(result: Array, operands: list[Array]) -> Array:
    """The result of a kernel on exact scalars: ints that it filled in (zeros, empty sums) become exact, too."""
    result = np.asarray(result)
    if result.dtype.hasobject and int in set(map(type, result.reshape(-1).tolist())):
        return to_exact(result, element_like(tuple(operands)))
    return result


def exact_array(array: Array) -> Array:
    """An object array whose elements are all exact scalars of one type: balls if there is one, else fractions.

    Errors: DTypeError for elements that are not numbers.
    """
    items = array.reshape(-1).tolist()
    kinds = dict.fromkeys(map(type, items))
    balls = {kind for kind in kinds if _is_ball_type(kind)}
    for kind in kinds:
        if kind not in balls and (issubclass(kind, bool) or not issubclass(kind, (int, float, Fraction, np.number))):
            raise DTypeError("object arrays hold fractions or balls", got=kind.__name__)
    like = next(item for item in items if type(item) in balls) if balls else Fraction(0)
    out = np.empty(array.shape, object)
    out.reshape(-1)[:] = [
        item if type(item) in balls else exact(item.item() if isinstance(item, np.number) else item, like)
        for item in items
    ]
    return out


def _overlapping(a: Any, b: Any) -> AmbiguousError:
    return AmbiguousError("a comparison of overlapping balls has no answer", got=f"{a} and {b}")


def _balls(a: Any, b: Any) -> tuple[Any, Any] | None:
    """Both as balls, when one of them is; else None."""
    if is_ball(a):
        return (a, b) if is_ball(b) else (a, _ball(b, type(a)))
    return (_ball(a, type(b)), b) if is_ball(b) else None


def less_element(a: Any, b: Any) -> bool:
    """``a < b``. Errors: AmbiguousError when they are balls that overlap."""
    if type(a) is not type(b) or not is_ball(a):
        balls = _balls(a, b)
        if balls is None:
            return bool(a < b)
        a, b = balls
    if a < b:
        return True
    if a is b or a >= b:
        return False
    raise _overlapping(a, b)


def equal_element(a: Any, b: Any) -> bool:
    """``a == b``. Errors: AmbiguousError when they are balls that overlap and are not the same point."""
    if type(a) is not type(b) or not is_ball(a):
        balls = _balls(a, b)
        if balls is None:
            return bool(a == b)
        a, b = balls
    if a is b or (a.is_exact() and b.is_exact() and a == b):  # one object: the largest of some, compared with them
        return True
    if not a.overlaps(b):
        return False
    raise _overlapping(a, b)


_less = np.frompyfunc(less_element, 2, 1)
_equal = np.frompyfunc(equal_element, 2, 1)


def less(x: Array, y: Array) -> Array:
    """Elementwise ``x < y`` as booleans."""
    if not (x.dtype.hasobject or y.dtype.hasobject):
        return np.less(x, y)
    return np.asarray(_less(x, y), dtype=bool)


def equal(x: Array, y: Array) -> Array:
    """Elementwise ``x == y`` as booleans."""
    if not (x.dtype.hasobject or y.dtype.hasobject):
        return np.equal(x, y)
    return np.asarray(_equal(x, y), dtype=bool)


def choose(condition: Array, x: Array, y: Array) -> Array:
    """``numpy.where`` that keeps object arrays object arrays."""
    return np.asarray(np.where(condition, x, y))


def larger(x: Array, y: Array) -> Array:
    """Elementwise maximum; balls that overlap are ambiguous, nan stays nan."""
    if not (x.dtype.hasobject or y.dtype.hasobject):
        return np.asarray(np.maximum(x, y))
    return choose(less(x, y), y, x)


def smaller(x: Array, y: Array) -> Array:
    """Elementwise minimum; balls that overlap are ambiguous, nan stays nan."""
    if not (x.dtype.hasobject or y.dtype.hasobject):
        return np.asarray(np.minimum(x, y))
    return choose(less(y, x), y, x)


def fold(array: Array, axis: tuple[int, ...], better: Callable[[Any, Any], bool]) -> Array:
    """Reduce object arrays along axes (kept as size 1), keeping the element that is ``better`` than the one so far."""
    return _reduce(array, axis, lambda best, item: item if better(item, best) else best)


def pivot(array: Array, axis: tuple[int, ...]) -> Array:
    """The largest midpoint along axes (kept as size 1): a shift, not a branch, so that ties of balls do no harm."""
    if not array.dtype.hasobject:
        largest = np.max(array, axis=axis, keepdims=True)
        return np.asarray(np.where(np.isfinite(largest), largest, largest.dtype.type(0)))  # no infinity minus itself
    return _reduce(_map(midpoint, array), axis, lambda best, item: item if best < item else best)


def midpoint(value: Any) -> Any:
    """The midpoint of a ball, and any other number itself."""
    return value.mid() if is_ball(value) else value


def _map(function: Callable[[Any], Any], array: Array) -> Array:
    return np.asarray(np.frompyfunc(function, 1, 1)(array), dtype=object).reshape(array.shape)


def _reduce(array: Array, axis: tuple[int, ...], step: Callable[[Any, Any], Any]) -> Array:
    axes = sorted(a % array.ndim for a in axis)
    kept = [a for a in range(array.ndim) if a not in axes]
    count, length = (math.prod([array.shape[a] for a in some]) for some in (kept, axes))
    rows = array.transpose(*kept, *axes).reshape(count, length)
    out = np.empty(len(rows), object)
    for index, row in enumerate(rows):
        best = row[0]
        for item in row[1:]:
            best = step(best, item)
        out[index] = best
    return out.reshape([1 if a in axes else n for a, n in enumerate(array.shape)])


def zeros_like(array: Array) -> Array:
    """An object array of exact zeros of the type that ``array`` holds."""
    out = np.empty(array.shape, object)
    out[...] = exact(0, element_like((array,)))
    return out

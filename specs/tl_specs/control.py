"""Operations about values rather than with them: stopping derivatives, changing the element type.

Series see that `stop_gradient` (and `pivot`) are constant. Differences of two values of a primal cannot.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

from tl_specs import scalar as sc
from tl_specs.array import Array
from tl_specs.creation import kind
from tl_specs.draw import SHAPES, reals
from tl_specs.errors import Ambiguous
from tl_specs.spec import Kinks, Sample, Spec


def stop_gradient(x: Array) -> Array:
    """x, constant for derivatives.

    >>> stop_gradient(Array.of([1.0])).items
    [1.0]
    """
    return x.map(sc.frozen)


def astype(x: Array, dtype: Any, *, like: Any = 0.0) -> Array:
    """The same numbers as another element type; real numbers are not rounded, ints are cut towards 0, bool is x ≠ 0.

    >>> astype(Array.of([True, False]), "float64").items, astype(Array.of([-1.5, 0.0]), "int64").items
    ([1.0, 0.0], [-1, 0])
    """
    return x.map(lambda item: _cast(item, kind(dtype), like))


def _cast(item: Any, wanted: str, like: Any) -> Any:
    discrete = isinstance(item, bool | int)
    if wanted == "float":
        return sc.embed(int(item), like) if discrete else item
    if wanted == "bool":
        return item if isinstance(item, bool) else not sc.equal(item, 0)
    return int(item) if discrete else _towards_zero(item)


def _towards_zero(item: Any) -> int:
    if isinstance(item, float | Fraction):
        return int(item)
    if sc.less(item, 0):
        return -_towards_zero(-item)
    whole = sc.frozen(item).floor().unique_fmpz()
    if whole is None:
        raise Ambiguous(f"{item} has no one integer part")
    sc.equal(item, int(whole))  # Ambiguous where the item moves through a whole number
    return int(whole)


def _plain(rng: Random) -> list[Sample]:
    return [Sample(f"shape {shape}", (reals(rng, shape),)) for shape in SHAPES]


_CASTS: tuple[tuple[Array, str], ...] = (
    (Array.of([1.5, -2.25, 0.5]), "float64"),
    (Array.of([1.5, -2.25, 0.5]), "float32"),
    (Array.of([[1, 2], [-3, 0]]), "float64"),
    (Array.of([True, False]), "float64"),
    (Array.of([True, False]), "int64"),
    (Array.of([1.5, -2.25, 0.5]), "int64"),
    (Array.of([1.5, 0.0]), "bool"),
)


def _casts(rng: Random) -> list[Sample]:
    return [Sample(f"{x.items} to {dtype}", (x,), {"dtype": dtype}) for x, dtype in _CASTS]


def _public_casts(rng: Random) -> list[Sample]:
    return [Sample(f"{x.items} to {dtype}", (x, dtype)) for x, dtype in _CASTS]


STOPPED = (Kinks("everywhere", "constant for derivatives"),)
JUMPS = (Kinks("where an int or bool changes", "a jump; ints and bools carry no derivatives"),)
PRIMITIVES: dict[str, Spec] = {
    "stop_gradient": Spec(stop_gradient, (), _plain, (), STOPPED),
    "astype": Spec(astype, (0,), _casts, (), JUMPS, creates=True),
}
PUBLIC: dict[str, Spec] = {
    "stop_gradient": Spec(stop_gradient, (), _plain, (), STOPPED),
    "astype": Spec(astype, (0,), _public_casts, (), JUMPS, creates=True),
}

"""Operations that fold axes away: sums, extremes, moments, log Σ exp and the index of the largest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from operator import add
from random import Random
from typing import Any

from tl_specs import scalar as sc
from tl_specs.array import Array, Shape, positions, strides, wrap_axes
from tl_specs.draw import kept_reductions, reductions, small_ints
from tl_specs.elementwise import maximum, minimum
from tl_specs.spec import KinkPoint, Kinks, Primal, Sample, Spec, ValuePoint, table, vector

Scalar = Any
Axis = int | Sequence[int] | None


def total(items: Sequence[Scalar]) -> Scalar:
    """Their sum, and 0 of none.

    >>> total([Fraction(1, 2), Fraction(1, 2)]), total([])
    (Fraction(1, 1), 0)
    """
    return reduce(add, items) if items else 0


def fold(x: Array, axis: Axis, keepdims: bool, function: Callable[[list[Scalar]], Scalar]) -> Array:
    """The function of each group of items that differ in the axes alone."""
    axes = wrap_axes(axis, len(x.shape))
    steps, rest = strides(x.shape), [a for a in range(len(x.shape)) if a not in axes]
    starts = positions([x.shape[a] for a in rest], [steps[a] for a in rest])
    group = positions([x.shape[a] for a in axes], [steps[a] for a in axes])
    kept = tuple(1 if a in axes else n for a, n in enumerate(x.shape))
    shape = kept if keepdims else tuple(x.shape[a] for a in rest)
    return Array(shape, [function([x.items[start + offset] for offset in group]) for start in starts])


def sum(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Σ x over the axes.

    >>> sum(Array.of([[1, 2], [3, 4]]), axis=0).items
    [4, 6]
    """
    return fold(x, axis, keepdims, total)


def mean(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Σ x / N over the axes, N items in a group.

    >>> mean(vector(1.0, 2.0)).items
    [1.5]
    """
    return fold(x, axis, keepdims, _mean)


def _mean(items: list[Scalar]) -> Scalar:
    return sc.divide(total(items), len(items))


def var(x: Array, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False) -> Array:
    """Σ (x - mean)² / (N - correction) over the axes.

    >>> var(vector(1.0, 3.0)).items, var(vector(1.0, 3.0), correction=1).items
    ([1.0], [2.0])
    """

    def spread(items: list[Scalar]) -> Scalar:
        centre = _mean(items)
        squares = [(z - centre) * (z - centre) for z in items]
        return sc.divide(total(squares), sc.embed(len(items) - Fraction(correction), centre))

    return fold(x, axis, keepdims, spread)


def std(x: Array, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False) -> Array:
    """The square root of the variance.

    >>> std(vector(1.0, 3.0)).items
    [1.0]
    """
    return var(x, axis=axis, correction=correction, keepdims=keepdims).map(sc.sqrt)


def max(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """The largest item over the axes.

    >>> max(vector(1, 3, 2)).items
    [3]
    """
    return fold(x, axis, keepdims, lambda items: reduce(maximum, items))


def min(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """The smallest item over the axes.

    >>> min(vector(1, 3, 2)).items
    [1]
    """
    return fold(x, axis, keepdims, lambda items: reduce(minimum, items))


def logsumexp(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """log Σ exp x over the axes.

    >>> logsumexp(vector(0.0)).items
    [0.0]
    """
    return fold(x, axis, keepdims, lambda items: sc.log(total([sc.exp(z) for z in items])))


def pivot(x: Array, *, axis: Axis = None) -> Array:
    """The largest midpoint over the axes, kept, and constant for derivatives: a shift that no branch depends on.

    >>> pivot(Array.of([[1.0, 3.0]]), axis=(-1,)).tolist()
    [[3.0]]
    """
    return fold(x, axis, True, lambda items: reduce(maximum, map(sc.midpoint, items)))


def argmax(x: Array, *, axis: int | None = None, keepdims: bool = False) -> Array:
    """The index of the first largest item along an axis (in row-major order where axis is None), an int.

    >>> argmax(vector(1.0, 3.0, 3.0)).items
    [1]
    """

    def first(items: list[Scalar]) -> int:
        best = 0
        for k, item in enumerate(items):
            best = k if sc.less(items[best], item) else best
        return best

    return fold(x, axis, keepdims, first)


def argmin(x: Array, *, axis: int | None = None, keepdims: bool = False) -> Array:
    """The index of the first smallest item along an axis (in row-major order where axis is None), an int.

    >>> argmin(vector(3.0, 1.0, 1.0)).items
    [1]
    """

    def first(items: list[Scalar]) -> int:
        best = 0
        for k, item in enumerate(items):
            best = k if sc.less(item, items[best]) else best
        return best

    return fold(x, axis, keepdims, first)


def _kept(primal: Primal) -> Primal:
    """The reduction as it stands in graphs: the axes stay, with size 1."""

    def graph(x: Array, *, axis: Shape) -> Array:
        return primal(x, axis=axis, keepdims=True)

    graph.__name__ = graph.__qualname__ = primal.__name__
    graph.__doc__ = primal.__doc__
    return graph


def _tie(sign: float, kept: bool) -> Kinks:
    """Ties along the rows of [[1, 3, 3], [2, 2, 2]] (its negative for min), and over both axes of it."""
    x = Array((2, 3), [sign * z for z in (1.0, 3.0, 3.0, 2.0, 2.0, 2.0)])
    half, third = Fraction(1, 2), Fraction(1, 3)
    rows = table([[[0, half, half], [0, 0, 0]], [[0, 0, 0], [third, third, third]]])
    everything = table([[0, half, half], [0, 0, 0]])
    if kept:
        points = (
            KinkPoint((x,), {0: Array((2, 1, 2, 3), rows.items)}, {"axis": (-1,)}),
            KinkPoint((x,), {0: Array((1, 1, 2, 3), everything.items)}, {"axis": (-2, -1)}),
        )
    else:
        points = (KinkPoint((x,), {0: rows}, {"axis": -1}), KinkPoint((x,), {0: everything}))
    return Kinks("several largest (smallest) items", "they share the derivative equally", points)


def _int_ties(axis: Any) -> Callable[[Random], list[Sample]]:
    def samples(rng: Random) -> list[Sample]:
        return [Sample(f"ties along {axis}", (small_ints(rng, (3, 4)),), {"axis": axis})]

    return samples


def _argmax_samples(rng: Random) -> list[Sample]:
    found = [s for s in reductions(beside=True)(rng) if not isinstance(s.params.get("axis"), tuple)]
    return found + _int_ties(0)(rng) + _int_ties(-1)(rng)


def _graph_argmax_samples(rng: Random) -> list[Sample]:
    single = [s for s in kept_reductions(beside=True)(rng) if len(s.params["axis"]) == 1]
    return [Sample(s.label, s.operands, {"axis": s.params["axis"][0]}) for s in single] + _int_ties(-1)(rng)


def _var_samples(rng: Random) -> list[Sample]:
    found = reductions()(rng)
    sized = [s for s in found if s.operands[0].shape in ((2, 3), (2, 3, 2)) and s.params.get("axis") is not None]
    return found + [
        Sample(f"{s.label}, correction {c}", s.operands, s.params | {"correction": c})
        for s, c in zip(sized, (1, 0.5, 1.0) * len(sized), strict=False)
    ]


def _std_samples(rng: Random) -> list[Sample]:
    """Where the items differ: of one item, or of equal ones, the variance is 0 and its root has a kink."""
    tiny = Sample("tiny", (vector(2.0**-12, -3 * 2.0**-13),))
    return [tiny, *[s for s in _var_samples(rng) if s.label == "wide" or _several(s)]]


def _several(sample: Sample) -> bool:
    x, axis = sample.operands[0], sample.params.get("axis")
    counts = [x.shape[a] for a in wrap_axes(axis, len(x.shape))]
    return any(count > 1 for count in counts)


_EVEN = vector(2.0, 2.0)
_NO_SPREAD = Kinks(
    "all items equal",
    "derivative 0",
    (KinkPoint((_EVEN,), {0: table([0, 0])}),),
    (ValuePoint((_EVEN,), Array((), [0.0])),),
)
_ALL_EMPTY = Kinks(
    "every item -inf", "value -inf", (), (ValuePoint((vector(*[float("-inf")] * 2),), Array((), [float("-inf")])),)
)
PRIMITIVES: dict[str, Spec] = {
    "sum": Spec(_kept(sum), (0,), kept_reductions(of_nothing=True)),
    "max": Spec(_kept(max), (0,), kept_reductions(beside=True), (), (_tie(1.0, True),)),
    "min": Spec(_kept(min), (0,), kept_reductions(beside=True), (), (_tie(-1.0, True),)),
    "argmin": Spec(argmin, (), _graph_argmax_samples, (), (Kinks("several smallest items", "a jump; the first wins"),)),
    "argmax": Spec(argmax, (), _graph_argmax_samples, (), (Kinks("several largest items", "a jump; the first wins"),)),
    "pivot": Spec(pivot, (), kept_reductions(), (), (Kinks("everywhere", "constant for derivatives"),)),
}
PUBLIC: dict[str, Spec] = {
    "sum": Spec(sum, (0,), reductions(of_nothing=True)),
    "mean": Spec(mean, (0,), reductions()),
    "var": Spec(var, (0,), _var_samples),
    "std": Spec(std, (0,), _std_samples, (), (_NO_SPREAD,)),
    "max": Spec(max, (0,), reductions(beside=True), (), (_tie(1.0, False),)),
    "min": Spec(min, (0,), reductions(beside=True), (), (_tie(-1.0, False),)),
    "logsumexp": Spec(logsumexp, (0,), reductions(beside=True), (), (_ALL_EMPTY,)),
    "argmin": Spec(argmin, (), _argmax_samples, (), (Kinks("several smallest items", "a jump; the first wins"),)),
    "argmax": Spec(argmax, (), _argmax_samples, (), (Kinks("several largest items", "a jump; the first wins"),)),
}

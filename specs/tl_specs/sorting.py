"""Orders along an axis, running sums, products, and picking items row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from tl_specs import scalar as sc
from tl_specs.array import Array, Shape, wrap
from tl_specs.draw import BESIDE, kept_reductions, nonzeros, reals, reductions, small_ints, spread, wide
from tl_specs.manipulation import reshape
from tl_specs.rearrange import gathered
from tl_specs.reduction import fold
from tl_specs.spec import KinkPoint, Kinks, Params, Sample, Spec, table, vector

Scalar = Any


def along(x: Array, axis: int, function: Callable[[list[Scalar]], Sequence[Scalar]]) -> Array:
    """Each row along the axis replaced by a row of the same length that the function makes of it.

    >>> along(Array.of([[1, 2], [3, 4]]), 0, lambda row: row[::-1]).tolist()
    [[3, 4], [1, 2]]
    """
    a = wrap(axis, len(x.shape))
    rows: dict[tuple[int, ...], Sequence[Scalar]] = {}
    items = []
    for at in x.indices():
        others = (*at[:a], *at[a + 1 :])
        if others not in rows:
            rows[others] = function([x[(*at[:a], k, *at[a + 1 :])] for k in range(x.shape[a])])
        items.append(rows[others][at[a]])
    return Array(x.shape, items)


def order(row: Sequence[Scalar], descending: bool) -> list[int]:
    """The positions of the items in ascending or descending order; equal items stay in the order in which they stand.

    >>> order([2, 1, 2], False), order([2, 1, 2], True)
    ([1, 0, 2], [0, 2, 1])
    """
    found: list[int] = []
    for k, item in enumerate(row):
        place = len(found)
        while place and (sc.less(row[found[place - 1]], item) if descending else sc.less(item, row[found[place - 1]])):
            place -= 1
        found.insert(place, k)
    return found


def sort(x: Array, *, axis: int = -1, descending: bool = False) -> Array:
    """The items of each row in order.

    >>> sort(vector(2, 3, 1)).items
    [1, 2, 3]
    """
    return along(x, axis, lambda row: [row[k] for k in order(row, descending)])


def argsort(x: Array, *, axis: int = -1, descending: bool = False) -> Array:
    """The positions of the items of each row in order.

    >>> argsort(vector(2, 3, 1), descending=True).items
    [1, 0, 2]
    """
    return along(x, axis, lambda row: order(row, descending))


def take_along_axis(x: Array, indices: Array, *, axis: int = -1) -> Array:
    """out[..., j, ...] = x[..., indices[..., j, ...], ...]; other axes of size 1 are read at 0 wherever j is.

    >>> take_along_axis(Array.of([[1, 2], [3, 4]]), Array.of([[0], [-1]]), axis=1).tolist()
    [[1], [4]]
    """
    a = wrap(axis, len(x.shape))
    pairs = zip(x.shape, indices.shape, strict=True)
    shape = [m if k == a or n == 1 else n for k, (n, m) in enumerate(pairs)]

    def source(*at: int) -> list[int]:
        index = indices[tuple(0 if n == 1 else i for i, n in zip(at, indices.shape, strict=True))]
        return [index if k == a else 0 if x.shape[k] == 1 else i for k, i in enumerate(at)]

    return gathered(x, shape, source)


def cumsum(x: Array, *, axis: int | None = None) -> Array:
    """out[i] = Σ_{j ≤ i} x[j] along the axis, or in row-major order.

    >>> cumsum(vector(1, 2, 3)).items
    [1, 3, 6]
    """
    return along(reshape(x, -1), 0, _sums) if axis is None else along(x, axis, _sums)


def cumsum_graph(x: Array, *, axis: int, reverse: bool) -> Array:
    """out[i] = Σ_{j ≤ i} x[j], or Σ_{j ≥ i} x[j] in reverse.

    >>> cumsum_graph(vector(1, 2, 3), axis=-1, reverse=True).items
    [6, 5, 3]
    """
    return along(x, axis, (lambda row: _sums(row[::-1])[::-1]) if reverse else _sums)


def _sums(row: list[Scalar]) -> list[Scalar]:
    sums: list[Scalar] = []
    for item in row:
        sums.append(sums[-1] + item if sums else item)
    return sums


def prod(x: Array, *, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Array:
    """Π x over the axes, 1 of none.

    >>> prod(vector(2, 3)).items
    [6]
    """
    return fold(x, axis, keepdims, _product)


def prod_graph(x: Array, *, axis: Shape) -> Array:
    """Π x over the axes, which stay with size 1.

    >>> prod_graph(vector(2, 3), axis=(-1,)).items
    [6]
    """
    return fold(x, axis, True, _product)


def _product(items: list[Scalar]) -> Scalar:
    value: Scalar = items[0] if items else 1
    for item in items[1:]:
        value = value * item
    return value


_SORTED: tuple[tuple[Shape, Params], ...] = (
    *(((5,), {}), ((2, 3), {}), ((2, 3), {"axis": 0}), ((3, 3), {"axis": -1, "descending": True}), ((1,), {})),
    *(((2, 3, 2), {"axis": 1}), ((1, 3), {"descending": True}), ((3, 1), {"axis": -2}), ((2, 2), {"axis": 0})),
    *(((3, 2, 3), {"axis": 0}), ((2, 3, 1, 2), {"axis": -3}), ((2, 0), {})),
)
_RUNNING: tuple[tuple[Shape, Params], ...] = (
    *(((5,), {}), ((2, 3), {}), ((2, 3), {"axis": 0}), ((2, 3), {"axis": -1}), ((1,), {"axis": 0}), ((), {})),
    *(((2, 3, 2), {"axis": 1}), ((1, 3), {"axis": 0}), ((2, 2), {"axis": 1}), ((2, 0), {"axis": 1})),
)
_ALONG: tuple[tuple[Shape, Any, Params], ...] = (
    *(((3,), [2, 0, 2, -1], {}), ((2, 3), [[1, 0], [2, 2]], {}), ((2, 3), [[1, 0, -1]], {"axis": 0})),
    *(((2, 3), [[1, 0]], {"axis": 1}), ((1, 3), [[2], [0]], {"axis": 1}), ((2, 2), [[0, 1], [0, 0]], {"axis": -2})),
    *(((2, 1, 2), [[[1], [0], [1]]], {"axis": -1}),),
)


def _sort_samples(rng: Random) -> list[Sample]:
    found = [Sample(f"{shape} {params}", (reals(rng, shape),), params) for shape, params in _SORTED]
    found += [Sample("wide", (wide(reals, rng, (2, 3)),)), Sample("spread", (spread(reals, rng),))]
    return [*found, Sample("beside a tie", (Array((3,), [0.5 + BESIDE, 0.5, 0.25]),))]


def _graph_sort_samples(rng: Random) -> list[Sample]:
    found = []
    for sample in _sort_samples(rng):
        rank, axis = len(sample.operands[0].shape), sample.params.get("axis", -1)
        params = {"axis": wrap(axis, rank) - rank, "descending": sample.params.get("descending", False)}
        found.append(Sample(sample.label, sample.operands, params))
    return found


_MANY = Array((17,), [float(7 * k % 4) for k in range(17)])
"""As few items as the fastest ways of sorting do not keep the order of equal ones in."""


def _argsort_samples(rng: Random) -> list[Sample]:
    ties = [Sample(f"ties, {p}", (small_ints(rng, (3, 4)),), p) for p in ({"axis": 0}, {"descending": True})]
    return [*ties, Sample("many ties", (_MANY,)), *_sort_samples(rng)]


def _graph_argsort_samples(rng: Random) -> list[Sample]:
    tied = small_ints(rng, (3, 4))
    ties = [Sample(f"ties, descending {d}", (tied,), {"axis": -1, "descending": d}) for d in (False, True)]
    return [*ties, Sample("many ties", (_MANY,), {"axis": -1, "descending": False}), *_graph_sort_samples(rng)]


def _along_samples(rng: Random) -> list[Sample]:
    return [Sample(f"{s} at {i} {p}", (reals(rng, s), Array.of(i)), p) for s, i, p in _ALONG]


def _running_samples(rng: Random) -> list[Sample]:
    return [Sample(f"{s} {p}", (reals(rng, s),), p) for s, p in _RUNNING]


def _graph_running_samples(rng: Random) -> list[Sample]:
    cases: list[tuple[Shape, int, bool]] = [
        *(((5,), -1, False), ((5,), -1, True), ((2, 3), -2, True), ((2, 3), -1, False), ((2, 3, 2), -2, True)),
        *(((2, 3, 2), -3, False), ((1,), -1, True)),
    ]
    return [Sample(f"{s} {a} {r}", (reals(rng, s),), {"axis": a, "reverse": r}) for s, a, r in cases]


def _zeros(axis: Any) -> list[Sample]:
    """Products with factors that are 0, one or more of them, beside products with none."""
    rows = Array((3, 3), [2.0, 0.0, 3.0, 0.0, 0.0, 5.0, 1.5, -2.0, 0.5])
    return [
        Sample("with zeros", (rows,), {"axis": axis}),
        Sample("five with a zero", (vector(2.0, -1.5, 0.0, 3.0, 0.5),), {"axis": axis}),
        Sample("seven", (vector(2.0, -1.5, 0.25, 3.0, 0.5, -1.0, 1.25),), {"axis": axis}),
    ]


def _ties(graph: bool) -> Kinks:
    """[2, 1, 2]: the first 2 comes first, ascending and descending."""
    x = vector(2.0, 1.0, 2.0)
    up, down = table([[0, 1, 0], [1, 0, 0], [0, 0, 1]]), table([[1, 0, 0], [0, 0, 1], [0, 1, 0]])
    plain: Params = {"axis": -1, "descending": False} if graph else {}
    turned: Params = {"axis": -1, "descending": True}
    points = (KinkPoint((x,), {0: up}, plain), KinkPoint((x,), {0: down}, turned))
    return Kinks("equal items", "each has the derivative of its place; they keep their order", points)


_JUMP = Kinks("equal items", "a jump; they keep their order")
PRIMITIVES: dict[str, Spec] = {
    "sort": Spec(sort, (0,), _graph_sort_samples, (), (_ties(True),)),
    "argsort": Spec(argsort, (), _graph_argsort_samples, (), (_JUMP,)),
    "cumsum": Spec(cumsum_graph, (0,), _graph_running_samples),
    "prod": Spec(prod_graph, (0,), lambda rng: kept_reductions(nonzeros, of_nothing=True)(rng) + _zeros((-1,))),
}
PUBLIC: dict[str, Spec] = {
    "sort": Spec(sort, (0,), _sort_samples, (), (_ties(False),)),
    "argsort": Spec(argsort, (), _argsort_samples, (), (_JUMP,)),
    "take_along_axis": Spec(take_along_axis, (0,), _along_samples),
    "cumsum": Spec(cumsum, (0,), _running_samples),
    "prod": Spec(prod, (0,), lambda rng: reductions(nonzeros, of_nothing=True)(rng) + _zeros(-1)),
}

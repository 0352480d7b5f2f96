"""Determinants and what Cramer made of them, Cholesky's triangle, and norms."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from random import Random
from typing import Any

from tl_specs import scalar as sc
from tl_specs.array import Array, Shape, broadcast, common_shape, wrap_axes
from tl_specs.draw import reals, reductions
from tl_specs.elementwise import maximum, minimum
from tl_specs.reduction import fold, total
from tl_specs.spec import KinkPoint, Kinks, Params, Sample, Spec, ValuePoint, table, vector

Scalar = Any
Rows = list[list[Scalar]]


def determinant(rows: Rows) -> Scalar:
    """The expansion along the rows from the last, over all sets of columns: Σ_j ± a[i][j] · (the minor without j).

    >>> determinant([[1, 2], [3, 4]]), determinant([])
    (-2, 1)
    """
    n = len(rows)
    minors: dict[frozenset[int], Scalar] = {frozenset(): 1}
    for i in range(n - 1, -1, -1):
        grown: dict[frozenset[int], Scalar] = {}
        for columns, minor in minors.items():
            for j in range(n):
                if j not in columns:
                    before = sum(1 for k in columns if k < j)
                    term = rows[i][j] * minor if before % 2 == 0 else -(rows[i][j] * minor)
                    key = columns | {j}
                    grown[key] = grown[key] + term if key in grown else term
        minors = grown
    return minors[frozenset(range(n))]


def minor(rows: Rows, i: int, j: int) -> Scalar:
    """(-1)^(i + j) times the determinant without row i and column j.

    >>> minor([[1, 2], [3, 4]], 0, 1)
    -3
    """
    value = determinant([[z for k, z in enumerate(row) if k != j] for m, row in enumerate(rows) if m != i])
    return value if (i + j) % 2 == 0 else -value


def matrices(x: Array) -> list[Rows]:
    """The matrices of a stack, in row-major order."""
    *_, n, m = x.shape
    count = math.prod(x.shape[:-2])
    return [[x.items[(b * n + i) * m : (b * n + i + 1) * m] for i in range(n)] for b in range(count)]


def _square(x: Array) -> int:
    if len(x.shape) < 2 or x.shape[-1] != x.shape[-2]:
        raise ValueError(f"shape {x.shape} is not one of square matrices")
    return x.shape[-1]


def _each(x: Array, function: Callable[[Rows], Rows]) -> Array:
    _square(x)
    return Array(x.shape, [z for rows in matrices(x) for row in function(rows) for z in row])


def det(x: Array) -> Array:
    """The determinant of each matrix.

    >>> det(Array.of([[1, 2], [3, 4]])).items
    [-2]
    """
    n, like = _square(x), x.items[0] if x.items else 0.0
    return Array(x.shape[:-2], [determinant(rows) if n else sc.embed(1, like) for rows in matrices(x)])


def cofactor(x: Array) -> Array:
    """Item i, j is the derivative of the determinant by x[i, j]: the signed minor.

    >>> cofactor(Array.of([[1, 2], [3, 4]])).items
    [4, -3, -2, 1]
    """

    def signed(rows: Rows) -> Rows:
        places = range(len(rows))
        return [[rows[0][0] * 0 + minor(rows, i, j) for j in places] for i in places]

    return _each(x, signed)


def inv(x: Array) -> Array:
    """Item i, j of the inverse is the signed minor of j, i over the determinant.

    >>> inv(Array.of([[2.0, 0.0], [0.0, 4.0]])).items
    [0.5, 0.0, 0.0, 0.25]
    """

    def inverse(rows: Rows) -> Rows:
        whole, places = determinant(rows), range(len(rows))
        return [[sc.divide(rows[0][0] * 0 + minor(rows, j, i), whole) for j in places] for i in places]

    return _each(x, inverse)


def solve_graph(a: Array, b: Array) -> Array:
    """Cramer's rule: x[i, j] is the determinant of a with column i replaced by column j of b, over that of a.

    >>> solve_graph(Array.of([[2.0, 0.0], [0.0, 4.0]]), Array.of([[2.0], [2.0]])).items
    [1.0, 0.5]
    """
    n = _square(a)
    if b.shape[:-1] != a.shape[:-1]:
        raise ValueError(f"shapes {a.shape} and {b.shape} make no equations")
    items = []
    for left, right in zip(matrices(a), matrices(b), strict=True):
        whole = determinant(left)
        for i in range(n):
            for j in range(b.shape[-1]):
                rows = zip(left, right, strict=True)
                replaced = [[y[j] if k == i else z for k, z in enumerate(row)] for row, y in rows]
                items.append(sc.divide(determinant(replaced), whole))
    return Array(b.shape, items)


def solve(a: Array, b: Array) -> Array:
    """The x for which a x = b, stacks broadcast; a vector b is a column, and so is the answer.

    >>> solve(Array.of([[2.0, 0.0], [0.0, 4.0]]), Array.of([2.0, 2.0])).items
    [1.0, 0.5]
    """
    columns = Array((*b.shape, 1), b.items) if len(b.shape) == 1 else b
    stack = common_shape(a.shape[:-2], columns.shape[:-2])
    found = solve_graph(broadcast(a, stack + a.shape[-2:]), broadcast(columns, stack + columns.shape[-2:]))
    return Array(found.shape[:-1], found.items) if len(b.shape) == 1 else found


def cholesky(x: Array, *, upper: bool = False) -> Array:
    """The lower triangle l, positive on the diagonal, for which l lᵀ is the symmetric part (x + xᵀ)/2; or lᵀ.

    >>> cholesky(Array.of([[4.0, 2.0], [2.0, 10.0]])).tolist()
    [[2.0, 0.0], [1.0, 3.0]]
    """

    def factor(rows: Rows) -> Rows:
        n = len(rows)
        low = [[sc.embed(0, rows[0][0])] * n for _ in range(n)]
        for i in range(n):
            for j in range(i + 1):
                rest = (rows[i][j] + rows[j][i]) * sc.embed(Fraction(1, 2), rows[0][0])
                for k in range(j):
                    rest = rest - low[i][k] * low[j][k]
                low[i][j] = sc.sqrt(rest) if i == j else sc.divide(rest, low[j][j])
        return [[low[j][i] for j in range(n)] for i in range(n)] if upper else low

    return _each(x, factor)


def _size(z: Scalar) -> Scalar:
    return -z if sc.less(z, 0) else z


def vector_norm(x: Array, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Array:
    """(Σ |x|^ord)^(1/ord) over the axes; the largest |x| for inf, the smallest for -inf, the count of x ≠ 0 for 0.

    >>> vector_norm(vector(3.0, 4.0)).items, vector_norm(vector(3.0, -4.0), ord=1).items
    ([5.0], [7.0])
    """

    def length(items: Sequence[Scalar]) -> Scalar:
        if ord == 2:
            return sc.sqrt(total([z * z for z in items]))
        if ord == 0:
            return total([sc.embed(int(not sc.equal(z, 0)), z) for z in items])
        sizes = [_size(z) for z in items]
        if math.isinf(ord):
            return reduce(maximum if ord > 0 else minimum, sizes)
        return total(sizes) if ord == 1 else sc.power(total([sc.power(z, ord) for z in sizes]), 1 / Fraction(ord))

    return fold(x, axis, keepdims, length)


def norm(x: Array, ord: Any = None, *, axis: Any = None, keepdims: bool = False) -> Array:
    """The norm of vectors along one axis; of matrices along two: the largest (smallest, below 0) sum of sizes of a
    column (1) or of a row (inf). Without an order, or with 'fro', the root of the sum of squares.

    >>> norm(Array.of([[1.0, 2.0], [3.0, 4.0]]), 1).items
    [6.0]
    """
    axes = wrap_axes(axis, len(x.shape))
    if ord in (None, "fro"):
        return vector_norm(x, axis=axis, keepdims=keepdims)
    if len(axes) == 1:
        return vector_norm(x, axis=axes, keepdims=keepdims, ord=ord)
    rows, columns = (a % len(x.shape) for a in (axis if axis is not None else axes))
    inner, outer = (columns, rows) if math.isinf(ord) else (rows, columns)
    sums = fold(x, inner, True, lambda items: total([_size(z) for z in items]))
    found = fold(sums, outer, True, lambda items: reduce(maximum if ord > 0 else minimum, items))
    kept = tuple(n for a, n in enumerate(found.shape) if a not in axes)
    return found if keepdims else Array(kept, found.items)


_STACKS: tuple[Shape, ...] = ((2, 2), (3, 3), (1, 1), (2, 3, 3), (3, 2, 2), (1, 2, 1, 1), (0, 0), (0, 2, 2), (4, 4))
_EQUATIONS: tuple[tuple[Shape, Shape], ...] = (
    *(((2, 2), (2, 1)), ((3, 3), (3, 2)), ((3, 2, 2), (3, 2, 1)), ((1, 1), (1, 3)), ((1, 2, 2), (1, 2, 2))),
    *(((2, 2), (2, 2)), ((2, 1, 2, 2), (2, 1, 2, 3)), ((2, 2), (2, 0)), ((0, 0), (0, 2)), ((0, 2, 2), (0, 2, 1))),
)
_BROADCASTS: tuple[tuple[Shape, Shape], ...] = (
    *(
        ((2, 2), (2,)),
        ((3, 3), (3,)),
        ((2, 2, 2), (2,)),
        ((2, 2), (2, 2, 1)),
        ((2, 1, 2, 2), (2, 2, 1)),
        ((1, 1), (1,)),
    ),
)


def sound(rng: Random, shape: Shape) -> Array:
    """Matrices far from singular: drawn numbers, with 3 more on the diagonal."""
    n = shape[-1]
    drawn = reals(rng, shape).items
    return Array(shape, [z / 2 + 3 * (k // n % n == k % n) for k, z in enumerate(drawn)])


def _squares(rng: Random) -> list[Sample]:
    return [Sample(f"shape {shape}", (sound(rng, shape),)) for shape in _STACKS]


def _dets(rng: Random) -> list[Sample]:
    rows = matrices(sound(rng, (3, 3)))[0]
    turned = Array.of([rows[1], rows[0], rows[2]])
    return [*_cofactors(rng), Sample("negative", (turned,))]


def _cofactors(rng: Random) -> list[Sample]:
    """Singular matrices of one row and two, too, of which cofactors are linear functions."""
    singular = ([[1.0, 2.0], [2.0, 4.0]], [[0.0]], [[0.0, 0.0], [0.0, 0.0]])
    return [*_squares(rng), *[Sample(f"singular, {rows}", (Array.of(rows),)) for rows in singular]]


def _equations(rng: Random) -> list[Sample]:
    return [Sample(f"{a} and {b}", (sound(rng, a), reals(rng, b))) for a, b in _EQUATIONS]


def _public_equations(rng: Random) -> list[Sample]:
    return _equations(rng) + [Sample(f"{a} and {b}", (sound(rng, a), reals(rng, b))) for a, b in _BROADCASTS]


def _definites(rng: Random) -> list[Sample]:
    """Not quite symmetric, so that both triangles are seen to count."""
    found = []
    for shape in _STACKS[:-1]:
        found.append(Sample(f"shape {shape}", (sound(rng, shape),)))
    return found


def _public_definites(rng: Random) -> list[Sample]:
    return [*_definites(rng), Sample("upper", (sound(rng, (3, 3)),), {"upper": True})]


_ORDERS = (1, 2, 3, 1.5, math.inf, -math.inf, -1, 0.5)


def _vectors(rng: Random) -> list[Sample]:
    found = [Sample("tiny", (vector(3 * 2.0**-12, -5 * 2.0**-14),))]
    found += [s for s in reductions()(rng) if s.label != "spread"]
    for ord in _ORDERS:
        params: Params = {"axis": -1, "ord": ord}
        found.append(Sample(f"order {ord}", (reals(rng, (2, 3)),), params))
    return [*found, Sample("order 3 of all", (reals(rng, (2, 2)),), {"ord": 3, "keepdims": True})]


def _norms(rng: Random) -> list[Sample]:
    found = [Sample(f"shape {s}", (reals(rng, s),)) for s in ((3,), (2, 3), (2, 3, 2), (1,))]
    found += [Sample(f"order {o}", (reals(rng, (3,)),), {"ord": o}) for o in (1, 3, math.inf)]
    for ord in ("fro", 1, -1, math.inf, -math.inf):
        found.append(Sample(f"matrix {ord}", (reals(rng, (2, 3)),), {"ord": ord}))
        found.append(Sample(f"stack {ord}", (reals(rng, (2, 2, 3)),), {"ord": ord, "axis": (2, 0), "keepdims": True}))
    return [*found, Sample("axis", (reals(rng, (2, 3)),), {"axis": 0})]


_ZERO = vector(0.0, 0.0)


def _at_zero(*params: Params) -> Kinks:
    points = tuple(KinkPoint((_ZERO,), {0: table([0, 0])}, p) for p in params)
    return Kinks("a norm of 0", "derivative 0", points, (ValuePoint((_ZERO,), Array((), [0.0])),))


PRIMITIVES: dict[str, Spec] = {
    "solve": Spec(solve_graph, (0, 1), _equations),
    "inv": Spec(inv, (0,), _squares),
    "det": Spec(det, (0,), _dets),
    "cofactor": Spec(cofactor, (0,), _cofactors),
    "cholesky": Spec(cholesky, (0,), _definites),
}
PUBLIC: dict[str, Spec] = {
    "linalg.solve": Spec(solve, (0, 1), _public_equations),
    "linalg.inv": Spec(inv, (0,), _squares),
    "linalg.det": Spec(det, (0,), _dets),
    "linalg.cholesky": Spec(cholesky, (0,), _public_definites),
    "linalg.vector_norm": Spec(vector_norm, (0,), _vectors, (), (_at_zero({}, {"ord": 1}, {"ord": 3}),)),
    "linalg.norm": Spec(norm, (0,), _norms, (), (_at_zero({}, {"ord": math.inf}),)),
}

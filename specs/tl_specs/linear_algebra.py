"""Matrix multiplication and transposes."""

from __future__ import annotations

from operator import mul
from random import Random

from tl_specs.array import Array, Shape, broadcast, common_shape, positions, strides
from tl_specs.draw import reals, wide
from tl_specs.reduction import total
from tl_specs.series import unwrapped
from tl_specs.spec import Sample, Spec


def matmul_graph(x: Array, y: Array) -> Array:
    """out[*b, i, j] = Σ_k x[*b, i, k] y[*b, k, j], the leading axes being equal.

    >>> matmul_graph(Array.of([[1, 2]]), Array.of([[3], [4]])).items
    [11]
    """
    *batch, n, k = x.shape
    *other, inner, m = y.shape
    if k != inner or batch != other:
        raise ValueError(f"shapes {x.shape} and {y.shape} do not multiply")
    items = []
    (xs, ys), wrap = unwrapped(x.items, y.items)
    for left in positions(batch, strides(x.shape)[:-2]):
        right = left // (n * k) * (k * m) if n * k else 0
        columns = [ys[right + j : right + k * m : m] for j in range(m)]
        for i in range(n):
            row = xs[left + i * k : left + (i + 1) * k]
            items += [total(list(map(mul, row, column))) for column in columns]
    return Array((*batch, n, m), [wrap(item) for item in items])


def matmul(x: Array, y: Array) -> Array:
    """The matrix product, leading axes broadcast; a vector on the left is a row, on the right a column, then dropped.

    >>> matmul(Array.of([1, 2]), Array.of([[3], [4]]))
    Array(shape=(1,), items=[11])
    """
    if not x.shape or not y.shape:
        raise ValueError("matmul needs operands with axes")
    row, column = len(x.shape) == 1, len(y.shape) == 1
    a = Array((1, *x.shape), x.items) if row else x
    b = Array((*y.shape, 1), y.items) if column else y
    batch = common_shape(a.shape[:-2], b.shape[:-2])
    product = matmul_graph(broadcast(a, batch + a.shape[-2:]), broadcast(b, batch + b.shape[-2:]))
    n, m = product.shape[-2:]
    return Array(batch + (() if row else (n,)) + (() if column else (m,)), product.items)


def matrix_transpose(x: Array) -> Array:
    """The last two axes exchanged (`.mT`).

    >>> matrix_transpose(Array.of([[1, 2], [3, 4]])).tolist()
    [[1, 3], [2, 4]]
    """
    *batch, n, m = x.shape
    *outer, down, across = strides(x.shape)
    return x.at((*batch, m, n), positions((*batch, m, n), (*outer, across, down)))


def transpose(x: Array) -> Array:
    """The matrix transpose of a matrix (`.T`).

    >>> transpose(Array.of([[1, 2]])).tolist()
    [[1], [2]]
    """
    if len(x.shape) != 2:
        raise ValueError(f".T is of matrices, not of shape {x.shape}")
    return matrix_transpose(x)


_MATRICES: tuple[tuple[Shape, Shape], ...] = (
    *(((2, 3), (3, 4)), ((2, 2), (2, 2)), ((1, 3), (3, 2)), ((2, 3), (3, 1)), ((2, 1), (1, 3)), ((1, 1), (1, 1))),
    *(((2, 2, 3), (2, 3, 1)), ((1, 2, 2), (1, 2, 2)), ((2, 1, 1, 2), (2, 1, 2, 1)), ((2, 0), (0, 3)), ((0, 2), (2, 3))),
)
_BROADCASTS: tuple[tuple[Shape, Shape], ...] = (
    *(((3,), (3,)), ((1,), (1,)), ((3,), (3, 2)), ((2, 3), (3,)), ((1,), (1, 3)), ((3,), (2, 3, 1)), ((2, 1, 3), (3,))),
    *(((2, 2, 3), (3, 2)), ((1, 3), (2, 3, 1)), ((2, 1, 2), (1, 2, 2)), ((1, 1, 2), (2, 2, 2))),
    *(((2, 1, 1, 2), (3, 2, 1)), ((2, 1, 2), (3, 1, 2, 1))),
)


def _pairs(shapes: tuple[tuple[Shape, Shape], ...], rng: Random) -> list[Sample]:
    found = [Sample(f"{a} by {b}", (reals(rng, a), reals(rng, b))) for a, b in shapes]
    return [*found, Sample("wide", (wide(reals, rng, (2, 2)), wide(reals, rng, (2, 2))))]


def _turned(rng: Random) -> list[Sample]:
    return [Sample(f"shape {s}", (reals(rng, s),)) for s in ((2, 3), (2, 2), (1, 3), (3, 1), (1, 1))]


def _turned_stacks(rng: Random) -> list[Sample]:
    return _turned(rng) + [Sample(f"shape {s}", (reals(rng, s),)) for s in ((2, 2, 3), (1, 3, 2), (2, 1, 2, 2))]


PRIMITIVES: dict[str, Spec] = {"matmul": Spec(matmul_graph, (0, 1), lambda rng: _pairs(_MATRICES, rng))}
PUBLIC: dict[str, Spec] = {
    "matmul": Spec(matmul, (0, 1), lambda rng: _pairs(_MATRICES + _BROADCASTS, rng)),
    "matrix_transpose": Spec(matrix_transpose, (0,), _turned_stacks),
    "mT": Spec(matrix_transpose, (0,), _turned_stacks),
    "T": Spec(transpose, (0,), _turned),
    "transpose": Spec(transpose, (0,), _turned),
}

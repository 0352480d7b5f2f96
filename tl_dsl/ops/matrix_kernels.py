"""Matrix algorithms on arrays: LAPACK for floats, and for exact scalars loops that never compare what may overlap."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from tl_dsl import scalars

Array = np.ndarray[Any, Any]


def stacked(function: Callable[..., Any], exact: Callable[..., Array], shape: tuple[int, ...], *arrays: Array) -> Array:
    """A function of stacks of matrices: all at once, or one by one where one has no answer, which becomes nan.

    On exact scalars ``exact`` is called for each matrix of the stack.
    """
    if arrays[0].dtype == object:
        out = np.empty(shape, object)
        for index in np.ndindex(arrays[0].shape[:-2]):
            out[index] = exact(*[x[index] for x in arrays])
        return out
    dtype = arrays[0].dtype
    wide = [x.astype(np.float32) for x in arrays] if dtype.itemsize < 4 else list(arrays)
    try:
        return np.asarray(function(*wide)).astype(dtype, copy=False)
    except np.linalg.LinAlgError:
        return _one_by_one(function, np.full(shape, np.nan, dtype), wide)


def _one_by_one(function: Callable[..., Any], out: Array, arrays: list[Array]) -> Array:
    for index in np.ndindex(arrays[0].shape[:-2]):
        try:
            out[index] = function(*[x[index] for x in arrays])
        except np.linalg.LinAlgError:
            continue
    return out


def eliminated(a: Array, b: Array) -> Array:
    """The solution of a x = b. Errors: ZeroDivisionError when a matrix of fractions is singular."""
    return _reduced(a, b)[0]


def _reduced(a: Array, b: Array) -> tuple[Array, Any]:
    """The solution of a x = b by Gauss and Jordan, and the determinant of a.

    Which row is the pivot changes no value, so midpoints choose it.
    """
    product = scalars.exact(1, scalars.element_like((a,)))
    rows = [[*x, *y] for x, y in zip(a.tolist(), b.reshape(len(a), b[:1].size).tolist(), strict=True)]
    for k in range(len(rows)):  # each step takes away the first column that is left
        best = max(range(k, len(rows)), key=lambda i: abs(scalars.midpoint(rows[i][0])))
        rows[k], rows[best] = rows[best], rows[k]
        pivot = rows[k][0]
        product = product * (pivot if best == k else -pivot)
        inverse = 1 / pivot
        scaled = [z * inverse for z in rows[k][1:]]
        for i, (factor, *rest) in enumerate(rows):
            rows[i] = scaled if i == k else [z - factor * s for z, s in zip(rest, scaled, strict=True)]
    return np.fromiter([z for row in rows for z in row], object, b.size).reshape(b.shape), product


def identity(a: Array) -> Array:
    """The identity of the size and the exact scalar of a."""
    out = scalars.zeros_like(a)
    for k in range(len(a)):
        out[k, k] = scalars.exact(1, scalars.element_like((a,)))
    return out


def inverted(a: Array) -> Array:
    """The inverse of one matrix of exact scalars."""
    return eliminated(a, identity(a))


def determinant(a: Array) -> Any:
    """The determinant of one matrix of exact scalars, singular or not."""
    return _cofactors_and_determinant(a)[1]


def cofactors_of(a: Array) -> Array:
    """The derivative of the determinant of one matrix of exact scalars, singular or not."""
    return _cofactors_and_determinant(a)[0]


def _cofactors_and_determinant(a: Array) -> tuple[Array, Any]:
    try:
        inverse, found = _reduced(a, identity(a))
    except ZeroDivisionError:
        found = None
    if found is not None and all(not scalars.is_ball(z) or z.is_finite() for z in (*inverse.flat, found)):
        return inverse.T * found, found
    adjugate = _adjugate(a)
    return adjugate.T, (a[0] * adjugate[:, 0]).sum()


def _adjugate(a: Array) -> Array:
    """det(a) a⁻¹, also where that is singular: the recursion of Faddeev and LeVerrier, which divides by numbers only.

    M₁ = 1, M_{k+1} = a M_k - tr(a M_k)/k, and the adjugate is ± M_n.
    """
    one, n = identity(a), len(a)
    m = one
    for k in range(1, n):
        product = np.matmul(a, m)
        m = product - one * (np.trace(product) / k)
    return m if n % 2 else -m


def cofactors(a: Array) -> Array:
    """The derivative of the determinant of floats, det(a) a⁻ᵀ, also of matrices that are singular or nearly so."""
    if a.shape[-1] < 3:
        return np.ones_like(a) if a.shape[-1] < 2 else a[..., ::-1, ::-1] * np.array([[1, -1], [-1, 1]], a.dtype)
    if a.shape[-1] == 3:
        return np.cross(a[..., (1, 2, 0), :], a[..., (2, 0, 1), :])
    try:
        inverse = np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return _by_singular_values(a)
    found = np.linalg.det(a)[..., None, None] * inverse.swapaxes(-1, -2)
    condition = np.abs(a).sum(-1).max(-1) * np.abs(inverse).sum(-1).max(-1)
    bad = ~(condition < np.finfo(a.dtype).eps ** -0.5)
    return np.where(bad[..., None, None], _by_singular_values(a), found) if bad.any() else found


def _by_singular_values(a: Array) -> Array:
    """± u Π_{j≠i} s_j vᵀ."""
    u, s, v = np.linalg.svd(a)
    before, behind = np.ones_like(s), np.ones_like(s)
    before[..., 1:] = np.multiply.accumulate(s[..., :-1], axis=-1)
    behind[..., :-1] = np.multiply.accumulate(s[..., :0:-1], axis=-1)[..., ::-1]
    sign = np.rint(np.linalg.det(u) * np.linalg.det(v))[..., None, None]
    return np.asarray(sign * ((u * (before * behind)[..., None, :]) @ v))


def factored(a: Array) -> Array:
    """Cholesky's lower triangle of one matrix of exact scalars, row by row."""
    out, rows = scalars.zeros_like(a), a.tolist()
    for i, row in enumerate(rows):
        for j in range(i + 1):
            rest = row[j] - sum(map(operator.mul, row[:j], rows[j][:j]))
            row[j] = rest.sqrt() if i == j else rest / rows[j][j]
        out[i, : i + 1] = row[: i + 1]
    return out

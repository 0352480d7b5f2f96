"""Metadata and operands as people write them: taken where the meaning is plain, refused with a code where not."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb

import tl_dsl as tl
from tl_dsl import errors

X = tl.arange(5.0)
M = tl.ones((2, 3))
F = tl.tensor(np.array([Fraction(2)], dtype=object))
B = tl.tensor(np.array([arb(1), arb(2)], dtype=object))
F3 = tl.tensor(np.array([Fraction(1, 2), Fraction(0), Fraction(2)], dtype=object))
M2 = tl.tensor(np.array([[Fraction(1), Fraction(2)], [Fraction(3), Fraction(4)]], dtype=object))
R2 = tl.tensor(np.array([[Fraction(2), Fraction(0), 0], [0, Fraction(3), 0], [0, 0, Fraction(0)]], dtype=object))
INF = np.inf

TAKEN: list[tuple[str, Callable[[], Any], Any]] = [
    ("numpy axis", lambda: tl.sum(M, axis=np.int64(0)), [2, 2, 2]),
    ("list of axes", lambda: tl.permute_dims(M, [1, 0]).shape, (3, 2)),
    ("list of sizes", lambda: M.reshape([3, 2]).shape, (3, 2)),
    ("numpy bound", lambda: X[0 : np.int64(2)], [0, 1]),
    ("tensor bound", lambda: X[: tl.tensor(2)], [0, 1]),
    ("numpy stop", lambda: tl.arange(np.float32(1.5)), [0, 1]),
    ("zeros of booleans", lambda: tl.zeros(2, dtype=bool), [False, False]),
    ("ones of booleans", lambda: tl.ones_like(tl.tensor([False])), [True]),
    ("small labels", lambda: tl.one_hot(tl.tensor([0], dtype=np.uint8), 300).sum(), 1),
    ("small indices", lambda: tl.take(tl.arange(300.0), tl.tensor([255], dtype=np.uint8), axis=0), [255]),
    ("infinite padding", lambda: tl.pad(tl.tensor([1.0]), 1, constant_values=-INF), [-INF, 1, -INF]),
    ("padding of booleans", lambda: tl.pad(tl.tensor([True]), 1), [False, True, False]),
    ("infinite exponent", lambda: tl.tensor([0.5, 2.0]) ** INF, [0, INF]),
    ("numbers only", lambda: tl.stack([1, 2.5]), [1, 2.5]),
    ("keyword of vmap", lambda: tl.vmap(lambda a, b: a * b)(X, b=X), [0, 1, 4, 9, 16]),
    ("list of in_axes", lambda: tl.vmap(tl.add, in_axes=[0, None])(X, tl.tensor(1.0)), [1, 2, 3, 4, 5]),
    ("numpy argnums", lambda: tl.grad(lambda a, b: a * b, np.int64(1))(2.0, 3.0), 2),
    ("numpy float", lambda: tl.grad(lambda a: a * a)(np.float32(2)), 4),
    ("format", lambda: float(f"{tl.tensor(1.25):.1f}"), 1.2),
    ("equal to None", lambda: X == None, False),  # noqa: E711
]
EXACT: list[tuple[str, Callable[[], Any], Any]] = [
    ("ints", lambda: tl.tensor(np.array([1], object)) / tl.tensor(np.array([3], object)), [Fraction(1, 3)]),
    ("negative power", lambda: F**-2, [Fraction(1, 4)]),
    ("gradient at a fraction", lambda: [tl.grad(lambda a: a * a)(Fraction(1, 2)).item()], [Fraction(1)]),
    ("sum of nothing", lambda: [tl.sum(F[:0]).item() / 3], [Fraction(0)]),
    ("matmul over nothing", lambda: (tl.reshape(F[:0], (1, 0)) @ tl.reshape(F[:0], (0, 1)))[0] / 3, [Fraction(0)]),
    ("einsum", lambda: tl.einsum("ij,jk->i", M2, M2 / 3), [Fraction(17, 3), Fraction(37, 3)]),
    ("product", lambda: tl.grad(tl.prod)(F3), [Fraction(0), Fraction(1), Fraction(0)]),
    ("product of nothing", lambda: [tl.prod(F3[:0]).item() / 3], [Fraction(1, 3)]),
    ("running sums", lambda: tl.cumsum(F3), [Fraction(1, 2), Fraction(1, 2), Fraction(5, 2)]),
    ("sorted", lambda: tl.sort(F3, descending=True), [Fraction(2), Fraction(1, 2), Fraction(0)]),
    ("sorted balls", lambda: tl.sort(B, descending=True), [arb(2), arb(1)]),
    ("equations", lambda: tl.linalg.solve(M2, F3[:2]), [Fraction(-1), Fraction(3, 4)]),
    ("inverse", lambda: tl.linalg.inv(M2)[0], [Fraction(-2), Fraction(1)]),
    ("determinant", lambda: [tl.linalg.det(M2).item()], [Fraction(-2)]),
    ("singular determinant", lambda: [tl.linalg.det(M2 * 0).item()], [Fraction(0)]),
    ("rank 2", lambda: tl.diagonal(tl.grad(tl.linalg.det)(R2)), [Fraction(0), Fraction(0), Fraction(6)]),
    ("Cholesky of balls", lambda: tl.linalg.cholesky(4 * B[:1, None])[0], [arb(2)]),
    ("triangle", lambda: tl.tril(M2)[0], [Fraction(1), Fraction(0)]),
    ("balls and floats", lambda: B + tl.tensor([0.5, 1.5]), [arb(1.5), arb(3.5)]),
    ("larger of balls and floats", lambda: tl.maximum(B, tl.tensor([0.0, 5.0])), [arb(1), arb(5)]),
]
REFUSED: list[tuple[str, Callable[[], Any], type[errors.TlError]]] = [
    ("float size", lambda: tl.zeros(2.7), errors.ArgumentError),  # type: ignore[arg-type]
    ("text size", lambda: tl.zeros("3"), errors.ArgumentError),  # type: ignore[arg-type]
    ("negative size", lambda: tl.zeros(-2), errors.ShapeError),
    ("several numbers of classes", lambda: tl.one_hot(tl.arange(2), (3,)), errors.ArgumentError),  # type: ignore[arg-type]
    ("no number of classes", lambda: tl.one_hot(tl.arange(2), ()), errors.ArgumentError),  # type: ignore[arg-type]
    ("negative number of classes", lambda: tl.one_hot(tl.arange(2), -1), errors.ArgumentError),
    ("negative broadcast", lambda: tl.broadcast_to(X, (-1, 5)), errors.ShapeError),
    ("boolean axis", lambda: tl.sum(X, axis=True), errors.ArgumentError),
    ("no axis", lambda: tl.softmax(M, axis=None), errors.ArgumentError),  # type: ignore[arg-type]
    ("boolean index", lambda: X[True], errors.IndexingError),
    ("float bound", lambda: X[0:1.5], errors.IndexingError),  # type: ignore[misc]
    ("step 0", lambda: X[::0], errors.IndexingError),
    ("complex zeros", lambda: tl.zeros(2, dtype=complex), errors.DTypeError),
    ("unknown type", lambda: tl.zeros(2, dtype="foo"), errors.ArgumentError),
    ("None", lambda: tl.tensor(None), errors.DTypeError),  # type: ignore[arg-type]
    ("ragged", lambda: tl.tensor([[1, 2], [3]]), errors.ArgumentError),
    ("texts", lambda: tl.tensor(np.array(["a"], object)), errors.DTypeError),
    ("float among integers", lambda: tl.pad(tl.arange(2), 1, constant_values=0.0), errors.DTypeError),
    ("fraction of integers", lambda: tl.full_like(tl.arange(2), 1.5), errors.DTypeError),
    ("integer of booleans", lambda: tl.full_like(tl.arange(2) > 0, 1), errors.DTypeError),
    ("fraction of booleans", lambda: tl.full(2, 1.5, dtype=bool), errors.DTypeError),
    ("too large for int8", lambda: tl.tensor([1], dtype=np.int8) + 300, errors.DTypeError),
    ("too large for float64", lambda: X + 10**400, errors.DTypeError),
    ("complex operand", lambda: X + np.complex128(1j), errors.DTypeError),
    ("negative power of ints", lambda: tl.tensor([2]) ** -2, errors.DTypeError),
    ("difference of booleans", lambda: tl.tensor([True]) - True, errors.DTypeError),
    ("power of booleans", lambda: tl.tensor([True]) ** tl.tensor([True]), errors.DTypeError),
    ("sign of booleans", lambda: tl.sign(tl.tensor([True])), errors.DTypeError),
    ("unequal parts", lambda: tl.split(X, 2), errors.ShapeError),
    ("no parts", lambda: tl.split(X, 0), errors.ShapeError),
    ("two sizes of a label", lambda: tl.einsum("ij,ij", M, M.mT), errors.ShapeError),
    ("a label of size 1", lambda: tl.einsum("i,i", X, X[:1]), errors.ShapeError),
    ("unknown label", lambda: tl.einsum("ij->k", M), errors.ArgumentError),
    ("too few operands", lambda: tl.einsum("ij,jk", M), errors.ArgumentError),
    ("subscripts in no form", lambda: tl.einsum("i1->i", M), errors.ArgumentError),
    ("einsum of booleans", lambda: tl.einsum("i->", X > 1), errors.DTypeError),
    ("shifts without axes", lambda: tl.roll(M, (1, 2)), errors.ShapeError),
    ("diagonal of a vector", lambda: tl.diagonal(X), errors.ShapeError),
    ("one axis twice", lambda: tl.diagonal(M, axis1=0, axis2=-2), errors.ShapeError),
    ("outer of matrices", lambda: tl.outer(M, X), errors.ShapeError),
    ("inverse of a rectangle", lambda: tl.linalg.inv(M), errors.ShapeError),
    ("rows of the right side", lambda: tl.linalg.solve(tl.eye(2), X), errors.ShapeError),
    ("equations of integers", lambda: tl.linalg.solve(tl.eye(2, dtype=int), tl.arange(2)), errors.DTypeError),
    ("singular equations", lambda: tl.linalg.solve(tl.zeros((2, 2)), tl.ones(2)).numpy(), errors.DomainError),
    ("singular fractions", lambda: tl.linalg.inv(M2 * 0), errors.DomainError),
    ("not definite", lambda: tl.linalg.cholesky(-tl.eye(2)).numpy(), errors.DomainError),
    ("root of a fraction", lambda: tl.linalg.cholesky(M2), errors.ScalarError),
    ("nuclear norm", lambda: tl.linalg.norm(M, "nuc"), errors.ArgumentError),
    ("integers in equal steps", lambda: tl.linspace(0, 4, 5, dtype=int), errors.DTypeError),
    ("steps to infinity", lambda: tl.linspace(0, INF, 5), errors.ArgumentError),
    ("index along rows outside", lambda: tl.take_along_axis(M, tl.tensor([[3], [0]]), axis=1), errors.IndexingError),
    ("argmin of nothing", lambda: tl.argmin(tl.zeros(0)), errors.ShapeError),
    ("argmax of nothing", lambda: tl.argmax(tl.zeros(0)), errors.ShapeError),
    ("argmax along an empty axis", lambda: tl.argmax(tl.zeros((2, 0)), axis=1), errors.ShapeError),
    ("a compiled negative power", lambda: tl.compile(tl.pow)(tl.tensor([2]), tl.tensor([-1])), errors.DomainError),
    ("repeated argnums", lambda: tl.grad(lambda a, b: a * b, (0, -2))(1.0, 2.0), errors.ArgumentError),
    ("out_axes", lambda: tl.vmap(lambda a: a, out_axes=5)(M), errors.ArgumentError),
    ("root of a fraction", lambda: F**1.5, errors.ScalarError),
    ("fraction to a fraction", lambda: 2 ** (F / 3), errors.ScalarError),
    ("division by the fraction 0", lambda: 1 / (F - 2), errors.DomainError),
    ("batched index outside", lambda: tl.vmap(lambda r, k: r[k])(M, tl.tensor([0, 3])), errors.IndexingError),
    ("batched negative index outside", lambda: tl.vmap(lambda r, k: r[k])(M, tl.tensor([0, -4])), errors.IndexingError),
]  # fmt: skip


@pytest.mark.parametrize(("name", "compute", "wanted"), TAKEN, ids=[row[0] for row in TAKEN])
def test_taken(name: str, compute: Callable[[], Any], wanted: Any) -> None:
    assert np.array_equal(np.asarray(compute()), wanted)


@pytest.mark.parametrize(("name", "compute", "wanted"), EXACT, ids=[row[0] for row in EXACT])
def test_exact_scalars_stay_exact(name: str, compute: Callable[[], Any], wanted: list[Any]) -> None:
    got = list(np.asarray(compute(), dtype=object))
    assert got == wanted
    assert [type(x) for x in got] == [type(x) for x in wanted]


@pytest.mark.parametrize(("name", "compute", "kind"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refused(name: str, compute: Callable[[], Any], kind: type[errors.TlError]) -> None:
    with pytest.raises(kind):
        compute()


def test_determinants_of_singular_matrices() -> None:
    """The first derivative is the matrix of cofactors; of more than three rows the second one is refused."""
    matrix = tl.tensor(np.diag([2.0, 3.0, 5.0, 0.0]))
    np.testing.assert_allclose(tl.grad(tl.linalg.det)(matrix).numpy(), np.diag([0.0, 0, 0, 30]), atol=1e-12)
    with pytest.raises(errors.DomainError):
        tl.hessian(tl.linalg.det)(matrix).numpy()
    for small in (0.0, 1e-14, 1e-7):
        bent = tl.hessian(tl.linalg.det)(tl.tensor(np.diag([3.0, small, 0.0]))).numpy()
        assert bent[1, 1, 2, 2] == 3 and bent[1, 2, 2, 1] == -3 and bent[0, 0, 2, 2] == small
    flat = tl.hessian(tl.linalg.det)(tl.zeros((2, 2))).numpy().reshape(4, 4)
    np.testing.assert_array_equal(flat, np.fliplr(np.diag([1.0, -1, -1, 1])))


def test_one_singular_matrix_of_a_stack() -> None:
    stack = tl.tensor(np.stack([np.eye(2), np.zeros((2, 2))]))
    with tl.config(domain="ignore"):
        assert np.isfinite(tl.linalg.inv(stack).numpy()).tolist() == [[[True] * 2] * 2, [[False] * 2] * 2]


def test_powers_keep_their_exponent_visible() -> None:
    """∂²(x^y)/∂x∂y = x^(y-1)(1 + y·log x), also at y = 0 and y = 1; and the third derivative."""
    for x, y in ((2.0, 0.0), (2.0, 1.0), (3.0, 0.5)):
        mixed = x ** (y - 1) * (1 + y * np.log(x))
        hessian = tl.hessian(lambda v: v[0] ** v[1])(tl.tensor([x, y])).numpy()
        np.testing.assert_allclose(hessian[0, 1], mixed, rtol=1e-12)
        np.testing.assert_allclose(hessian[1, 0], mixed, rtol=1e-12)
    third = tl.grad(tl.grad(tl.grad(lambda x, y: x**y)), 1)(2.0, 1.0)
    np.testing.assert_allclose(third.numpy(), 0.5, rtol=1e-12)


def test_a_fault_stays_with_what_is_not_finite() -> None:
    faulty = tl.log(tl.tensor([1.0, -1.0]))
    chosen = tl.compile(lambda a: tl.where(tl.tensor([True, False]), a, 0.0))(faulty)
    assert chosen.tolist() == [0, 0]
    assert tl.compile(lambda a, b: a * 2)(tl.ones(2), faulty).tolist() == [2, 2]
    with pytest.raises(errors.DomainError):
        tl.compile(lambda a: a * 2)(faulty).numpy()
    with tl.config(domain="ignore"):
        assert np.isnan(faulty.numpy()[1])


def test_a_program_traced_inside_another_trace_keeps_nothing_of_it() -> None:
    weight = [tl.tensor(3.0)]
    inner = tl.compile(lambda a: a * weight[0])

    def loss(p: tl.Tensor) -> tl.Tensor:
        weight[0] = p
        return inner(tl.tensor(2.0))

    assert tl.grad(loss)(1.0).item() == 2
    weight[0] = tl.tensor(3.0)
    assert inner(tl.tensor(2.0)).item() == 6


def test_zeros_of_both_signs_are_different_programs() -> None:
    scale = tl.compile(lambda x, factor: x * factor)
    assert [np.signbit(scale(tl.tensor(1.0), z).item()) for z in (0.0, -0.0)] == [False, True]

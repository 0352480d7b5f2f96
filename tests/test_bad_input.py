"""Bad input: a coded, clear error; nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tl_dsl as tl
from tl_dsl import errors

X = tl.tensor([1.0, 2.0, 3.0])
M = tl.zeros((2, 3))
LEAKED: list[tl.Tensor] = []


def branching(x: tl.Tensor) -> tl.Tensor:
    return x if x > 0 else -x


def leak(x: tl.Tensor) -> tl.Tensor:
    LEAKED.append(x)
    return x * x


def use_leaked() -> tl.Tensor:
    tl.grad(leak)(1.0)
    return LEAKED[-1] + 1


def assign(x: tl.Tensor) -> None:
    x[0] = 5  # type: ignore[index]


BAD: list[tuple[str, Callable[[], Any], type[errors.TlError], str]] = [
    ("matmul", lambda: M @ M, errors.ShapeError, r"\[2, 3\].*\[2, 3\]"),
    ("broadcast", lambda: X + tl.zeros(2), errors.ShapeError, "broadcast"),
    ("reshape", lambda: M.reshape(4), errors.ShapeError, "6"),
    ("axis", lambda: M.sum(axis=2), errors.ShapeError, "axis"),
    ("concat", lambda: tl.concat([M, tl.zeros((2, 4))]), errors.ShapeError, "4"),
    ("squeeze", lambda: tl.squeeze(M, 0), errors.ShapeError, "size 1"),
    ("transpose of a vector", lambda: X.T, errors.ShapeError, "mT|permute_dims"),
    ("empty mean", lambda: tl.mean(tl.zeros(0)), errors.ShapeError, "elements"),
    ("empty max", lambda: tl.max(tl.zeros((0, 2)), axis=0), errors.ShapeError, "max"),
    ("index", lambda: X[3], errors.IndexingError, r"\[-3, 3\)"),
    ("index array", lambda: tl.take(X, tl.tensor([3]), axis=0), errors.IndexingError, "3"),
    ("float index", lambda: tl.take(X, X, axis=0), errors.DTypeError, "astype"),
    ("mask index", lambda: X[X > 1], errors.IndexingError, "where"),
    ("mixed kinds", lambda: X + tl.tensor([1, 2, 3]), errors.DTypeError, "astype"),
    ("float to an int tensor", lambda: tl.tensor([1]) * 0.5, errors.DTypeError, "Python float"),
    ("exp of ints", lambda: tl.exp(tl.tensor([1])), errors.DTypeError, "astype"),
    ("division of ints", lambda: tl.tensor([1]) / 2, errors.DTypeError, "astype"),
    ("logic of numbers", lambda: X & X, errors.DTypeError, "Bool"),
    ("complex", lambda: tl.tensor([1j]), errors.DTypeError, "complex"),
    ("strings", lambda: tl.tensor("text"), errors.DTypeError, "U4"),
    ("array operand", lambda: X + np.ones(3), errors.ArgumentError, r"tl\.tensor"),
    ("integer gradient", lambda: tl.grad(lambda n: n * 1.0)(tl.tensor(3)), errors.DifferentiationError, "int64"),
    ("boolean gradient", lambda: tl.grad(lambda n: n)(tl.tensor(True)), errors.DifferentiationError, "bool"),
    ("text gradient", lambda: tl.grad(lambda n: n)("x"), errors.DifferentiationError, "str"),
    ("vector gradient", lambda: tl.grad(lambda x: x * 2)(X), errors.DifferentiationError, "jacrev"),
    ("integer result", lambda: tl.grad(lambda x: tl.argmax(x))(X), errors.DifferentiationError, "floating"),
    ("numpy result", lambda: tl.grad(lambda x: np.zeros(2))(X), errors.ArgumentError, r"tl\.tensor"),
    ("argnums", lambda: tl.grad(lambda x: x)(1.0, argnums=3), TypeError, "."),
    ("argnums out of range", lambda: tl.grad(lambda x: x, 1)(1.0), errors.ArgumentError, "argnums"),
    ("tangent shape", lambda: tl.jvp(tl.exp, (X,), (M,)), errors.ShapeError, r"\[2, 3\]"),
    ("tangents as a tensor", lambda: tl.jvp(tl.exp, (X,), X), errors.DifferentiationError, r"\(x,\)"),
    ("cotangent shape", lambda: tl.vjp(tl.exp, X)[1](M), errors.ShapeError, r"\[2, 3\]"),
    ("cotangent structure", lambda: tl.vjp(tl.exp, X)[1]((X, X)), errors.ArgumentError, "tuple"),
    ("hvp of a vector", lambda: tl.hvp(tl.exp, (X,), (X,)), errors.DifferentiationError, "scalar"),
    ("vmap sizes", lambda: tl.vmap(tl.add)(X, tl.zeros(2)), errors.ShapeError, "2 and 3"),
    ("vmap axis", lambda: tl.vmap(tl.exp, in_axes=1)(X), errors.ShapeError, "axis 1"),
    ("branch", lambda: tl.grad(branching)(1.0), errors.TraceError, r"tl\.where"),
    ("float of a traced value", lambda: tl.grad(lambda x: x * float(x))(1.0), errors.TraceError, "traced"),
    ("numpy of a traced value", lambda: tl.grad(lambda x: x * x.numpy())(1.0), errors.TraceError, "traced"),
    ("escaped", use_leaked, errors.TraceError, "has_aux"),
    ("assignment", lambda: assign(X), errors.MutationError, r"tl\.where"),
    ("numpy function", lambda: np.exp(X), errors.NumpyCallError, r"tl\.exp"),
    ("numpy reduction", lambda: np.sum(X), errors.NumpyCallError, r"tl\.sum"),
    ("numpy concatenate", lambda: np.concatenate([X, X]), errors.NumpyCallError, r"tl\.concat"),
    ("array times tensor", lambda: np.ones(3) * X, errors.NumpyCallError, r"tl\.tensor"),
    ("array @ tensor", lambda: np.ones((2, 3)) @ X, errors.NumpyCallError, r"tl\.tensor"),
    ("log(-1)", lambda: tl.log(tl.tensor(-1.0)).numpy(), errors.DomainError, r"log\(-1\.0\)"),
    ("log(-1), shown", lambda: repr(tl.log(tl.tensor(-1.0))), errors.DomainError, r"log\(-1\.0\)"),
    ("log(-1), compiled", lambda: tl.compile(tl.log)(tl.tensor([1.0, -1.0])), errors.DomainError, r"index \[1\]"),
    ("log(0), summed", lambda: tl.compile(lambda x: tl.log(x).sum())(tl.tensor([1.0, 0.0])), errors.DomainError, "log"),
    ("1/0", lambda: tl.vmap(lambda x: 1 / x)(tl.tensor([1.0, 0.0])), errors.DomainError, "div"),
    ("sqrt'(0)", lambda: tl.grad(tl.sqrt)(0.0), errors.DomainError, "div"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "attempt", "kind", "pattern"), BAD, ids=[row[0] for row in BAD])
def test_bad_input(name: str, attempt: Callable[[], Any], kind: type[Exception], pattern: str) -> None:
    before = X.numpy().tolist()
    with pytest.raises(kind) as caught:
        attempt()
    assert re.search(pattern, str(caught.value)), str(caught.value)
    if issubclass(kind, errors.TlError):
        assert str(caught.value).rstrip().endswith(f"[{kind.code}]") or kind is errors.TlError
    assert X.numpy().tolist() == before
    assert tl.grad(lambda x: x * x)(3.0).item() == 6  # no trace was left open


def test_domain_error_names_the_line() -> None:
    def f(x: tl.Tensor) -> tl.Tensor:
        y = x * 2
        return tl.sum(tl.log(y))  # this line

    for attempt in (
        lambda: tl.value_and_grad(f)(tl.tensor([1.0, -1.0])),
        lambda: tl.compile(f)(tl.tensor([1.0, -1.0])),
    ):
        with pytest.raises(errors.DomainError) as caught:
            attempt()
        line = re.search(r"test_bad_input\.py:(\d+), in f", str(caught.value))
        assert line is not None, str(caught.value)
        with open(__file__, encoding="utf-8") as text:
            assert "this line" in text.read().splitlines()[int(line[1]) - 1]


def test_a_value_that_is_not_chosen_does_no_harm() -> None:
    def f(x: tl.Tensor) -> tl.Tensor:
        return tl.where(x > 0, tl.log(x), 0)

    x = tl.tensor([1.0, -1.0, 0.0])
    assert f(x).numpy().tolist() == [0, 0, 0]
    assert tl.compile(f)(x).numpy().tolist() == [0, 0, 0]
    assert tl.grad(lambda x: tl.sum(f(x)))(x[:2]).numpy().tolist() == [1, 0]


def test_what_is_not_finite_passes_through() -> None:
    x = tl.tensor([np.nan, np.inf, 1.0])
    doubled = (x * 2).numpy()
    assert np.isnan(doubled[0]) and doubled[1] == np.inf and doubled[2] == 2
    gradient = tl.grad(lambda x: tl.sum(x * x))(x).numpy()
    assert np.isnan(gradient[0]) and gradient[1] == np.inf and gradient[2] == 2


def test_what_follows_from_given_infinities_is_no_fault() -> None:
    for x, wanted in (([-np.inf, -np.inf], -np.inf), ([np.inf, 1.0], np.inf)):
        for logsumexp in (tl.logsumexp, tl.compile(tl.logsumexp)):
            assert logsumexp(tl.tensor(x)).item() == wanted
    assert tl.log(tl.exp(tl.compile(lambda x: x * 2)(tl.tensor(-np.inf)))).item() == -np.inf


def test_domain_errors_can_be_ignored() -> None:
    with tl.config(domain="ignore"):
        assert np.isnan(tl.log(tl.tensor(-1.0)).numpy())
        assert tl.grad(tl.sqrt)(0.0).item() == np.inf
    with pytest.raises(ValueError), tl.config(domain="perhaps"):
        pass


def test_numpys_scalars_count_as_python_scalars() -> None:
    x = tl.tensor([1.0, 2.0], dtype=np.float32)
    for y in (np.float64(2) * x, x * np.float64(2), np.sqrt(4.0) * x):
        assert y.dtype == np.float32
        assert y.numpy().tolist() == [2, 4]
    assert np.shape(x) == (2,)

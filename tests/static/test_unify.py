"""Matching shapes of a signature with shapes of a call, without mypy."""

from __future__ import annotations

from tl_checker.shapes.sizes.unify import TRANSPOSED, Bindings

from tl_dsl.dims import UNKNOWN, Dim
from tl_dsl.shapes import Star

N, M, B = Dim.name("n", "f"), Dim.name("m", "f"), Star("f:b")
OUTER, VALUE = Dim.name("k", "g"), Dim.name("{k}", "g")
FREE = frozenset({"f:n", "f:m", "*f:b"})


def test_names_bind_from_left_to_right_and_expressions_never() -> None:
    call = Bindings(FREE)
    call.shape((N + M, N), (7, 3), "argument 1")
    call.shape((M,), (4,), "argument 2")
    call.solve()
    assert not call.errors and call.result((N * M,)) == (12,)
    assert call.bindings() == "n=3 from argument 1, m=4 from argument 2"


def test_a_contradiction_names_the_binding() -> None:
    call = Bindings(FREE)
    call.shape((N, N), (OUTER, OUTER + 1), "argument 1 (x)")
    (error,) = call.errors
    assert error.rule == "axis 1 (n) of argument 1 (x) must be k" and error.got == "k+1"
    assert error.bindings == "n=k from argument 1 (x)"


def test_a_transpose_is_suggested_where_it_fits() -> None:
    for bound, suggestion in ((OUTER, TRANSPOSED), (OUTER + 1, "")):
        call = Bindings(FREE)
        call.shape((N,), (bound,), "x")
        call.shape((N, M), (3, OUTER), "y")
        assert [error.suggestion for error in call.errors] == [suggestion]


def test_runs_of_axes() -> None:
    call = Bindings(FREE)
    call.shape((B, N), (2, OUTER, 3), "x")
    call.shape((N, B), (3, 2, OUTER), "y")
    assert not call.errors and call.result((B, N, N)) == (2, OUTER, 3, 3)
    call.shape((B,), (2,), "z")
    assert len(call.errors) == 1


def test_what_is_not_known_fits_everything() -> None:
    call = Bindings(FREE)
    call.shape((N, N, M), (UNKNOWN, 3, UNKNOWN), "x")
    call.shape((N, M), (3, 9), "y")
    call.shape((B, N), (Star(),), "z")
    assert not call.errors and call.result((N, M, B)) == (3, 9, Star())
    assert Bindings(FREE).result((N, 2)) == (UNKNOWN, 2)


def test_values_of_arguments_are_not_held_against_axes() -> None:
    call = Bindings(FREE)
    call.shape((N, N), (OUTER, VALUE), "x")
    assert not call.errors
    call.shape((N,), (VALUE + 1,), "y")
    assert not call.errors
    values = Bindings(FREE)
    values.shape((N, N), (VALUE, VALUE + 1), "x")
    assert len(values.errors) == 1

"""Shape strings: what is read, and that we refuse exactly what jaxtyping refuses."""

from __future__ import annotations

import numpy as np
import pytest
from jaxtyping import Float

from tl_dsl.dims import UNKNOWN, Dim, substitute
from tl_dsl.errors import AnnotationError, LostShape, ShapeError
from tl_dsl.shapes import (
    Shape,
    Star,
    broadcast_shapes,
    index_shape,
    matmul_shape,
    parse_shape,
    reshape_shape,
    show_shape,
)

GOOD = {
    "": "[]",
    "n": "[n]",
    "3 n": "[3, n]",
    "*b n": "[*b, n]",
    "... 3": "[..., 3]",
    "_ n _x": "[?, n, ?]",
    "*_b 2": "[..., 2]",
    "#n": "[#n]",
    "*#b 3": "[*#b, 3]",
    "rows=4 cols=m": "[4, m]",
    "2*n n//2 n%3": "[2*n, (n//2), n%3]",
    "(n+1)*(n-1)": "[n**2-1]",
    "{k} {self.n+1}": "[?, ?]",
    "min(n,m)": "[min(m,n)]",
    "max(n,m)": "[?]",
    "?n": "[?]",
}
BAD = [
    "n, m",
    "n#",
    "*4",
    "_4",
    "?4",
    "*a *b",
    "... *a",
    "_n+1",
    "*n+1",
    "?n+1",
    "##n",
    "**n",
    "__n",
    "??n",
    "#_",
]


@pytest.mark.parametrize(("text", "shown"), GOOD.items())
def test_good(text: str, shown: str) -> None:
    assert show_shape(parse_shape(text, "f").shape()) == shown
    assert Float[np.ndarray, text]


@pytest.mark.parametrize("text", BAD)
def test_bad(text: str) -> None:
    with pytest.raises(AnnotationError, match=r"ax|stand|cannot") as caught:
        parse_shape(text)
    assert "column" in caught.value.got
    with pytest.raises(ValueError):
        Float[np.ndarray, text]


def test_columns_and_names() -> None:
    tokens = parse_shape("n  *b 2*m+k").tokens
    assert [token.column for token in tokens] == [0, 3, 6]
    assert [sorted(token.names) for token in tokens] == [["n"], [], ["k", "m"]]


def test_names_can_mean_other_axes() -> None:
    hidden = Dim.name("hidden", "pkg.Mlp")
    assert parse_shape("hidden+1 n", "pkg.Mlp.f").shape({"hidden": hidden}) == (hidden + 1, Dim.name("n", "pkg.Mlp.f"))


B, C, N, K = Star(":b"), Star(":c"), Dim.name("n"), Dim.name("k")


def test_variadic_parts() -> None:
    assert broadcast_shapes((B, N), (N,)) == (B, N)
    assert broadcast_shapes((B, N, K), (B, N, 1)) == (B, N, K)
    assert broadcast_shapes((Star(), N), (K, N)) == (Star(), N)
    assert matmul_shape((B, N, K), (B, K, 3)) == (B, N, 3)
    assert matmul_shape((B, K), (K, 3)) == (B, 3)
    cases: list[tuple[Shape, Shape]] = [((B, N), (B,)), ((B,), (C,)), ((B, N), (K, N))]
    for left, right in cases:
        with pytest.raises(ShapeError):
            broadcast_shapes(left, right)
    with pytest.raises(LostShape):
        broadcast_shapes((B,), (1,))


def test_an_unknown_size_is_never_accused() -> None:
    assert broadcast_shapes((UNKNOWN, UNKNOWN), (N, 3)) == (UNKNOWN, 3)
    assert matmul_shape((N, UNKNOWN), (K, 3)) == (N, 3)
    assert reshape_shape((UNKNOWN, N), (K, 3)) == (K, 3)


C = Star(":c")
Q, W = Dim.name("q"), Dim.name("w")


@pytest.mark.parametrize(
    ("shape", "new", "wanted"),
    [
        ((B, N, K), (B, K, N), (B, K, N)),
        ((B, 12), (B, 3, -1), (B, 3, 4)),
        ((B, 12), (3, 4, B), (3, 4, B)),
        ((UNKNOWN, 12), (B, 12), (B, 12)),
        ((Star(), 12), (B, 3), (B, 3)),
        ((B, UNKNOWN), (C, 3), (C, 3)),
        ((B, UNKNOWN), (B, N, K), (B, N, K)),
    ],
)
def test_reshape_to_the_axes_of_another_tensor(shape: Shape, new: Shape, wanted: Shape) -> None:
    assert reshape_shape(shape, new) == wanted


@pytest.mark.parametrize(
    ("shape", "new"),
    [
        ((B, N, N), (N, Q, W, B)),
        ((B, N), (B, N, 2)),
        ((B, N), (C, N)),
        ((N, K), (B, N)),
        ((B, 12), (B, 5, -1)),
        ((B, N), (B, B, N)),
    ],
)
def test_reshape_keeps_the_number_of_elements_beside_a_run(shape: Shape, new: Shape) -> None:
    with pytest.raises(ShapeError, match="number of elements"):
        reshape_shape(shape, new)


def test_a_size_that_minus_one_would_fix_is_lost() -> None:
    for shape, new in (((3, 4), (N, -1)), ((2, 1), (N - 1, -1, 2))):
        with pytest.raises(LostShape, match="-1 is filled in only where"):
            reshape_shape(shape, new)


def test_the_message_suggests_a_transpose() -> None:
    with pytest.raises(ShapeError) as caught:
        matmul_shape((B, N, K), (B, 7, K))
    assert "right operand: .mT" in str(caught.value)


@pytest.mark.parametrize("step", [2, 3, 7, -1, -2, -3])
def test_every_so_many_elements_of_an_axis(step: int) -> None:
    (length,) = index_shape((N,), (slice(None, None, step),))
    for size in range(1, 12):
        assert substitute(length, {":n": size}) == len(range(size)[::step])

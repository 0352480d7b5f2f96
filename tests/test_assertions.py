"""`assert_shape` on values: what it takes, what it refuses, and in whose scope its names stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from beartype import beartype
from jaxtyping import Float, jaxtyped

import tl_dsl as tl
from tl_dsl.errors import AnnotationError, ArgumentError, ShapeError

FITS = [
    ((3, 4), "n 4"),
    ((3, 3), "n n"),
    ((), ""),
    ((2, 3, 4), "*b 4"),
    ((3, 6), "n 2*n"),
    ((3, 4), "... _"),
    ((5,), "n=5"),
]
MISFITS = [((3, 4), "n 5"), ((3, 4), "n n"), ((3,), ""), ((3,), "n m"), ((3, 5), "n 2*n"), ((4,), "*b 2 4")]
MAKERS: list[Callable[[tuple[int, ...]], Any]] = [tl.ones, np.ones]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(("shape", "text"), FITS)
def test_what_fits_is_given_back(make: Callable[[tuple[int, ...]], Any], shape: tuple[int, ...], text: str) -> None:
    x = make(shape)
    assert tl.assert_shape(x, text) is x


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(("shape", "text"), MISFITS)
def test_what_does_not_fit(make: Callable[[tuple[int, ...]], Any], shape: tuple[int, ...], text: str) -> None:
    with pytest.raises(ShapeError) as caught:
        tl.assert_shape(make(shape), text)
    assert caught.value.wanted == f'"{text}"' and "[" in caught.value.got


def test_traced_tensors() -> None:
    assert tl.grad(lambda x: tl.sum(tl.assert_shape(x, "n")))(tl.ones(3)).shape == (3,)
    with pytest.raises(ShapeError):
        tl.grad(lambda x: tl.sum(tl.assert_shape(x, "4")))(tl.ones(3))


@pytest.mark.parametrize("text", ["n, m", "*a *b", "n+1"])
def test_strings_that_cannot_be_read(text: str) -> None:
    with pytest.raises(AnnotationError):
        tl.assert_shape(tl.ones((3, 4)) if "," in text else tl.ones(3), text)


def test_what_has_no_shape() -> None:
    with pytest.raises(ArgumentError):
        tl.assert_shape(3.0, "")


def rows_of(x: Float[np.ndarray, "n m"], y: np.ndarray) -> np.ndarray:
    [tl.assert_shape(y, "n _") for _ in range(2)]
    return unchecked(y)


def unchecked(y: np.ndarray) -> np.ndarray:
    """Nobody checks this function: its n is not its caller's."""
    return tl.assert_shape(y, "_ n")


@pytest.mark.parametrize(
    "decorator", [tl.typed, jaxtyped(typechecker=beartype), lambda f: jaxtyped(beartype(f), typechecker=None)]
)
def test_names_are_the_axes_of_the_function_that_is_checked(decorator: Any) -> None:
    checked = decorator(rows_of)
    checked(np.ones((3, 2)), np.ones((3, 5)))
    with pytest.raises(ShapeError) as caught:
        checked(np.ones((3, 2)), np.ones((5, 3)))
    assert caught.value.bindings == "n=3"
    rows_of(np.ones((3, 2)), np.ones((5, 3)))  # not checked: each string stands alone

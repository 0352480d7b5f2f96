"""Printed types read back: which differences mypy is right to report, and as what."""

from __future__ import annotations

import pytest
from tl_checker.shapes.annotations.type_text import compatible, differs_in, quoted, readable

T, D = "tl_dsl.tensor.Tensor", "tl_dsl.dtypes."


@pytest.mark.parametrize(
    ("got", "wanted", "may_be"),
    [
        ("Tensor[Float, n, 3]", "Tensor[Float, n, 3]", True),
        ("Tensor[Float, n, int]", "Tensor[Float, n, 3]", True),
        ("Tensor[Float, Any]", "Tensor[Float, n]", True),
        ("Tensor[Float, *tuple[Any, ...]]", "Tensor[Float, n, m]", True),
        ("Tensor[Float, *tuple[Never, ...]] | Tensor[Float, *b, n]", "Tensor[Float, *b, n]", True),
        ("Tensor[Float64, n]", "Tensor[Float, n]", True),
        ("Tensor[Float, n]", "Tensor[Float64, n]", False),
        ("Tensor[Int, n]", "Tensor[Float, n]", False),
        ("Tensor[Float, n]", "Tensor[Float, m]", False),
        ("Tensor[Float, n]", "Tensor[Float, n, m]", False),
        ("Tensor[Float, n] | Tensor[Float, 3]", "Tensor[Float, n]", False),
        ("Tensor[Float, n] | None", "Tensor[Float, n] | None", True),
        ("list[Tensor[Float, int]]", "list[Tensor[Float, 3]]", True),
        ("list[Tensor[Float, 4]]", "list[Tensor[Float, 3]]", False),
        ("Linear[784, 128]", "Linear[int, int]", True),
        ("Linear[784, 128]", "Linear[784, 127]", False),
        ("Tensor[Float, {n}]", "Tensor[Float, m]", True),
        ("Tensor[Float, m]", "Tensor[Float, {n}]", False),
        ("Tensor[Float, m]", "Tensor[Float, {self.n}]", True),
        ("Tensor[Float, {n}]", "Tensor[Float, {m}]", False),
        ("Tensor[Float, n@inner]", "Tensor[Float, n]", True),
        ("Tensor[Float, n@inner]", "Tensor[Float, m@inner]", False),
        ("str", "Tensor[Float, n]", False),
    ],
)
def test_compatible(got: str, wanted: str, may_be: bool) -> None:
    assert compatible(got, wanted) is may_be


def test_names_of_a_parameter_take_any_size() -> None:
    assert compatible("Tensor[Float, 3]", "Tensor[Float, a]", names_bind=True)
    assert not compatible("Tensor[Float, 3, 4]", "Tensor[Float, a]", names_bind=True)


def test_the_code_says_what_differs() -> None:
    assert differs_in("Tensor[Int, n]", "Tensor[Float, n]") == "tensor-dtype"
    assert differs_in("Tensor[Float, n]", "Tensor[Float, m]") == "tensor-shape"


def test_messages_are_made_readable() -> None:
    message = f'Incompatible return value type (got "{T}[{D}Float, n]", expected "{T}[Any, *tuple[Any, ...]]")'
    assert len(quoted(message)) == 2
    assert readable(message) == 'Incompatible return value type (got "Tensor[Float, n]", expected "Tensor")'

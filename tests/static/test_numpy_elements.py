"""The element types in the shape file of numpy against numpy: what a rule names has to be what numpy gives."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from tl_checker.shapes.annotations.promotion import named
from tl_checker.shapes.facts.values import TensorValue
from tl_checker.shapes.libraries.library_calls import given_by
from tl_checker.shapes.operations.arguments import IllTyped

from tests.static.against import rows
from tests.static.test_numpy_rules import FORMS, ROWS
from tl_dsl.dtypes import DType
from tl_dsl.errors import TlError

ONE = """
exp; exp2; log; sqrt; cbrt; sin; arctan; sinc; degrees; i0; negative; positive; sign; square; conj; floor; ceil; trunc;
rint; invert; fabs; reciprocal; nan_to_num; fix; spacing; absolute; real; imag; isnan; isreal; signbit; logical_not;
round; angle
"""
TWO = """
add; subtract; multiply; power; maximum; fmax; remainder; fmod; floor_divide; heaviside; nextafter; copysign;
true_divide; float_power; hypot; arctan2; logaddexp; less; logical_and; isclose; equal
"""
OF_INTEGERS = "bitwise_and; left_shift; gcd"
MORE = """
np.clip(a, 0, 1); np.clip(a, 0.0, 1.0); np.clip(a, b, None); np.clip(a, min=0.5); np.where(a > 0, a, b);
np.where(a, 1.0, 0); np.where(v, v, u); np.interp(a, v, v); np.einsum('ij->j', a); np.einsum('ij,jk->ik', a, b);
np.full_like(a, 0.5); np.zeros_like(a); np.zeros_like(a, dtype=np.float32); np.mean(a, dtype=np.float32); np.diff(a);
np.max(a); np.min(a); np.outer(v, u); np.cross(v, u); np.inner(a, a); np.array([a, b]); np.median(v); np.gradient(v);
np.nanmax(a); np.linspace(v, u, 3); np.searchsorted(v, u); np.digitize(u, v); np.std(a, axis=0); np.polyfit(v, u, 1);
np.concatenate([a, b], dtype=np.float64); np.diff(a, prepend=0.0); np.diff(a, prepend=0); np.diff(v, append=u);
np.block([v, 1.0]); np.block([v, True]); np.block([[a], [b]]); np.add.outer(a, 1.0); np.add.outer(a, 1);
np.divmod(a, b); np.divmod(a, 2); np.bitwise_count(a); np.select([v, u], [v, u], 0.0); np.bincount([1, 2, 1], v);
np.bincount([1, 2]); np.unpackbits(v); np.polynomial.polynomial.polyval(v, u); np.fromiter(v, np.float32, 3);
np.choose([0, 1, 1], [v, u]); np.r_[v, 1.0]; np.r_[0:4, v]; np.r_[0.0, 1]; np.c_[v, u]; np.mgrid[0:3, 0:2];
np.mgrid[0:1:3j]; np.ogrid[0:3, 0:1]
"""
OPERATORS = """
a + b; a - b; a * b; a / b; a // b; a % b; a ** b; a @ b; a & b; a << b; -a; abs(a); a < b; a ** 2; a / 2; a * 0.5;
a ** 2.0; a ** True; a // 2; a.clip(0.0, 1.0); a.round(); a.mean(axis=0); a.sum(axis=0); a.conj(); a.std(axis=0);
a.cumsum()
"""
KINDS = ("int8", "int32", "int64", "uint8", "bool", "float16", "float32", "float64", "complex128")
NAMED = {kind: named(np.dtype(kind)) for kind in KINDS}
SHAPES = {"a": (2, 2), "b": (2, 2), "u": (3,), "v": (3,)}
MISFITS = {
    *("np.polyfit(u, b, 1)", "np.where(a, b, v)", "np.squeeze(a, i)", "np.cross(a, b)", "np.linalg.tensorsolve(a, v)"),
    *("np.block([[a, 1.0], [v]])", "np.c_[0:k, v]", "np.c_[a, v]", "np.r_[v, a]"),
    *("np.dsplit(a, 2)", "np.copyto(a, b)", "np.put_along_axis(a, np.argsort(a, axis=i), b, axis=i)"),
}
"""Rows of the shapes that numpy refuses for these, or that give nothing."""
LEFT_OPEN = {f"np.histogram({given})" for given in ("a", "a, bins=k", "a, bins=np.arange(4.0)")} | {
    *("np.broadcast_arrays(a, b)", "np.frexp(a)", "np.histogram_bin_edges(a, k)", "np.poly(a)", "np.poly(v)"),
    *("np.histogram_bin_edges(a, np.arange(4.0))", "np.polyder(v, k)"),
}
"""Rows of which each part has a type of its own: none is named."""


class Array:
    """An array of which the element type is known; it stands for a TensorValue in expressions."""

    def __init__(self, value: TensorValue) -> None:
        self.value = value

    def __getattr__(self, name: str) -> Any:
        return Rules(f"numpy.ndarray.{name}", self)


def _operator(name: str) -> Any:
    return lambda self, *others: Rules(f"numpy.ndarray.{name}", self)(*others)


for _name in rows("add; sub; mul; truediv; floordiv; mod; pow; matmul; and; lshift; neg; abs; lt; gt"):
    setattr(Array, f"__{_name}__", _operator(f"__{_name}__"))


class Rules:
    """numpy's names, for the rules: what is called gives what is known of the result."""

    def __init__(self, name: str = "numpy", *receiver: Any) -> None:
        self._name, self._receiver = name, receiver

    def __getitem__(self, key: Any) -> Any:
        return Rules(f"{self._name}.__getitem__")(key)

    def __getattr__(self, name: str) -> Any:
        return NAMED.get(name) or Rules(f"{self._name}.{name}")

    def __call__(self, *positional: Any, **named: Any) -> Any:
        given = [_value(value) for value in (*self._receiver, *positional)]
        values = {name: _value(value) for name, value in named.items()}
        return _array(*given_by(FORMS[self._name], given, values)[:2])


def _value(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(map(_value, value))
    return value.value if isinstance(value, Array) else value


def _array(found: Any, dtype: type[DType]) -> Any:
    if isinstance(found, (list, tuple)):
        return type(found)(_array(item, dtype) for item in found)
    return Array(TensorValue(found.shape, dtype)) if isinstance(found, TensorValue) else found


def _first(value: Any) -> Any:
    return _first(value[0]) if isinstance(value, (list, tuple)) and value else value


def _element_types(row: str) -> Iterator[dict[str, str]]:
    """Element types of a and v, and of b and u where the row has these."""
    both = any(f"{name}" in row.replace("np.", "").replace("cum", "") for name in ("b", "u"))
    for first, second in itertools.product(NAMED, repeat=2):
        if both or first == second:
            yield {"a": first, "v": first, "b": second, "u": second}


@pytest.mark.parametrize(
    "row",
    [
        *(f"np.{name}(a)" for name in rows(ONE)),
        *(f"np.{name}(a, {other})" for name in rows(TWO) for other in ("b", "2", "0.5")),
        *(f"np.{name}(a, {other})" for name in rows(OF_INTEGERS) for other in ("b", "2")),
        *rows(MORE),
        *rows(OPERATORS),
        *sorted({*rows(ROWS)} - MISFITS),
    ],
)
def test_an_element_type_that_is_named_is_that_of_numpy(row: str) -> None:
    claims = compared = 0
    for kinds in _element_types(row):
        known = _claimed(row, {k: Array(TensorValue(SHAPES[k], NAMED[kind])) for k, kind in kinds.items()})
        found = _found(row, {k: _numbers(SHAPES[k]).astype(kind) for k, kind in kinds.items()})
        if known is not None and found is not None:
            compared += 1
            claims += known is not DType
            assert issubclass(named(found), known), f"{row} of {kinds}: the rule says {known.__name__}, numpy {found}"
    assert compared, f"{row} is never compared"
    assert claims or row in LEFT_OPEN, f"{row} is never decided"


def _claimed(row: str, arrays: dict[str, Any]) -> type[DType] | None:
    """The element type by the rules; None where they refuse the call, or leave the shape open."""
    try:
        known = _first(eval(row, {"np": Rules(), "i": 0, "k": 2} | arrays))
    except (TlError, IllTyped):
        return None
    return known.value.dtype if isinstance(known, Array) else DType


def _found(row: str, arrays: dict[str, Any]) -> np.dtype[Any] | None:
    """The element type by numpy; None where it refuses the call."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.asarray(_first(eval(row, {"np": np, "i": 0, "k": 2} | arrays))).dtype
    except (TypeError, ValueError, IndexError, np.linalg.LinAlgError):
        return None


def _numbers(shape: tuple[int, ...]) -> Any:
    return np.eye(*shape) * 3 + 1 if len(shape) == 2 else np.arange(shape[0]) + 1

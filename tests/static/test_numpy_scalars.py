"""Whether a result without axes is an array or a scalar: what the shape files say against numpy.

Only an array satisfies `Float[np.ndarray, ""]`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tl_checker.shapes.facts.values import ScalarValue, TensorValue
from tl_checker.shapes.libraries.library_calls import given_by

from tests.static.against import rows
from tests.static.test_numpy_rules import FORMS
from tl_dsl import dtypes

GIVEN = {
    "s": np.float64(0.5),
    "z": np.array(0.5),
    "v": np.array([0.5, 0.25, 0.125]),
    "w": 2 * np.eye(3),
    "o": np.ones((1, 1)),
}
ROWS = """
np.exp(s); np.exp(z); np.add(s, z); np.add(z, z); np.negative(z); np.absolute(z); np.real(s); np.real(z); np.imag(z);
np.isnan(z); np.round(z); np.round(s); np.clip(z, 0.0, 1.0); np.clip(s, 0.0, 1.0); np.sinc(z); np.i0(s); np.i0(z);
np.isin(s, v); np.isin(z, v); np.nan_to_num(z); np.nan_to_num(s); np.where(s, s, s); np.where(z, 1.0, 2.0);
np.copy(s); np.copy(z); np.asarray(s); np.asarray(z); np.array(s); np.array(z); np.array(1.0); np.asanyarray(s);
np.asarray_chkfinite(s); np.require(s); np.real_if_close(s); np.zeros_like(s); np.zeros_like(z); np.ones_like(s);
np.full_like(s, 2.0); np.empty_like(s); np.zeros(()); np.full((), s); np.reshape(s, ()); np.reshape(z, ());
np.reshape(o, ()); np.squeeze(s); np.squeeze(z); np.squeeze(o); np.transpose(s); np.transpose(z); np.transpose(z, ());
np.broadcast_to(s, ()); np.broadcast_to(z, ()); np.block(s); np.block(z); np.tile(z, ()); np.tile(s, ());
np.take(v, 0); np.take(v, z > 2); np.trace(w); np.kron(s, s); np.kron(z, z); np.dot(v, v); np.dot(z, z);
np.inner(v, v); np.vdot(w, w); np.matmul(v, v); np.vecdot(v, v); np.tensordot(w, w); np.tensordot(v, v, 1);
np.linalg.tensordot(w, w); np.linalg.trace(w); np.linalg.norm(w); np.linalg.det(w); np.linalg.cond(w);
np.einsum('i,i->', v, v); np.cov(v); np.cov(z); np.corrcoef(v); np.lexsort(v); np.sum(v); np.sum(z); np.mean(s);
np.max(z); np.argmax(v); np.median(v); np.quantile(v, 0.5); np.ptp(v); np.average(v); np.trapezoid(v);
np.count_nonzero(v); np.searchsorted(v, s); np.digitize(s, v); np.interp(s, v, v); np.fft.fftn(z); np.cumsum(z);
np.polyval(v, s); np.polyval(v, z); np.piecewise(z, [z > 2], [1.0]); np.select([z > 2], [z]); np.flip(z);
z.clip(0.0, 1.0); z.round(); z.copy(); z.astype(np.float32); z.conj(); z.view(); z.byteswap(); z.reshape(());
o.reshape(()); o.squeeze(); z.squeeze(); z.transpose(); z.sum(); v.sum(); v.dot(v); z.dot(z); w.trace(); o.trace();
v.argmax(); v.searchsorted(s); v.take(0); v.mean(); z.mean(); v.max(); z.max(); z.__add__(z); z.__neg__(); z.__abs__();
v.__matmul__(v); np.random.normal(0.0, 1.0, ()); np.random.standard_normal(()); np.random.choice(v, ());
np.random.choice(v); np.random.random(())
"""


class Rules:
    """numpy, a function in it or a method, by name: a call is what the rules say of it."""

    def __init__(self, name: str, *before: Any) -> None:
        self._name, self._before = name, before

    def __getattr__(self, name: str) -> Any:
        return dtypes.Float32 if name == "float32" else Rules(f"{self._name}.{name}", *self._before)

    def __call__(self, *given: Any) -> tuple[Any, Any, bool]:
        return given_by(FORMS[self._name], [_value(each) for each in (*self._before, *given)], {})

    def __gt__(self, other: object) -> Any:
        return TensorValue((), dtypes.Bool)


def _value(given: Any) -> Any:
    if isinstance(given, list):
        return [_value(item) for item in given]
    return given._before[0] if isinstance(given, Rules) and given._before else given


def _known(value: Any) -> Rules:
    kind: Callable[..., TensorValue] = TensorValue if isinstance(value, np.ndarray) else ScalarValue
    return Rules("numpy.ndarray", kind(np.shape(value), dtypes.Float64))


@pytest.mark.parametrize("row", rows(ROWS))
def test_scalar_or_array(row: str) -> None:
    real = eval(row, {"np": np, **GIVEN})
    found, _, keeps = eval(row, {"np": Rules("numpy"), **{name: _known(value) for name, value in GIVEN.items()}})
    assert np.shape(real) == found.shape
    if found.shape == ():
        assert (keeps and not isinstance(found, ScalarValue)) == isinstance(real, np.ndarray)

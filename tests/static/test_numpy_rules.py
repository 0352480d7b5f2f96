"""The shape file of numpy against numpy: calls on arrays of drawn shapes, those that numpy refuses among them.

Each row is evaluated twice, with numpy and with the rules. What the rules give has to be what numpy gives, but for what
they leave open; what numpy refuses because of shapes they may refuse, and what they refuse numpy has to refuse.
"""

from __future__ import annotations

import itertools
import random
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tl_stubs
from tl_checker.shapes.arguments import IllTyped
from tl_checker.shapes.libraries import Form, read_library
from tl_checker.shapes.library_calls import shapes_given
from tl_checker.shapes.values import TensorValue

from tl_dsl import dtypes
from tl_dsl.dims import UNKNOWN
from tl_dsl.errors import LostShape, TlError
from tl_dsl.shapes import Star

FILES = sorted(Path(next(iter(tl_stubs.__path__))).glob("numpy*.pyi"))
FORMS: dict[str, list[Form]] = {name: forms for path in FILES for name, forms in read_library(path).items()}
DRAWS = 60

ROWS = """
np.absolute(a); np.isreal(a); np.iscomplex(a); np.real(a); np.imag(a); np.angle(a); np.unwrap(a); np.fix(a);
np.spacing(a); np.isnan(a); np.exp(a); np.negative(a); np.round(a); np.nan_to_num(a); np.matvec(a, b);
np.vecmat(a, b); np.isin(a, b); np.digitize(a, v); np.searchsorted(v, a); np.quantile(a, 0.5);
np.quantile(a, 0.5, axis=i); np.quantile(a, [0.1, 0.9], axis=0, keepdims=True);
np.percentile(a, np.ones((2, 3)), axis=i); np.median(a, axis=i); np.ptp(a, axis=i); np.std(a, axis=i);
np.trapezoid(a); np.trapezoid(a, axis=i); np.trapezoid(a, a); np.average(a, axis=i); np.cumulative_sum(v);
np.cumulative_sum(a, axis=i, include_initial=True); np.cumsum(a, axis=i); np.broadcast_arrays(a, b);
np.unstack(a); np.unstack(a, axis=i); np.ediff1d(a); np.diff(a, axis=i); np.ediff1d(v, to_end=v);
np.delete(a, 0); np.delete(a, 0, axis=0); np.insert(v, 0, 1.0); np.roll(a, i); np.resize(a, (2, 3));
np.partition(a, 0); np.argpartition(a, 0, axis=None); np.lexsort(a); np.nonzero(a); np.flatnonzero(a);
np.argwhere(a); np.tril_indices(k); np.triu_indices(k, 1); np.tril_indices(3, m=k); np.indices((k, 2));
np.meshgrid(v); np.meshgrid(v, a); np.meshgrid(v, v, a); np.meshgrid(v, a, indexing='ij');
np.meshgrid(v, u, v, indexing='ij'); np.correlate(v, u); np.correlate(v, u, mode='full');
np.correlate(v, u, mode='same'); np.histogram(a); np.histogram(a, bins=k);
np.histogram(a, bins=np.arange(4.0)); np.polyfit(v, v, 1); np.polyfit(u, b, 1); np.polyval(v, a);
np.linalg.eigh(a); np.linalg.eig(a); np.linalg.eigvals(a); np.linalg.svd(a); np.linalg.svdvals(a);
np.linalg.svd(a, full_matrices=False); np.linalg.svd(a, compute_uv=False); np.linalg.qr(a);
np.linalg.qr(a, mode='complete'); np.linalg.qr(a, mode='r'); np.linalg.lstsq(a, b, rcond=None);
np.linalg.slogdet(a); np.linalg.cond(a); np.linalg.cross(np.ones((2, 3)), np.ones((k, 3)));
np.linalg.vecdot(a, b); np.linalg.trace(a); np.linalg.tensordot(a, b, axes=1); np.linalg.matrix_norm(a);
np.linalg.norm(a, axis=i); np.fft.fft(a); np.fft.fft(a, axis=i); np.fft.rfft(a); np.fft.rfft(a, n=k);
np.fft.irfft(a); np.fft.irfft(a, n=k, axis=i); np.fft.fft2(a); np.fft.fftn(a);
np.fft.fftn(a, s=(k, 2), axes=(0, 1)); np.fft.fftfreq(k); np.fft.rfftfreq(k); np.fft.fftshift(a);
np.fft.fftshift(a, axes=i); np.stack([a, b]); np.stack([a, a], axis=i); np.concatenate([a, b]);
np.concatenate([a, b], axis=i); np.vstack([a, b]); np.hstack([a, b]); np.dstack([a, b]);
np.column_stack([a, b]); np.append(a, b); np.add(a, b); np.where(a, b, v); np.matmul(a, b); np.dot(a, b);
np.inner(a, b); np.outer(a, b); np.vdot(a, b); np.kron(a, b); np.tensordot(a, b); np.trace(a); np.cross(a, b);
np.sum(a, axis=i); np.vecdot(a, b); np.max(a, axis=i); np.argmax(a, axis=i); np.any(a, axis=i);
np.sort(a, axis=i); np.reshape(a, (k, -1)); np.ravel(a); np.transpose(a); np.swapaxes(a, i, 0);
np.moveaxis(a, i, 0); np.expand_dims(a, i); np.squeeze(a); np.squeeze(a, i); np.broadcast_to(a, (k, 2));
np.tile(a, k); np.tile(a, (2, k)); np.repeat(a, k); np.repeat(a, k, axis=i); np.flip(a, i); np.fliplr(a);
np.rot90(a); np.split(a, 2, axis=i); np.array_split(v, 2); np.hsplit(a, 2); np.vsplit(a, 2);
np.take(a, [0, 0], axis=i); np.diag(a); np.diag(v, k); np.diagonal(a); np.tril(a); np.gradient(v);
np.convolve(v, u); np.vander(v); np.linalg.inv(a); np.linalg.solve(a, b); np.linalg.det(a); np.linalg.pinv(a);
np.linalg.norm(a); np.linalg.matrix_power(a, 2); np.linalg.multi_dot([a, b]); np.linalg.outer(u, v);
np.linalg.vector_norm(a); np.atleast_2d(a); np.atleast_1d(a); np.argsort(a, axis=i);
np.count_nonzero(a, axis=i); np.cov(a); np.linspace(0.0, a, k); np.eye(k); np.tri(k, 2); np.full((k, 2), 1.0);
np.cumprod(a, axis=i); np.take(a, 0, axis=i); np.var(a, axis=i); np.mean(a, axis=i); np.ptp(a, axis=i);
np.nanmean(a, axis=i); np.nanstd(a, axis=i); np.nansum(a, axis=i); np.cumulative_sum(a, axis=i);
np.median(a, axis=i, keepdims=True); np.sum(a, axis=i, keepdims=True);
np.gradient(a, axis=i); np.insert(a, 0, 1.0, axis=i);
np.append(a, a, axis=i); np.moveaxis(a, i, i); np.linalg.vector_norm(a, axis=i);
np.pad(a, k); np.array([a, a]); np.corrcoef(a); np.cov(a, rowvar=False)
"""


def call(name: str) -> Callable[..., Any]:
    return lambda *positional, **named: shapes_given(FORMS[name], list(positional), named)


def namespace(prefix: str) -> SimpleNamespace:
    inner = {name.removeprefix(prefix + ".") for name in FORMS if name.startswith(prefix + ".")}
    found: dict[str, Any] = {name: call(f"{prefix}.{name}") for name in inner if "." not in name}
    return SimpleNamespace(**found)


RULES = namespace("numpy")
RULES.linalg, RULES.fft = namespace("numpy.linalg"), namespace("numpy.fft")
RULES.arange = lambda stop: TensorValue((int(stop),), dtypes.Float64)
RULES.ones = lambda shape: TensorValue(shape if isinstance(shape, tuple) else (shape,), dtypes.Float64)


def drawn(row: str) -> Iterator[dict[str, Any]]:
    """Arrays a and b of any rank, vectors u and v, an axis i, a size k."""
    generator = random.Random(row)
    shapes = [tuple(shape) for rank in range(4) for shape in itertools.product((1, 2, 3), repeat=rank)]
    for draw in range(DRAWS):
        a, b = generator.choice(shapes), generator.choice(shapes)
        axis = generator.randint(-2, 2)
        if draw < 2:  # what numpy allows for an array without axes differs from function to function
            a, axis = (), -draw
        b = generator.choice([a, a[-1:] + a[:-1], b])
        sizes = {"a": a, "b": b, "u": (generator.randint(1, 4),), "v": (generator.randint(1, 4),)}
        yield {**sizes, "i": axis, "k": generator.randint(1, 4)}


def shape_of(value: Any) -> Any:
    if isinstance(value, TensorValue):
        return value.shape
    return [shape_of(item) for item in value] if isinstance(value, (tuple, list)) else np.shape(value)


def agrees(rule: Any, real: Any) -> bool:
    if isinstance(rule, list):
        return isinstance(real, list) and len(rule) == len(real) and all(map(agrees, rule, real))
    if not isinstance(real, tuple) or Star() in rule:
        return True
    return len(rule) == len(real) and all(x is UNKNOWN or x == y for x, y in zip(rule, real, strict=True))


def outcome(row: str, library: Any, values: dict[str, Any]) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return shape_of(eval(row, {"np": library, **values}))
    except (LostShape, IllTyped):
        return "open"
    except (TlError, ValueError, TypeError, IndexError, np.linalg.LinAlgError) as error:
        return error


def arrays(values: dict[str, Any]) -> dict[str, Any]:
    generator = np.random.default_rng(0)
    return {name: _array(value, generator) if isinstance(value, tuple) else value for name, value in values.items()}


def _array(shape: tuple[int, ...], generator: np.random.Generator) -> Any:
    """A vector that is sorted, or matrices that have inverses."""
    found = np.asarray(generator.random(shape))
    return np.sort(found) if found.ndim == 1 else found + 9 * np.eye(shape[-2], shape[-1]) if shape else found


@pytest.mark.parametrize("row", [row.strip() for row in ROWS.replace("\n", ";").split(";") if row.strip()])
def test_a_rule_says_what_numpy_does(row: str) -> None:
    decided = 0
    for values in drawn(row):
        known = {k: TensorValue(v, dtypes.Float64) if isinstance(v, tuple) else v for k, v in values.items()}
        rule, real = outcome(row, RULES, known), outcome(row, np, arrays(values))
        where = f"{row} of {values}: the rule says {rule}, numpy {real}"
        if rule == "open":
            continue
        assert not isinstance(rule, TypeError), where
        if isinstance(rule, Exception):
            assert isinstance(real, Exception), where
        elif not isinstance(real, Exception):
            assert agrees(rule, real), where
            decided += 1
    assert decided > 2 or "unstack" in row, f"{row} is hardly ever decided"

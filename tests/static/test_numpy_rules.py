"""The shape file of numpy against numpy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tl_stubs
from tl_checker.shapes.facts.values import TensorValue
from tl_checker.shapes.libraries.libraries import Form, read_library

from tests.static.against import decided, refused, rows, rules_of
from tl_dsl import dtypes

FILES = sorted(Path(next(iter(tl_stubs.__path__))).glob("numpy*.pyi"))
FORMS: dict[str, list[Form]] = {name: forms for path in FILES for name, forms in read_library(path).items()}

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
np.meshgrid(v, u, v, indexing='ij');
np.meshgrid(v, u, sparse=True); np.meshgrid(v, u, v, u); np.meshgrid(v, u, v, u, indexing='ij', sparse=True);
np.indices((k, 2), sparse=True); np.correlate(v, u); np.correlate(v, u, mode='full');
np.correlate(v, u, mode='same'); np.convolve(v, u, mode='same'); np.histogram(a); np.histogram(a, bins=k);
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
np.pad(a, k); np.array([a, a]); np.corrcoef(a); np.cov(a, rowvar=False);
np.diff(a, k, i); np.diff(a, axis=i, prepend=0.0); np.diff(a, 2, i, 0.0, a); np.diff(v, append=u, n=k);
np.block([[a, b], [b, a]]); np.block([a, b]); np.block([[a], [b]]); np.block([[a, 1.0], [v]]); np.block(a);
np.block([[[a], [b]]]); np.lib.stride_tricks.sliding_window_view(a, k, i);
np.lib.stride_tricks.sliding_window_view(v, k); np.lib.stride_tricks.sliding_window_view(a, (1, k));
np.lib.stride_tricks.sliding_window_view(a, (1, k), (i, 0)); np.hanning(k); np.bartlett(i); np.kaiser(k, 5.0);
np.add.outer(a, b); np.less.outer(a, b); np.float_power.outer(v, u);
np.maximum.reduce(a); np.add.reduce(a, axis=i, keepdims=True);
np.logical_and.reduce(a, axis=i); np.multiply.accumulate(a, i); np.subtract.reduceat(a, [0, 0], i);
np.hypot.reduce(a, axis=None); np.true_divide.reduce(a, i); np.power.accumulate(v); np.r_[v, u]; np.r_[a, b];
np.r_[0.0, v, 1.0]; np.r_[v, a]; np.r_[0:k, v]; np.r_[0:k:2]; np.r_[0:1:5j, 2]; np.c_[v, u]; np.c_[a, b]; np.c_[a, v];
np.c_[0:k, v]; np.c_[a]; np.mgrid[0:k, 0:3]; np.mgrid[1:k]; np.mgrid[0:1:3j, 0:k]; np.ogrid[0:k, 0:3];
np.fromiter(range(9), np.float64, k); np.fromiter(range(9), dtype=np.int64);
np.select([np.greater(a, 0), np.less(b, 1)], [a, b], 0.0);
np.cov(a, b); np.cov(v, u); np.corrcoef(v, v); np.cov(a, a, rowvar=False); np.histogram2d(v, v, bins=k);
np.histogram2d(v, v, (k, np.arange(4.0))); np.histogram2d(v, v, np.arange(4.0)); np.histogram_bin_edges(a, k);
np.histogram_bin_edges(a, np.arange(4.0)); np.ix_(u, v); np.ix_(v); np.triu_indices(k, i);
np.tril_indices(k, i); np.triu_indices(k, i, 2); np.triu_indices_from(a); np.tril_indices_from(a, i);
np.diag_indices(k); np.packbits(np.greater(a, 0)); np.packbits(np.greater(a, 0), axis=i); np.rot90(a, k);
np.rot90(a, i, axes=(0, -1));
np.put_along_axis(a, np.argsort(a, axis=i), b, axis=i); np.compress([True], a, axis=i); np.extract(np.greater(a, 0), a);
np.choose(np.argmin([a, b], axis=0), [a, b]); np.piecewise(a, [np.greater(a, 0)], [1.0, 2.0]); np.unique(a);
np.unique(a, axis=i); np.intersect1d(a, b); np.copyto(a, b); np.diagflat(a, k); np.divmod(a, b); np.modf(a);
np.frexp(a); np.ldexp(a, k); np.rollaxis(a, i); np.rollaxis(a, i, 1); np.unravel_index([0], (k, 2));
np.unravel_index(0, k); np.ravel_multi_index(([0], [0, 0]), (k, 2)); np.poly(a); np.poly(v); np.roots(v);
np.polyder(v); np.polyder(v, k); np.polyint(v, k); np.polyadd(u, v);
np.polymul(u, v); np.polydiv(u, v); np.trim_zeros(v);
np.asfortranarray(a); np.ascontiguousarray(a); np.require(a); np.asarray_chkfinite(a); np.real_if_close(a);
np.fft.rfftn(a); np.fft.rfft2(a); np.fft.irfftn(a); np.fft.irfft2(a); np.fft.rfftn(a, (k, 2), (0, 1));
np.fft.irfftn(a, (k, 2)); np.dsplit(a, 2); np.atleast_3d(a);
np.diag_indices_from(a); np.sort_complex(a); np.linalg.tensorinv(a, 1);
np.linalg.tensorsolve(a, v); np.frombuffer(bytes(64), count=k);
np.polynomial.polynomial.polyval(a, b); np.polynomial.chebyshev.chebval(a, b, tensor=False);
np.polynomial.legendre.legvander(a, k); np.polynomial.hermite.hermgauss(k); np.polynomial.laguerre.lagfit(v, v, 1);
np.polynomial.polynomial.polyfromroots(v); np.polynomial.polynomial.polyadd(u, v)
"""
REFUSED = """
np.block([[v, u], v]); np.block([[v], []]); np.ix_(v, np.ones((2, 2))); np.triu_indices_from(v);
np.linalg.eigh(v); np.c_[np.ones((2, 2)), np.ones(3)]; np.r_[v, np.ones((2, 2))]
"""
"""Calls that are refused whatever the sizes are."""

RULES: Any = rules_of(FORMS, "numpy")
RULES.arange = lambda stop: TensorValue((int(stop),), dtypes.Float64)
RULES.float64, RULES.int64 = dtypes.Float64, dtypes.Int64
RULES.ones = lambda shape: TensorValue(shape if isinstance(shape, tuple) else (shape,), dtypes.Float64)


@pytest.mark.parametrize("row", rows(ROWS))
def test_a_rule_says_what_numpy_does(row: str) -> None:
    assert decided(row, {"np": RULES}, {"np": np}) > 2 or "unstack" in row, f"{row} is hardly ever decided"


@pytest.mark.parametrize("row", rows(REFUSED))
def test_a_rule_refuses_what_numpy_refuses(row: str) -> None:
    assert refused(row, {"np": RULES}) and refused(row, {"np": np})

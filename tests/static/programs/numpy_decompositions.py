"""Decompositions, transforms, quantiles and complex numbers of numpy."""

from __future__ import annotations

import numpy as np
from jaxtyping import Complex, Float


def decompositions(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "n"]) -> None:
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    reveal_type((u * s) @ vt)  # R: ndarray[Float, n, d]
    values, vectors = np.linalg.eigh(x.T @ x)
    reveal_type(values)  # R: ndarray[Float, d]
    x @ vectors[:, -2:]  # E: getitem: assumes d >= 2 [tensor-shape-assumed]
    x @ vectors[-2:]  # E: matmul contracts the last axis [tensor-shape]
    np.linalg.eigh(x)  # E: eigh: a decomposition takes square matrices; got [n, d] [tensor-shape]
    w, *_ = np.linalg.lstsq(x, y, rcond=None)  # E: nothing is known of axis 0 of [?] [tensor-shape-lost]
    reveal_type(w)  # R: ndarray[Float, d]
    np.linalg.lstsq(x.T, y)  # E: lstsq takes as many rows as values; got [d, n] and [n]; wanted d values [tensor-shape]
    sign, size = np.linalg.slogdet(x.T @ x)
    reveal_type(size)  # R: numpy.float64


def transforms(x: Float[np.ndarray, "n d"], z: Complex[np.ndarray, "n"]) -> None:
    reveal_type(np.fft.rfft(x, axis=0))  # R: ndarray[Complex, (n//2)+1, d]
    reveal_type(np.abs(z))  # R: ndarray[Float, n]
    reveal_type(np.conj(z) * z)  # R: ndarray[Complex, n]
    reveal_type(np.exp(2j * np.pi * x))  # R: ndarray[Complex, n, d]
    reveal_type((z * x[:, 0]).real)  # R: ndarray[Float, n]
    reveal_type(np.quantile(x, [0.1, 0.9], axis=0))  # R: ndarray[Float64, 2, d]
    reveal_type(np.quantile(x, 0.5))  # R: numpy.float64
    reveal_type(np.meshgrid(x[:, 0], x[0]))  # R: tuple[ndarray[Float, d, n], ndarray[Float, d, n]]


def power(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n//2+1"]:
    return np.abs(np.fft.fft(x)) ** 2  # E: Incompatible return value type (got "ndarray[Float, n]", expected "ndarray[Float, (n//2)+1]") [tensor-shape]


def named_items(x: Float[np.ndarray, "n n"], y: Float[np.ndarray, "n k"]) -> Float[np.ndarray, "n k"]:
    reveal_type(np.linalg.eigh(x).eigenvalues)  # R: ndarray[Float, n]
    reveal_type(np.linalg.svd(x).Vh)  # R: ndarray[Float, n, n]
    assert y.shape[0] >= y.shape[1]
    q, r = np.linalg.qr(y)
    return q * np.sign(np.diagonal(r))[:, None]  # E: mul: shapes broadcast when [tensor-shape]

"""Sums of large arrays, block by block: a BLAS that divides one call among threads, which must first wake up, can take
fifty times as long as a single thread."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

DOT_LIMIT = 8192
"""Dot products of more elements are divided. (OpenBLAS uses threads above 10000.)"""

PRODUCT_LIMIT = 1 << 17
"""The same for products of a matrix and a vector. (OpenBLAS uses threads above 460800 elements, earlier above 9216.)"""

WIDE = 4096
"""Columns of matrices with longer rows are added by numpy's own sum, which is as fast there."""


def dot_blocks(x: Array, y: Array, out: Array) -> None:
    """``"n", "n" -> ""``: the sum of all products, into ``out``."""
    whole = len(x) // DOT_LIMIT * DOT_LIMIT
    shape = (-1, DOT_LIMIT)
    sums = np.vecdot(x[:whole].reshape(shape), y[:whole].reshape(shape))
    np.add(np.add.reduce(sums), x[whole:].dot(y[whole:]), out)


def add_rows(x: Array, out: Array) -> None:
    """``"m n" -> "n"``: the sum along the first axis, into ``out``."""
    count, width = x.shape
    if width > WIDE:
        np.add.reduce(x, 0, out=out)
        return
    step = PRODUCT_LIMIT // width
    ones(min(step, count), x.dtype).dot(x[:step], out)
    for start in range(step, count, step):
        block = x[start : start + step]
        out += ones(len(block), x.dtype).dot(block)


def add_columns(x: Array, out: Array) -> None:
    """``"m n" -> "m"``: the sum along the last axis, into ``out``."""
    count, width = x.shape
    step = PRODUCT_LIMIT // width
    for start in range(0, count, step):
        x[start : start + step].dot(ones(width, x.dtype), out[start : start + step])


def ones(count: int, dtype: np.dtype[Any]) -> Array:
    """Ones, which nothing writes to; at most ``PRODUCT_LIMIT``."""
    return _block_of_ones(dtype)[:count]


@functools.cache
def _block_of_ones(dtype: np.dtype[Any]) -> Array:
    return np.ones(PRODUCT_LIMIT, dtype)

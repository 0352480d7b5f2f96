"""Regression with a Gaussian process, in numpy and scipy: `tl check` proves its shapes by examples/scipy.shapes.pyi.

Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), algorithm 2.1.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.linalg import cholesky, solve_triangular
from scipy.spatial.distance import cdist


def kernel(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"]) -> Float[np.ndarray, "n m"]:
    """The squared exponential kernel of length 1."""
    return np.exp(-0.5 * cdist(x, y, "sqeuclidean"))


def predict(
    x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "n"], new: Float[np.ndarray, "m d"], noise: float = 0.1
) -> tuple[Float[np.ndarray, "m"], Float[np.ndarray, "m"]]:
    """The mean and the variance at new points.

    >>> x = np.linspace(0.0, 3.0, 16)[:, None]
    >>> mean, variance = predict(x, np.sin(x[:, 0]), np.array([[1.0], [9.0]]), 1e-3)
    >>> (mean.round(3) + 0).tolist(), variance.round(3).tolist()
    ([0.841, 0.0], [0.0, 1.0])
    """
    factor = cholesky(kernel(x, x) + noise**2 * np.eye(len(x)), lower=True)
    white = solve_triangular(factor, kernel(x, new), lower=True)
    mean = white.T @ solve_triangular(factor, y, lower=True)
    return mean, 1.0 - np.sum(white**2, axis=0)

"""Results without axes: some functions of numpy give arrays there, and some scalars, which are no arrays."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float


def arrays(x: Float[np.ndarray, "n"], w: Float[np.ndarray, "n n"], z: Float[np.ndarray, ""]) -> Float[np.ndarray, ""]:
    total: Float[np.ndarray, ""] = np.asarray(x.sum())
    total = np.zeros_like(x[0])
    total = np.tensordot(w, w)
    total = np.cov(x)
    total = z.T
    total = z.view()
    total = np.select([z > 0], [z])
    reveal_type(np.random.default_rng(0).normal(size=()))  # R: ndarray[Float64, ()]
    return np.copy(x.mean())


def scalars(x: Float[np.ndarray, "n"], w: Float[np.ndarray, "n n"], z: Float[np.ndarray, ""]) -> Float[np.ndarray, ""]:
    total: Float[np.ndarray, ""] = np.trace(w)  # E: a result without axes is a scalar in numpy [tensor-shape]
    total = w.trace()  # E: a result without axes is a scalar in numpy [tensor-shape]
    total = abs(z)  # E: a result without axes is a scalar in numpy [tensor-shape]
    total = sum([z, z])  # E: a result without axes is a scalar in numpy [tensor-shape]
    total = z.round()  # E: a result without axes is a scalar in numpy [tensor-shape]
    total = z.clip(0.0, 1.0)  # E: a result without axes is a scalar in numpy [tensor-shape]
    total = np.squeeze(x.sum())  # E: a result without axes is a scalar in numpy [tensor-shape]
    total = np.reshape(x.sum(), ())  # E: a result without axes is a scalar in numpy [tensor-shape]
    return total


def wrong_values(x: Float[np.ndarray, "n"]) -> None:
    np.polyint(x, x[0])  # E: The shape is lost: what an argument is, is not known [tensor-shape-lost]
    np.piecewise(x, x > 0, [1.0])  # E: The shape is lost: what an argument is, is not known [tensor-shape-lost]

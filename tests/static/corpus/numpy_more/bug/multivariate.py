import numpy as np
from jaxtyping import Float


def sample(
    rng: np.random.Generator, m: Float[np.ndarray, "d"], c: Float[np.ndarray, "d d"], n: int
) -> Float[np.ndarray, "{n} d"]:
    z = rng.standard_normal((n, m.shape[0]))
    return m + np.linalg.cholesky(c) @ z  # expect: error


def _run() -> None:
    sample(np.random.default_rng(0), np.ones(3), np.eye(3), 5)

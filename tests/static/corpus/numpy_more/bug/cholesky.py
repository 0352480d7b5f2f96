import numpy as np
from jaxtyping import Float


def whiten(x: Float[np.ndarray, "n d"], cov: Float[np.ndarray, "d d"]) -> Float[np.ndarray, "n d"]:
    chol = np.linalg.cholesky(cov)
    return np.linalg.solve(chol, x.T)  # expect: error


def _run() -> None:
    whiten(np.ones((3, 4)), np.eye(4))

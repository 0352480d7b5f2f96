import numpy as np
from jaxtyping import Float


def pca(x: Float[np.ndarray, "n d"], k: int) -> Float[np.ndarray, "n {k}"]:
    x = x - x.mean(axis=0)
    cov = x.T @ x / len(x)
    _, vectors = np.linalg.eigh(cov)
    return x @ vectors[-k:]  # expect: error


def _run() -> None:
    pca(np.random.randn(7, 5), 2)

import numpy as np
from jaxtyping import Float


def lagged(x: Float[np.ndarray, "n"], k: int) -> Float[np.ndarray, "n-{k} {k}"]:
    n = len(x)
    assert n > k
    out = np.zeros((n - k, k))
    for j in range(k):
        out[:, j] = x[j : n - k + j]
    return out


def _run() -> None:
    lagged(np.ones(5), 2)

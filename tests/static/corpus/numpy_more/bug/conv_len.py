import numpy as np
from jaxtyping import Float


def conv(x: Float[np.ndarray, "n"], w: Float[np.ndarray, "k"]) -> Float[np.ndarray, "n-k+1"]:
    n, k = len(x), len(w)
    return np.array([x[i : i + k] @ w for i in range(n - k + 1)])


def use(x: Float[np.ndarray, "10"], w: Float[np.ndarray, "3"]) -> Float[np.ndarray, "7"]:
    return conv(x, w)  # expect: error


def _run() -> None:
    use(np.ones(10), np.ones(3))

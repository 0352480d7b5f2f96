import numpy as np
from jaxtyping import Float


def speeds(t: Float[np.ndarray, "n"], x: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n-1 3"]:
    return np.diff(x, axis=1) / np.diff(t)[:, None]  # expect: error


def _run() -> None:
    speeds(np.arange(5.0), np.ones((5, 3)))

import numpy as np
from jaxtyping import Float


def polyfit(x: Float[np.ndarray, "n"], y: Float[np.ndarray, "n"], degree: int) -> Float[np.ndarray, "{degree}+1"]:
    a = np.stack([x**k for k in range(degree + 1)], axis=1)
    return np.linalg.solve(a.T @ a, a @ y)  # expect: error


def _run() -> None:
    polyfit(np.arange(5.0), np.ones(5), 2)

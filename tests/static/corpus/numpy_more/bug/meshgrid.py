import numpy as np
from jaxtyping import Float


def grid(x: Float[np.ndarray, "n"], y: Float[np.ndarray, "m"]) -> Float[np.ndarray, "m n 2"]:
    xx, yy = np.meshgrid(x, y)
    return np.stack([yy, xx], axis=0)  # expect: error


def _run() -> None:
    grid(np.ones(3), np.ones(4))

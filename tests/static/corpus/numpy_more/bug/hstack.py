import numpy as np
from jaxtyping import Float


def add_bias(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d+1"]:
    return np.vstack([x, np.ones((1, x.shape[1]))])  # expect: error


def _run() -> None:
    add_bias(np.ones((3, 4)))

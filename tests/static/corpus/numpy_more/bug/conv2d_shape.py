import numpy as np
from jaxtyping import Float


def conv2d(x: Float[np.ndarray, "h w"], k: Float[np.ndarray, "a b"]) -> Float[np.ndarray, "h-a+1 w-b+1"]:
    h, w = x.shape
    a, b = k.shape
    out = np.zeros((h - a + 1, w - a + 1))
    for i in range(h - a + 1):
        for j in range(w - b + 1):
            out[i, j] = (x[i : i + a, j : j + b] * k).sum()
    return out  # expect: error


def _run() -> None:
    conv2d(np.ones((5, 6)), np.ones((2, 3)))

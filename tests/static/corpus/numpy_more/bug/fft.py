import numpy as np
from jaxtyping import Float


def power(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n//2+1"]:
    return np.abs(np.fft.fft(x)) ** 2  # expect: error


def _run() -> None:
    power(np.ones(8))

import numpy as np
from jaxtyping import Float


def features(a: Float[np.ndarray, "n d"], b: Float[np.ndarray, "n e"]) -> Float[np.ndarray, "n d+e"]:
    return np.concatenate([a, b], axis=1)


def _run() -> None:
    features(np.ones((3, 4)), np.ones((3, 5)))

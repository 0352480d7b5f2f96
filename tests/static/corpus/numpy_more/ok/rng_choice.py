import numpy as np
from jaxtyping import Float


def bootstrap(rng: np.random.Generator, x: Float[np.ndarray, "n d"], k: int) -> Float[np.ndarray, "{k} d"]:
    ids = rng.integers(0, x.shape[0], size=k)
    return x[ids]


def _run() -> None:
    bootstrap(np.random.default_rng(0), np.ones((3, 4)), 6)

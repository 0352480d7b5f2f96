import numpy as np
from jaxtyping import Float


def scan(xs: Float[np.ndarray, "t n i"], wx: Float[np.ndarray, "i h"]) -> Float[np.ndarray, "t n h"]:
    outs = []
    for x in xs:
        outs.append(np.tanh(x @ wx))
    return np.stack(outs, axis=1)  # expect: error


def _run() -> None:
    scan(np.ones((5, 2, 3)), np.ones((3, 4)))

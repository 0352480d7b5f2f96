import numpy as np
from jaxtyping import Float


def channels_first(x: Float[np.ndarray, "b h w c"]) -> Float[np.ndarray, "b c h w"]:
    return np.moveaxis(x, -1, 1)


def _run() -> None:
    channels_first(np.ones((2, 3, 4, 5)))

import numpy as np
from jaxtyping import Float


def patches(x: Float[np.ndarray, "b h w c"], p: int) -> Float[np.ndarray, "b (h//{p})*(w//{p}) {p}*{p}*c"]:
    b, h, w, c = x.shape
    assert h % p == 0 and w % p == 0
    y = x.reshape(b, h // p, p, w // p, p, c).transpose(0, 1, 3, 2, 4, 5)
    return y.reshape(b, (h // p) * (w // p), p * p * c)


def _run() -> None:
    patches(np.ones((2, 4, 6, 3)), 2)

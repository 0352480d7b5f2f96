from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def center(x: Float[Tensor, "n d"], mus: Float[Tensor, "k d"]) -> Float[Tensor, "n k"]:
    out = tl.zeros((x.shape[0], mus.shape[0]))
    for i, mu in enumerate(mus):
        d = x.T - mu  # expect: error
        out = out + tl.sum(d * d, axis=1, keepdims=True)
    return out


def _run() -> None:
    center(tl.ones((4, 3)), tl.ones((2, 3)))

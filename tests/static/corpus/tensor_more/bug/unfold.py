from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def windows(x: Float[Tensor, "n"], k: int) -> Float[Tensor, "n-{k}+1 {k}"]:
    n = x.shape[0]
    assert n >= k
    return tl.stack([x[i : i + k] for i in range(n - k)], axis=0)  # expect: error


def _run() -> None:
    windows(tl.ones(5), 2)

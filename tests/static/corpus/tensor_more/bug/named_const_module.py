from typing import Final

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor

DIM: Final[int] = 8


class Encoder:
    def __call__(self, x: Float[Tensor, "n 8"]) -> Float[Tensor, "n 4"]:
        return x.reshape((x.shape[0], DIM // 4, 4)).sum(axis=2)  # expect: error


def _run() -> None:
    Encoder()(tl.ones((3, 8)))

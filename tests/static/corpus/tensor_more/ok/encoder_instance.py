from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


class Encoder:
    def __init__(self, inputs: int, hidden: int) -> None:
        self.inputs = inputs
        self.hidden = hidden

    def __call__(self, x: Float[Tensor, "n {self.inputs}"]) -> Float[Tensor, "n {self.hidden}"]:
        return tl.zeros((x.shape[0], self.hidden))


def _run() -> None:
    enc = Encoder(4, 8)
    dec = Encoder(8, 4)
    dec(enc(tl.ones((3, 4))))

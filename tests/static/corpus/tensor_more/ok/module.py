from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


class Block(tl.Module):
    norm: Float[Tensor, "d"]
    up: Float[Tensor, "f d"]
    down: Float[Tensor, "d f"]

    def __call__(self, x: Float[Tensor, "*b d"]) -> Float[Tensor, "*b d"]:
        h = tl.relu(x * self.norm @ self.up.T)
        return x + h @ self.down.T


def _run() -> None:
    Block(tl.ones(3), tl.ones((4, 3)), tl.ones((3, 4)))(tl.ones((2, 3)))

from dataclasses import dataclass

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


@dataclass
class Data:
    x: Float[Tensor, "n p"]
    y: Float[Tensor, "n"]


def normal(data: Data) -> float:
    g = data.x.T @ data.y
    return float(tl.sum(g))


def _run() -> None:
    normal(Data(tl.ones((4, 3)), tl.ones(4)))

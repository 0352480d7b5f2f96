from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor

Points = Float[Tensor, "n 3"]
Weights = Float[Tensor, "n"]


def centroid(points: Points, weights: Weights) -> Float[Tensor, "3"]:
    return weights @ points / tl.sum(weights)


def _run() -> None:
    centroid(tl.ones((5, 3)), tl.ones(5))

import numpy as np
from jaxtyping import Float, Int


def lookup(table: Float[np.ndarray, "v d"], ids: Int[np.ndarray, "n"]) -> Float[np.ndarray, "n d"]:
    return table[ids]


def use(
    table: Float[np.ndarray, "v d"], ids: Int[np.ndarray, "n"], w: Float[np.ndarray, "n"]
) -> Float[np.ndarray, "n d"]:
    return lookup(table, ids)


def _run() -> None:
    use(np.ones((5, 3)), np.astype(np.zeros(4), np.int64), np.ones(4))

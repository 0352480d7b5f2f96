"""tl.linalg."""

from jaxtyping import Float, Int

import tl_dsl as tl
from tl_dsl import Tensor


def least_squares(x: Float[Tensor, "n d"], y: Float[Tensor, "n"]) -> Float[Tensor, "d"]:
    tl.linalg.solve(x.T @ x, y)  # E: linalg.solve: the right side of solve has a row for each row of the matrix; got [d, d] and [n]: d and n [tensor-shape]
    return tl.linalg.solve(x.T @ x, x.T @ y)


def stacks(
    a: Float[Tensor, "*b n n"], b: Float[Tensor, "*b n k"], v: Float[Tensor, "n"], w: Float[Tensor, "n m"],
    c: Float[Tensor, "*c"], i: Int[Tensor, "n n"]
) -> None:
    reveal_type(tl.linalg.solve(a, b))  # R: Tensor[Float, *b, n, k]
    reveal_type(tl.linalg.solve(a, v))  # R: Tensor[Float, *b, n]
    reveal_type(tl.linalg.inv(a))  # R: Tensor[Float, *b, n, n]
    reveal_type(tl.linalg.det(a))  # R: Tensor[Float, *b]
    reveal_type(tl.linalg.cholesky(a, upper=True))  # R: Tensor[Float, *b, n, n]
    reveal_type(tl.linalg.norm(w))  # R: Tensor[Float, ()]
    reveal_type(tl.linalg.norm(b, axis=-1, keepdims=True))  # R: Tensor[Float, *b, n, 1]
    reveal_type(tl.linalg.vector_norm(w, axis=0, ord=1))  # R: Tensor[Float, m]
    reveal_type(tl.linalg.trace(a))  # R: Tensor[Float, *b]
    tl.linalg.inv(w)  # E: linalg.inv: inv takes square matrices; got [n, m]: n rows and m columns [tensor-shape]
    tl.linalg.det(i)  # E: linalg.det: this operation takes floating tensors [tensor-dtype]
    tl.linalg.solve(a, c)  # E: right sides with axes; got []; where *b, *c have no axes [tensor-shape]

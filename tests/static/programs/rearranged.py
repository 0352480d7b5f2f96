"""Cutting apart, turning round, repeating; diagonals and triangles."""

from jaxtyping import Bool, Float

import tl_dsl as tl
from tl_dsl import Tensor


def parts(x: Float[Tensor, "n 6"], cuts: list[int], k: int) -> Float[Tensor, "n 2"]:
    q, r = tl.split(x, [2], axis=-1)
    reveal_type(q)  # R: Tensor[Float, n, 2]
    reveal_type(r)  # R: Tensor[Float, n, 4]
    reveal_type(tl.split(x, 2))  # R: tuple[Tensor[Float, (n//2), 6], Tensor[Float, (n//2), 6]]  # E: split: assumes 2 divides n [tensor-shape-assumed]
    reveal_type(tl.split(x, cuts))  # R: tuple[Tensor, ...]  # E: The shape is lost: the number of parts is not known before the program runs [tensor-shape-lost]
    reveal_type(tl.split(x, k))  # R: tuple[Tensor, ...]  # E: The shape is lost: the number of parts is not known before the program runs [tensor-shape-lost]
    for part in tl.split(x, 3, axis=1):
        reveal_type(part)  # R: Tensor[Float, n, 2]
    tl.split(x, 4, axis=1)  # E: split makes parts of equal size; got 4 parts of 6 elements; try: the indices at which to cut [tensor-shape]
    halves = tl.split(x, 2, axis=1)
    return halves[0]  # E: Incompatible return value type (got "Tensor[Float, n, 3]", expected "Tensor[Float, n, 2]") [tensor-shape]


def turned(x: Float[Tensor, "n m"], y: Float[Tensor, "*b n n"], k: int) -> None:
    reveal_type(tl.flip(x))  # R: Tensor[Float, n, m]
    reveal_type(tl.roll(y, k, axis=k))  # R: Tensor[Float, *b, n, n]  # E: roll: assumes [*b, n, n] has the axis that is named [tensor-shape-assumed]
    reveal_type(tl.tile(x, (2, 3)))  # R: Tensor[Float, 2*n, 3*m]
    reveal_type(tl.tile(x, (k, 1, 1)))  # R: Tensor[Float, {k}, n, m]  # E: tile: assumes {k} >= 0 [tensor-shape-assumed]
    tl.flip(x, axis=2)  # E: flip: the axis must be one of the 2 axes of [n, m]; got axis 2 [tensor-shape]
    tl.roll(x, (1, 2), axis=0)  # E: roll takes a shift for each axis; got shifts (1, 2), axis 0 [tensor-shape]


def diagonals(x: Float[Tensor, "n m"], y: Float[Tensor, "*b n n"], v: Float[Tensor, "n"]) -> None:
    reveal_type(tl.diagonal(y))  # R: Tensor[Float, *b, n]
    reveal_type(tl.diagonal(y, offset=1))  # R: Tensor[Float, *b, n-1]
    reveal_type(tl.diagonal(x))  # R: Tensor[Float, min(m,n)]
    reveal_type(tl.trace(y))  # R: Tensor[Float, *b]
    reveal_type(tl.tril(x, k=1))  # R: Tensor[Float, n, m]
    tl.triu(v)  # E: triu: a triangle is one of matrices; got [n]; wanted at least two axes [tensor-shape]


def never_divides(x: Float[Tensor, "k k"]) -> None:
    x.sum(axis=-1).reshape(x.shape[0] * x.shape[1], -1)  # E: reshape keeps the number of elements; got [k] to [k**2, -1]: k elements and k**2 [tensor-shape]


def triangles(x: Float[Tensor, "k *b"], y: Float[Tensor, "*b n m"]) -> None:
    reveal_type(tl.triu(x))  # R: Tensor[Float, k, *b]  # E: triu: assumes [k, *b] has at least two axes [tensor-shape-assumed]
    reveal_type(tl.triu(y))  # R: Tensor[Float, *b, n, m]


def masks(c: Bool[Tensor, "n n"]) -> None:
    tl.square(c)  # E: this operation takes numbers; got Bool [tensor-dtype]
    c - c  # E: this operation takes numbers; got Bool [tensor-dtype]
    c @ c  # E: this operation takes numbers; got Bool [tensor-dtype]
    c**c  # E: this operation takes numbers; got Bool [tensor-dtype]

"""Einsum and its relatives."""

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def einsums(
    a: Float[Tensor, "n m"], b: Float[Tensor, "m k"], c: Float[Tensor, "*b m k"], s: Float[Tensor, "n n"], text: str
) -> Float[Tensor, "n k"]:
    reveal_type(tl.einsum("ij,jk", a, b))  # R: Tensor[Float, n, k]
    reveal_type(tl.einsum("ij,jk->ki", a, b))  # R: Tensor[Float, k, n]
    reveal_type(tl.einsum("ij,jk,kl->il", a, b, b.mT))  # R: Tensor[Float, n, m]
    reveal_type(tl.einsum("nm,...mk->...nk", a, c))  # R: Tensor[Float, *b, n, k]
    reveal_type(tl.einsum("...ij->ij...", c))  # R: Tensor[Float, m, k, *b]
    reveal_type(tl.einsum("ii->i", s))  # R: Tensor[Float, n]
    reveal_type(tl.einsum("ij->", a))  # R: Tensor[Float, ()]
    tl.einsum(text, a, b)  # E: The shape is lost: the subscripts are not known before the program runs [tensor-shape-lost]
    tl.einsum("ij,kj->ik", a, b)  # E: einsum: a label of einsum has one size; got j in 'ij,kj->ik' is m and k [tensor-shape]
    tl.einsum("ii", a)  # E: einsum: a label of einsum has one size; got i in 'ii' is n and m [tensor-shape]
    tl.einsum("ijk", a)  # E: einsum has a label for each axis; got 'ijk' for [n, m] in 'ijk' [tensor-shape]
    tl.einsum("ij,jk->iz", a, b)  # E: einsum: a label of the result stands at an operand, too; got z in 'ij,jk->iz' [tensor-shape]
    return tl.einsum("ij,jk->ki", a, b)  # E: Incompatible return value type (got "Tensor[Float, k, n]", expected "Tensor[Float, n, k]") [tensor-shape]


def bare(x: Tensor, a: Float[Tensor, "n m"]) -> None:
    reveal_type(tl.einsum("ij,jk->ik", a, x))  # E: The shape is lost: this cannot be decided: einsum: 'jk' for [...] in 'ij,jk->ik' [tensor-shape-lost]  # R: Tensor[Any, n, Any]


def others(a: Float[Tensor, "n m"], b: Float[Tensor, "m n k"], v: Float[Tensor, "n"], w: Float[Tensor, "m"]) -> None:
    reveal_type(tl.outer(v, w))  # R: Tensor[Float, n, m]
    reveal_type(tl.tensordot(a, b, axes=1))  # R: Tensor[Float, n, n, k]
    reveal_type(tl.tensordot(a, b, axes=((0, 1), (1, 0))))  # R: Tensor[Float, k]
    tl.tensordot(a, b)  # E: tensordot contracts axes of equal size; got [n, m] and [m, n, k]: n and m [tensor-shape]
    tl.outer(a, v)  # E: outer takes vectors; got [n, m] and [n] [tensor-shape]

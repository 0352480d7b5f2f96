"""Operators, methods and operations of Tensor, for all sizes."""

from typing import Final

from jaxtyping import Bool, Float, Float32, Float64, Int

import tl_dsl as tl
from tl_dsl import Tensor

N: Final = 6


def attention(
    q: Float[Tensor, "*b t d"], k: Float[Tensor, "*b s d"], v: Float[Tensor, "*b s e"]
) -> Float[Tensor, "*b t e"]:
    reveal_type(q @ k.mT)  # R: Tensor[Float, *b, t, s]
    return tl.softmax(q @ k.mT / q.shape[-1] ** 0.5, axis=-1) @ v


def attention_wrong(
    q: Float[Tensor, "*b t d"], k: Float[Tensor, "*b s d"], v: Float[Tensor, "*b s e"]
) -> Float[Tensor, "*b t e"]:
    return tl.softmax(q @ k.mT / q.shape[-1] ** 0.5, axis=-1) @ v.mT  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [*b, t, s] @ [*b, e, s]: s and e; wanted equal sizes; try: transpose the right operand: .mT [tensor-shape]


def matrices(a: Float[Tensor, "n m"], b: Float[Tensor, "m k"], v: Float[Tensor, "m"]) -> None:
    reveal_type(a @ b)  # R: Tensor[Float, n, k]
    reveal_type(a @ v)  # R: Tensor[Float, n]
    reveal_type(a.T)  # R: Tensor[Float, m, n]
    reveal_type(a * 2.0 + v)  # R: Tensor[Float, n, m]
    reveal_type(2 - a)  # R: Tensor[Float, n, m]
    b @ a  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [m, k] @ [n, m]: k and n; wanted equal sizes [tensor-shape]
    a + b  # E: add: shapes broadcast when their axes, from the last, are equal or 1; got [n, m] and [m, k]; wanted n and m equal, or one of them 1 [tensor-shape]
    reveal_type(a > 0)  # R: Tensor[Bool, n, m]
    reveal_type(tl.where(a > 0, a, 0.0))  # R: Tensor[Float, n, m]
    reveal_type(tl.exp(a))  # R: Tensor[Float, n, m]


def sizes(x: Float[Tensor, "n m"], y: Float[Tensor, "b n 12"]) -> None:
    reveal_type(x.sum(axis=0))  # R: Tensor[Float, m]
    reveal_type(tl.mean(y, axis=(0, -1), keepdims=True))  # R: Tensor[Float, 1, n, 1]
    x.sum(axis=2)  # E: sum: the axis must be one of the 2 axes of [n, m]; got axis 2 [tensor-shape]
    reveal_type(y.reshape(y.shape[0], -1, 4))  # R: Tensor[Float, b, 3*n, 4]
    reveal_type(y.reshape((-1, 5)))  # E: reshape: assumes 5 divides 12*b*n [tensor-shape-assumed]  # R: Tensor[Float, 2*b*n+((2*b*n)//5), 5]
    y.reshape(y.shape[0], y.shape[1], 5)  # E: reshape keeps the number of elements; got [b, n, 12] to [b, n, 5]: 12*b*n elements and 5*b*n; wanted equal numbers [tensor-shape]
    reveal_type(tl.concat([x, tl.zeros((3, x.shape[1]))]))  # R: Tensor[Float, n+3, m]
    tl.concat([x, tl.zeros((3, 4))])  # E: concat: the arrays must have equal axes; got [n, m] and [3, 4]: axis 1 is m and 4 [tensor-shape]
    reveal_type(tl.stack([x, x], axis=-1))  # R: Tensor[Float, n, m, 2]
    reveal_type(tl.pad(x, ((1, 1), (0, 2))))  # R: Tensor[Float, n+2, m+2]
    reveal_type(tl.repeat(x, 3, axis=1))  # R: Tensor[Float, n, 3*m]
    reveal_type(tl.one_hot(tl.arange(N), 2 * N))  # R: Tensor[Float64, 6, 12]
    tl.one_hot(tl.arange(N), (2,))  # E: The shape is lost: what stands for a size is none [tensor-shape-lost]  # E: Argument 2 to "one_hot" has incompatible type "tuple[int]"; expected "int" [arg-type]
    reveal_type(tl.zeros((len(x), x.shape[1] // 2 + N)))  # R: Tensor[Float64, n, (m//2)+6]
    reveal_type(tl.zeros_like(x))  # R: Tensor[Float, n, m]
    reveal_type(tl.eye(3))  # R: Tensor[Float64, 3, 3]


def indices(x: Float[Tensor, "n m"], i: Int[Tensor, "k"], j: int) -> None:
    reveal_type(x[1:] - x[:-1])  # R: Tensor[Float, n-1, m]
    reveal_type(x[0])  # R: Tensor[Float, m]
    reveal_type(x[j, None])  # R: Tensor[Float, 1, m]
    reveal_type(x[..., -1])  # R: Tensor[Float, n]
    reveal_type(x[i])  # R: Tensor[Float, k, m]
    reveal_type(x[:, 2:])  # E: getitem: assumes 2 <= m [tensor-shape-assumed]  # R: Tensor[Float, n, m-2]
    reveal_type(tl.take(x, i, axis=1))  # R: Tensor[Float, n, k]
    x[0, 0, 0]  # E: getitem: an array has at most one index for each axis; got 3 indices for [n, m] [tensor-index]
    tl.eye(3)[3]  # E: getitem: an index here lies in [-3, 3); got 3 in [3, 3] [tensor-index]
    reveal_type(x[:, ::2])  # R: Tensor[Float, n, ((m+1)//2)]


def types(x: Float32[Tensor, "n"], y: Float64[Tensor, "n"], i: Int[Tensor, "n"], m: Bool[Tensor, "n"]) -> None:
    reveal_type(x + y)  # R: Tensor[Float64, n]
    reveal_type(x * 2)  # R: Tensor[Float32, n]
    reveal_type(x + 1.5)  # R: Tensor[Float32, n]
    x + i  # E: add: element types of different kinds are not promoted; got Float32 and Int; wanted one kind; try: tl.astype(x, dtype) on one of them [tensor-dtype]
    i + 0.5  # E: add: element types of different kinds are not promoted; got Int and a Python float; wanted one kind; try: tl.astype(x, dtype) on one of them [tensor-dtype]
    tl.exp(i)  # E: exp: this operation takes floating tensors; got Int; wanted Float; try: tl.astype(x, tl.float64) [tensor-dtype]
    reveal_type(i + 1)  # R: Tensor[Int, n]
    reveal_type(m & (x > 0))  # R: Tensor[Bool, n]
    m + 1  # E: add: element types of different kinds are not promoted; got Bool and a Python int; wanted one kind; try: tl.astype(x, dtype) on one of them [tensor-dtype]
    reveal_type(tl.astype(i, tl.float32))  # R: Tensor[Float32, n]
    reveal_type(x.sum())  # R: Tensor[Float32, ()]
    reveal_type(tl.argmax(x, axis=0))  # R: Tensor[Int64, ()]


def wants_float(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    return x


def gives_int(i: Int[Tensor, "n"]) -> Float[Tensor, "n"]:
    wants_float(i)  # E: Argument 1 to "wants_float" has incompatible type "Tensor[Int, n]"; expected "Tensor[Float, ...]" [tensor-dtype]
    return i  # E: Incompatible return value type (got "Tensor[Int, n]", expected "Tensor[Float, n]") [tensor-dtype]


def shapes(x: Float[Tensor, "*b n m"], y: Float[Tensor, "n m"]) -> None:
    reveal_type(x.shape)  # R: tuple[*b, SymInt[n], SymInt[m]]
    n, m = y.shape
    reveal_type(n * 2 + m)  # R: SymInt[m+2*n]
    reveal_type(y.size)  # R: SymInt[m*n]
    reveal_type(x.shape[-1])  # R: SymInt[m]
    if n == 3:
        reveal_type(y)  # R: Tensor[Float, n, m]
    reveal_type(tl.zeros((n, m)) @ tl.zeros((m, 2 * n)))  # R: Tensor[Float64, n, 2*n]


def unions(x: Float[Tensor, "n"], flag: bool, bias: Float[Tensor, "n"] | None = None) -> None:
    y = x if flag else tl.zeros(3)
    reveal_type(y)  # R: Tensor[Float, n] | Tensor[Float64, 3]
    reveal_type(tl.exp(y))  # R: Tensor[Float, n] | Tensor[Float64, 3]
    if bias is not None:
        reveal_type(x + bias)  # R: Tensor[Float, n]
    scale: float | Float[Tensor, "n"] = 2.0 if flag else x
    reveal_type(x * scale)  # R: Tensor[Float, n]


def any_axes(x: Float[Tensor, "*b n"]) -> Float[Tensor, "*b n"]:
    flat = x.reshape(-1, x.shape[-1])  # E: The shape is lost: nothing is known of axis 0 of [?, n] [tensor-shape-lost]
    reveal_type(flat)  # R: Tensor[Float, Any, n]
    reveal_type(tl.zeros((*x.shape, 3)))  # R: Tensor[Float64, *b, n, 3]
    reveal_type(tl.zeros(x.shape[:-1]))  # R: Tensor[Float64, *b]
    return tl.exp(flat).reshape(x.shape)


def elements(x: Float[Tensor, "n m"], w: Float[Tensor, "k n m"], count: int, v: Float[Tensor, "{count}+1"]) -> None:
    reveal_type(x[1:].mean(axis=0))  # E: mean: assumes n-1 >= 1 [tensor-shape-assumed]  # R: Tensor[Float, m]
    reveal_type(x.max())  # R: Tensor[Float, ()]
    tl.zeros((2, 0)).max(axis=1)  # E: max: there is nothing along the axis; got [2, 0]; wanted one element at least [tensor-shape]
    x.reshape(w.shape[1:], 1)  # E: reshape takes sizes, or one tuple of them; got a tuple among several [tensor-shape]
    tl.tile(2, x)  # E: Argument 2 to "tile" has incompatible type "Tensor[Float, n, m]"; expected "int | tuple[int, ...]" [arg-type]
    reveal_type(tl.pad(1.0, 1))  # R: Tensor[Float64, ()]
    reveal_type(tl.ones_like(1.0))  # R: Tensor[Float64, ()]
    sized: Float[Tensor, "m"] = v  # E: {count}+1 and m are not compared [tensor-shape-lost]


def shapes_of_either(x: Float[Tensor, "n m"], flag: bool) -> None:
    y = x if flag else tl.zeros((x.shape[1], x.shape[1]))
    reveal_type(y.shape[1])  # R: SymInt[m]
    reveal_type(y.shape[0])  # R: int
    reveal_type(tl.zeros(x.shape if flag else x.T.shape))  # R: Tensor[Float64, n, m] | Tensor[Float64, m, n]


def parts(a: Float[Tensor, "k"], n: int, w: Float[Tensor, "k {n}+1"]) -> tuple[Float[Tensor, "k"], Float[Tensor, "k"]]:
    a[1:].reshape(a.shape[0] - 1, -1)  # E: reshape: assumes k-1 >= 1 [tensor-shape-assumed]
    return a, w  # E: Incompatible return value type (got "tuple[Tensor[Float, k], Tensor[Float, k, {n}+1]]", expected "tuple[Tensor[Float, k], Tensor[Float, k]]") [tensor-shape]


def first(x: Float[Tensor, "n m"]) -> Float[Tensor, "m"]:
    return x.max(axis=0)


def calls_first(x: Float[Tensor, "n m"]) -> Float[Tensor, "m"]:
    return first(x[1:])  # E: first: assumes n-1 >= 1 [tensor-shape-assumed]


def scattered(x: Float[Tensor, "n m"], rows: Int[Tensor, "k"], new: Float[Tensor, "k m"]) -> Float[Tensor, "n m"]:
    tl.scatter_add(x, rows, x)  # E: scatter_add takes updates of the shape of take(x, indices); got [n, m]; wanted [k, m] [tensor-shape]
    return tl.scatter_add(x, rows, new)

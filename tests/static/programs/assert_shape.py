"""`tl.assert_shape` gives a shape to what has none, and facts about what has one."""

import numpy as np
from jaxtyping import Float, Shaped

import tl_dsl as tl
from tl_dsl import Tensor


def statement(x: Tensor, y: Float[Tensor, "n"]) -> Float[Tensor, "4 n"]:
    reveal_type(x)  # R: Tensor
    tl.assert_shape(x, "n 4")
    reveal_type(x)  # R: Tensor[Any, n, 4]
    return x  # E: Incompatible return value type [tensor-shape]


def expression(x: Tensor, y: Float[Tensor, "n"]) -> Float[Tensor, "4"]:
    z = tl.assert_shape(x, "n 4")
    reveal_type(z)  # R: Tensor[Any, n, 4]
    z @ y  # E: matmul contracts [tensor-shape]
    return y @ z


def of_numpy(x: np.ndarray, y: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "k m"]:
    x = tl.assert_shape(x, "k n")
    reveal_type(x)  # R: ndarray[Any, k, n]
    y @ x  # E: matmul contracts [tensor-shape]
    return x @ y


def new_names(x: Tensor, y: Tensor, z: Float[Tensor, "n"]) -> None:
    tl.assert_shape(x, "k j")
    tl.assert_shape(y, "j")
    reveal_type(x @ y)  # R: Tensor[Any, k]
    x @ z  # E: matmul contracts [tensor-shape]


def facts(x: Float[Tensor, "n m"], y: Float[Tensor, "p"]) -> Float[Tensor, "p 4"]:
    tl.assert_shape(x, "p 4")
    reveal_type(x)  # R: Tensor[Float, p, 4]
    tl.zeros(len(y)) + x[:, 0] + y
    return x


def axes_of_others(x: Float[Tensor, "n m"], y: Float[Tensor, "p"], z: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    tl.assert_shape(x, "p 4")
    return y + z


def never(x: Float[Tensor, "n 5"], y: Float[Tensor, "n m"]) -> None:
    tl.assert_shape(x, "n 4")  # E: assert_shape: the value never has the asserted shape; got [n, 5]; wanted [n, 4] [tensor-shape]
    tl.assert_shape(y, "n")  # E: the value never has the asserted shape; got [n, m]; wanted [n] [tensor-shape]
    tl.assert_shape(y, "n, m")  # E: axes are separated by spaces, not commas [tensor-annotation]


def runs(x: Tensor, y: Float[Tensor, "*b n"], z: Float[Tensor, "2 3 n"]) -> Float[Tensor, "*b n"]:
    reveal_type(tl.assert_shape(x, "*b n") + y)  # R: Tensor[Any, *b, n]
    tl.assert_shape(z, "*b n")
    reveal_type(z)  # R: Tensor[Float, 2, 3, n]
    return z


def open_ends(x: Float[Tensor, "n m"], y: Float[Tensor, "..."]) -> None:
    reveal_type(tl.assert_shape(x, "... 4"))  # R: Tensor[Float, n, 4]
    reveal_type(tl.assert_shape(y, "... 4"))  # R: Tensor[Float, ..., 4]
    reveal_type(tl.assert_shape(x, "_ k"))  # R: Tensor[Float, n, k]


def sums(x: Tensor, y: Float[Tensor, "n"], k: int) -> None:
    reveal_type(tl.assert_shape(x, "n+1 2*n {k}"))  # R: Tensor[Any, n+1, 2*n, {k}]


def branches(x: Tensor, y: Float[Tensor, "n"], flag: bool) -> Float[Tensor, "n"]:
    if flag:
        tl.assert_shape(x, "n")
        return x
    tl.assert_shape(x, "n m")
    x = tl.sum(x, axis=0)
    reveal_type(x)  # R: Tensor[Any, m]
    return y


def only_there(x: Float[Tensor, "n"], y: Float[Tensor, "m"], flag: bool) -> Float[Tensor, "n"]:
    if flag:
        tl.assert_shape(y, "n")
        return y
    return y  # E: Incompatible return value type [tensor-shape]


def outer(x: Float[Tensor, "n"]) -> None:
    def inner(y: Tensor) -> None:
        tl.assert_shape(y, "n 2")
        reveal_type(y)  # R: Tensor[Any, n@inner, 2]

    inner(x)


class Layer(tl.Module):
    w: Float[Tensor, "o i"]
    scale: Tensor

    def __call__(self, x: Float[Tensor, "i"]) -> Float[Tensor, "o"]:
        tl.assert_shape(self.scale, "o")
        reveal_type(self.scale)  # R: Tensor[Any, o]
        return self.w @ x * self.scale


def untyped(x: Shaped[Tensor, "..."]) -> None:
    squared = [tl.assert_shape(x, "n n") for _ in range(2)]
    reveal_type(squared[0] @ squared[1])  # R: Tensor[Any, n, n]


top = tl.assert_shape(tl.ones((3, 4)), "rows 4")
reveal_type(top)  # R: Tensor[Float64, rows, 4]
top @ tl.zeros(3)  # E: matmul contracts [tensor-shape]
reveal_type((lambda x: tl.assert_shape(x, "3 3"))(tl.ones((3, 3))))  # R: Tensor[Float64, 3, 3]

"""Values that go where a type is declared, beyond what mypy compares: `#n`, `_`, `...`, and runs of axes."""

import numpy as np
from jaxtyping import Bool, Float, Shaped

import tl_dsl as tl
from tl_dsl import Tensor


def run_for_an_axis(a: Float[Tensor, "n n"], b: Float[Tensor, "*b d n d"]) -> Float[Tensor, "m d d"]:
    return tl.matmul(a[..., 0], b)  # E: Incompatible return value type (got "Tensor[Float, *b, d, d]", expected "Tensor[Float, Any, d, d]") [tensor-shape]


def swapped(b: Float[Tensor, "n #k"]) -> Float[Tensor, "#k n"]:
    return b  # E: the result must be [#k, n]; got [n, #k]; try: transpose it: .mT [tensor-shape]


def kept(b: Float[Tensor, "n #k"]) -> Float[Tensor, "n #k"]:
    return b


def broadcast(b: Float[Tensor, "n #k"], x: Float[Tensor, "n k"]) -> Float[Tensor, "n k"]:
    return b + x


def in_a_tuple(b: Float[Tensor, "n #k"]) -> tuple[Float[Tensor, "3"], Float[Tensor, "n #k"]]:
    return b[0], b  # E: axis 0 of the result must be 3 [tensor-shape]


def of_a_call(a: Float[Tensor, "_ rows=4"]) -> Float[Tensor, "4"]:
    return a.min(axis=1)  # E: The shape is lost: ? of the result is not compared with 4 [tensor-shape-lost]


def of_either(a: Float[Tensor, "_ rows=4"], flag: bool) -> Float[Tensor, "4"]:
    x = a.min(axis=1)
    y: Float[Tensor, "5"] = x  # E: The shape is lost: ? of the value is not compared with 5 [tensor-shape-lost]
    return x if flag else a.max(axis=1)  # E: The shape is lost: ? of the result is not compared with 4 [tensor-shape-lost]


def open_shape(a: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    return a


def may_be_one(b: Float[Tensor, "n #k"]) -> Float[Tensor, "n k"]:
    return b  # E: The shape is lost: #k of the result is not compared with k [tensor-shape-lost]


def same(x: Float[Tensor, "k #k"]) -> Float[Tensor, "k #k"]:
    return x


def of_ones(x: Float[Tensor, "16 1"]) -> Float[Tensor, "16 1"]:
    y: Float[Tensor, "16 3"] = same(x)  # E: axis 1 of the value must be 3; got #16 [tensor-shape]
    return same(x)  # E: The shape is lost: #16 of the result is not compared with 1 [tensor-shape-lost]


async def later(b: Float[Tensor, "n #k"]) -> Float[Tensor, "#k n"]:
    return b  # E: the result must be [#k, n]; got [n, #k]; try: transpose it: .mT [tensor-shape]


def decided(b: Float[Tensor, "n #k"]) -> Float[Tensor, "n 1"]:
    tl.assert_shape(b, "n 1")
    return b


def dots_for_run(b: Float[np.ndarray, "... d m"], c: Float[np.ndarray, "*b d"]) -> Float[np.ndarray, "*b d"]:
    return b  # E: axis -1 (d) of the result must be d [tensor-shape]


def scalar(b: Float[np.ndarray, "m"]) -> Bool[np.ndarray, "m"]:
    t = np.ones(b.shape[:-1]) != 0.5
    return t  # E: a result without axes is a scalar in numpy, not an array; try: np.asarray of it [tensor-shape]


def array_again(b: Float[np.ndarray, "m"]) -> Shaped[np.ndarray, "1"]:
    return np.asarray(np.argmax(b, axis=-1)).reshape(-1)


def alone(a: Float[np.ndarray, "#d d"]) -> Float[np.ndarray, "#d d"]:
    return a @ a  # E: The shape is lost: this cannot be decided: matmul: [d, d] @ [1, d]: d and 1 [tensor-shape-lost]


class Layer(tl.Module):
    w: Float[Tensor, "k n"]

    def __call__(self, a: Float[Tensor, "#d d"]) -> Float[Tensor, "1 n"]:
        _ = self.w
        return a[None, ..., 0]  # E: axis 1 (n) of the result must be n [tensor-shape]


def items(b: Float[Tensor, "#n k"], flag: bool) -> Float[Tensor, "#n k"]:
    listed, pair = [b.T, b.T], (b.T, b)
    if flag:
        return listed[0]  # E: the result must be [#n, k]; got [k, #n] [tensor-shape]
    u: Float[Tensor, "#n k"] = pair[0]  # E: the value must be [#n, k]; got [k, #n] [tensor-shape]
    v: Float[Tensor, "#n 2"] = tl.split(b.T, [2], axis=1)[0]  # E: axis 0 (#n) of the value must be n or 1; got k [tensor-shape]
    return pair[1]


class Compared:
    weight: Float[np.ndarray, ""]

    def last(self, p: Float[np.ndarray, "d"]) -> Float[np.ndarray, "1 d"]:
        t = self.weight
        t = self.weight == 0.5
        return t  # E: The shape is lost: Any is not compared with ndarray[Float, 1, d] [tensor-shape-lost]

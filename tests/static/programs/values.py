"""`{k}` is the value of an argument: of the parameter as it came, not of what the body makes of its name."""

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def plain(k: int) -> Float[Tensor, "{k}"]:
    reveal_type(tl.zeros((k,)))  # R: Tensor[Float64, {k}]
    return tl.zeros((k + 1,))  # E: Incompatible return value type (got "Tensor[Float64, {k}+1]", expected "Tensor[Float, {k}]") [tensor-shape]


def walrus(k: int) -> None:
    if k := 3:
        reveal_type(tl.zeros((k,)))  # E: The shape is lost: nothing is known of axis 0 of [?] [tensor-shape-lost]  # R: Tensor[Float64, Any]


def matched(k: int, t: tuple[int, ...]) -> None:
    match t:
        case (k, *_):
            pass
    reveal_type(tl.zeros((k,)))  # E: The shape is lost: nothing is known of axis 0 of [?] [tensor-shape-lost]  # R: Tensor[Float64, Any]


def inside(k: int) -> None:
    def change() -> None:
        nonlocal k
        k = 3

    change()
    reveal_type(tl.zeros((k,)))  # E: The shape is lost: nothing is known of axis 0 of [?] [tensor-shape-lost]  # R: Tensor[Float64, Any]


def looped(k: int) -> None:
    for k in range(3):
        pass
    reveal_type(tl.zeros((k,)))  # E: The shape is lost: nothing is known of axis 0 of [?] [tensor-shape-lost]  # R: Tensor[Float64, Any]


def beside_axes(k: int, x: Float[Tensor, "n"]) -> Float[Tensor, "{k}*n"]:
    return tl.zeros((k * x.shape[0],))


def added(k: int, x: Float[Tensor, "n"]) -> Float[Tensor, "n+{k}"]:
    return tl.concat([x, x, tl.zeros((k,))])  # E: expected "Tensor[Float, n+{k}]" [tensor-shape]


def several(k: int, x: Float[Tensor, "n"]) -> Float[Tensor, "{k}0 {k}+n+{k} {2*k}+1 {k+1}*{k-1}"]:  # E: The shape is lost: the axis "{k}0" is evaluated when the program runs [tensor-shape-lost]
    return tl.zeros((k, k + k + x.shape[0], k * 2 + 1, k * k - 1))


reveal_type(beside_axes(3, tl.zeros(4)))  # R: Tensor[Float, 12]
reveal_type(added(3, tl.zeros(4)))  # R: Tensor[Float, 7]
reveal_type(several(3, tl.zeros(4)))  # R: Tensor[Float, Any, 10, 7, 8]


def unbound(k: int, x: Float[Tensor, "n"]) -> Float[Tensor, "m+{k}"]:  # E: nothing before it binds "m", and an expression never does ("m+{k}", column 1) [tensor-annotation]
    return tl.zeros((k,))

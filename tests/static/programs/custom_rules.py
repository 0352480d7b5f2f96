"""Functions with a derivative of their own keep their signatures, shapes included."""

import functools

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


@tl.custom_jvp
def project(x: Float[Tensor, "n m"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    return y @ x  # E: matmul contracts the last axis [tensor-shape]


@project.defjvp
def project_jvp(
    primals: tuple[Float[Tensor, "n m"], Float[Tensor, "m"]], tangents: tuple[Float[Tensor, "n m"], Float[Tensor, "m"]]
) -> tuple[Float[Tensor, "n"], Float[Tensor, "n"]]:
    (x, y), (dx, dy) = primals, tangents
    return project(x, y), dx @ y + x @ dy


@tl.custom_vjp
def energy(x: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.sum(x * x)


@functools.partial(tl.custom_jvp, nondiff_argnums=(1,))
def power(x: Float[Tensor, "n"], k: int) -> Float[Tensor, "n"]:
    return x**k


class Scale(tl.Module):
    w: Float[Tensor, "n"]

    @tl.custom_jvp
    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x * self.w


reveal_type(project(tl.zeros((3, 4)), tl.zeros(4)))  # R: Tensor[Float, 3]
project(tl.zeros((3, 4)), tl.zeros(5))  # E: project: axis 0 (m) of argument 2 (y) must be 4; got 5 [tensor-shape]
reveal_type(tl.jacrev(project)(tl.zeros((3, 4)), tl.zeros(4)))  # R: Tensor[Float, 3, 3, 4]
reveal_type(tl.grad(energy)(tl.zeros(3)))  # R: Tensor[Float, 3]
reveal_type(tl.vmap(energy)(tl.zeros((5, 3))))  # R: Tensor[Float, 5]
reveal_type(power(tl.zeros(3), 2))  # R: Tensor[Float, 3]
power(tl.zeros(3), "2")  # E: has incompatible type "str" [arg-type]
reveal_type(Scale(tl.zeros(3))(tl.zeros(3)))  # R: Tensor[Float, 3]

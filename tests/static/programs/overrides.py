"""Overrides: shapes are compared up to the names of their axes."""

from __future__ import annotations

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


class A:
    def run(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n+1"]:
        return tl.pad(x, (0, 1))

    def mat(self, x: Float[Tensor, "n m"]) -> Float[Tensor, "n*m"]:
        return x.reshape(-1)

    def gen(self, x: Float[Tensor, "*b n"]) -> Float[Tensor, "*b n+1"]:
        return tl.concat([x, x[..., :1]], axis=-1)

    @staticmethod
    def both(x: Float[Tensor, "n"], y: Float[Tensor, "2*n"]) -> Float[Tensor, "3*n"]:
        return tl.concat([x, y])

    @property
    def size(self) -> Float[Tensor, "3"]:
        return tl.zeros(3)


class B(A):
    def run(self, x: Float[Tensor, "m"]) -> Float[Tensor, "1+m"]:
        return tl.pad(x, (0, 1))

    def mat(self, x: Float[Tensor, "a b"]) -> Float[Tensor, "b*a"]:
        return x.reshape(-1)

    def gen(self, x: Float[Tensor, "*c d"]) -> Float[Tensor, "*c d+1"]:
        y = super().gen(x)
        reveal_type(y)  # R: Tensor[Float, *c, d+1]
        return super().gen(x)

    def more(self, x: Float[Tensor, "*c d"]) -> Float[Tensor, "*c d+2"]:
        return super().gen(x)  # E: Incompatible return value type [tensor-shape]

    @staticmethod
    def both(x: Float[Tensor, "k"], y: Float[Tensor, "k+k"]) -> Float[Tensor, "2*k+k"]:
        return tl.concat([x, y])


class C(A):
    def run(self, x: Float[Tensor, "m"]) -> Float[Tensor, "m+2"]:  # E: run overrides that of A: axis 0 (n+1) of the result must be n+1; got n+2 [tensor-shape]
        return tl.pad(x, (0, 2))

    def mat(self, x: Float[Tensor, "a b"]) -> Float[Tensor, "a+b"]:  # E: mat overrides that of A: axis 0 (m*n) of the result must be m*n; got m+n [tensor-shape]
        return tl.concat([x[:, 0], x[0]])

    def gen(self, x: Float[Tensor, "*c d"]) -> Float[Tensor, "*c d"]:  # E: gen overrides that of A: axis -1 (n+1) of the result must be n+1; got n [tensor-shape]
        return x

    @staticmethod
    def both(x: Float[Tensor, "k"], y: Float[Tensor, "k+1"]) -> Float[Tensor, "2*k+1"]:  # E: both overrides that of A: axis 0 (k+1) of argument 2 must be n+1; got 2*n; where k=n from argument 1 [tensor-shape]
        return tl.concat([x, y])


class D(B):
    def run(self, x: Float[Tensor, "*b"]) -> Float[Tensor, "*b"]:  # E: run overrides that of B: axis 0 (m+1) of the result must be m+1; got m [tensor-shape]
        return x

    def mat(self, x: Float[Tensor, "..."]) -> Tensor:
        return x

    def gen(self, x: Tensor) -> Tensor:
        return x


class E(C):
    def run(self, x: Float[Tensor, "k"]) -> Float[Tensor, "2+k"]:
        return tl.pad(x, (0, 2))


class Layer:
    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        return x

    def pick(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "d"]:
        return x[0]

    def heads(self, x: Float[Tensor, "*b d"]) -> Float[Tensor, "*b"]:
        return x[..., 0]


class Turned(Layer):
    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "d n"]:  # E: forward overrides that of Layer: the result must be [n, d]; got [d, n]; try: transpose it: .mT [tensor-shape]
        return x.T

    def pick(self, x: Float[Tensor, "n n"]) -> Float[Tensor, "n"]:  # E: pick overrides that of Layer: axis 1 (n) of argument 1 must be n; got d [tensor-shape]
        return x[0]

    def heads(self, x: Float[Tensor, "k d"]) -> Float[Tensor, "k"]:  # E: heads overrides that of Layer: argument 1 has any number of axes, and 2 are needed [tensor-shape]
        return x[..., 0]


class Wider(Layer):
    def forward(self, x: Float[Tensor, "*b d"]) -> Float[Tensor, "*b d"]:
        return x

    def pick(self, x: Float[Tensor, "k m"]) -> Float[Tensor, "m"]:
        return x[0]


class AnyLayer:
    def apply(self, x: Float[Tensor, "n i"]) -> Float[Tensor, "n o"]:
        raise NotImplementedError


class Dense(AnyLayer):
    """The axes of an object, too, may stand where any are taken."""

    w: Float[Tensor, "i o"]

    def apply(self, x: Float[Tensor, "n i"]) -> Float[Tensor, "n o"]:
        return x @ self.w


class Sized(AnyLayer):
    def __init__(self, inputs: int, outputs: int) -> None:
        self.w: Float[Tensor, "i o"] = tl.zeros((inputs, outputs))

    def apply(self, x: Float[Tensor, "n i"]) -> Float[Tensor, "n o"]:
        return x @ self.w


class FourTimes(Sized):
    def __init__(self, inputs: int) -> None:
        super().__init__(inputs, 4 * inputs)
        self.v: Float[Tensor, "o"] = tl.zeros(4 * inputs)


class Flat(AnyLayer):
    w: Float[Tensor, "i o"]

    def apply(self, x: Float[Tensor, "n i"]) -> Float[Tensor, "o"]:  # E: apply overrides that of AnyLayer: the result has 1 axis, and 2 are needed [tensor-shape]
        return self.w[0]


class Silenced(A):
    def run(self, x: Float[Tensor, "m"]) -> Float[Tensor, "m+2"]:  # type: ignore[override]
        return tl.pad(x, (0, 2))

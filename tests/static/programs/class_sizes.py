"""Objects that keep the sizes their constructors took, wherever they are stored."""

from __future__ import annotations
import numpy as np
from jaxtyping import Float

class Linear:
    def __init__(self, din: int, dout: int) -> None:
        self.din = din
        self.dout = dout
        self.w: Float[np.ndarray, "{din} {dout}"] = np.zeros((din, dout))

    def __call__(self, x: Float[np.ndarray, "b {self.din}"]) -> Float[np.ndarray, "b {self.dout}"]:
        return x @ self.w

    def two(self, x: Float[np.ndarray, "b {self.din}"]) -> Float[np.ndarray, "b {self.dout}"]:
        h = x @ self.w
        reveal_type(h)  # R: ndarray[Float, b, {self.dout}]
        k = h @ self.w  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [b, {self.dout}] @ [{self.din}, {self.dout}]: {self.dout} and {self.din}; wanted equal sizes; try: transpose the right operand: .mT [tensor-shape]
        return h

reveal_type(Linear(3, 4)(np.ones((2, 3))))  # R: ndarray[Float, 2, 4]
Linear(3, 4)(np.ones((2, 4)))  # E: Linear: axis 1 ({self.din}) of argument 1 (x) must be 3; got 4; where {self.din}=3 from the object [tensor-shape]
lin = Linear(3, dout=4)
reveal_type(lin.w)  # R: ndarray[Float, 3, 4]
reveal_type(lin.din)  # R: SymInt[3]
reveal_type(np.zeros((lin.dout, 2)))  # R: ndarray[Float64, 4, 2]
reveal_type(lin(np.ones((5, lin.din))))  # R: ndarray[Float, 5, 4]
lin2 = Linear(4, 3)
lin2(lin(np.ones((5, 3))))
lin(lin(np.ones((5, 3))))  # E: Linear: axis 1 ({self.din}) of argument 1 (x) must be 3; got 4; where {self.din}=3 from the object [tensor-shape]

def use(l: Linear, m: Linear, x: Float[np.ndarray, "b k"]) -> None:
    reveal_type(l.w)  # R: ndarray[Float, {l.din}, {l.dout}]
    reveal_type(l.din)  # R: SymInt[{l.din}]
    reveal_type(l(x))  # E: The shape is lost: Linear: k of argument 1 (x) is not compared with {l.din} [tensor-shape-lost]  # R: ndarray[Float, b, {l.dout}]
    m(l(x))  # E: The shape is lost: Linear: {l.dout} of argument 1 (x) is not compared with {m.din} [tensor-shape-lost]  # E: The shape is lost: Linear: k of argument 1 (x) is not compared with {l.din} [tensor-shape-lost]
    y = np.zeros((3, l.din))
    reveal_type(l(y))  # R: ndarray[Float, 3, {l.dout}]
    l(l(x))  # E: The shape is lost: Linear: {l.dout} of argument 1 (x) is not compared with {l.din} [tensor-shape-lost]  # E: The shape is lost: Linear: k of argument 1 (x) is not compared with {l.din} [tensor-shape-lost]
    l(np.zeros((3, l.din + 1)))  # E: Linear: axis 1 ({self.din}) of argument 1 (x) must be {l.din}; got {l.din}+1; where {self.din}={l.din} from the object [tensor-shape]

class Net:
    def __init__(self, n: int, h: int) -> None:
        self.n = n
        self.first = Linear(n, h)
        self.second = Linear(h, 10)
        self.layers = [Linear(n, n), Linear(n, n)]
        self.by_name = {"a": Linear(n, 2)}

    def __call__(self, x: Float[np.ndarray, "b {self.n}"]) -> Float[np.ndarray, "b 10"]:
        reveal_type(self.first.w)  # R: ndarray[Float, {self.n}, {h}]
        h = self.first(x)
        reveal_type(h)  # R: ndarray[Float, b, {h}]
        for layer in self.layers:
            x = layer(x)
        self.by_name["a"](x)
        return self.second(h)

    def bad(self, x: Float[np.ndarray, "b {self.n}"]) -> Float[np.ndarray, "b 9"]:
        return self.second(self.first(x))  # E: Incompatible return value type (got "ndarray[Float, b, 10]", expected "ndarray[Float, b, 9]") [tensor-shape]

net = Net(784, 128)
reveal_type(net(np.zeros((2, 784))))  # R: ndarray[Float, 2, 10]
net(np.zeros((2, 783)))  # E: Net: axis 1 ({self.n}) of argument 1 (x) must be 784; got 783; where {self.n}=784 from the object [tensor-shape]
reveal_type(net.first.w)  # R: ndarray[Float, 784, 128]
reveal_type(net.second.w)  # R: ndarray[Float, 128, 10]
ls = [Linear(3, 4), Linear(4, 5)]
ls[1](np.zeros((2, 4)))  # E: The shape is lost: Linear: 4 of argument 1 (x) is not compared with ? [tensor-shape-lost]
ls[0](np.zeros((2, 3)))  # E: The shape is lost: Linear: 3 of argument 1 (x) is not compared with ? [tensor-shape-lost]
d = {"a": Linear(3, 4), "b": Linear(4, 5)}
d["b"](np.zeros((2, 4)))  # E: The shape is lost: Linear: 4 of argument 1 (x) is not compared with ? [tensor-shape-lost]
p = Linear(3, 4) if d else Linear(4, 5)
p(np.zeros((2, 4)))  # E: The shape is lost: Linear: 4 of argument 1 (x) is not compared with ? [tensor-shape-lost]
q = Linear(3, 4)
q = Linear(4, 5)
q(np.zeros((2, 4)))
def get(flag: bool) -> Linear:
    if flag:
        r = Linear(3, 4)
    else:
        r = Linear(4, 5)
    r(np.zeros((2, 4)))  # E: The shape is lost: Linear: 4 of argument 1 (x) is not compared with {r.din} [tensor-shape-lost]
    return r
reveal_type(get(True)(np.zeros((2, 4))))  # E: The shape is lost: Linear: 4 of argument 1 (x) is not compared with ? [tensor-shape-lost]  # R: ndarray[Float, 2, Any]
t = (Linear(3, 4), Linear(4, 5))
t[1](np.zeros((2, 4)))
t[1](np.zeros((2, 3)))  # E: Linear: axis 1 ({self.din}) of argument 1 (x) must be 4; got 3; where {self.din}=4 from the object [tensor-shape]
decl: Linear = Linear(3, 4)
reveal_type(decl.w)  # R: ndarray[Float, Any, Any]


class Features:
    """Axes that fields declare by name are axes in the methods."""

    def __init__(self, dims: int, features: int) -> None:
        self.freqs: Float[np.ndarray, "dims features"] = np.ones((dims, features))

    def __call__(self, x: Float[np.ndarray, "n dims"]) -> Float[np.ndarray, "n features"]:
        return x @ self.freqs

    def kernel(self, a: Float[np.ndarray, "n dims"], b: Float[np.ndarray, "m dims"]) -> Float[np.ndarray, "n m"]:
        self(a) @ self(b)  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [n, {features}] @ [m, {features}]: {features} and m; wanted equal sizes; try: transpose the right operand: .mT [tensor-shape]
        return self(a) @ self(b).T


class Widths:
    def __init__(self, n: int, m: int) -> None:
        self.n = n
        self.m = m
        self.gain: Float[np.ndarray, "{n}"] = np.ones(n)
        self.total = np.zeros(n)

    def from_two_values(self, x: Float[np.ndarray, "{self.m}"], y: Float[np.ndarray, "b {self.n}"]) -> None:
        self.gain + x  # E: add: shapes broadcast when [tensor-shape]
        y * x  # E: mul: shapes broadcast when [tensor-shape]
        self.total += x  # E: iadd: shapes broadcast when [tensor-shape]
        self.total[:] = x  # E: setitem: shapes broadcast when [tensor-shape]
        y * self.gain

"""Modules: the axes of a class, layers, and models in a row."""

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor, nn


class Mlp(tl.Module):
    w1: Float[Tensor, "hidden inputs"]
    b1: Float[Tensor, "hidden"]
    w2: Float[Tensor, "outputs hidden"]

    def __call__(self, x: Float[Tensor, "*b inputs"]) -> Float[Tensor, "*b outputs"]:
        reveal_type(self.w1)  # R: Tensor[Float, hidden, inputs]
        return tl.tanh(x @ self.w1.T + self.b1) @ self.w2.T

    def wrong(self, x: Float[Tensor, "*b inputs"]) -> Float[Tensor, "*b outputs"]:
        return tl.tanh(x @ self.w1.T + self.b1) @ self.w2  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [*b, hidden] @ [outputs, hidden]: hidden and outputs; wanted equal sizes; try: transpose the right operand: .mT [tensor-shape]

    def pair(self, x: Float[Tensor, "n inputs"]) -> Float[Tensor, "2*n outputs+1"]:
        return tl.pad(tl.concat([self(x), self(x)]), ((0, 0), (0, 1)))


class Deeper(Mlp):
    w3: Float[Tensor, "outputs outputs"]

    def twice(self, x: Float[Tensor, "inputs"]) -> Float[Tensor, "outputs"]:
        return self.w3 @ self(x)


model = Mlp(tl.zeros((8, 4)), tl.zeros(8), tl.zeros((2, 8)))
reveal_type(model.w1)  # R: Tensor[Float, 8, 4]
reveal_type(model(tl.zeros((3, 4))))  # R: Tensor[Float, 3, 2]
reveal_type(model.pair(tl.zeros((3, 4))))  # R: Tensor[Float, 6, 3]
model(tl.zeros((3, 5)))  # E: Mlp: axis -1 (inputs) of argument 1 (x) must be 4; got 5; where inputs=4 from the object [tensor-shape]
Mlp(tl.zeros((8, 4)), tl.zeros(7), tl.zeros((2, 8)))  # E: Mlp: axis 0 (hidden) of argument 2 (b1) must be 8; got 7; where hidden=8 from argument 1 (w1) [tensor-shape]
other = Mlp(tl.zeros((9, 2)), tl.zeros(9), tl.zeros((4, 9)))
reveal_type(model(other(tl.zeros((5, 2)))))  # R: Tensor[Float, 5, 2]
other(model(tl.zeros((5, 4))))


def mean_of(p: Mlp, q: Mlp, x: Float[Tensor, "5 n"]) -> None:
    p.w1 + q.w1  # E: The shape is lost: this cannot be decided: add: [{p.hidden}, {p.inputs}] and [{q.hidden}, {q.inputs}] [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]
    reveal_type(p(x))  # E: The shape is lost: Mlp: n of argument 1 (x) is not compared with {p.inputs} [tensor-shape-lost]  # R: Tensor[Float, 5, {p.outputs}]
    p.w1 @ p.w1  # E: got [{p.hidden}, {p.inputs}] @ [{p.hidden}, {p.inputs}]: {p.inputs} and {p.hidden} [tensor-shape]
    alias = p
    alias.w1 + p.w1  # E: The shape is lost: this cannot be decided: add: [{alias.hidden}, {alias.inputs}] and [{p.hidden}, {p.inputs}] [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]


class Tower(tl.Module):
    first: nn.Linear
    second: Mlp

    def __call__(self, x: Float[Tensor, "*b n"]) -> Tensor:
        return self.second(self.first(x))  # E: The shape is lost: Mlp: {self.first.Out} of argument 1 (x) is not compared with {self.second.inputs} [tensor-shape-lost]  # E: The shape is lost: Linear: n of argument 1 (x) is not compared with {self.first.In} [tensor-shape-lost]


layer = nn.Linear(784, 128, key=0)
reveal_type(layer)  # R: Linear[784, 128]
reveal_type(layer.weight)  # R: Tensor[Float, 128, 784]
reveal_type(layer(tl.zeros((32, 784))))  # R: Tensor[Float, 32, 128]
layer(tl.zeros((32, 783)))  # E: Linear: axis -1 (In) of argument 1 (x) must be 784; got 783; where In=784 from the object [tensor-shape]

net = nn.Sequential(nn.Linear(64, 128, key=0), nn.ReLU(), nn.Linear(128, 10, key=1))
reveal_type(net)  # R: Sequential[Linear[64, 128], ReLU, Linear[128, 10]]
reveal_type(net(tl.zeros((32, 64))))  # R: Tensor[Float, 32, 10]
net(tl.zeros((32, 65)))  # E: axis -1 of argument 1 (x) must be 64; got 65 [tensor-shape]
nn.Sequential(
    nn.Linear(64, 128, key=0),
    nn.ReLU(),
    nn.Linear(127, 10, key=1),  # E: layer 2: axis -1 of the result of layer 1 must be 127; got 128 [tensor-shape]
)
nested = nn.Sequential(net, nn.Linear(10, 2, key=2))
reveal_type(nested(tl.zeros(64)))  # R: Tensor[Float, 2]
nn.Sequential(net, nn.Linear(11, 2, key=2))  # E: layer 1: axis -1 of the result of layer 0 must be 11; got 10 [tensor-shape]
# What is wrong where it is made is said there, once, and not at each use.
broken = nn.Sequential(nn.Linear(4, 3, key=0), nn.Linear(5, 2, key=1))  # E: layer 1: axis -1 of the result of layer 0 must be 5; got 3 [tensor-shape]
broken(tl.zeros(4))
broken(tl.zeros(6))  # E: must be 4; got 6 [tensor-shape]


def classifier(hidden: int, classes: int) -> Tensor:
    made = nn.Sequential(nn.Linear(64, hidden, key=0), nn.Linear(hidden, classes, key=1))
    return made(tl.zeros((2, 64)))


class Plain:
    """Not a Module: a field's axes are values that the constructor took."""

    def __init__(self, inputs: int, outputs: int) -> None:
        self.inputs = inputs
        self.outputs = outputs
        self.w: Float[Tensor, "{inputs} {outputs}"] = tl.zeros((inputs, outputs))
        self.v: Float[Tensor, "{inputs} {outputs}"] = tl.zeros((outputs, inputs))  # E: Incompatible types in assignment (expression has type "Tensor[Float64, {self.outputs}, {self.inputs}]", variable has type "Tensor[Float, {self.inputs}, {self.outputs}]") [tensor-shape]

    def __call__(self, x: Float[Tensor, "b {self.inputs}"]) -> Float[Tensor, "b {self.outputs}"]:
        return x @ self.w

    def wrong(self, x: Float[Tensor, "b {self.inputs}"]) -> Float[Tensor, "b {self.outputs}"]:
        return x @ self.w.T  # E: got [b, {self.inputs}] @ [{self.outputs}, {self.inputs}]: {self.inputs} and {self.outputs}; wanted equal sizes [tensor-shape]

    def made(self, x: Float[Tensor, "b n"]) -> Float[Tensor, "b n"]:
        return x * tl.zeros(self.inputs)  # E: The shape is lost: this cannot be decided: mul: [b, n] and [{self.inputs}] [tensor-shape-lost]  # E: assumes that [tensor-shape-assumed]


reveal_type(Plain(3, 4)(tl.zeros((2, 3))))  # R: Tensor[Float, 2, 4]

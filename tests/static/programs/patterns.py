"""Class patterns: what they take out of an object has the axes of that object."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass
class Dense:
    w: Float[np.ndarray, "i o"]


@dataclass
class Scale:
    w: Float[np.ndarray, "o"]


def one(layer: Dense | Scale) -> None:
    match layer:
        case Dense(w):
            reveal_type(w.T @ w)  # R: ndarray[Float, {layer.o}, {layer.o}]
            w @ w  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one [tensor-shape]
        case Scale(w=w):
            reveal_type(w)  # R: ndarray[Float, {layer.o}]


def either(layer: Dense | Scale) -> None:
    match layer:
        case Dense(w) | Scale(w):
            reveal_type(w)  # R: ndarray[Float, {layer.i}, {layer.o}] | ndarray[Float, {layer.o}]


def two(a: Dense, b: Dense) -> None:
    match a, b:
        case Dense(w=v), Dense(w=w):
            reveal_type(v.T @ v)  # R: ndarray[Float, {a.o}, {a.o}]
            reveal_type(w)  # R: ndarray[Float, {b.i}, {b.o}]


def again(a: Dense, b: Dense) -> None:
    match a:
        case Dense(w):
            print(w)
    match b:
        case Dense(w):
            reveal_type(w)  # R: ndarray[Float, Any, Any]


class Same(Dense):
    def f(self) -> None:
        match self:
            case Same(w=w):
                w @ w  # E: matmul contracts the last axis of the left operand with the axis before the last of the right one; got [i, o] @ [i, o] [tensor-shape]

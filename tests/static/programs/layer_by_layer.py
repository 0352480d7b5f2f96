"""Loops through several arrays that are written out, each of which meets what the one before it has made."""

import numpy as np
from jaxtyping import Float

X = Float[np.ndarray, "b d"]
W1 = Float[np.ndarray, "d h"]
W2 = Float[np.ndarray, "h k"]


def layers(x: X, w1: W1, w2: W2) -> Float[np.ndarray, "b k"]:
    h = x
    for w in (w1, w2):
        h = np.tanh(h @ w)  # E: The shape is lost [tensor-shape-lost]
    return h  # E: [...] of the result is not compared [tensor-shape-lost]


def layers_with_biases(
    x: X, w1: W1, w2: W2, b1: Float[np.ndarray, "h"], b2: Float[np.ndarray, "k"]
) -> Float[np.ndarray, "b k"]:
    h = x
    for w, b in zip((w1, w2), (b1, b2)):
        h = np.tanh(h @ w + b)  # E: The shape is lost [tensor-shape-lost]
    return h  # E: ? of the result is not compared with k [tensor-shape-lost]


def all_values(x: X, w1: W1, w2: W2) -> Float[np.ndarray, "b k"]:
    values = [x]
    for w in (w1, w2):
        values.append(np.tanh(values[-1] @ w))  # E: The shape is lost [tensor-shape-lost]
    return values[-1]  # E: ? of the result is not compared with k [tensor-shape-lost]


def always_the_input(x: X, w1: W1, w2: W2) -> Float[np.ndarray, "b h"]:
    h = x @ w1
    for w in (w1, w2):
        h = np.tanh(x @ w)  # E: got [b, d] @ [h, k] [tensor-shape]
    return h

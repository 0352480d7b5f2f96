"""Neural networks: Module, layers, losses and initialisers."""

from __future__ import annotations

from tl_dsl.nn import initializers
from tl_dsl.nn.activations import GELU, Identity, LogSoftmax, ReLU, Sigmoid, Softmax, Softplus, Tanh
from tl_dsl.nn.linear import Linear
from tl_dsl.nn.losses import cross_entropy, mse_loss
from tl_dsl.nn.module import Module
from tl_dsl.nn.sequential import Flatten, Sequential

__all__ = [
    "Flatten",
    "GELU",
    "Identity",
    "Linear",
    "LogSoftmax",
    "Module",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "cross_entropy",
    "initializers",
    "mse_loss",
]

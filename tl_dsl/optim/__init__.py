"""Optimisers: pytrees of parameters, gradients and state in, new parameters and state out; nothing changes in place."""

from __future__ import annotations

from tl_dsl.optim.adam import Adam, AdamState
from tl_dsl.optim.sgd import SGD, SGDState

__all__ = ["SGD", "Adam", "AdamState", "SGDState"]

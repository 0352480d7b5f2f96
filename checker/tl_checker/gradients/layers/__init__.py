"""The layers of checks of one operation, each a function from what is to be checked to rows of the report."""

from __future__ import annotations

from collections.abc import Callable

from tl_checker.gradients.layers.at_kinks import kinks
from tl_checker.gradients.layers.batches import batching
from tl_checker.gradients.layers.check import Case, OperationCheck, spread
from tl_checker.gradients.layers.forms import programs
from tl_checker.gradients.layers.laws import algebra
from tl_checker.gradients.layers.orders import first, second
from tl_checker.gradients.layers.precisions import float32, float64
from tl_checker.gradients.layers.repeats import purity
from tl_checker.gradients.layers.values import integers, types, values
from tl_checker.gradients.verdict import Row

__all__ = ["BY_LAYER", "Case", "OperationCheck", "spread"]

BY_LAYER: dict[str, Callable[[OperationCheck], list[Row]]] = {
    "types": types,
    "values": values,
    "first order": first,
    "second order": second,
    "algebra": algebra,
    "batching": batching,
    "purity": purity,
    "float64": float64,
    "float32": float32,
    "programs": programs,
    "integers": integers,
    "kinks": kinks,
}
"""By name, in the order of reports."""

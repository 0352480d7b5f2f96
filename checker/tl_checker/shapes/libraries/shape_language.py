"""The names of shape files: every operation of the language, element types, and the functions of
`shape_functions`, `array_functions`, `matrix_functions` and `written_ranges`."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from tl_checker.shapes.facts.values import TensorValue
from tl_checker.shapes.libraries import array_functions, matrix_functions, shape_functions, written_ranges
from tl_checker.shapes.libraries.shape_functions import UNDECIDED, as_array
from tl_checker.shapes.operations.arguments import OPAQUE, bind, for_shape
from tl_dsl import dtypes
from tl_dsl.dims import UNKNOWN
from tl_dsl.dtypes import DType
from tl_dsl.op import OPS, Op


def _call(op: Op, /, *positional: Any, **named: Any) -> Any:
    """What an operation gives for what is known of its arguments."""
    takes_array = _arrays_of(op.function)
    order = list(takes_array)

    def convert(name: str, value: Any) -> Any:
        value = OPAQUE if value is UNDECIDED else value
        return as_array(value) if takes_array.get(name) and isinstance(value, (tuple, list)) else value

    values = [convert(order[i] if i < len(order) else "", value) for i, value in enumerate(positional)]
    bound = bind(op.function, values, {name: convert(name, value) for name, value in named.items()})
    made = bound.call(op.shape, for_shape)
    if isinstance(made, list):
        return [TensorValue(tuple(shape), DType) for shape in made]
    return TensorValue(tuple(made), DType)


@functools.cache
def _arrays_of(function: Callable[..., Any]) -> dict[str, bool]:
    """The parameters of an operation, and whether each takes an array."""
    return {
        name: "TensorLike" in str(parameter.annotation) and "Sequence" not in str(parameter.annotation)
        for name, parameter in inspect.signature(function).parameters.items()
    }


@lru_cache(maxsize=1)
def language() -> dict[str, Any]:
    """The names that an expression in a shape file may use."""
    classes = {name: value for name, value in vars(dtypes).items() if isinstance(value, type)}
    operations = {name: functools.partial(_call, op) for name, op in OPS.items()}
    builtins = {"len": len, "range": range, "unknown": UNKNOWN, "__builtins__": {}}
    modules = (shape_functions, array_functions, matrix_functions, written_ranges)
    functions = {name: function for module in modules for name, function in module.FUNCTIONS.items()}
    return {**classes, **operations, **functions, **builtins}

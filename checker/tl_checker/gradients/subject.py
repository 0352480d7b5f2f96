"""An operation at a point, twice: the engine's function and the reference's primal, of the same active operands."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np
from tl_specs import PRIMITIVE_SPECS, SPECS, Array, KinkPoint, Sample, Spec, ValuePoint

import tl_dsl as tl
from tl_dsl import Tensor
from tl_dsl.op import OPS, bind
from tl_dsl.primitive import PRIMITIVES
from tl_dsl.tensor import METHODS

Point = Sample | KinkPoint | ValuePoint


@dataclass(frozen=True)
class Operation:
    """A public operation or a primitive, with its specification (None where there is none)."""

    name: str
    public: bool
    spec: Spec | None

    @property
    def target(self) -> str:
        """The name in reports."""
        return self.name if self.public else f"{self.name} (graph)"

    @property
    def exists(self) -> bool:
        """Whether the engine has it."""
        if not self.public:
            return self.name in PRIMITIVES
        return self.name in OPS or METHODS.get(self.name, ("", ""))[1] == "property"

    @property
    def function(self) -> Callable[..., Any]:
        """The engine's own, of tensors and parameters. Errors: KeyError when the engine has no such operation."""
        if not self.public:
            instruction = PRIMITIVES[self.name]
            return lambda *operands, **params: bind(instruction, *operands, **params)
        if METHODS.get(self.name, ("", ""))[1] == "property":
            return attrgetter(self.name)
        return OPS[self.name].function

    def argument(self, operand: int) -> str:
        """What an operand is called."""
        if not self.public:
            return f"operand {operand}"
        if self.spec is not None and self.spec.variadic:
            return next(iter(inspect.signature(self.function).parameters))
        if self.name not in OPS:
            return "x"
        names = list(inspect.signature(self.function).parameters)
        return names[min(operand, len(names) - 1)]  # the last may be one for all that follow


def operations() -> list[Operation]:
    """Every operation and primitive of the engine, and every specification, by name."""
    public = sorted({*OPS, *SPECS})
    graph = sorted({*PRIMITIVES, *PRIMITIVE_SPECS} - {"input"})
    return [Operation(name, True, SPECS.get(name)) for name in public] + [
        Operation(name, False, PRIMITIVE_SPECS.get(name)) for name in graph
    ]


@dataclass(frozen=True)
class Subject:
    """Functions of the active operands alone; the other operands are held. ``own``: the instruction that it is.

    ``held`` tells functions of one operation apart: what is held, and the parameters.
    """

    label: str
    engine: Callable[..., Tensor]
    primal: Callable[..., Array]
    primals: tuple[np.ndarray[Any, np.dtype[Any]], ...]
    active: tuple[int, ...]
    own: str = ""
    held: str = ""

    def primals_as_tensors(self) -> list[Tensor]:
        """The operands as the engine takes them."""
        return [tl.tensor(x) for x in self.primals]


def subject_at(
    operation: Operation, point: Point, active: Sequence[int] | None = None, dtype: type[np.floating[Any]] = np.float64
) -> Subject:
    """An operation at a sample, as functions of its active operands (by default those that the spec says).

    The engine takes floats as ``dtype``; the numbers stay those of the sample, which must be exact in it.
    """
    spec = operation.spec
    assert spec is not None
    chosen = tuple(spec.active(point) if active is None else active)
    function, primal = operation.function, spec.primal
    params = {name: _parameter(operation, value) for name, value in point.params.items()}
    with np.errstate(over="ignore"):  # types are looked at in single precision wherever the point lies
        held = [_held(operand, dtype) for operand in point.operands]
        primals = tuple(np.asarray(point.operands[k].items, dtype).reshape(point.operands[k].shape) for k in chosen)

    def engine(*values: Tensor) -> Tensor:
        operands = _with(held, chosen, values)
        return in_a_row(
            function(operands, **params) if spec.variadic and operation.public else function(*operands, **params)
        )

    def reference(*values: Array, like: Any = None) -> Array:
        told = {"like": like} if spec.creates and like is not None else {}
        return primal(*_with(point.operands, chosen, values), **point.params, **told)

    label = point.label if isinstance(point, Sample) else "a kink" if isinstance(point, KinkPoint) else "an edge"
    others = [operand for k, operand in enumerate(point.operands) if k not in chosen]
    own = "" if operation.public else operation.name
    return Subject(label, engine, reference, primals, chosen, own, repr((chosen, others, point.params)))


def in_a_row(result: Any) -> Tensor:
    """A result that is one tensor; the elements of several stand one after another, as the specifications have them."""
    return result if isinstance(result, Tensor) else tl.concat([tl.reshape(y, -1) for y in result])


def _with(operands: Sequence[Any], chosen: Sequence[int], values: Sequence[Any]) -> list[Any]:
    full = list(operands)
    for k, value in zip(chosen, values, strict=True):
        full[k] = value
    return full


def _held(operand: Any, dtype: type[np.floating[Any]]) -> Any:
    """An operand as the engine takes it: Arrays, also those inside of an index, become tensors."""
    if isinstance(operand, Array):
        items = operand.items
        kind: Any = dtype
        if items and isinstance(items[0], int):
            kind = bool if isinstance(items[0], bool) else int
        return tl.tensor(np.asarray(items, kind).reshape(operand.shape))
    return tuple([_held(part, dtype) for part in operand]) if isinstance(operand, tuple) else operand


def _parameter(operation: Operation, value: Any) -> Any:
    return np.dtype(value) if not operation.public and isinstance(value, str) else value
